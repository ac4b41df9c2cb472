"""Who may have a worker now, and who waits: so many at once, so many a client, so many in line.

Queries that have not run for long yet are few at a time, two for each processor: they end within a
millisecond mostly, and many beside each other only take turns. One that goes on leaves its place
among these to the next.
"""

import asyncio
import os
from collections import Counter
from typing import NamedTuple

from server.http.problems import Unavailable
from server.workers.limits import Limits

Turn = asyncio.Future[None]
"""Comes when it is a query's turn."""


class _Waiting(NamedTuple):
    client: str
    turn: Turn


class Admission:
    """The places for queries that run, and the queue before them.

    A client that has its share waits while others go ahead of it.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._running: Counter[str] = Counter()
        self._all = 0
        self._short = 0
        self._most_short = 2 * (os.cpu_count() or 2)
        self._queue: list[_Waiting] = []

    @property
    def running(self) -> int:
        """Queries that have a place."""
        return self._all

    @property
    def waiting(self) -> int:
        """Queries that wait for one."""
        return len(self._queue)

    def enter(self, client: str) -> Turn | None:
        """Take a place: ``None``, or the turn to wait for. Raises ``Unavailable`` where the queue
        is full."""
        if self.enter_at_once(client):
            return None
        self._check_queue(client)
        turn: Turn = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(client, turn))
        return turn

    def enter_at_once(self, client: str) -> bool:
        """Take a place, if there is one now."""
        if not self._has_place(client) or any(each.client == client for each in self._queue):
            return False
        self._take(client)
        return True

    def give_up(self, client: str, turn: Turn) -> None:
        """Wait no longer for a turn; one that has come meanwhile is given back."""
        if turn.done() and not turn.cancelled() and turn.exception() is None:
            self.leave(client, is_long=False)
        self._queue = [waiting for waiting in self._queue if waiting.turn is not turn]

    def grow_long(self) -> None:
        """A query goes on: another may begin beside it."""
        self._short -= 1
        self._let_in()

    def leave(self, client: str, *, is_long: bool) -> None:
        """Give a place back."""
        self._running[client] -= 1
        if not self._running[client]:
            del self._running[client]
        self._all -= 1
        self._short -= not is_long
        self._let_in()

    def _has_place(self, client: str) -> bool:
        limits = self._limits
        return (
            self._short < self._most_short
            and self._all < limits.at_once
            and self._running[client] < limits.at_once_per_client
        )

    def _take(self, client: str) -> None:
        self._running[client] += 1
        self._all += 1
        self._short += 1

    def _let_in(self) -> None:
        """Give the place to who has waited longest of those who may have it."""
        for number, waiting in enumerate(self._queue):
            if not waiting.turn.done() and self._has_place(waiting.client):
                del self._queue[number]
                self._take(waiting.client)
                waiting.turn.set_result(None)
                return

    def _check_queue(self, client: str) -> None:
        limits = self._limits
        if len(self._queue) >= limits.queue:
            what = f"{limits.queue} queries wait already"
            raise full(what, "queue-full", limits.queue)
        share = max(1, limits.queue // 2)
        if sum(waiting.client == client for waiting in self._queue) >= share:
            what = f"{share} queries of this client wait already"
            raise full(what, "client-queue-full", share)


def full(what: str, reason: str, limit: float) -> Unavailable:
    """What is said where there is no place."""
    return Unavailable(f"{what}: try again later", reason=reason, members={"limit": limit})
