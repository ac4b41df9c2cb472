"""``/health``, ``/ready`` and ``/metrics``: what those who run the server ask of it."""

import asyncio
import json
from typing import Any

from server.exchange import Exchange
from server.metrics import Metrics
from server.problems import MethodNotAllowed
from server.workers.channel import Kind
from server.workers.holding import NurseryLost
from server.workers.pool import Pool

_PATIENCE = 1.0
"""Seconds in which a worker has to answer, for the server to be ready."""
_TRIAL = {
    "default_graphs": [], "named_graphs": [], "names_dataset": False, "page": False,
    "accept": "text/csv", "coding": "identity", "rows": 0, "size": 0, "seconds": _PATIENCE,
}  # fmt: skip


class Operations:
    """Answers about the server itself."""

    def __init__(self, pool: Pool, metrics: Metrics) -> None:
        self._pool = pool
        self._metrics = metrics
        self.is_ending = False

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
            "status": "ready" if not why else why,
            "snapshot": self._pool.number,
            "memory": self._pool.in_memory,
        }
        await _say(exchange, 503 if why else 200, state)

    async def _hindrance(self) -> str:
        if self.is_ending:
            return "ending"
        if not self._pool.number:
            return "starting"
        if self._pool.is_loading and not self._pool.was_loaded:
            return "loading into memory"
        try:
            async with asyncio.timeout(_PATIENCE), self._pool.worker() as worker:
                worker.line.send(Kind.QUERY, _TRIAL, b"ASK {}")
                frame = await worker.line.frame()
        except (TimeoutError, NurseryLost):
            return "no worker answers"
        return "" if frame is not None and frame.kind is Kind.ANSWER else "no worker answers"

    async def metrics(self, exchange: Exchange) -> None:
        """The metrics in Prometheus' text format."""
        _check(exchange)
        media_type, body = self._metrics.exposed()
        await exchange.answer(200, {"Content-Type": media_type, "Cache-Control": "no-store"}, body)


def _check(exchange: Exchange) -> None:
    if exchange.method not in ("GET", "HEAD"):
        raise MethodNotAllowed(f"{exchange.method} is not answered here", {"Allow": "GET, HEAD"})


async def _say(exchange: Exchange, status: int, said: dict[str, Any]) -> None:
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    if status == 503:
        headers["Retry-After"] = "5"
    await exchange.answer(status, headers, json.dumps(said).encode() + b"\n")
