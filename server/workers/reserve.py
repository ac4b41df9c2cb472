"""The workers that wait for a query: fresh ones, and seasoned ones, which have copied all that the
others share (``seasoning``) and are asked what takes long.

A fresh worker costs next to nothing, a seasoned one as much memory as the snapshot: there are few,
and only where there is room.
"""

import asyncio
import os
from collections.abc import Coroutine
from typing import Any

from server.workers import memory
from server.workers.channel import Kind
from server.workers.holding import Holding, NurseryLost
from server.workers.limits import Limits
from server.workers.line import Worker

_IDLE = 10.0
"""Seconds that a worker above the spare ones is kept idle."""
_SETTLED = 10.0
"""Seconds that a snapshot is current, and no query takes long, before workers are seasoned."""
MOST_SEASONED = min(os.cpu_count() or 1, 4)
_ROOM = 0.5
"""The part of the memory that is to be left when another worker has been seasoned."""
_SCARCE = 0.2
"""The part of the memory below which seasoned workers that wait are let go."""


class Reserve:
    """The workers of a holding, those that wait and those that are lent."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._holding: Holding | None = None
        self._fresh: list[Worker] = []
        self._seasoned: list[Worker] = []
        self._lent: set[Worker] = set()
        self._forking = 0
        self._is_seasoning, self._can_season = False, True
        self._seasoning: Worker | None = None
        self._since = 0.0
        self._is_closed = False
        self._tasks: set[asyncio.Task[None]] = set()

    def use(self, holding: Holding, ready: list[Worker]) -> None:
        """Lend the workers of this holding from now on, these first."""
        dismissed = self._fresh + self._seasoned
        self._holding, self._fresh, self._seasoned = holding, ready, []
        self._since = asyncio.get_running_loop().time()
        for worker in dismissed:
            worker.dismiss()
        if self._seasoning is not None:
            self._seasoning.kill("switch")
        self._refill()

    @property
    def idle(self) -> int:
        """How many workers wait."""
        return len(self._fresh) + len(self._seasoned)

    @property
    def seasoned(self) -> int:
        """How many of them are seasoned."""
        return len(self._seasoned)

    # -- lending

    async def take(self) -> Worker:
        """A worker for a query, to be given back. Raises ``NurseryLost`` where none can be had."""
        worker = self.take_idle()
        if worker is None:
            assert self._holding is not None
            worker = await self._holding.fork()
            self._lent.add(worker)
        return worker

    def take_idle(self) -> Worker | None:
        """As ``take``, of the fresh ones that wait already."""
        return self._taken(self._fresh)

    def take_seasoned(self) -> Worker | None:
        """A seasoned worker that waits, to be given back."""
        return self._taken(self._seasoned)

    def _taken(self, waiting: list[Worker]) -> Worker | None:
        while waiting:
            worker = waiting.pop()
            if not worker.line.is_lost:
                self._lent.add(worker)
                return worker
            worker.dismiss()
        return None

    def give(self, worker: Worker) -> None:
        """Take a worker back. One that was killed is not used again: kill it, where its answer
        was not taken to its end."""
        self._lent.discard(worker)
        worker.line.on_news = None
        place = self._place(worker)
        if place is not None and worker.is_fresh():
            worker.idle_since = asyncio.get_running_loop().time()
            place.append(worker)
        else:
            worker.dismiss()
        self._refill()

    def _place(self, worker: Worker) -> list[Worker] | None:
        """Where it is to wait."""
        if self._holding is None or worker.number != self._holding.number:
            return None
        if worker.is_seasoned:
            return self._seasoned if len(self._seasoned) < MOST_SEASONED else None
        if self._holding.in_memory and worker.line.is_large:
            return None  # it has copied much of the snapshot
        return self._fresh if len(self._fresh) < self._limits.at_once else None

    # -- upkeep

    def look_after(self, size: int) -> None:
        """To be called now and again; ``size``: the bytes that the snapshot takes in memory."""
        self._trim()
        self._relieve()
        now = asyncio.get_running_loop().time()
        if any(worker.is_long for worker in self._lent):
            # To have workers seasoned that are soon killed takes the processors from all others.
            self._since = now
        if now - self._since > _SETTLED and self._wants_seasoned(size):
            self._is_seasoning = True
            self._spawn(self._season())

    async def prepare(self, size: int) -> None:
        """Have as many workers seasoned as are wanted, one after the other; ``size`` as above."""
        for _ in range(MOST_SEASONED):
            if self._wants_seasoned(size):
                self._is_seasoning = True
                await self._season()

    @property
    def _spare(self) -> int:
        in_memory = self._holding is not None and self._holding.in_memory
        return self._limits.spare or (8 if in_memory else 2)

    def _refill(self) -> None:
        """Have another worker forked, where too few are idle; that one goes on."""
        if len(self._fresh) + self._forking < self._spare and not self._is_closed:
            self._forking += 1
            self._spawn(self._replace())

    async def _replace(self) -> None:
        holding = self._holding
        assert holding is not None
        try:
            worker = await holding.fork()
        except (NurseryLost, OSError):
            return  # the pool will have another nursery soon
        finally:
            self._forking -= 1
        if holding is self._holding and worker.number == holding.number:
            self._fresh.append(worker)
        else:
            worker.dismiss()
        self._refill()

    def _lacks_seasoned(self) -> bool:
        there = len(self._seasoned) + sum(each.is_seasoned for each in self._lent)
        return there < MOST_SEASONED

    def _wants_seasoned(self, size: int) -> bool:
        """Whether another worker is to be seasoned, and can be."""
        return (
            self._holding is not None
            and self._holding.in_memory
            and self._can_season
            and not self._is_seasoning
            and self._lacks_seasoned()
            and not memory.is_short(_ROOM, size)
        )

    async def _season(self) -> None:
        """Have a worker copy what it shares, at a low priority."""
        assert self._holding is not None
        try:
            self._seasoning = worker = await self._holding.fork()
        except (NurseryLost, OSError):
            self._is_seasoning = False
            return
        self._lent.add(worker)
        frame = None
        try:
            worker.give_way()
            worker.line.send(Kind.SEASON, {})
            frame = await worker.line.frame()
        finally:
            self._is_seasoning, self._seasoning = False, None
            if frame is None:
                worker.kill("unfinished")
                self._since = asyncio.get_running_loop().time()  # not again at once
            else:
                worker.is_seasoned = self._can_season = frame.kind is Kind.END
                worker.own = memory.private(worker.pid)
            self.give(worker)

    def _relieve(self) -> None:
        """Let seasoned workers go where memory is scarce; where it is nearly used up, end the
        query that has copied most."""
        if not memory.is_short(_SCARCE):
            return
        if self._seasoned:
            self._seasoned.pop().dismiss()
        elif self._lent and memory.is_short():
            largest = max(self._lent, key=lambda each: memory.private(each.pid) - each.own)
            largest.kill("memory")

    def _trim(self) -> None:
        """Dismiss the worker that has been idle for longest, where there are more than need be."""
        now = asyncio.get_running_loop().time()
        if len(self._fresh) > self._spare and now - self._fresh[0].idle_since > _IDLE:
            self._fresh.pop(0).dismiss()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Dismiss all that wait."""
        self._is_closed = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for worker in self._fresh + self._seasoned:
            worker.dismiss()
