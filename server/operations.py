"""``/health``, ``/ready`` and ``/metrics``: what those who run the server ask of it."""

import asyncio
import json
from typing import Any

from server.http.access import Log
from server.http.exchange import Exchange
from server.http.problems import MethodNotAllowed
from server.metrics import Metrics
from server.sparql.cache import Cache
from server.workers.channel import Kind
from server.workers.holding import NurseryLost
from server.workers.pool import Pool

_PATIENCE = 1.0
"""Seconds in which a worker has to answer, for the server to be ready."""
_TRIAL = {
    "default_graphs": [], "named_graphs": [], "names_dataset": False, "page": False, "calls": False,
    "accept": "text/csv", "coding": "identity", "rows": 0, "size": 0, "seconds": _PATIENCE,
}  # fmt: skip


class Operations:
    """Answers about the server itself."""

    def __init__(self, pool: Pool, cache: Cache, metrics: Metrics, log: Log) -> None:
        self._pool = pool
        self._cache = cache
        self._metrics = metrics
        self._log = log
        self._dropped = 0

    async def health(self, exchange: Exchange) -> None:
        """Whether the process lives: it does, since it answers."""
        _check(exchange)
        await _say(exchange, 200, {"status": "ok"})

    async def ready(self, exchange: Exchange) -> None:
        """Whether queries should be sent here: a worker answers one, and the snapshot is where it
        is to be answered from, in memory or on disk."""
        _check(exchange)
        why = await self._hindrance()
        state = {
            "status": why or "ready",
            "snapshot": self._pool.number,
            "memory": self._pool.in_memory,
        }
        await _say(exchange, 503 if why else 200, state)

    async def _hindrance(self) -> str:
        if not self._pool.number:
            return "starting"
        if self._pool.is_loading and not self._pool.was_loaded:
            return "loading into memory"
        try:
            async with asyncio.timeout(_PATIENCE):
                return "" if await self._answers() else "no worker answers"
        except (TimeoutError, NurseryLost):
            return "no worker answers"

    async def _answers(self) -> bool:
        worker, frame = await self._pool.reserve.take(), None
        try:
            worker.line.send(Kind.QUERY, _TRIAL, b"ASK {}")
            frame = await worker.line.frame()
        finally:
            if frame is None:
                worker.kill("unfinished")
            self._pool.reserve.give(worker)
        return frame is not None and frame.kind is Kind.ANSWER

    async def metrics(self, exchange: Exchange) -> None:
        """The metrics in Prometheus' text format."""
        _check(exchange)
        self._look()
        body, media_type = self._metrics.text(exchange.header("accept"))
        await exchange.answer(200, {"Content-Type": media_type, "Cache-Control": "no-store"}, body)

    def _look(self) -> None:
        """Take the state of things as it is now."""
        pool, state = self._pool, self._metrics.state
        state.idle, state.seasoned = pool.reserve.idle, pool.reserve.seasoned
        state.busy = pool.admission.running
        state.queued = pool.admission.waiting
        state.cache_bytes = self._cache.held
        state.snapshot, state.published = pool.number, pool.published_at
        state.is_loading, state.is_in_memory = pool.is_loading, pool.in_memory
        state.memory_bytes = pool.memory_bytes if pool.in_memory else 0
        self._metrics.log_dropped(self._log.dropped - self._dropped)
        self._dropped = self._log.dropped


def _check(exchange: Exchange) -> None:
    if exchange.method not in ("GET", "HEAD"):
        raise MethodNotAllowed(f"{exchange.method} is not answered here", {"Allow": "GET, HEAD"})


async def _say(exchange: Exchange, status: int, said: dict[str, Any]) -> None:
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    if status == 503:
        headers["Retry-After"] = "5"
    await exchange.answer(status, headers, json.dumps(said).encode() + b"\n")
