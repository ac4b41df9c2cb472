"""A query's way through the endpoint: kept answer, worker, stream, and every way it can end."""

import asyncio
import hashlib
from collections.abc import Callable, Hashable
from importlib.metadata import version
from typing import Any

from server.http.codings import chosen
from server.http.exchange import BrokenOff, ClientLeft, Exchange
from server.http.problems import Problem
from server.http.shortcut import Fields
from server.lexing import preflight
from server.metrics import Metrics
from server.pages import HTML, SECURITY
from server.sparql.asking import Asked, Asking, Question
from server.sparql.cache import Cache, Kept
from server.sparql.endings import Retold, end_of, ended
from server.sparql.protocol import Operation, read_target
from server.sparql.remote import Allowed
from server.sparql.underway import Underway
from server.workers.channel import Frame, Kind
from server.workers.line import Worker
from server.workers.pool import Pool
from server.workers.run import Run

_LONG_TEXT = 50_000
"""Characters of a query that take milliseconds to read."""
_VERSION = version("jointure")
Told = Callable[[Underway, Kept | None], None]
"""Called with what was underway and its answer, or ``None`` where somebody is to follow it."""


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
        self._asking = Asking(pool, metrics)

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

    def at_once(
        self, query_string: bytes, fields: Fields, client: str, told: Told
    ) -> Kept | Underway | None:
        """The answer to a plain GET: kept, or underway from a worker and told to ``told``.
        ``None`` for all that is not as simple, or wrong."""
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
        try:
            operation = read_target(query_string)
            if operation is None or len(operation.text) >= _LONG_TEXT:
                return None
            said = preflight.read(operation.text)
            self._allowed.check(said.services)
            coding = chosen(accept_encoding)
        except Problem:
            return None
        question = self._question(operation, said, client, accept, coding, True, key)
        return self._underway(question, told)

    def _underway(self, question: Question, told: Told) -> Underway | None:
        try:
            asked = self._asking.enter(question)
        except Problem:
            return None
        self._metrics.looked_up(is_hit=False)

        def heard(underway: Underway, frame: Frame | None) -> None:
            told(underway, self._settled(asked, frame) if frame is not None else None)

        try:
            return Underway(self._asking, asked, heard)
        except BaseException:
            self._asking.give_up(asked)
            raise

    async def answer(self, exchange: Exchange, operation: Operation, key: Hashable) -> None:
        """Answer a query. Raises a ``Problem``, ``ClientLeft`` and ``BrokenOff``."""
        said = await _read(operation.text)
        exchange.form = (said.form or "unknown").lower()
        self._allowed.check(said.services)
        accept, coding = exchange.header("accept"), chosen(exchange.header("accept-encoding"))
        is_safe = exchange.method in ("GET", "HEAD")
        question = self._question(operation, said, exchange.client, accept, coding, is_safe, key)
        headers = _headers(question, self._pool.number)
        if "ETag" in headers and exchange.has(headers["ETag"]):
            exchange.outcome = "not-modified"
            await exchange.answer(304, headers)
            return
        await self.follow(exchange, self._asking.enter(question))

    async def follow(self, exchange: Exchange, asked: Asked) -> None:
        """Answer what is asked already. Raises as ``answer`` does."""
        question = asked.question
        exchange.begun = min(exchange.begun, asked.entered)
        exchange.query, exchange.form = question.operation.text, question.form
        if asked.is_ended:
            raise Problem("The answer was lost.")
        worker = await self._asking.begin(exchange, asked)

        def on_long() -> Worker:
            self._pool.admission.grow_long()
            is_wanted = exchange.method != "HEAD" and not exchange.has_left
            return self._asking.move(asked) if is_wanted else worker

        run = Run(exchange, worker, asked.seconds, on_long, asked.since)
        try:
            with run:
                frame = await self._first(run)
                if frame is None:
                    raise await ended(run.worker, asked.seconds, is_deep=question.said.too_deep)
                if frame.kind is Kind.PROBLEM:
                    raise Retold(frame.head)
                if frame.kind is not Kind.ANSWER:
                    await self._stream(exchange, run, frame, question)
                    return
        except Problem:
            raise  # the worker said so itself, or is dead
        except BaseException:
            run.worker.kill("unfinished")
            raise
        finally:
            self._asking.end(asked, is_long=run.is_long)
        kept = self._settled(asked, frame)
        exchange.outcome = "ok"
        await exchange.answer(200, kept.headers, kept.body)

    @staticmethod
    async def _first(run: Run) -> Frame | None:
        """What a worker answers first; what is long, in time or in size, is asked of another."""
        while True:
            worker = run.worker
            frame = await worker.line.frame()
            if frame is not None and frame.kind is Kind.HEAD:
                run.grow_long()
            if run.worker is worker:
                return frame

    def _question(
        self,
        operation: Operation,
        said: preflight.Preflight,
        client: str,
        accept: str | None,
        coding: str,
        is_safe: bool,
        key: Hashable,
    ) -> Question:
        """What is asked, with the tag of what the answer will be: all that it depends on is known
        before, but for the snapshot."""
        tag = ""
        if not said.is_volatile:
            depends = repr((_VERSION, self._is_union, key)).encode()
            tag = hashlib.sha256(depends).hexdigest()[:16]
        return Question(operation, said, client, accept, coding, is_safe, key, tag)

    def _settled(self, asked: Asked, frame: Frame) -> Kept:
        """A whole answer, kept where another may ask the same."""
        assert asked.worker is not None
        question, number = asked.question, asked.worker.number
        headers = _headers(question, number) | described(frame.head)
        kept = Kept(headers, frame.body, question.operation.text, question.form)
        if question.tag and frame.head["type"] != HTML:
            self._cache.put(number, question.key, kept)
        return kept

    async def _stream(self, exchange: Exchange, run: Run, first: Frame, question: Question) -> None:
        """Pass on a long answer as it comes; broken off where it cannot be ended."""
        frame: Frame | None = first
        worker = run.worker
        headers = _headers(question, worker.number) | described(first.head)
        await exchange.start(200, headers)
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


def _headers(question: Question, number: int) -> dict[str, str]:
    """The header fields of an answer from the snapshot ``number``, but for its type."""
    headers = {"Vary": "Accept, Accept-Encoding", "Cache-Control": "no-store"}
    if question.tag:
        headers |= {"Cache-Control": "no-cache", "ETag": f'"{number}-{question.tag}"'}
    return headers


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
