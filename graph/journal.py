"""The journal: all that was written to the writer's store, in order (graph/frames.py).

``journal/log`` in the store's folder. To read a store of 6 million quads back from RocksDB takes
four minutes, from its journal half of one; and what lies between two snapshots is a few frames. It
is derived, as the register is: dropped where it may be out of step with the store, and then made
anew by a dump. It is safe against a kill of the process, not of the machine: neither is the store.
"""

import json
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

import pyoxigraph as ox

from graph.frames import (
    BEGUN,
    BrokenJournal,
    Frame,
    framed,
    frames,
    generation,
    opening,
    replay,
    write_dump,
)

JOURNAL = "journal"
"""In a snapshot's folder: the journal, a hard link. What it says of later is not to be read."""
MARK = "journal.json"
"""In a snapshot's folder: up to where its journal is the snapshot."""
_LEAST = 64 << 20
"""Bytes that a journal may have whatever the store holds."""
_BYTES_A_QUAD = 25
"""Of a dump: 22 were measured on harvested graphs."""
_BYTES_A_FRAME = 500
"""What a frame counts for beside its own: 100 us, the time of twenty quads."""


class Mark(NamedTuple):
    """A place in a journal: its generation, bytes from its start, and the quads of the store
    there: those of user's updates are an estimate."""

    generation: str
    length: int
    quads: int

    def write(self, path: Path) -> None:
        """Write the mark to a file."""
        path.write_text(json.dumps(self._asdict()) + "\n", "utf-8")

    @classmethod
    def read(cls, path: Path) -> "Mark | None":
        """The mark that a file holds, if it is there and one."""
        try:
            return cls(**json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None


def commits(writer: Path) -> str:
    """What changes with every transaction that a RocksDB folder has taken: its write-ahead log."""
    return " ".join(f"{name}:{size}" for name, size in log_sizes(writer).items())


def log_sizes(writer: Path) -> dict[str, int]:
    """The bytes of each file of a RocksDB folder's write-ahead log. RocksDB deletes those that it
    needs no longer at any moment: one that has gone is none."""
    found = {}
    for log in sorted(writer.glob("*.log")):
        with suppress(FileNotFoundError):
            found[log.name] = log.stat().st_size
    return found


class Journal:
    """The journal of a store's folder. The process that has the store's lock makes one."""

    def __init__(self, folder: Path, committed: str) -> None:
        """Open what is there. ``committed`` are the ``commits`` from before the store was opened:
        a process that was killed while it wrote may have left the journal out of step, unless its
        transaction had not come so far."""
        self._folder = folder
        self._path = folder / "log"
        self._doubt = folder / "writing"
        self._lock = threading.Lock()
        self._underway = self._frames = 0
        self._file: BinaryIO | None = None
        self.mark: Mark | None = None
        folder.mkdir(exist_ok=True)
        if self._doubt.exists() and self._doubt.read_text("utf-8") != (committed or "none"):
            self._path.unlink(missing_ok=True)
        self._doubt.unlink(missing_ok=True)
        self._open()

    def _open(self) -> None:
        """Go to the end of the last whole frame, and cut what a killed process left after it."""
        if not self._path.exists():
            return
        try:
            self.mark, self._frames = _last(self._path)
        except BrokenJournal:
            self._path.unlink()
            return
        os.truncate(self._path, self.mark.length)
        self._file = self._path.open("ab", buffering=0)

    @contextmanager
    def writing(self, committed: str = "") -> Iterator[None]:
        """While the store and then the journal are written; ``committed`` are the ``commits``
        before a single transaction. Where it raises the caller says whether it is to be forgotten.
        """
        with self._lock:
            self._underway += 1
            # A doubt that nothing dispels, where it is no transaction or not the only one.
            said = committed if self._underway == 1 else ""
            if self.mark is not None:
                self._doubt.write_text(said, "utf-8")
        try:
            yield
        finally:
            with self._lock:
                self._underway -= 1
                if not self._underway:
                    self._doubt.unlink(missing_ok=True)

    def append(self, kind: str, text: bytes, quads: int) -> None:
        """Tell a change that the store has taken, by which it grew by ``quads``."""
        if self.mark is None:
            return
        frame = framed(kind, text, quads)
        with self._lock:
            if self._file is None or self.mark is None:
                return
            if self._file.write(frame) != len(frame):
                raise OSError(f"no room for the journal {self._path}")
            self._frames += 1
            named, length, held = self.mark
            self.mark = Mark(named, length + len(frame), max(0, held + quads))

    def forget(self) -> None:
        """Drop the journal: it cannot say what the store holds."""
        with self._lock:
            self._path.unlink(missing_ok=True)
            self.close()
            self.mark = None

    def begin(self, store: ox.Store) -> None:
        """Begin a generation with what ``store`` holds, which is what the one before came to, if
        there is one. Whenever the process is killed, there is the old one or the new one."""
        making = self._folder / "making"
        with making.open("wb") as file:
            file.write(opening(secrets.token_hex(8)))
            write_dump(store, file)
            if self.mark is not None:
                before = f"{self.mark.generation} {self.mark.length}"
                file.write(framed(BEGUN, before.encode(), 0))
        with self._lock:
            making.replace(self._path)
            self.close()
            self._open()

    def is_long(self) -> bool:
        """Whether the journal takes more than twice as long to replay as a dump of the store would,
        and more than one of 64 MB."""
        if self.mark is None:
            return False
        size = self.mark.length + self._frames * _BYTES_A_FRAME
        return size > max(_LEAST, 2 * _BYTES_A_QUAD * self.mark.quads)

    def replayed(self) -> ox.Store:
        """What the journal says, in memory: some 400 bytes a quad."""
        store = ox.Store()
        assert self.mark is not None
        with self._path.open("rb") as file:
            replay(file, whole(file, self.mark), store)
        return store

    def publish(self, snapshot: Path) -> None:
        """Put the journal, as it is now, into a snapshot's folder."""
        if self.mark is not None:
            (snapshot / JOURNAL).hardlink_to(self._path)
            self.mark.write(snapshot / MARK)

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            self.close()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
        self._file = None


def _last(path: Path) -> tuple[Mark, int]:
    """The end of a journal's last whole frame, and how many there are. Raises ``BrokenJournal``
    where it is no journal."""
    with path.open("rb") as file:
        named = generation(file)
        length, quads, count = file.tell(), 0, 0
        with suppress(BrokenJournal):
            for frame in frames(file, length, path.stat().st_size):
                length, quads, count = frame.end, max(0, quads + frame.quads), count + 1
    return Mark(named, length, quads), count


def whole(file: BinaryIO, mark: Mark) -> Iterator[Frame]:
    """The frames of a journal up to a mark. Raises ``BrokenJournal`` where it is another one."""
    if generation(file) != mark.generation:
        raise BrokenJournal("another generation")
    yield from frames(file, file.tell(), mark.length)
