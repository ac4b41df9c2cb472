"""What a server holds, with all processes below it: processes, files, memory."""

import contextlib
import os
import threading
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

_PROC = Path("/proc")
_TRIES = 5


class Held(NamedTuple):
    """Processes; open files, and those of the serving process; MB of the serving process, and of
    all (what is shared, once)."""

    processes: int
    files: int
    front_files: int
    front: float
    whole: float

    def __str__(self) -> str:
        return (
            f"{self.processes} processes, {self.files} open files, {self.front_files} of the front;"
            f" front {self.front:.0f} MB, all {self.whole:.0f} MB"
        )


def below(pid: int) -> list[int]:
    """A process and all below it."""
    parents: dict[int, int] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                parents[int(entry.name)] = int(fields[1])
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found


def megabytes(pid: int, name: str = "Pss") -> float:
    """The memory of a process: ``Rss``, or ``Pss``, its part of what is shared."""
    with contextlib.suppress(OSError):
        for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) / 1024
    return 0.0


def held(pid: int) -> Held:
    """What a server holds now."""
    pids, whole = below(pid), 0.0
    for _ in range(_TRIES):
        # What is shared is divided by those that share it: none may come or go meanwhile.
        whole = sum(map(megabytes, pids))
        if pids == (now := below(pid)):
            break
        pids = now
    files = [_files(each) for each in pids]
    return Held(len(pids), sum(files), files[0], megabytes(pid, "Rss"), whole)


def _files(pid: int) -> int:
    with contextlib.suppress(OSError):
        return len(list((_PROC / str(pid) / "fd").iterdir()))
    return 0


def processor(pid: int) -> float:
    """The processor seconds of a server until now, with those of children that have ended."""
    ticks = 0
    for each in below(pid):
        with contextlib.suppress(OSError):
            fields = (_PROC / str(each) / "stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


class Watch:
    """Looks at a server's memory for as long as it lasts: the most that there was."""

    def __init__(self, pid: int, seconds: float = 0.5) -> None:
        self._pid, self._seconds = pid, seconds
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.before = held(pid)
        self.front, self.whole = self.before.front, self.before.whole

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._end.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._end.wait(self._seconds):
            now = held(self._pid)
            self.front, self.whole = max(self.front, now.front), max(self.whole, now.whole)

    def __str__(self) -> str:
        front, whole = self.front - self.before.front, self.whole - self.before.whole
        return f"front {front:+.1f} MB, with all workers {whole:+.1f} MB"
