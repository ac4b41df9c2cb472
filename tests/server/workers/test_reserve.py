"""Workers that have copied what they share, and what they are for."""

import asyncio
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from server.workers import memory, reserve
from server.workers.channel import Kind
from tests.server.workers.lent import JOB, tried

WHOLE = b"SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }"
PRODUCT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


async def asked(worker):
    """A question over the whole graph: its answer, and the pages that the worker copied for it."""
    before = memory.private(worker.pid)
    worker.line.send(Kind.QUERY, JOB, WHOLE)
    frame = await worker.line.frame()
    assert frame is not None
    assert frame.kind is Kind.ANSWER
    return frame.body, memory.private(worker.pid) - before


async def until(workers, count, seconds=10.0):
    """Look after the workers until so many are seasoned."""
    deadline = time.monotonic() + seconds
    while workers.seasoned != count and time.monotonic() < deadline:
        workers.look_after(1 << 20)
        await asyncio.sleep(0.02)
    return workers.seasoned


@pytest.fixture
def soon(monkeypatch):
    """Workers are seasoned at once."""
    monkeypatch.setattr(reserve, "_SETTLED", 0.0)


def test_a_seasoned_worker_copies_nothing_more(store, soon):
    async def trial(workers):
        assert await until(workers, 1)
        fresh, seasoned = await workers.take(), workers.take_seasoned()
        found = await asked(fresh), await asked(seasoned)
        workers.give(fresh)
        workers.give(seasoned)
        return found

    (answer, copied), (same, copied_then) = tried(store, trial)
    assert same == answer
    assert copied > 2 << 20
    assert copied_then < copied / 4


def test_as_many_are_seasoned_as_have_use_and_they_come_back(store, soon):
    async def trial(workers):
        most = await until(workers, reserve.MOST_SEASONED)
        workers.look_after(1 << 20)
        await asyncio.sleep(0.3)
        lent = [workers.take_seasoned() for _ in range(most + 1)]
        assert lent.pop() is None
        lent[0].kill("timeout")
        for worker in lent:
            workers.give(worker)
        return most, workers.seasoned, await until(workers, most)

    most, left, again = tried(store, trial)
    assert most == again == reserve.MOST_SEASONED
    assert left == most - 1


def test_none_is_seasoned_while_a_query_takes_long(store, soon):
    async def trial(workers):
        busy = await workers.take()
        busy.give_way()
        before = await until(workers, 1, seconds=0.5)
        workers.give(busy)
        return before, await until(workers, 1)

    assert tried(store, trial) == (0, 1)


def test_none_is_seasoned_of_a_snapshot_that_is_on_disk_or_new(store, monkeypatch):
    async def trial(workers):
        return await until(workers, 1, seconds=0.5)

    assert tried(store, trial) == 0
    monkeypatch.setattr(reserve, "_SETTLED", 0.0)
    assert tried(store, trial, in_memory=False) == 0


def test_where_memory_is_scarce_they_are_let_go(store, soon, monkeypatch):
    async def trial(workers):
        await until(workers, 1)
        monkeypatch.setattr(memory, "is_short", lambda part=0.1, taken=0: part >= 0.2)
        return await until(workers, 0, seconds=2), workers.idle

    seasoned, idle = tried(store, trial)
    assert seasoned == 0
    assert idle


def test_another_snapshots_workers_are_not_used(store, soon):
    async def trial(workers):
        await until(workers, 1)
        worker = workers.take_seasoned()
        worker.number -= 1
        workers.give(worker)
        return workers.seasoned

    assert tried(store, trial) == 0


def test_a_worker_tells_what_it_has_used_of_a_processor_since_it_was_asked(store):
    async def trial(workers):
        worker = await workers.take()
        worker.ask(Kind.QUERY, JOB, WHOLE)
        await worker.line.frame()
        answered = worker.used()
        await asyncio.sleep(0.1)
        rested = worker.used()
        worker.ask(Kind.QUERY, JOB, PRODUCT.encode())
        asked = worker.used()
        await asyncio.sleep(0.5)
        busy = worker.used()
        worker.kill("timeout")
        workers.give(worker)
        return answered, rested, asked, busy

    answered, rested, asked, busy = tried(store, trial)
    assert 0 < answered <= rested < answered + 0.05
    assert asked < 0.02 < 0.05 < busy <= 1.0


def seasoned(client):
    """How many seasoned workers of a server wait."""
    lines = client.get("metrics").text.splitlines()
    [found] = [line for line in lines if line.startswith('jointure_workers{state="seasoned"}')]
    return int(float(found.split()[-1]))


def test_what_takes_long_or_is_large_is_asked_of_a_seasoned_worker(store, free_port, start):
    with start(free_port(), "serve", "--store", store, "--memory", "yes", "--cache", "0") as client:
        deadline = time.monotonic() + 60
        while seasoned(client) < reserve.MOST_SEASONED:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        rows = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 500000"
        with client.stream("GET", "sparql", params={"query": rows}) as answer:
            assert answer.status_code == 200
            parts = answer.iter_bytes()
            assert next(parts)
            assert seasoned(client) == reserve.MOST_SEASONED - 1
        while seasoned(client) < reserve.MOST_SEASONED:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        with ThreadPoolExecutor(1) as thread:
            begun = time.monotonic()
            asking = thread.submit(client.get, "sparql", params={"query": PRODUCT, "timeout": "1"})
            time.sleep(0.5)
            assert seasoned(client) == reserve.MOST_SEASONED - 1
            assert asking.result().json()["reason"] == "query-timeout"
            assert 0.9 < time.monotonic() - begun < 1.5


def test_what_nobody_waits_for_costs_no_seasoned_worker(store, free_port, start):
    port = free_port()
    with start(port, "serve", "--store", store, "--memory", "yes", "--cache", "0") as client:
        while client.get("ready").status_code != 200:
            time.sleep(0.1)
        assert seasoned(client) == reserve.MOST_SEASONED
        rows = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 500000"
        assert client.head("sparql", params={"query": rows}).status_code == 200
        assert seasoned(client) == reserve.MOST_SEASONED
        form = "Content-Length: 0\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        for method, fields in (("GET", ""), ("POST", form)):
            with socket.create_connection(("localhost", port)) as connection:
                asked = f"{method} /sparql?query={quote(PRODUCT)} HTTP/1.1\r\n"
                connection.sendall(f"{asked}Host: x\r\n{fields}\r\n".encode())
                time.sleep(0.01)
            time.sleep(0.3)
            assert seasoned(client) == reserve.MOST_SEASONED
