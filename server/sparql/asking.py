"""Questions and the workers that are asked them: a place, a worker, and both given back."""

import asyncio
import time
from collections.abc import Hashable
from functools import lru_cache
from typing import Any, NamedTuple

from server.http.exchange import ClientLeft, Exchange
from server.http.problems import Unavailable
from server.lexing.preflight import Preflight
from server.metrics import Metrics
from server.sparql.protocol import Operation
from server.sparql.remembered import Recalled, Remembered
from server.workers.admission import Turn, full
from server.workers.channel import Kind, written
from server.workers.holding import NurseryLost
from server.workers.line import Worker
from server.workers.patience import LONG
from server.workers.pool import Pool

_SHORT = 200
"""Characters of an Accept that others send too."""
_UNWATCHED = 0.05
"""Seconds that a query waits for its turn before its client is watched for leaving."""
_SUSPECT = 0.5
"""Seconds that a query waits at most which was ended with its worker again and again: there are few
places for such."""


class Question(NamedTuple):
    """A query as a request asks it: ``said`` is what its text says of itself, ``coding`` that of
    the answer, ``is_safe`` whether the method is GET or HEAD, ``key`` all that the answer depends
    on, ``tag`` that in short."""

    operation: Operation
    said: Preflight
    client: str
    accept: str | None
    coding: str
    is_safe: bool
    key: Hashable
    tag: str

    @property
    def form(self) -> str:
        """The query's form, for the log and the metrics."""
        return (self.said.form or "unknown").lower()


class Asked:
    """A question on its way: it has a place, or waits for its ``turn``; then a ``worker`` has it,
    ``since`` then (by the event loop's clock), for ``seconds``. ``recalled``: how it went
    before."""

    def __init__(
        self, question: Question, seconds: float, turn: Turn | None, recalled: Recalled
    ) -> None:
        self.question = question
        self.recalled = recalled
        self.is_suspect = recalled.is_suspect(seconds)
        self.seconds = seconds
        self.turn = turn
        self.worker: Worker | None = None
        self.since = 0.0
        self.is_ended = False
        self.entered = time.perf_counter()


