"""The pool: workers over the current snapshot, each lent for a query, and replaced when killed."""

import asyncio
import contextlib
import ctypes
import logging
import os
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from graph.memory import needed
from server.workers import memory
from server.workers.admission import Admission
from server.workers.holding import Holding, NurseryLost
from server.workers.limits import Limits
from server.workers.line import Worker

_LOG = logging.getLogger(__name__)
_WATCH = 0.2
"""Seconds between two looks at which snapshot is current."""
_IDLE = 10.0
"""Seconds that a worker above the spare ones is kept idle."""
_PATIENCE = 0.5
"""Seconds that a query waits for a snapshot just published; then the one before answers."""
_ROOM = 0.5
"""The part of the memory that is to be left for workers to keep what they have copied."""
_SHARE = 0.6
"""The part of the memory that is free which a snapshot may take, where it is for us to choose."""
_SUBREAPER = 36
_AT_FIRST = 2
"""Workers that are ready before a snapshot is answered from."""


class Pool:
    """Workers, and the snapshot that they answer from: ``number``, as the store publishes it."""

    def __init__(
        self, folder: Path, base: str, limits: Limits, *, memory: str = "auto", union: bool = True
    ) -> None:
        """``memory``: yes, no, or auto, which holds a snapshot in memory where there is room."""
        self.limits = limits
        self.admission = Admission(limits)
        self.number = 0
        self._folder = folder
        self._link = folder / "current"
        self._base = base
        self._memory = memory
        self._union = union
        self._holding: Holding | None = None
        self._idle: list[Worker] = []
        self._lent: set[Worker] = set()
        self._forking = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._switching = asyncio.Lock()
        self._catching: asyncio.Task[None] | None = None
        self.is_loading = False
        self.was_loaded = False
        self.published_at = 0.0
        self.memory_bytes = 0

    async def start(self) -> None:
        """Hold the current snapshot on disk, and begin to load it where it goes into memory."""
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_SUBREAPER, 1)
        folder = self._current()
        await self._settle(await self._begin(folder, memory=False))
        self._load()
        self._spawn(self._watch())

    def _current(self) -> Path:
        number = (self._folder / "current").readlink().name
        return self._folder / "published" / number

    async def _begin(self, folder: Path, *, memory: bool) -> Holding:
        return await Holding.begin(
            folder, self._base, self.limits, memory=memory, union=self._union
        )

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.error("the pool of workers: %r", error)

    @property
    def in_memory(self) -> bool:
        """Whether queries are answered from memory now."""
        return self._holding is not None and self._holding.in_memory

    @property
    def idle(self) -> int:
        """Workers that wait for a query."""
        return len(self._idle)

    # -- snapshots

    async def _settle(self, holding: Holding) -> None:
        """Answer from this holding from now on; its first workers are ready before."""
        ready = await asyncio.gather(*(holding.fork() for _ in range(_AT_FIRST)))
        before, self._holding = self._holding, holding
        dismissed, self._idle = self._idle, list(ready)
        self.number = holding.number
        self.published_at = _moment(self._folder / "published" / str(holding.number))
        for worker in dismissed:
            worker.dismiss()
        if before is not None and before is not holding:
            before.retire()
        self._refill()

    @property
    def _spare(self) -> int:
        return self.limits.spare or (8 if self.in_memory else 2)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_WATCH)
            self._reap()
            self._trim()
            self._relieve()
            try:
                if self._holding is not None and self._holding.is_lost:
                    await self._again()
                await self.catch_up()
            except (OSError, NurseryLost) as error:
                _LOG.warning("the current snapshot cannot be held: %r", error)

    async def catch_up(self) -> None:
        """Answer from the current snapshot, if another was published: what was written before is
        seen by the queries that come after this. Raises ``NurseryLost`` and ``OSError``."""
        async with self._switching:
            folder = self._current()
            if int(folder.name) == self.number:
                return
            holding = self._holding
            assert holding is not None
            try:
                await self._settle(await holding.next(folder))
            except NurseryLost:
                await self._settle(await self._begin(folder, memory=False))
                self._load()

    def is_behind(self) -> bool:
        """Whether a later snapshot is current than the one that is answered from."""
        try:
            # Asked before every answer: pathlib takes four times as long.
            return int(os.readlink(self._link).rpartition("/")[2]) != self.number  # noqa: PTH115
        except (OSError, ValueError):
            return False

    async def refresh(self) -> None:
        """Answer from the current snapshot, unless it takes long to get there."""
        if self._catching is None or self._catching.done():
            self._catching = self._spawn(self.catch_up())
        await asyncio.wait({self._catching}, timeout=_PATIENCE)

    async def _again(self) -> None:
        """Another nursery for one that was lost."""
        async with self._switching:
            await self._settle(await self._begin(self._current(), memory=False))
            self._load()

    def _load(self) -> None:
        if self._wants_memory() and not self.is_loading:
            self.is_loading = True
            self._spawn(self._load_memory())

    def _wants_memory(self) -> bool:
        try:
            self.memory_bytes = needed(self._current())
            has_room = self.memory_bytes < _SHARE * memory.available()
        except OSError:
            has_room = False
        return self._memory == "yes" or (self._memory == "auto" and has_room)

    async def _load_memory(self) -> None:
        """Load the current snapshot into memory, catch up with what was published meanwhile."""
        try:
            holding = await self._begin(self._current(), memory=True)
            async with self._switching:
                folder = self._current()
                if int(folder.name) != holding.number:
                    loaded, holding = holding, await holding.next(folder)
                    loaded.retire()
                await self._settle(holding)
        except NurseryLost:
            _LOG.warning("the snapshot could not be loaded into memory; answering from disk")
        finally:
            self.is_loading, self.was_loaded = False, True

    @staticmethod
    def _reap() -> None:
        """Take the exit codes of processes that were left to this one."""
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass

    # -- workers

    async def take(self) -> Worker:
        """A worker for a query, to be given back. Raises ``NurseryLost`` where none can be had."""
        worker = self.take_idle()
        if worker is None:
            assert self._holding is not None
            worker = await self._holding.fork()
            self._lent.add(worker)
        return worker

    def take_idle(self) -> Worker | None:
        """As ``take``, of those that wait for a query already."""
        while self._idle:
            worker = self._idle.pop()
            if not worker.line.is_lost:
                self._lent.add(worker)
                return worker
            worker.dismiss()
        return None

    def give(self, worker: Worker) -> None:
        """Take a worker back. One that was killed is not used again: kill it, where its answer
        was not taken to its end."""
        self._lent.discard(worker)
        if (
            worker.number == self.number
            and len(self._idle) < self.limits.at_once
            and worker.is_fresh()
            # What it has copied it reads faster the next time, as long as there is room for it.
            and not (worker.line.is_large and memory.is_short(_ROOM))
        ):
            worker.idle_since = asyncio.get_running_loop().time()
            self._idle.append(worker)
        else:
            worker.dismiss()
        self._refill()

    def _refill(self) -> None:
        """Have another worker forked, where too few are idle; that one goes on."""
        if len(self._idle) + self._forking < self._spare:
            self._forking += 1
            self._spawn(self._replace())

    async def _replace(self) -> None:
        try:
            holding = self._holding
            assert holding is not None
            worker = await holding.fork()
            if worker.number == self.number:
                self._idle.append(worker)
            else:
                worker.dismiss()
        except NurseryLost:
            self._forking -= 1
        else:
            self._forking -= 1
            self._refill()

    def _relieve(self) -> None:
        """End the query that has copied most, where the machine's memory is nearly used up."""
        if self._lent and memory.is_short():
            largest = max(self._lent, key=lambda worker: memory.private(worker.pid))
            largest.kill("memory")

    def _trim(self) -> None:
        """Dismiss the worker that has been idle for longest, where there are more than need be."""
        now = asyncio.get_running_loop().time()
        if len(self._idle) > self._spare and now - self._idle[0].idle_since > _IDLE:
            self._idle.pop(0).dismiss()

    async def close(self) -> None:
        """End every process."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for worker in self._idle:
            worker.dismiss()
        if self._holding is not None:
            self._holding.end()
        self._reap()


def _moment(folder: Path) -> float:
    """When a snapshot was published, seconds since 1970."""
    try:
        return folder.stat().st_mtime
    except OSError:  # it is swept away already
        return time.time()
