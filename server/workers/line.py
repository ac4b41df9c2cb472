"""The serving process's end of a worker's socket, on its event loop."""

import asyncio
import contextlib
import os
import signal
import time
from collections import deque
from collections.abc import Callable
from typing import Any, cast

from server.workers.channel import Frame, Kind, Unpacker, packed

_AHEAD = 1 << 18
"""Bytes of an answer that are taken ahead of the client."""


class Line(asyncio.Protocol):
    """Frames from a worker, as they come; reading pauses while nobody takes them."""

    def __init__(self) -> None:
        self._unpacker = Unpacker()
        self._frames: deque[Frame] = deque()
        self._held = 0
        self._waiter: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None
        self.on_news: Callable[[], None] | None = None
        """Called where a frame has come, or the worker has gone, and nobody awaits ``frame``."""
        self.is_lost = False
        self.is_spent = False
        """Whether the worker has said that it is better not used again."""
        self.is_large = False
        """Whether it has said that it has copied much of what it shared."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio's word that the socket is watched."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """asyncio's word that something came."""
        assert self._transport is not None
        for frame in self._unpacker.feed(data):
            self._frames.append(frame)
            self._held += len(frame.body)
        if self._held > _AHEAD:
            self._transport.pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio's word that the worker has gone."""
        self.is_lost = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        elif self.on_news is not None:
            self.on_news()

    def send(self, kind: Kind, head: dict[str, Any] | bytes, body: bytes = b"") -> None:
        """Send a frame."""
        assert self._transport is not None
        self._transport.write(packed(kind, head, body))

    async def frame(self) -> Frame | None:
        """The next frame; ``None`` where the worker has gone."""
        while not self._frames:
            if self.is_lost:
                return None
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self.take()

    @property
    def next_kind(self) -> Kind | None:
        """The kind of the frame that would be taken next."""
        return self._frames[0].kind if self._frames else None

    def take(self) -> Frame:
        """The next frame, which has come. Raises ``IndexError`` where none has."""
        frame = self._frames.popleft()
        self._held -= len(frame.body)
        self.is_spent |= "spent" in frame.head
        self.is_large |= "large" in frame.head
        if self._held <= _AHEAD and not self.is_lost:
            assert self._transport is not None
            self._transport.resume_reading()
        return frame

    def lose(self) -> None:
        """Expect no more: whoever waits for a frame is told so at once."""
        self.is_lost = True
        self._frames.clear()
        self._wake()

    def close(self) -> None:
        """Hang up: a worker that waits ends itself."""
        if self._transport is not None:
            self._transport.abort()


class Worker:
    """A worker as the serving process knows it."""

    def __init__(self, pid: int, descriptor: int, line: Line, number: int) -> None:
        self.pid = pid
        self.line = line
        self.number = number
        """The number of the snapshot that it answers from."""
        self.killed_for = ""
        self.verdict: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Why it ended by itself, once the nursery tells: ``memory``, ``stack``, ``time``, or else
        its exit code and last words."""
        self._descriptor = descriptor
        self.is_long = False
        """Whether it gives way to others."""
        self.is_seasoned = False
        """Whether it has copied what it shared."""
        self.own = 0
        """Bytes that it has copied for that."""
        self.idle_since = 0.0
        self._clock = (~pid << 3) | 2  # clock_getcpuclockid(3): of all the threads of a process
        self._used_before = 0.0

    def ask(self, kind: Kind, head: dict[str, Any] | bytes, body: bytes = b"") -> None:
        """Send it what it is to do; what it uses of the processors is counted from now on."""
        self._used_before = self._used()
        self.line.send(kind, head, body)

    def used(self) -> float:
        """Seconds of a processor that it has used since it was asked."""
        return self._used() - self._used_before

    def _used(self) -> float:
        try:
            return time.clock_gettime(self._clock)
        except OSError:  # it has gone
            return self._used_before

    @property
    def is_ended(self) -> bool:
        """Whether it was killed, or has died."""
        return bool(self.killed_for) or self.line.is_lost

    def kill(self, reason: str) -> None:
        """End it at once, whatever it does; the first reason is kept."""
        if self._descriptor < 0:
            return
        self.killed_for = self.killed_for or reason
        with contextlib.suppress(OSError):
            if self.is_long:  # else it takes seconds to give its memory back
                _schedule(self.pid, os.SCHED_OTHER)
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)
        # To give its memory back takes it a while, at a low priority seconds: its client is not
        # to wait for that.
        self.line.lose()

    def give_way(self) -> None:
        """Let every quick query go first from now on: this one takes long, and has the processors
        that nobody else wants (SCHED_IDLE)."""
        self.is_long = True
        with contextlib.suppress(OSError):
            _schedule(self.pid, os.SCHED_IDLE)

    def is_fresh(self) -> bool:
        """Whether it can be given another query, at its old priority again: only a privileged
        process may raise one. A seasoned one keeps its low one, since it is asked what is long."""
        if self.is_ended or self.line.is_spent:
            return False
        if self.is_long and not self.is_seasoned:
            try:
                _schedule(self.pid, os.SCHED_OTHER)
            except OSError:
                return False
            self.is_long = False
        return True

    def dismiss(self) -> None:
        """Be done with it, idle or not."""
        if self._descriptor >= 0:
            self.kill("dismissed")
            os.close(self._descriptor)
            self._descriptor = -1
        self.line.close()


def _schedule(pid: int, policy: int) -> None:
    os.sched_setscheduler(pid, policy, os.sched_param(0))