class Asking:
    """Has questions answered by the workers of a pool."""

    def __init__(self, pool: Pool, metrics: Metrics) -> None:
        self._pool = pool
        self._admission = pool.admission
        self._metrics = metrics
        self._remembered = Remembered()

    def enter(self, question: Question) -> Asked:
        """Get in line: ``begin`` is to follow, or ``begin_at_once``. Raises ``Unavailable``."""
        most = self._pool.limits.seconds
        seconds = min(question.operation.seconds or most, most)
        recalled = self._remembered.recall(question.operation.text, question.client)
        turn = self._admission.enter(question.client, is_suspect=recalled.is_suspect(seconds))
        return Asked(question, seconds, turn, recalled)

    async def begin(self, exchange: Exchange, asked: Asked) -> Worker:
        """Ask a worker, in turn; ``end`` is to follow. Raises ``Unavailable``, and ``ClientLeft``
        for who leaves the queue."""
        if asked.worker is not None:
            return asked.worker
        if asked.turn is not None:
            await self._wait(exchange, asked, asked.turn)
        self._waited(asked)
        try:
            worker = await self._pool.reserve.take()
        except NurseryLost:
            self._leave(asked, is_long=False)
            raise Unavailable("no worker can be had", reason="no-worker", retry=1) from None
        except BaseException:
            self._leave(asked, is_long=False)
            raise
        self._ask(asked, worker)
        return worker

    def begin_at_once(self, asked: Asked) -> Worker | None:
        """Ask a worker that is idle, if there is one; ``asked`` has its place."""
        worker = self._pool.reserve.take_idle()
        if worker is not None:
            self._waited(asked)
            self._ask(asked, worker)
        return worker

    def move(self, asked: Asked) -> Worker:
        """Ask a seasoned worker instead, where one waits, of what turns out to be long: nothing
        has been answered yet. The worker that has it from now on."""
        before = asked.worker
        assert before is not None
        if asked.question.said.services:
            return before  # another endpoint is not to be asked twice
        worker = self._pool.reserve.take_seasoned()
        if worker is None:
            return before
        self._send(asked, worker)
        before.kill("moved")
        self._pool.reserve.give(before)
        return worker

    def end(self, asked: Asked, *, is_long: bool) -> None:
        """Give the worker and the place back; ``is_long``: it was told to the admission."""
        assert asked.worker is not None
        assert not asked.is_ended
        asked.is_ended = True
        self._note(asked, asked.worker, is_long=is_long)
        self._pool.reserve.give(asked.worker)
        self._leave(asked, is_long=is_long)

    def give_up(self, asked: Asked) -> None:
        """Be done with a question, however far it has come."""
        if asked.worker is not None:
            asked.worker.kill("unfinished")
            self.end(asked, is_long=False)
        elif asked.turn is not None:
            self._give_up(asked, asked.turn)
        else:
            self._leave(asked, is_long=False)

    def _note(self, asked: Asked, worker: Worker, *, is_long: bool) -> None:
        """Remember how it went, but for what is quick as ever."""
        took = asyncio.get_running_loop().time() - asked.since
        is_long = is_long and took >= LONG
        ended_in = asked.seconds if worker.is_ended else 0
        if is_long or ended_in or asked.recalled.is_long:
            text, client = asked.question.operation.text, asked.question.client
            self._remembered.note(text, client, is_long=is_long, ended_in=ended_in)

    def _leave(self, asked: Asked, *, is_long: bool) -> None:
        client = asked.question.client
        self._admission.leave(client, is_long=is_long, is_suspect=asked.is_suspect)

    def _give_up(self, asked: Asked, turn: Turn) -> None:
        self._admission.give_up(asked.question.client, turn, is_suspect=asked.is_suspect)

    def _waited(self, asked: Asked) -> None:
        self._metrics.waited(time.perf_counter() - asked.entered)

    def _ask(self, asked: Asked, worker: Worker) -> None:
        asked.since = asyncio.get_running_loop().time()
        self._send(asked, worker)

    def _send(self, asked: Asked, worker: Worker) -> None:
        question = asked.question
        job = _job(question, self._pool.limits.rows, self._pool.limits.size, asked.seconds)
        worker.ask(Kind.QUERY, job, question.operation.text.encode())
        if asked.recalled.is_long:
            worker.give_way()
        asked.worker = worker

    async def _wait(self, exchange: Exchange, asked: Asked, turn: Turn) -> None:
        """Wait for a turn. Most come within a millisecond: only then is the client watched."""
        loop = asyncio.get_running_loop()
        timer = loop.call_later(_UNWATCHED, self._watch, exchange, asked, turn)
        try:
            await turn
        except BaseException:
            self._give_up(asked, turn)
            raise
        finally:
            timer.cancel()

    def _watch(self, exchange: Exchange, asked: Asked, turn: Turn) -> None:
        """End the waiting for a turn when the client leaves, or it has taken too long."""

        def end(error: Exception) -> None:
            if not turn.done():
                turn.set_exception(error)

        seconds, what = self._pool.limits.wait, "no worker was free"
        if asked.is_suspect:
            seconds = min(seconds, _SUSPECT)
            what = (
                "this was stopped, or you left, whenever you asked it: no place for such was free"
            )
        late = full(f"{what} within {seconds:g} seconds", "queue-timeout", seconds)
        left = seconds - (time.perf_counter() - asked.entered)
        timer = asyncio.get_running_loop().call_later(left, end, late)
        exchange.leaving.add_done_callback(lambda _: end(ClientLeft()))
        turn.add_done_callback(lambda _: timer.cancel())


def _job(question: Question, rows: int, size: int, seconds: float) -> bytes:
    """The head of a job, as a worker reads it."""
    operation, said, accept = question.operation, question.said, question.accept
    is_plain = not (operation.default_graphs or operation.named_graphs or said.services)
    settings = (accept, question.coding, question.is_safe, said.names_dataset, rows, size, seconds)
    if is_plain and len(accept or "") < _SHORT:
        return _plain(*settings)
    job = _settings(*settings)
    job["default_graphs"] = operation.default_graphs
    job["named_graphs"] = operation.named_graphs
    job["calls"] = bool(said.services)
    return written(job)


def _settings(
    accept: str | None,
    coding: str,
    is_safe: bool,
    names_dataset: bool,
    rows: int,
    size: int,
    seconds: float,
) -> dict[str, Any]:
    return {
        "default_graphs": [],
        "named_graphs": [],
        "names_dataset": names_dataset,
        "accept": accept,
        "page": is_safe,
        "coding": coding,
        "calls": False,
        "rows": rows,
        "size": size,
        "seconds": seconds,
    }


@lru_cache(maxsize=256)
def _plain(*settings: Any) -> bytes:
    """Most jobs are the same but for the query."""
    return written(_settings(*settings))
