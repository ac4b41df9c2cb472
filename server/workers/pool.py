"""The pool: the current snapshot, held for the workers that answer from it."""

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
from server.workers.reserve import Reserve

_LOG = logging.getLogger(__name__)
_WATCH = 0.2
"""Seconds between two looks at which snapshot is current."""
_PATIENCE = 0.5
"""Seconds that a query waits for a snapshot just published; then the one before answers."""
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
        self.reserve = Reserve(limits)
        self.number = 0
        self._folder = folder
        self._link = folder / "current"
        self._base = base
        self._memory = memory
        self._union = union
        self._holding: Holding | None = None
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

    # -- snapshots

    async def _settle(self, holding: Holding) -> None:
        """Answer from this holding from now on; its first workers are ready before."""
        ready = await asyncio.gather(*(holding.fork() for _ in range(_AT_FIRST)))
        before, self._holding = self._holding, holding
        self.number = holding.number
        self.published_at = _moment(self._folder / "published" / str(holding.number))
        self.reserve.use(holding, list(ready))
        if before is not None and before is not holding:
            before.retire()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_WATCH)
            self._reap()
            self.reserve.look_after(self.memory_bytes)
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
            await self.reserve.prepare(self.memory_bytes)
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

    async def close(self) -> None:
        """End every process."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.reserve.close()
        if self._holding is not None:
            self._holding.end()
        self._reap()


def _moment(folder: Path) -> float:
    """When a snapshot was published, seconds since 1970."""
    try:
        return folder.stat().st_mtime
    except OSError:  # it is swept away already
        return time.time()
