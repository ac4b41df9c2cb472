"""How a query ends that is not answered to its end, and what is said of it."""

import asyncio
import contextlib
import logging
from typing import Any

from server.http.exchange import ClientLeft
from server.http.problems import BadRequest, Problem, Unavailable
from server.workers.channel import Frame
from server.workers.line import Worker
from server.workers.worker import too_much_memory

_LOG = logging.getLogger(__name__)
_VERDICT = 1.0
"""Seconds to wait for the word on why a worker ended."""


class Retold(Problem):
    """A problem as another process told it."""

    def __init__(self, told: dict[str, Any]) -> None:
        document = told["document"]
        super().__init__(document["detail"], told["headers"], reason=document["reason"])
        self._told = told

    def told(self) -> dict[str, Any]:
        """As it was told."""
        return self._told


async def ended(worker: Worker, seconds: float, *, is_deep: bool) -> Problem | ClientLeft:
    """What became of a query whose worker has gone; ``is_deep``: it may be too deep to be read."""
    if worker.killed_for == "timeout":
        return too_long(seconds)
    if worker.killed_for == "left":
        return ClientLeft()
    if worker.killed_for == "memory":
        return too_much_memory()
    if worker.killed_for:
        return Unavailable("the query was ended", reason=f"query-{worker.killed_for}")
    with contextlib.suppress(TimeoutError):
        verdict = await asyncio.wait_for(asyncio.shield(worker.verdict), _VERDICT)
        if verdict == "memory":
            return too_much_memory()
        if verdict == "time":
            return too_long(seconds)
        if verdict == "stack" and is_deep:
            return BadRequest(
                "the query nests deeper than can be read here", reason="query-too-deep"
            )
        _LOG.error("a worker ended: %s", verdict)
    return Unavailable("the worker ended unexpectedly", reason="worker-died", retry=1)


def too_long(seconds: float) -> Unavailable:
    """What is said of a query that took longer than it is given."""
    return Unavailable(
        f"the query was stopped after {seconds:g} seconds, the most that it is given: ask for"
        " less, or put what its UNION branches share into each of them",
        reason="query-timeout",
        retry=60,
        members={"limit": seconds},
    )


async def end_of(worker: Worker, frame: Frame | None) -> Problem | ClientLeft:
    """What broke a streamed answer off."""
    if frame is not None:
        return Retold(frame.head)
    return await ended(worker, 0, is_deep=False)
