"""A worker: a forked process that evaluates one query at a time, and may be killed at any instant.

The first part of each answer is held back until it is good, so that an early failure is an honest
answer; what follows is streamed, as fast as the client reads.
"""

import contextlib
import ctypes
import gc
import resource
import signal
import socket
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from server import pages
from server.http.codings import Encoder, encoded
from server.http.negotiation import choose
from server.http.problems import Problem, Unavailable
from server.sparql import evaluation
from server.sparql.bounds import SHORTEST, LimitReached, SolutionCounter
from server.sparql.protocol import Query
from server.workers.channel import Channel, Frame, Kind, written
from server.workers.seasoning import season, trim
from vocab.context import Model

_HELD = 1 << 16
"""Bytes that are held back before the head of an answer is sent."""
_SMALL = 1000
"""Bytes below which no content coding is worth its while."""
_LONG = 0.1
"""Seconds of a query that may have left much held, or copied much."""
_LEFT = 0.25
"""The part of a query's memory that one may leave taken, for its worker to be used on."""
_UNBOUND = 1 << 30
_LARGE = 64 << 20
"""Bytes that a worker has copied which is large."""
_MOST_QUERIES = 100_000
_DIE_WITH_PARENT = 1
_GRACE = 2.0
"""Seconds of processor time above the limit that a worker ends itself at, should nobody kill it."""


class Served:
    """What a worker answers from."""

    def __init__(self, store: ox.Store, model: Model, is_union: bool, memory: int) -> None:
        """``memory``: the bytes that a query may take, 0 for any number."""
        self.store = store
        self.model = model
        self.is_union = is_union
        self.memory = memory


def confine(memory: int) -> None:
    """Bound this process: its memory above what it has now, and its life by its parent's."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory:
        held = data_size()
        if held:
            resource.setrlimit(resource.RLIMIT_DATA, (held + memory, held + memory))


def data_size() -> int:
    """Bytes of this process's data segments, as ``RLIMIT_DATA`` counts them; 0 where unknown."""
    try:
        with Path("/proc/self/status").open(encoding="ascii") as status:
            line = next(line for line in status if line.startswith("VmData"))
    except (OSError, StopIteration):
        return 0
    return int(line.split()[1]) * 1024


def work(connected: socket.socket, served: Served) -> None:
    """Answer jobs until the other side is gone."""
    gc.disable()  # the parent's objects stay shared pages; a worker is replaced before it matters
    channel = Channel(connected)
    wear = _Wear(served.memory)
    while (frame := channel.receive()) is not None:
        if frame.kind is Kind.SEASON:
            channel.send(Kind.END if season() else Kind.PROBLEM, {})
            wear = _Wear(served.memory)
            continue
        _guard(frame.head["seconds"])
        wear.begin()
        try:
            _answer(frame, channel, served, wear)
        except Problem as problem:
            channel.send(Kind.PROBLEM, problem.told() | wear.told())
        except MemoryError:
            channel.send(Kind.PROBLEM, too_much_memory().told() | {"spent": True})
        except RuntimeError as error:
            failed = evaluation.failed(error, calls_others=frame.head["calls"])
            channel.send(Kind.PROBLEM, failed.told() | wear.told())
        _guard(0)


def too_much_memory() -> Unavailable:
    """What is said of a query that its worker could not hold."""
    return Unavailable(
        "the query needs more memory than it is given here", reason="query-memory", retry=3600
    )


def _guard(seconds: float) -> None:
    """End this process by its own clock of processor time, whatever becomes of the others."""
    limit = seconds + _GRACE if seconds else 0
    signal.setitimer(signal.ITIMER_PROF, limit)


