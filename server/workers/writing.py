"""Changes, seen from the serving process: one at a time and in order, in a process of their own."""

import asyncio
import contextlib
import json
import logging
import os
import socket
import sys
from collections.abc import AsyncIterator
from typing import Any

from server.http.exchange import ClientLeft, Exchange
from server.http.problems import BadRequest, Problem, Unavailable
from server.settings import Settings
from server.sparql.endings import Retold
from server.workers.channel import Frame, Kind
from server.workers.holding import NurseryLost
from server.workers.line import Line, Worker
from server.workers.pool import Pool
from server.workers.run import Run

_LOG = logging.getLogger(__name__)
_MOST_WAITING = 64
_WORDS = 4000
"""Bytes of the process's last words that are read."""
_STACK = ("Segmentation fault", "overflowed its stack")
_MEMORY = ("memory allocation of", "bad_alloc", "MemoryError", "Cannot allocate memory")


class _Writer(Worker):
    """The writer's process, and the file that it writes its last words to."""

    def __init__(self, pid: int, line: Line, words: int) -> None:
        super().__init__(pid, os.pidfd_open(pid), line, 0)
        self._words = words

    def last_words(self) -> str:
        """What it said at its end."""
        return os.pread(self._words, _WORDS, 0).decode("utf-8", "replace")

    def give_way(self) -> None:
        """It goes on as it is: others wait for the change."""

    def dismiss(self) -> None:
        super().dismiss()
        if self._words >= 0:
            os.close(self._words)
            self._words = -1


class Writing:
    """Makes changes. The process is started for the first one, and ends when there are none."""

    def __init__(self, settings: Settings, base: str, pool: Pool) -> None:
        """``base``: that of the store's IRIs."""
        self.limits = settings.limits
        self._settings = settings
        self._base = base
        self._pool = pool
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._writer: _Writer | None = None

    async def make(self, exchange: Exchange, job: dict[str, Any], body: bytes) -> dict[str, Any]:
        """Make a change (server/sparql/changes.py): what it did, once every request that comes
        after sees it. Raises a ``Problem``, where nothing is written, and ``ClientLeft``."""
        seconds = min(job.get("seconds") or self.limits.seconds, self.limits.seconds)
        async with self._in_turn(exchange):
            said = await self._made(exchange, {**job, "seconds": seconds}, body, seconds)
            with contextlib.suppress(NurseryLost):  # the pool says so itself, and tries again
                await self._pool.catch_up()
            return said

    @contextlib.asynccontextmanager
    async def _in_turn(self, exchange: Exchange) -> AsyncIterator[None]:
        if self._waiting >= _MOST_WAITING:
            raise _full(f"{_MOST_WAITING} changes wait already", "queue-full")
        self._waiting += 1
        try:
            await self._acquire(exchange)
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turn.release()

    async def _acquire(self, exchange: Exchange) -> None:
        """Wait for the turn, as long as the client does and the limit lets it."""
        if not self._turn.locked():
            await self._turn.acquire()
            return
        acquiring = asyncio.ensure_future(self._turn.acquire())
        try:
            await asyncio.wait(
                {acquiring, exchange.leaving},
                timeout=self.limits.wait,
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            if not acquiring.done():
                acquiring.cancel()
        if not acquiring.cancelled() and acquiring.done():
            return
        if exchange.leaving.done():
            raise ClientLeft
        raise _full(f"no turn within {self.limits.wait:g} seconds", "queue-timeout")

    async def _made(
        self, exchange: Exchange, job: dict[str, Any], body: bytes, seconds: float
    ) -> dict[str, Any]:
        for _ in range(2):
            writer = await self._ready()
            try:
                frame = await self._asked(exchange, writer, job, body, seconds)
            except BaseException:
                self._end()  # it may have begun
                raise
            if frame is None:
                problem = _fate(writer, seconds)
                self._end()
                raise problem
            if frame.kind is Kind.ANSWER:
                return frame.head
            if frame.kind is Kind.PROBLEM:
                raise Retold(frame.head)
            self._end()  # it had ended as there was nothing to do, when the change was sent
        raise Unavailable("the writer has ended", reason="writer-ended", retry=1)

    async def _asked(
        self, exchange: Exchange, writer: _Writer, job: dict[str, Any], body: bytes, seconds: float
    ) -> Frame | None:
        """The writer's answer. Once the change is made neither time nor the client stops it."""
        with Run(exchange, writer, seconds):
            writer.ask(Kind.WRITE, job, body)
            frame = await writer.line.frame()
        if frame is not None and frame.kind is Kind.HEAD:
            frame = await writer.line.frame()
        return frame

    async def _ready(self) -> _Writer:
        writer = self._writer
        if writer is None or not writer.is_fresh():
            self._end()
            self._writer = writer = await self._started()
        return writer

    async def _started(self) -> _Writer:
        settings = self._settings
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        words = os.memfd_create("last-words")
        theirs.set_inheritable(True)
        command = [sys.executable, "-P", "-m", "server.workers.writer", str(theirs.fileno())]
        actions = [(os.POSIX_SPAWN_DUP2, words, 2)]
        pid = os.posix_spawn(sys.executable, command, os.environ, file_actions=actions)
        theirs.close()
        said = {
            "folder": str(settings.store.resolve()),
            "base": self._base,
            "memory": settings.limits.query_memory,
            "allow_remote": settings.allow_remote,
            "writable_graphs": settings.writable_graphs,
        }
        ours.send(json.dumps(said).encode() + b"\n")
        ours.setblocking(False)
        _, line = await asyncio.get_running_loop().create_unix_connection(Line, sock=ours)
        writer = _Writer(pid, line, words)
        if await line.frame() is None:
            problem = _fate(writer, 0)
            writer.dismiss()
            raise problem
        return writer

    def _end(self) -> None:
        if self._writer is not None:
            self._writer.dismiss()
            self._writer = None

    def close(self) -> None:
        """End the process."""
        self._end()


def _full(what: str, reason: str) -> Unavailable:
    return Unavailable(f"{what}: try again later", reason=reason)


def _fate(writer: _Writer, seconds: float) -> Problem | ClientLeft:
    """What became of a change whose writer has gone: nothing of it is written."""
    if writer.killed_for == "left":
        return ClientLeft()
    if writer.killed_for == "timeout":
        return Unavailable(
            f"the change was stopped after {seconds:g} seconds, the most that it is given;"
            " nothing was written: make it in several parts",
            reason="query-timeout",
            retry=60,
            members={"limit": seconds},
        )
    words = writer.last_words()
    if any(mark in words for mark in _MEMORY):
        return Unavailable(
            "the change needs more memory than it is given here; nothing was written: make it in"
            " several parts",
            reason="query-memory",
            retry=3600,
        )
    if any(mark in words for mark in _STACK):
        return BadRequest(
            "what was sent nests deeper than can be read here; nothing was written",
            reason="query-too-deep",
        )
    _LOG.error("the writer ended: %s", words)
    return Unavailable("the writer ended unexpectedly", reason="worker-died", retry=1)
