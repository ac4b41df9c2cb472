"""A snapshot published every second under clients whose answers show two of them mixed."""

import http.client
import json
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

from bench.endpoint.graphs import small
from bench.endpoint.servers import JSON, Server, ours
from graph.store import GraphStore

CLIENTS = 8
_SUBJECTS = 1000
_GRAPHS = ("urn:bench:left", "urn:bench:right")
_BASE = "http://localhost:8000/"
_NUMBER = "<urn:bench:number>"
_QUERIES = (
    # Long enough to be streamed …
    f"SELECT ?s ?n {{ GRAPH ?g {{ ?s {_NUMBER} ?n }} }}",
    # … and to run for a while: joined with all datasets.
    f"SELECT ?n (COUNT(*) AS ?c) {{ GRAPH ?g {{ ?s {_NUMBER} ?n }}"
    " ?d a <http://www.w3.org/ns/dcat#Dataset> } GROUP BY ?n",
)


class Asked(NamedTuple):
    """A request: when it began and ended, what failed, and the numbers in its answer."""

    begun: float
    ended: float
    failure: str
    numbers: frozenset[int]


class Client(threading.Thread):
    """Asks over one connection until it is told to end."""

    def __init__(self, server: Server, end: threading.Event) -> None:
        super().__init__(daemon=True)
        self._server, self._end = server, end
        self.asked: list[Asked] = []

    def run(self) -> None:
        """Ask."""
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=60)
        while not self._end.is_set():
            query = _QUERIES[len(self.asked) % len(_QUERIES)]
            begun, failure, numbers = time.monotonic(), "", frozenset[int]()
            try:
                # Each asks another thing: answers are not to come from the cache.
                target = self._server.target(f"{query} # {id(self)} {len(self.asked)}")
                connection.request("GET", target, headers={"Accept": JSON})
                answer = connection.getresponse()
                body = answer.read()
                failure = "" if answer.status == 200 else f"{answer.status} {body[:200]!r}"
                numbers = _numbers(json.loads(body)) if not failure else numbers
            except (OSError, http.client.HTTPException, ValueError) as error:
                failure = repr(error)
                connection.close()
            self.asked.append(Asked(begun, time.monotonic(), failure, numbers))
        connection.close()


def _numbers(document: Any) -> frozenset[int]:
    return frozenset(int(row["n"]["value"]) for row in document["results"]["bindings"])


def _write(store: GraphStore, number: int) -> None:
    """Say the number of 1,000 subjects in each of two graphs, in place of the one before."""
    said = " ".join(f"<urn:bench:{each}> {_NUMBER} {number} ." for each in range(_SUBJECTS))
    both = " ".join(f"GRAPH <{name}> {{ {said} }}" for name in _GRAPHS)
    gone = f"DELETE {{ GRAPH ?g {{ ?s {_NUMBER} ?n }} }} WHERE {{ GRAPH ?g {{ ?s {_NUMBER} ?n }} }}"
    store.update(f"{gone} ; INSERT DATA {{ {both} }}", _BASE, is_replayable=True)


def compare(seconds: int) -> None:
    """Publish, ask, and print what went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        small(path)
        store = GraphStore(path)
        _write(store, 0)
        store.publish()
        with ours(path) as server:
            end = threading.Event()
            clients = [Client(server, end) for _ in range(CLIENTS)]
            for client in clients:
                client.start()
            published = _publish(store, seconds)
            end.set()
            for client in clients:
                client.join(60)
        store.close()
    _report([each for client in clients for each in client.asked], published)


def _publish(store: GraphStore, seconds: int) -> list[float]:
    """Publish every second; when each publication was done, by its number from 1."""
    begun, published = time.monotonic(), [0.0]
    for number in range(1, seconds + 1):
        time.sleep(max(0.0, begun + number - time.monotonic()))
        _write(store, number)
        store.publish()
        published.append(time.monotonic())
    time.sleep(1)
    return published


def _report(asked: list[Asked], published: list[float]) -> None:
    failures = [each.failure for each in asked if each.failure]
    mixed = [each for each in asked if len(each.numbers) > 1]
    empty = [each for each in asked if not each.failure and not each.numbers]
    stale = sorted(
        each.begun - published[number + 1]
        for each in asked
        for number in each.numbers
        if number + 1 < len(published) and each.begun > published[number + 1]
    )
    times = sorted(each.ended - each.begun for each in asked)
    print(f"  {len(asked)} requests of {CLIENTS} clients, {len(published) - 1} publications")
    print(f"  failed {len(failures)}, goal 0; mixed {len(mixed)}, goal 0; empty {len(empty)}")
    for failure in sorted(set(failures))[:5]:
        print(f"    {failure}")
    late = (
        f"{len(stale)} began after a later one, by {stale[-1] * 1000:.0f} ms at the most"
        if stale
        else "none"
    )
    print(f"  answers of a snapshot that had passed: {late}")
    print(f"  a request: median {times[len(times) // 2] * 1000:.0f} ms, longest {times[-1]:.2f} s")