def _answer(frame: Frame, channel: Channel, served: Served, wear: "_Wear") -> None:
    head = frame.head
    query = Query(
        frame.body.decode(), head["default_graphs"], head["named_graphs"], head["names_dataset"]
    )
    results = evaluation.evaluate(served.store, query, served.model, served.is_union)
    accept = head["accept"]
    if head["page"] and choose(accept, [*evaluation.offered(results), pages.HTML]) == pages.HTML:
        page = pages.results(query.text, results).encode()
        channel.send(Kind.ANSWER, {"type": pages.HTML, **wear.told()}, page)
        return
    media_type = evaluation.chosen(results, accept)
    answer = _Answer(channel, media_type, head, wear)
    evaluation.write(results, media_type, answer, served.model.prefixes, head["rows"])
    answer.finish()


class _Wear:
    """How far a worker is used up: by queries, or by memory that one of them left held."""

    def __init__(self, memory: int) -> None:
        self._most = data_size() + (memory or _UNBOUND) * _LEFT
        self._faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        self._queries = 0
        self._begun = 0.0

    def begin(self) -> None:
        """Another query."""
        self._queries += 1
        self._begun = time.perf_counter()

    def told(self) -> dict[str, bool]:
        """What the last frame of an answer says of it: nothing, that the worker is spent, or that
        it has copied much. Only what took long can have left much."""
        if self._queries > _MOST_QUERIES:
            return {"spent": True}
        if time.perf_counter() - self._begun < _LONG:
            return {}
        trim()
        if data_size() > self._most:
            return {"spent": True}
        # The engine counts references in the very nodes that it reads: their pages are copied.
        faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - self._faults
        return {"large": True} if faults * resource.getpagesize() > _LARGE else {}


class _Answer:
    """The results as they are written: held back at first, then sent part by part."""

    def __init__(
        self, channel: Channel, media_type: str, head: dict[str, Any], wear: _Wear
    ) -> None:
        self._channel = channel
        self._wear = wear
        self._media_type = media_type
        self._coding: str = head["coding"]
        self._encoder = Encoder(self._coding)
        self._most_rows, self._most_bytes = head["rows"], head["size"]
        self._counter = SolutionCounter(media_type)
        self._parts: list[bytes] = []
        self._held = self._size = 0
        self._is_begun = False

    def write(self, chunk: bytes) -> int:
        """Take a part; raises ``LimitReached``, and ``OSError`` where nobody reads it."""
        self._size += len(chunk)
        if self._most_bytes and self._size > self._most_bytes:
            raise LimitReached("bytes", self._most_bytes)
        self._parts.append(bytes(chunk))
        self._held += len(chunk)
        if self._held >= _HELD:
            self._send(self._encoder.encode(self._taken()))
        return len(chunk)

    def flush(self) -> None:
        """Nothing: what is held back is held back on purpose."""

    def _taken(self) -> bytes:
        """What is held back, counted; a short answer is not: it cannot have that many."""
        body, self._parts, self._held = b"".join(self._parts), [], 0
        is_short = not self._is_begun and len(body) < min(_HELD, self._most_rows * SHORTEST)
        if self._most_rows and not is_short and self._counter.feed(body) > self._most_rows + 1:
            raise LimitReached("rows", self._most_rows)
        return body

    def _send(self, body: bytes) -> None:
        if not self._is_begun:
            head = {"type": self._media_type, "coding": self._coding}
            self._channel.send(Kind.HEAD, head, body)
            self._is_begun = True
        elif body:
            self._channel.send(Kind.DATA, {}, body)

    def finish(self) -> None:
        """The answer is whole."""
        body = self._taken()
        if self._is_begun:
            self._send(self._encoder.encode(body) + self._encoder.finish())
            self._channel.send(Kind.END, self._wear.told())
            return
        coding = self._coding if len(body) >= _SMALL else "identity"
        head: dict[str, Any] | bytes = _head(self._media_type, coding)
        if worn := self._wear.told():
            head = {"type": self._media_type, "coding": coding, **worn}
        self._channel.send(Kind.ANSWER, head, encoded(body, coding))


@lru_cache
def _head(media_type: str, coding: str) -> bytes:
    return written({"type": media_type, "coding": coding})
