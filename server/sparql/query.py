"""A query's way through the endpoint: kept answer, worker, stream, and every way it can end."""

import asyncio
import hashlib
import time
from collections.abc import Hashable
from importlib.metadata import version
from typing import Any

from server.http.codings import chosen
from server.http.exchange import BrokenOff, ClientLeft, Exchange
from server.http.problems import Problem, Unavailable
from server.http.shortcut import Fields
from server.lexing import preflight
from server.metrics import Metrics
from server.pages import HTML, SECURITY
from server.sparql.cache import Cache, Kept
from server.sparql.endings import Retold, end_of, ended
from server.sparql.protocol import Operation
from server.sparql.remote import Allowed
from server.workers.admission import Turn, full
from server.workers.channel import Frame, Kind
from server.workers.holding import NurseryLost
from server.workers.line import Worker
from server.workers.pool import Pool
from server.workers.run import LONG, Run

_LONG_TEXT = 50_000
"""Characters of a query that take milliseconds to read."""
_VERSION = version("jointure")


class Queries:
    """Answers to queries."""

    def __init__(
        self, pool: Pool, cache: Cache, allowed: Allowed, metrics: Metrics, *, is_union: bool
    ) -> None:
        self._pool = pool
        self._cache = cache
        self._allowed = allowed
        self._metrics = metrics
        self._is_union = is_union

    async def refresh(self) -> None:
        """Answer from what is published now, as far as it can be had at once."""
        if self._pool.is_behind():
            await self._pool.refresh()

    def kept(self, key: Hashable) -> Kept | None:
        """The answer that is kept for a key, of the snapshot that is current."""
        kept = self._cache.get(self._pool.number, key)
        self._metrics.looked_up(kept is not None)
        return kept

    async def give(self, exchange: Exchange, kept: Kept) -> None:
        """A kept answer, or word that the client has it."""
        exchange.outcome, exchange.form, exchange.query = "cached", kept.form, kept.query
        if exchange.has(kept.headers["ETag"]):
            exchange.outcome = "not-modified"
            await exchange.answer(304, _validators(kept.headers))
        else:
            await exchange.answer(200, kept.headers, kept.body)

    def at_once(self, query_string: bytes, fields: Fields) -> Kept | None:
        """The answer that is kept for a plain GET, unless there is a later snapshot."""
        accept = accept_encoding = None
        for name, value in fields:
            if name == b"accept":
                if accept is not None:
                    return None
                accept = value.decode("latin-1")
            elif name == b"accept-encoding":
                if accept_encoding is not None:
                    return None
                accept_encoding = value.decode("latin-1")
        if self._pool.is_behind():
            return None
        key = key_of(query_string, accept, accept_encoding)
        kept = self._cache.get(self._pool.number, key)
        if kept is not None:
            self._metrics.looked_up(is_hit=True)
        return kept

    async def answer(self, exchange: Exchange, operation: Operation, key: Hashable) -> None:
        """Answer a query. Raises a ``Problem``, ``ClientLeft`` and ``BrokenOff``."""
        said = await _read(operation.text)
        exchange.form = (said.form or "unknown").lower()
        self._allowed.check(said.services)
        coding = chosen(exchange.header("accept-encoding"))
        headers = {"Vary": "Accept, Accept-Encoding", "Cache-Control": "no-store"}
        if not said.is_volatile:
            headers |= {"Cache-Control": "no-cache", "ETag": self._etag(key)}
            if exchange.has(headers["ETag"]):
                exchange.outcome = "not-modified"
                await exchange.answer(304, headers)
                return
        job = {
            "default_graphs": operation.default_graphs,
            "named_graphs": operation.named_graphs,
            "names_dataset": said.names_dataset,
            "accept": exchange.header("accept"),
            "page": exchange.method in ("GET", "HEAD"),
            "coding": coding,
            "calls": bool(said.services),
            "rows": self._pool.limits.rows,
            "size": self._pool.limits.size,
        }
        number, frame = await self._run(exchange, operation, job, headers, said.too_deep)
        if frame is None:
            return
        headers |= described(frame.head)
        if "ETag" in headers and frame.head["type"] != HTML:
            kept = Kept(headers, frame.body, operation.text, exchange.form)
            self._cache.put(number, key, kept)
        exchange.outcome = "ok"
        await exchange.answer(200, headers, frame.body)

    def _etag(self, key: Hashable) -> str:
        """An entity tag of what the answer will be: all that it depends on is known before."""
        said = repr((_VERSION, self._is_union, key)).encode()
        return f'"{self._pool.number}-{hashlib.sha256(said).hexdigest()[:16]}"'

    async def _run(
        self,
        exchange: Exchange,
        operation: Operation,
        job: dict[str, Any],
        headers: dict[str, str],
        is_deep: bool,
    ) -> tuple[int, Frame | None]:
        """The number of the snapshot that answered, and the answer where it was a whole one; a
        longer one has been streamed."""
        most = self._pool.limits.seconds
        seconds = min(operation.seconds or most, most)
        worker = await self._lent(exchange)
        admission = self._pool.admission
        run = Run(exchange, worker, seconds, admission.grow_long)
        try:
            if "ETag" in headers:
                # The snapshot may have changed while the query waited.
                _, dash, rest = headers["ETag"].partition("-")
                headers["ETag"] = f'"{worker.number}{dash}{rest}'
            with run:
                worker.line.send(Kind.QUERY, {**job, "seconds": seconds}, operation.text.encode())
                frame = await worker.line.frame()
                if frame is None:
                    raise await ended(worker, seconds, is_deep=is_deep)
                if frame.kind is Kind.PROBLEM:
                    raise Retold(frame.head)
                if frame.kind is Kind.ANSWER:
                    return worker.number, frame
                await self._stream(exchange, worker, run, frame, headers)
                return worker.number, None
        except Problem:
            raise  # the worker said so itself, or is dead
        except BaseException:
            worker.kill("unfinished")
            raise
        finally:
            self._pool.give(worker)
            admission.leave(exchange.client, is_long=run.is_long)

    async def _lent(self, exchange: Exchange) -> Worker:
        """A worker, in turn. Raises ``Unavailable``; ``ClientLeft`` for who leaves the queue."""
        admission, client = self._pool.admission, exchange.client
        begun = time.perf_counter()
        if (turn := admission.enter(client)) is not None:
            await self._wait(exchange, turn)
        self._metrics.waited(time.perf_counter() - begun)
        try:
            return await self._pool.take()
        except NurseryLost:
            admission.leave(client, is_long=False)
            raise Unavailable("no worker can be had", reason="no-worker", retry=1) from None
        except BaseException:
            admission.leave(client, is_long=False)
            raise

    async def _wait(self, exchange: Exchange, turn: Turn) -> None:
        """Wait for a turn. Most come within a millisecond: only then is the client watched."""

        loop = asyncio.get_running_loop()
        timer = loop.call_later(LONG, self._watch, exchange, turn)
        try:
            await turn
        except BaseException:
            self._pool.admission.give_up(exchange.client, turn)
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

    async def _stream(
        self,
        exchange: Exchange,
        worker: Worker,
        run: Run,
        frame: Frame | None,
        headers: dict[str, str],
    ) -> None:
        """Pass on a long answer as it comes; broken off where it cannot be ended."""
        assert frame is not None
        await exchange.start(200, headers | described(frame.head))
        if exchange.method == "HEAD":
            worker.kill("head")
            exchange.outcome = "ok"
            await exchange.end()
            return
        while frame is not None and frame.kind in (Kind.HEAD, Kind.DATA):
            with run.waiting_for_client():
                try:
                    async with asyncio.timeout(self._pool.limits.stall):
                        await exchange.send(frame.body)
                except TimeoutError as error:
                    worker.kill("stalled")
                    exchange.outcome = "stalled"
                    raise BrokenOff from error
            frame = await worker.line.frame()
        if frame is not None and frame.kind is Kind.END:
            exchange.outcome = "ok"
            await exchange.end()
            return
        problem = await end_of(worker, frame)
        if isinstance(problem, Problem):
            exchange.outcome = problem.reason
        raise problem if isinstance(problem, ClientLeft) else BrokenOff from problem


async def _read(text: str) -> preflight.Preflight:
    """What a query says of itself; a long one is read beside the event loop."""
    if len(text) < _LONG_TEXT:
        return preflight.read(text)
    return await asyncio.to_thread(preflight.read, text)


def key_of(
    asked: Hashable, accept: str | None, accept_encoding: str | None, is_safe: bool = True
) -> Hashable:
    """All of a request that its answer depends on: what is asked, and the header fields; a page
    is given to GET and HEAD alone (``is_safe``)."""
    return asked, accept, accept_encoding, is_safe


def described(head: dict[str, Any]) -> dict[str, str]:
    """The header fields of an answer's type and coding."""
    media_type: str = head["type"]
    fields = {"Content-Type": media_type}
    if media_type.startswith("text/"):
        fields["Content-Type"] += "; charset=utf-8"
    if (coding := head.get("coding", "identity")) != "identity":
        fields["Content-Encoding"] = coding
    return fields | SECURITY if media_type == HTML else fields


def _validators(headers: dict[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in ("Vary", "Cache-Control", "ETag")}
