"""Queries that nobody should have to wait for, stopped at their limits with an honest answer."""

import contextlib
import json
import os
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

from server.workers.reserve import MOST_SEASONED

PRODUCT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ROWS = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
HUNGRY = "SELECT DISTINCT ?a ?b ?c ?d ?e { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f"
SECONDS = 1.5


@pytest.fixture(scope="module")
def limited(store, free_port, start):
    """A server with limits that are soon reached."""
    options = {
        "timeout": SECONDS,
        "query-memory": 200,
        "rows": 30_000,
        "result-size": 3,
        "workers": 4,
        "per-client": 4,
        "queue": 4,
        "wait": 1,
        "stall": 2,
        "cache": 0,
    }
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    with start(free_port(), "serve", "--store", store, "--memory", "yes", *words) as client:
        while client.get("ready").status_code != 200:
            time.sleep(0.1)
        yield client


def ask(client, query, **others):
    return client.get("sparql", params={"query": query, **others}, timeout=60)


def problem(answer, status, reason):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    said = answer.json()
    assert said["reason"] == reason
    return said


def children(pid):
    """The processes below a process, with those that nobody waited for."""
    found, parents = [], {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
    for child in parents:
        ancestor = child
        while ancestor in parents and ancestor != pid:
            ancestor = parents[ancestor]
        if ancestor == pid and child != pid:
            found.append(child)
    return found


def server_of(client):
    """The process that listens on the client's port."""
    port = client.base_url.port
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"serve" in words and str(port).encode() in words:
                return int(entry.name)
    raise AssertionError("no server")


def processor_seconds(pids):
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def test_a_query_that_takes_too_long_is_stopped_and_told(limited):
    begun = time.monotonic()
    answer = ask(limited, PRODUCT)
    assert time.monotonic() - begun < SECONDS + 1
    said = problem(answer, 503, "query-timeout")
    assert said["limit"] == SECONDS
    assert int(answer.headers["retry-after"]) > 0
    assert ask(limited, "ASK {}").json()["boolean"] is True


def test_a_shorter_time_can_be_asked_for_and_no_longer_one(limited):
    begun = time.monotonic()
    for seconds in (0.3, 0.02):
        said = problem(ask(limited, PRODUCT, timeout=str(seconds)), 503, "query-timeout")
        assert said["limit"] == seconds
    assert time.monotonic() - begun < 1
    assert problem(ask(limited, PRODUCT, timeout="900"), 503, "query-timeout")["limit"] == SECONDS


@pytest.mark.parametrize("value", ["soon", "-1", "0", "nan", "inf"])
def test_a_time_that_is_none_is_refused(limited, value):
    problem(ask(limited, "ASK {}", timeout=value), 400, "bad-request")


def test_a_query_that_needs_too_much_memory_is_told_so(limited):
    answer = ask(limited, HUNGRY)
    assert answer.json()["reason"] in ("query-memory", "query-timeout")
    bomb = (
        "SELECT (CONCAT("
        + ",".join(["?x"] * 200)
        + ") AS ?y) { VALUES ?v { 1 } "
        + (
            'BIND("'
            + "x" * 100_000
            + '" AS ?w) BIND(CONCAT('
            + ",".join(["?w"] * 50)
            + ") AS ?x) }"
        )
    )
    answer = limited.post("sparql", data={"query": bomb}, timeout=60)
    problem(answer, 503, "query-memory")
    assert ask(limited, "ASK {}").status_code == 200


@pytest.mark.parametrize(
    "deep",
    [
        "ASK {" + "{" * 20_000 + "}" * 20_001,
        "SELECT * { FILTER(" + "(" * 20_000 + "1" + ")" * 20_000 + ") }",
        "SELECT * { FILTER(1" + "+1" * 60_000 + ") }",
        "SELECT * { ?s " + "(" * 20_000 + "<p>" + ")" * 20_000 + " ?o }",
    ],
)
def test_a_query_that_overflows_the_stack_is_its_own_clients_matter(limited, deep):
    answer = limited.post("sparql", data={"query": deep}, timeout=60)
    assert answer.status_code in (200, 400), answer.text
    assert ask(limited, "ASK {}").status_code == 200


def test_more_rows_than_are_given_is_told_before_the_first_byte(store, free_port, start):
    with start(free_port(), "serve", "--store", store, "--rows", "100") as client:
        said = problem(ask(client, "SELECT * { ?s ?p ?o }"), 503, "query-rows")
        assert said["limit"] == 100
        assert problem(ask(client, "CONSTRUCT WHERE { ?s ?p ?o }"), 503, "query-rows")
        assert ask(client, "SELECT * { ?s ?p ?o } LIMIT 100").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p ?o }",  # 36,000 solutions where 30,000 are given
        "SELECT * { ?a ?b ?c . ?d ?e ?f }",
        "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }",
    ],
)
@pytest.mark.parametrize("accept", ["application/json", "application/xml"])
def test_a_limit_after_the_first_byte_breaks_the_answer_off(limited, query, accept):
    address = f"/sparql?query={quote(query)}"
    with pytest.raises(httpx2.RemoteProtocolError):
        limited.get(address, headers={"Accept": accept}, timeout=60)


