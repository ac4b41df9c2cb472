"""Questions and the workers that are asked them: a place, a worker, and both given back."""

import asyncio
import time
from collections.abc import Hashable
from typing import NamedTuple

from server.http.exchange import ClientLeft, Exchange
from server.http.problems import Unavailable
from server.lexing.preflight import Preflight
from server.metrics import Metrics
from server.sparql.protocol import Operation
from server.workers.admission import Turn, full
from server.workers.channel import Kind
from server.workers.holding import NurseryLost
from server.workers.line import Worker
from server.workers.pool import Pool
from server.workers.run import LONG


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
    ``since`` then (by the event loop's clock), for ``seconds``."""

    def __init__(self, question: Question, seconds: float, turn: Turn | None) -> None:
        self.question = question
        self.seconds = seconds
        self.turn = turn
        self.worker: Worker | None = None
        self.since = 0.0
        self.entered = time.perf_counter()


class Asking:
    """Has questions answered by the workers of a pool."""

    def __init__(self, pool: Pool, metrics: Metrics) -> None:
        self._pool = pool
        self._admission = pool.admission
        self._metrics = metrics

    def enter(self, question: Question) -> Asked:
        """Get in line: ``begin`` is to follow, or ``begin_at_once``. Raises ``Unavailable``."""
        most = self._pool.limits.seconds
        seconds = min(question.operation.seconds or most, most)
        return Asked(question, seconds, self._admission.enter(question.client))

    async def begin(self, exchange: Exchange, asked: Asked) -> Worker:
        """Ask a worker, in turn; ``end`` is to follow. Raises ``Unavailable``, and ``ClientLeft``
        for who leaves the queue."""
        if asked.worker is not None:
            return asked.worker
        if asked.turn is not None:
            await self._wait(exchange, asked.turn)
        try:
            worker = await self._pool.reserve.take()
        except NurseryLost:
            self._admission.leave(asked.question.client, is_long=False)
            raise Unavailable("no worker can be had", reason="no-worker", retry=1) from None
        except BaseException:
            self._admission.leave(asked.question.client, is_long=False)
            raise
        self._ask(asked, worker)
        return worker

    def begin_at_once(self, asked: Asked) -> Worker | None:
        """Ask a worker that is idle, if there is one; ``asked`` has its place."""
        worker = self._pool.reserve.take_idle()
        if worker is not None:
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
        before.kill("moved")
        self._pool.reserve.give(before)
        self._send(asked, worker)
        return worker

    def end(self, asked: Asked, *, is_long: bool) -> None:
        """Give the worker and the place back; ``is_long``: it was told to the admission."""
        assert asked.worker is not None
        self._pool.reserve.give(asked.worker)
        self._admission.leave(asked.question.client, is_long=is_long)

    def _ask(self, asked: Asked, worker: Worker) -> None:
        self._metrics.waited(time.perf_counter() - asked.entered)
        asked.since = asyncio.get_running_loop().time()
        self._send(asked, worker)

    def _send(self, asked: Asked, worker: Worker) -> None:
        question, limits = asked.question, self._pool.limits
        operation, said = question.operation, question.said
        job = {
            "default_graphs": tuple(operation.default_graphs),
            "named_graphs": tuple(operation.named_graphs),
            "names_dataset": said.names_dataset,
            "accept": question.accept,
            "page": question.is_safe,
            "coding": question.coding,
            "calls": bool(said.services),
            "rows": limits.rows,
            "size": limits.size,
            "seconds": asked.seconds,
        }
        worker.line.send(Kind.QUERY, job, operation.text.encode())
        asked.worker = worker

    async def _wait(self, exchange: Exchange, turn: Turn) -> None:
        """Wait for a turn. Most come within a millisecond: only then is the client watched."""
        loop = asyncio.get_running_loop()
        timer = loop.call_later(LONG, self._watch, exchange, turn)
        try:
            await turn
        except BaseException:
            self._admission.give_up(exchange.client, turn)
            raise
        finally:
            timer.cancel()

    def _watch(self, exchange: Exchange, turn: Turn) -> None:
        """End the waiting for a turn when the client leaves, or it has taken too long."""

        def end(error: Exception) -> None:
            if not turn.done():
                turn.set_exception(error)

        seconds = self._pool.limits.wait
        late = full(f"no worker was free within {seconds:g} seconds", "queue-timeout", seconds)
        timer = asyncio.get_running_loop().call_later(seconds - LONG, end, late)
        exchange.leaving.add_done_callback(lambda _: end(ClientLeft()))
        turn.add_done_callback(lambda _: timer.cancel())
