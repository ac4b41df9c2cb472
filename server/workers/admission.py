"""Who may have a worker now, and who waits: so many at once, so many a client, so many in line."""

import asyncio
from collections import Counter
from typing import NamedTuple

from server.http.problems import Unavailable
from server.workers.limits import Limits


class _Waiting(NamedTuple):
    client: str
    turn: asyncio.Future[None]


class Admission:
    """The places for queries that run, and the queue before them.

    A client that has its share waits while others go ahead of it.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._running: Counter[str] = Counter()
        self._queue: list[_Waiting] = []

    @property
    def running(self) -> int:
        """Queries that have a place."""
        return self._running.total()

    @property
    def waiting(self) -> int:
        """Queries that wait for one."""
        return len(self._queue)

    def has_place(self, client: str) -> bool:
        """Whether a query of the client need not wait."""
        limits = self._limits
        return self.running < limits.at_once and (self._running[client] < limits.at_once_per_client)

    async def enter(self, client: str) -> None:
        """Take a place, now or in turn. Raises ``Unavailable``."""
        if self.has_place(client):
            self._running[client] += 1
            return
        self._check_queue(client)
        waiting = _Waiting(client, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        try:
            async with asyncio.timeout(self._limits.wait):
                await waiting.turn
        except TimeoutError:
            if not self._has_turn(waiting):
                raise self._full(
                    f"no worker was free within {self._limits.wait:g} seconds",
                    "queue-timeout",
                    self._limits.wait,
                ) from None
        except asyncio.CancelledError:
            if self._has_turn(waiting):
                self.leave(client)
            raise
        finally:
            if waiting in self._queue:
                self._queue.remove(waiting)

    @staticmethod
    def _has_turn(waiting: _Waiting) -> bool:
        return waiting.turn.done() and not waiting.turn.cancelled()

    def _check_queue(self, client: str) -> None:
        limits = self._limits
        if len(self._queue) >= limits.queue:
            what = f"{limits.queue} queries wait already"
            raise self._full(what, "queue-full", limits.queue)
        share = max(1, limits.queue // 2)
        if sum(waiting.client == client for waiting in self._queue) >= share:
            what = f"{share} queries of this client wait already"
            raise self._full(what, "client-queue-full", share)

    @staticmethod
    def _full(what: str, reason: str, limit: float) -> Unavailable:
        return Unavailable(f"{what}: try again later", reason=reason, members={"limit": limit})

    def leave(self, client: str) -> None:
        """Give a place back, to who has waited longest of those who may have it."""
        self._running[client] -= 1
        if not self._running[client]:
            del self._running[client]
        for waiting in self._queue:
            if not waiting.turn.done() and self.has_place(waiting.client):
                self._running[waiting.client] += 1
                self._queue.remove(waiting)
                waiting.turn.set_result(None)
                return
