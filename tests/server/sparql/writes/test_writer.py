"""The writer's process: kills, queues, limits, harvests beside it."""

import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from graph.snapshot import Snapshots
from graph.store import GraphStore
from ingest.run import sample_portals

SLOW = (
    "INSERT { GRAPH <a:slow> { ?a <a:p> ?b } } WHERE { GRAPH <a:n> {"
    " ?a <a:p> ?b . ?c <a:p> ?d . ?e <a:p> ?f . ?g <a:p> ?h FILTER(?a != ?c && ?d + ?h > 1e9) } }"
)


def numbers(count):
    return "\n".join(f"<a:{number}> <a:p> {number} ." for number in range(count))


def children(process):
    """The processes that a server has, its writer's and nurseries', by their commands."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            session = folder.joinpath("stat").read_text("utf-8").rpartition(")")[2].split()[3]
            command = folder.joinpath("cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if int(session) == process.pid:
            found[int(folder.name)] = " ".join(command)
    return found


def writers(process):
    return [pid for pid, command in children(process).items() if "workers.writer" in command]


def until(holds, seconds=10.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("memory", ["no", "yes"])
def test_what_was_answered_outlives_a_kill_of_everything(
    serve_writable, tmp_path, free_port, memory
):
    folder = tmp_path / "store"
    for number in range(3):
        with serve_writable(folder, free_port(), "--memory", memory) as started:
            answer = started.put(f"http://e/{number}", f"<a:s> <a:p> {number}, [] .")
            assert answer.status_code == 201
            answer = started.update(f"INSERT DATA {{ GRAPH <a:g> {{ <a:s> <a:p> {number} }} }}")
            assert answer.status_code == 204
            started.kill()
    with serve_writable(folder, free_port()) as started:
        assert len(started.triples("a:g")) == 3
        for number in range(3):
            assert len(started.triples(f"http://e/{number}")) == 2


def test_a_kill_while_writing_leaves_all_or_nothing(serve_writable, tmp_path, free_port):
    folder = tmp_path / "store"
    for pause in (0.3, 0.8, 1.5, 2.5):
        with (
            serve_writable(folder, free_port()) as started,
            ThreadPoolExecutor(1) as pool,
        ):
            writing = pool.submit(started.put, "http://e/g", numbers(20_000))
            time.sleep(pause)
            started.kill()
            assert writing.exception() is not None or writing.result().status_code < 300
    with serve_writable(folder, free_port()) as started:
        assert len(started.triples("http://e/g") or []) in (0, 20_000)
        assert started.put("http://e/g", "").status_code in (201, 204)
        assert started.triples("http://e/g") == []


def test_writes_at_the_same_time_are_all_made(writable):
    def write(number):
        return writable.post("http://e/many", f"<a:s{number}> <a:p> {number} .").status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(write, range(40)))
    assert sorted(statuses) == [201] + [204] * 39 or sorted(statuses) == [204] * 39 + [201]
    assert len(writable.triples("http://e/many")) == 40
    assert len(writers(writable.process)) == 1


def test_increments_are_not_lost(writable):
    writable.put("a:count", "<a:s> <a:p> 0 .")
    step = (
        "WITH <a:count> DELETE { <a:s> <a:p> ?n } INSERT { <a:s> <a:p> ?m }"
        " WHERE { <a:s> <a:p> ?n BIND(?n + 1 AS ?m) }"
    )
    with ThreadPoolExecutor(4) as pool:
        assert [each.status_code for each in pool.map(writable.update, [step] * 20)] == [204] * 20
    assert writable.ask("ASK { GRAPH <a:count> { <a:s> <a:p> 20 } }")


def test_reads_go_on_while_something_is_written(writable):
    writable.put("a:n", numbers(300))
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(writable.update, SLOW + "# read meanwhile")
        time.sleep(0.5)
        started = time.monotonic()
        assert writable.ask("ASK { GRAPH <a:n> { <a:1> <a:p> 1 } }")
        assert time.monotonic() - started < 5
        for pid in writers(writable.process):
            os.kill(pid, signal.SIGKILL)
        assert writing.result().status_code == 503
    assert writable.triples("a:slow") is None


def test_an_update_that_takes_too_long_is_stopped(serve_writable, tmp_path, free_port):
    with serve_writable(tmp_path / "store", free_port(), "--timeout", "4") as started:
        assert started.put("a:n", numbers(300)).status_code == 201
        begun = time.monotonic()
        answer = started.update(SLOW)
        assert time.monotonic() - begun < 6
        assert answer.status_code == 503
        assert answer.json()["reason"] == "query-timeout"
        assert int(answer.headers["Retry-After"]) > 0
        assert started.triples("a:slow") is None
        assert started.put("a:n", "").status_code == 204


def test_an_update_that_takes_too_much_memory_is_stopped(serve_writable, tmp_path, free_port):
    arguments = ("--query-memory", "300")
    with serve_writable(tmp_path / "store", free_port(), *arguments) as started:
        started.put("a:n", numbers(300))
        answer = started.update(
            "INSERT { GRAPH <a:big> { <a:s> <a:p> ?x } } WHERE {"
            " { SELECT (GROUP_CONCAT(?k) AS ?x) {"
            " GRAPH <a:n> { ?a <a:p> ?b . ?c <a:p> ?d . ?e <a:p> ?f }"
            f" BIND(CONCAT(STR(?a), '{'x' * 1000}') AS ?k) }} }} }}"
        )
        assert answer.status_code == 503
        assert answer.json()["reason"] == "query-memory"
        assert started.triples("a:big") is None
        assert started.put("a:n", "").status_code == 204


def test_a_client_that_leaves_stops_its_update(writable):
    writable.put("a:n", numbers(300))
    text = (SLOW + "# left").encode()
    host, port = "127.0.0.1", int(writable.url.rstrip("/").rpartition(":")[2])
    with socket.create_connection((host, port)) as connected:
        connected.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer le-jeton\r\n"
            b"Content-Type: application/sparql-update\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(text), text)
        )
        time.sleep(1)
        [before] = writers(writable.process)
    assert until(lambda: before not in writers(writable.process), 2)
    assert writable.update("CREATE SILENT GRAPH <a:after>").status_code == 204


def test_the_lock_is_given_up_for_a_harvest_and_taken_again(
    serve_writable, tmp_path, free_port, gather
):
    folder, port = tmp_path / "store", free_port()
    with serve_writable(folder, port) as started:
        assert started.put("http://e/g", "<a:s> <a:p> 1 .").status_code == 201
        base = Snapshots(folder).iris.base
        assert until(lambda: not (folder / "holder.json").exists())
        gather(folder, base, [sample_portals()["toulouse"]])
        assert started.post("http://e/g", "<a:s> <a:p> 2 .").status_code == 204
        assert len(started.triples("http://e/g")) == 2
        assert len(started.triples(f"{base}graph/toulouse")) > 100


def test_while_a_harvest_holds_the_lock_writes_are_asked_to_come_later(
    serve_writable, tmp_path, free_port
):
    folder = tmp_path / "store"
    with serve_writable(folder, free_port()) as started:
        holding = GraphStore(folder)
        try:
            answer = started.put("http://e/g", "<a:s> <a:p> 1 .")
            assert answer.status_code == 503
            assert answer.json()["reason"] == "store-busy"
            assert f"process {os.getpid()}" in answer.json()["detail"]
            assert int(answer.headers["Retry-After"]) > 0
            assert started.triples(None) == []
        finally:
            holding.close()
        assert started.put("http://e/g", "<a:s> <a:p> 1 .").status_code == 201


def test_half_a_harvest_is_never_published(serve_writable, tmp_path, free_port, harvest_into):
    folder, toulouse = tmp_path / "store", sample_portals()["toulouse"]
    harvest_into(folder, toulouse)
    with serve_writable(folder, free_port()) as started:
        killed = GraphStore(folder)
        killed.clear("toulouse")
        killed.close()
        for answer in (started.put("http://e/g", ""), started.update("CREATE GRAPH <a:g>")):
            assert answer.status_code == 503
            assert answer.json()["reason"] == "store-unfinished"
        assert started.triples("http://localhost:8000/graph/toulouse")
        assert until(lambda: not (folder / "holder.json").exists())
        harvest_into(folder, toulouse)
        assert started.put("http://e/g", "").status_code == 201


def test_harvested_graphs_are_refused(serve_writable, tmp_path, free_port, harvest_into):
    folder = tmp_path / "store"
    harvest_into(folder, sample_portals()["toulouse"])
    graph = "http://localhost:8000/graph/toulouse"
    with serve_writable(folder, free_port()) as started:
        before = started.triples(graph)
        answers = [
            started.put(graph, ""),
            started.post(graph, ""),
            started.send("DELETE", graph),
            started.put("http://localhost:8000/graph/another", ""),
            started.update(f"DROP GRAPH <{graph}>"),
            started.update(f"WITH <{graph}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}"),
            started.update("INSERT DATA { GRAPH <graph/toulouse> { <a:s> <a:p> 1 } }"),
            started.update("DROP ALL"),
            started.update("CLEAR NAMED"),
            started.update("DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }"),
        ]
        assert [each.status_code for each in answers] == [409] * len(answers)
        for answer in answers:
            assert answer.json()["graph"].startswith("http://localhost:8000/graph/")
        assert started.triples(graph) == before
        assert started.update("CLEAR DEFAULT").status_code == 204
    with serve_writable(folder, free_port(), "--writable-graph", graph) as started:
        assert started.post(graph, "<a:s> <a:p> 1 .").status_code == 204
        assert len(started.triples(graph)) == len(before) + 1
        assert started.update("DROP ALL").status_code == 409  # there are others


def test_all_may_be_cleared_where_nothing_is_harvested(serve_writable, tmp_path, free_port):
    with serve_writable(tmp_path / "store", free_port()) as started:
        started.put("http://e/g", "<a:s> <a:p> 1 .")
        started.put(None, "<a:s> <a:p> 1 .")
        assert started.update("DROP ALL").status_code == 204
        assert started.triples(None) == []
        assert started.triples("http://e/g") is None


def test_a_change_waits_for_its_turn_no_longer_than_it_may(serve_writable, tmp_path, free_port):
    arguments = ("--wait", "1", "--timeout", "4")
    with (
        serve_writable(tmp_path / "store", free_port(), *arguments) as started,
        ThreadPoolExecutor(1) as pool,
    ):
        assert started.put("a:n", numbers(300)).status_code == 201
        writing = pool.submit(started.update, SLOW)
        time.sleep(0.5)
        answer = started.put("http://e/g", "")
        assert answer.status_code == 503
        assert answer.json()["reason"] == "queue-timeout"
        assert writing.result().json()["reason"] == "query-timeout"
        assert started.put("http://e/g", "").status_code == 201
