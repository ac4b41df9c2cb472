"""A worker's own copy of what it shares: made at once, page by page it takes three times as long.

The engine counts references in the very nodes that it reads, so that a forked worker copies every
page of the snapshot that a query touches: a question over the whole graph takes 0.5 s, and 1.2 s
more for that.
"""

import ctypes
import errno
import os
import time
from pathlib import Path

_POPULATE_WRITE = 23
"""MADV_POPULATE_WRITE, Linux 5.14: as if every page had been written to."""
_STEP = 4 << 20
"""Bytes at once: the kernel is not interrupted within one."""
_REST = 0.002
"""Seconds between two steps: nobody waits for this."""


def season() -> bool:
    """Copy every page of this process that it shares; False where the system cannot. Raises
    ``OSError`` where it could, and has not."""
    try:
        madvise = ctypes.CDLL(None, use_errno=True).madvise
        areas = _writable()
    except (OSError, AttributeError):
        return False
    madvise.argtypes = (ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int)
    for start, end in areas:
        for at in range(start, end, _STEP):
            if madvise(at, min(_STEP, end - at), _POPULATE_WRITE):
                number = ctypes.get_errno()
                if number == errno.EINVAL:
                    return False
                raise OSError(number, os.strerror(number))
            time.sleep(_REST)
    return True


def _writable() -> list[tuple[int, int]]:
    """The areas of memory that are this process's own to write to, and belong to no file."""
    found = []
    for line in Path("/proc/self/maps").read_text("utf-8", "replace").splitlines():
        addresses, permissions, _, _, inode, *name = line.split(maxsplit=5)
        is_heap = not name or name[0] == "[heap]"
        if permissions == "rw-p" and inode == "0" and is_heap:
            start, end = (int(each, 16) for each in addresses.split("-"))
            found.append((start, end))
    return found


def trim() -> None:
    """Give back to the system what a query has left free."""
    release = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    if release is not None:  # glibc's
        release(0)
