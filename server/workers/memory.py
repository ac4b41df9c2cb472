"""How much memory there is, and how much of it a worker has to itself."""

import contextlib
from pathlib import Path

_GROUP = Path("/sys/fs/cgroup")
_RESERVE = 0.1
"""The part of the memory that is to be left."""


def available() -> int:
    """Bytes that are free for a process: the machine's, or its control group's."""
    return _room()[0]


def is_short(part: float = _RESERVE, taken: int = 0) -> bool:
    """Whether less than this part of the memory is left, once ``taken`` bytes more are."""
    free, whole = _room()
    return free - taken < whole * part


def _room() -> tuple[int, int]:
    """Bytes that are free, and that there are."""
    found: dict[str, int] = {}
    with Path("/proc/meminfo").open(encoding="ascii") as info:
        for line in info:
            name, _, rest = line.partition(":")
            found[name] = int(rest.split()[0]) * 1024
            if name == "MemAvailable":
                break
    free, whole = found["MemAvailable"], found["MemTotal"]
    with contextlib.suppress(OSError, ValueError, KeyError):
        most = int((_GROUP / "memory.max").read_text("ascii"))
        used = int((_GROUP / "memory.current").read_text("ascii"))
        counts = dict(line.split() for line in (_GROUP / "memory.stat").open(encoding="ascii"))
        files = int(counts["inactive_file"])  # held as long as nobody needs the room
        free, whole = min(free, most - used + files), min(whole, most)
    return free, whole


def private(pid: int) -> int:
    """Bytes that a process has to itself; of a forked one what it has written to since."""
    try:
        with Path(f"/proc/{pid}/smaps_rollup").open(encoding="ascii") as found:
            line = next(line for line in found if line.startswith("Private_Dirty:"))
    except (OSError, StopIteration):
        return 0
    return int(line.split()[1]) * 1024
