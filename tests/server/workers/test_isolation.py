"""Queries that nobody should have to wait for, stopped at their limits with an honest answer."""

import contextlib
import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import httpx2
import pytest

from tests.server.workers.watched import (
    HUNGRY,
    PRODUCT,
    ROWS,
    SECONDS,
    ask,
    children,
    processor_seconds,
    server_of,
    varied,
)


def problem(answer, status, reason):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    said = answer.json()
    assert said["reason"] == reason
    return said


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
    for number, seconds in enumerate((0.3, 0.02)):
        answer = ask(limited, varied(PRODUCT, number), timeout=str(seconds))
        said = problem(answer, 503, "query-timeout")
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
        queries = [varied(PRODUCT, number) for number in range(9)]
        futures = [threads.submit(ask, limited, query) for query in queries]
        time.sleep(0.5)
        begun = time.monotonic()
        assert limited.get("health").status_code == 200
        assert limited.get("catalog/paris").status_code == 200
        assert time.monotonic() - begun < 0.5
        reasons = sorted(future.result().json()["reason"] for future in futures)
    assert set(reasons) <= {"query-timeout", "client-queue-full", "queue-timeout"}
    assert reasons.count("client-queue-full") >= 3
    assert ask(limited, "ASK {}").status_code == 200


def test_what_is_stopped_whenever_it_is_asked_has_few_places(store, free_port, start):
    few = max(1, (os.cpu_count() or 2) // 2)
    rooms = str(4 * few + 8)
    words = ["--memory", "no", "--workers", rooms, "--per-client", rooms, "--queue", rooms]
    with start(free_port(), "serve", "--store", store, *words) as client:
        for _ in range(3):
            problem(ask(client, PRODUCT, timeout="0.55"), 503, "query-timeout")
        time.sleep(0.3)

        def again(_):
            begun = time.monotonic()
            said = ask(client, f"# once more\n{PRODUCT}", timeout="1").json()
            return said["reason"], said["detail"], time.monotonic() - begun

        with ThreadPoolExecutor(few + 2) as threads:
            answers = threads.map(again, range(few + 2))
            begun = time.monotonic()
            assert ask(client, "ASK {}").status_code == 200
            assert time.monotonic() - begun < 0.4, "others do not wait for them"
            reasons, details, took = zip(*sorted(answers), strict=True)
    assert reasons == ("query-timeout",) * few + ("queue-timeout",) * 2
    assert "whenever you asked it" in details[-1]
    assert took[-1] < 1, "nobody waits for long"


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
