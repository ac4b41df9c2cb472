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


class Begun:
    """A question that a worker has: for ``seconds``, ``since`` then (by the event loop's clock)."""

    def __init__(self, question: Question, worker: Worker, seconds: float) -> None:
        self.question = question
        self.worker = worker
        self.seconds = seconds
        self.since = asyncio.get_running_loop().time()


class Asking:
    """Has questions answered by the workers of a pool."""

    def __init__(self, pool: Pool, metrics: Metrics) -> None:
        self._pool = pool
        self._admission = pool.admission
        self._metrics = metrics

    async def begin(self, exchange: Exchange, question: Question) -> Begun:
        """Ask a worker, in turn; ``end`` is to follow. Raises ``Unavailable``, and ``ClientLeft``
        for who leaves the queue."""
        return self._sent(question, await self._lent(exchange))

    def begin_at_once(self, question: Question) -> Begun | None:
        """Ask a worker, where there is a place and one that waits."""
        if not self._admission.enter_at_once(question.client):
            return None
        worker = self._pool.take_idle()
        if worker is None:
            self._admission.leave(question.client, is_long=False)
            return None
        self._metrics.waited(0.0)
        return self._sent(question, worker)

    def end(self, begun: Begun, *, is_long: bool) -> None:
        """Give the worker and the place back; ``is_long``: it was told to the admission."""
        self._pool.give(begun.worker)
        self._admission.leave(begun.question.client, is_long=is_long)

    def _sent(self, question: Question, worker: Worker) -> Begun:
        limits, operation, said = self._pool.limits, question.operation, question.said
        seconds = min(operation.seconds or limits.seconds, limits.seconds)
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
            "seconds": seconds,
        }
        worker.line.send(Kind.QUERY, job, operation.text.encode())
        return Begun(question, worker, seconds)

    async def _lent(self, exchange: Exchange) -> Worker:
        client, begun = exchange.client, time.perf_counter()
        if (turn := self._admission.enter(client)) is not None:
            await self._wait(exchange, turn)
        self._metrics.waited(time.perf_counter() - begun)
        try:
            return await self._pool.take()
        except NurseryLost:
            self._admission.leave(client, is_long=False)
            raise Unavailable("no worker can be had", reason="no-worker", retry=1) from None
        except BaseException:
            self._admission.leave(client, is_long=False)
            raise

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
