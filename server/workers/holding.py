"""A snapshot as a nursery holds it, seen from the serving process: workers are had from it."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections import deque
from pathlib import Path
from typing import Any

from server.workers.limits import Limits
from server.workers.line import Line, Worker

_DESCRIPTORS = 2


class NurseryLost(Exception):
    """The nursery has gone, or could not do what was asked."""


class Holding:
    """A nursery process and the snapshot that it holds, by its number."""

    def __init__(self, control: socket.socket, settings: dict[str, Any], number: int) -> None:
        control.setblocking(False)
        self.number = number
        self.settings = settings
        self.is_lost = False
        self._control = control
        self._asked: deque[asyncio.Future[Any]] = deque()
        self._workers: dict[int, Worker] = {}
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._loop.add_reader(control.fileno(), self._hear)

    @classmethod
    async def begin(
        cls, folder: Path, base: str, limits: Limits, *, memory: bool, union: bool
    ) -> "Holding":
        """Start a nursery of its own for a snapshot. Raises ``NurseryLost``."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        theirs.set_inheritable(True)
        # -P: what lies in the working directory is nobody's module.
        command = [sys.executable, "-P", "-m", "server.workers.nursery", str(theirs.fileno())]
        os.posix_spawn(sys.executable, command, _environment(in_huge_pages=memory))
        theirs.close()
        settings = {"base": base, "limits": limits._asdict(), "memory": memory, "union": union}
        ours.send(json.dumps({**settings, "folder": str(folder)}).encode())
        holding = cls(ours, settings, int(folder.name))
        await holding._ready
        return holding

    @property
    def in_memory(self) -> bool:
        """Whether the nursery holds the snapshot in memory."""
        return bool(self.settings["memory"])

    def _hear(self) -> None:
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._control, 1 << 16, _DESCRIPTORS)
        except BlockingIOError:
            return
        except OSError:
            packet, descriptors = b"", []
        if not packet:
            self._lose()
            return
        said = json.loads(packet)
        if said["did"] == "ready":
            self._ready.set_result(None)
        elif said["did"] == "end":
            self._ended(said)
        elif self._asked:
            asked = self._asked.popleft()
            if not asked.done():
                asked.set_result((said, descriptors))

    def _lose(self) -> None:
        self.is_lost = True
        self._loop.remove_reader(self._control.fileno())
        self._control.close()
        for asked in (self._ready, *self._asked):
            if not asked.done():
                asked.set_exception(NurseryLost())
        self._asked.clear()

    def _ended(self, said: dict[str, Any]) -> None:
        worker = self._workers.pop(said["pid"], None)
        if worker is None or worker.verdict.done():
            return
        worker.verdict.set_result(_verdict(said["code"], said["words"]))

    async def _ask(self, said: dict[str, Any]) -> Any:
        if self.is_lost:
            raise NurseryLost
        asked: asyncio.Future[Any] = self._loop.create_future()
        self._asked.append(asked)
        self._control.send(json.dumps(said).encode())
        try:
            return await asyncio.shield(asked)
        except asyncio.CancelledError:
            asked.add_done_callback(_unclaimed)
            raise

    async def fork(self) -> Worker:
        """A new worker. Raises ``NurseryLost``."""
        said, (connected, descriptor) = await self._ask({"do": "fork"})
        end = socket.socket(fileno=connected)
        end.setblocking(False)
        _, line = await self._loop.create_unix_connection(Line, sock=end)
        worker = Worker(said["pid"], descriptor, line, said["number"])
        self._workers[said["pid"]] = worker
        return worker

    async def next(self, folder: Path) -> "Holding":
        """The holding of a later snapshot: this one on disk, a successor in memory. Raises
        ``NurseryLost`` where the nursery cannot catch up."""
        said, descriptors = await self._ask({"do": "next", "folder": str(folder)})
        if "pid" not in said:
            self.number = int(folder.name)
            return self
        control = socket.socket(fileno=descriptors[0])
        successor = Holding(control, self.settings, int(folder.name))
        await successor._ready
        return successor

    def retire(self) -> None:
        """Let the nursery end once its last worker has."""
        if not self.is_lost:
            self._control.send(b'{"do": "retire"}')

    def end(self) -> None:
        """End the nursery, and its workers with it."""
        if not self.is_lost:
            self._lose()


def _environment(*, in_huge_pages: bool) -> dict[str, str]:
    """A nursery's environment. In huge pages a process of 2 GB is forked, and ends, in 4 ms each
    instead of 50: the kernel has 1,000 of them to note instead of 500,000."""
    environment = dict(os.environ)
    if in_huge_pages:
        tunables = [environment.get("GLIBC_TUNABLES", ""), "glibc.malloc.hugetlb=1"]
        environment["GLIBC_TUNABLES"] = ":".join(filter(None, tunables))
    return environment


def _unclaimed(asked: asyncio.Future[Any]) -> None:
    """Let go what is handed over to somebody who waits no longer: a worker ends when its socket
    closes."""
    if not asked.cancelled() and asked.exception() is None:
        for descriptor in asked.result()[1]:
            os.close(descriptor)


def _verdict(code: int, words: str) -> str:
    """Why a worker ended: ``memory``, ``stack``, ``time`` by its own clock, or what it left."""
    if "memory allocation of" in words:
        return "memory"
    if code == -signal.SIGSEGV or "overflowed its stack" in words:
        return "stack"
    return "time" if code == -signal.SIGPROF else f"{code} {words}"