def test_a_client_that_leaves_frees_its_worker(limited):
    server = server_of(limited)
    for _ in range(3):
        with pytest.raises(httpx2.TimeoutException):
            limited.get("sparql", params={"query": PRODUCT}, timeout=0.4)
    time.sleep(1)
    workers = children(server)
    before = processor_seconds(workers)
    time.sleep(0.5)
    assert processor_seconds(workers) - before < 0.2


def test_when_all_places_are_taken_others_wait_and_then_are_refused(limited):
    with ThreadPoolExecutor(12) as threads:
        futures = [threads.submit(ask, limited, PRODUCT) for _ in range(9)]
        time.sleep(0.5)
        begun = time.monotonic()
        assert limited.get("health").status_code == 200
        assert limited.get("catalog/paris").status_code == 200
        assert time.monotonic() - begun < 0.5
        reasons = sorted(future.result().json()["reason"] for future in futures)
    assert set(reasons) <= {"query-timeout", "client-queue-full", "queue-timeout"}
    assert reasons.count("client-queue-full") >= 3
    assert ask(limited, "ASK {}").status_code == 200


def _held(client, query):
    """A request whose answer nobody reads."""
    reader = socket.create_connection((client.base_url.host, client.base_url.port))
    reader.sendall(f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return reader


def test_slow_readers_do_not_slow_others_and_are_broken_off(store, free_port, start):
    """The time that a client takes to read is not the query's, but has an end of its own."""
    words = ["--timeout", "20", "--stall", "2", "--memory", "no"]
    with start(free_port(), "serve", "--store", store, *words) as client:
        readers = [_held(client, ROWS) for _ in range(5)]
        time.sleep(0.5)
        begun = time.monotonic()
        for _ in range(20):
            assert ask(client, "SELECT * { ?s ?p ?o } LIMIT 3").status_code == 200
        assert time.monotonic() - begun < 2
        time.sleep(4)
        for reader in readers:
            reader.settimeout(5)
            received = b""
            with contextlib.suppress(ConnectionResetError):
                while chunk := reader.recv(1 << 20):
                    received += chunk
            assert not received.endswith(b"0\r\n\r\n")
            reader.close()


def test_a_killed_worker_or_nursery_is_replaced(limited):
    server = server_of(limited)
    for _ in range(3):
        for child in children(server):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while ask(limited, "ASK {}").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_rounds_of_attacks_leave_nothing_behind(limited):
    server = server_of(limited)

    def attack(number):
        try:
            return ask(limited, (PRODUCT, HUNGRY, ROWS)[number % 3], timeout="0.2").status_code
        except httpx2.TransportError:
            return None

    def held():
        deadline = time.monotonic() + 20
        while f'workers{{state="seasoned"}} {MOST_SEASONED}.0' not in limited.get("metrics").text:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        time.sleep(1.5)
        return len(children(server)), len(list(Path(f"/proc/{server}/fd").iterdir()))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(attack, range(8)))
        processes, files = held()
        assert 200 not in set(threads.map(attack, range(40)))
    after = held()
    assert after[0] <= processes + 1
    assert after[1] <= files + 3
    assert ask(limited, "ASK {}").json() == {"head": {}, "boolean": True}


def test_the_server_goes_and_all_its_processes_with_it(store, free_port, start):
    with start(free_port(), "serve", "--store", store) as client:
        ask(client, "ASK {}")
        server = server_of(client)
        below = children(server)
        assert len(below) >= 2
        runaway = threading.Thread(target=_ignored, args=(client,))
        runaway.start()
        time.sleep(0.5)
        os.kill(server, signal.SIGKILL)
        runaway.join()
        deadline = time.monotonic() + 5
        while any(Path(f"/proc/{pid}/stat").exists() and not _is_zombie(pid) for pid in below):
            assert time.monotonic() < deadline, "processes were left behind"
            time.sleep(0.1)


def _is_zombie(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _ignored(client):
    try:
        json.loads(ask(client, PRODUCT).text)
    except (httpx2.TransportError, ValueError):
        return
