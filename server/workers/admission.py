"""Who may have a worker now, and who waits: so many at once, so many a client, so many in line.

Queries that have not run for long yet are few at a time, two for each processor: they end within a
millisecond mostly, and many beside each other only take turns. One that goes on leaves its place
among these to the next.

Suspect queries, which were ended with their worker whenever they were asked, are fewer still: to
end a worker and to begin another takes the processors from all others.
"""

import asyncio
import os
from collections import Counter
from typing import NamedTuple

from server.http.problems import Unavailable
from server.workers.limits import Limits

Turn = asyncio.Future[None]
"""Comes when it is a query's turn."""
_REST = 0.2
"""Seconds that a suspect query's place stays empty: a limit may be as short as a client likes."""


class _Waiting(NamedTuple):
    client: str
    turn: Turn
    is_suspect: bool


class Admission:
    """The places for queries that run, and the queue before them.

    A client that has its share waits while others go ahead of it.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._running: Counter[str] = Counter()
        self._all = 0
        self._short = 0
        self._suspect = 0
        processors = os.cpu_count() or 2
        self._most_short = 2 * processors
        self._most_suspect = max(1, processors // 2)
        self._queue: list[_Waiting] = []

    @property
    def running(self) -> int:
        """Queries that have a place."""
        return self._all

    @property
    def waiting(self) -> int:
        """Queries that wait for one."""
        return len(self._queue)

    def enter(self, client: str, *, is_suspect: bool = False) -> Turn | None:
        """Take a place: ``None``, or the turn to wait for. Raises ``Unavailable`` where the queue
        is full."""
        is_next = not any(
            each.client == client and each.is_suspect == is_suspect for each in self._queue
        )
        if is_next and self._has_place(client, is_suspect):
            self._take(client, is_suspect)
            return None
        self._check_queue(client)
        turn: Turn = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(client, turn, is_suspect))
        return turn

    def give_up(self, client: str, turn: Turn, *, is_suspect: bool = False) -> None:
        """Wait no longer for a turn; one that has come meanwhile is given back."""
        if turn.done() and not turn.cancelled() and turn.exception() is None:
            self.leave(client, is_long=False, is_suspect=is_suspect)
        self._queue = [waiting for waiting in self._queue if waiting.turn is not turn]

    def grow_long(self) -> None:
        """A query goes on: another may begin beside it."""
        self._short -= 1
        self._let_in()

    def leave(self, client: str, *, is_long: bool, is_suspect: bool = False) -> None:
        """Give a place back."""
        self._running[client] -= 1
        if not self._running[client]:
            del self._running[client]
        self._all -= 1
        self._short -= not is_long
        if is_suspect:
            asyncio.get_running_loop().call_later(_REST, self._rested)
        self._let_in()

    def _rested(self) -> None:
        self._suspect -= 1
        self._let_in()

    @property
    def _is_full(self) -> bool:
        return self._short >= self._most_short or self._all >= self._limits.at_once

    def _has_place(self, client: str, is_suspect: bool) -> bool:
        return (
            not self._is_full
            and self._running[client] < self._limits.at_once_per_client
            and not (is_suspect and self._suspect >= self._most_suspect)
        )

    def _take(self, client: str, is_suspect: bool) -> None:
        self._running[client] += 1
        self._all += 1
        self._short += 1
        self._suspect += is_suspect

    def _let_in(self) -> None:
        """Give the places to who have waited longest of those who may have them."""
        if self._is_full or not self._queue:
            return
        for waiting in list(self._queue):
            client, turn, is_suspect = waiting
            if not turn.done() and self._has_place(client, is_suspect):
                self._queue.remove(waiting)
                self._take(client, is_suspect)
                turn.set_result(None)
                if self._is_full:
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
