"""A snapshot in memory: three to ten times quicker to ask than on disk, some 400 bytes a quad."""

import os
import threading
from pathlib import Path

import pyoxigraph as ox

from graph.frames import BrokenJournal, frames, generation, replay, verify
from graph.journal import JOURNAL, MARK, Mark, whole
from graph.journaled import MEMORY_A_QUAD

_DISK_A_QUAD = 180
"""Bytes that a quad takes on disk at the least: 184 to 310 were measured."""


def needed(folder: Path) -> int:
    """The bytes of memory that a snapshot (``published/N``) takes, at the most.

    From the journal's count of quads; where there is none from the size on disk, which may be
    twice as much as is needed.
    """
    mark = Mark.read(folder / MARK)
    if mark is not None:
        return mark.quads * MEMORY_A_QUAD
    size = sum(file.stat().st_size for file in (folder / "store").glob("*.sst"))
    return size * MEMORY_A_QUAD // _DISK_A_QUAD


class Memory:
    """The quads of a snapshot in ``store``, an Oxigraph store in memory."""

    def __init__(self, store: ox.Store, mark: Mark | None = None) -> None:
        self.store = store
        self._mark = mark

    def advance(self, folder: Path) -> bool:
        """Bring the store to a later snapshot by what was written between.

        False, and nothing is changed, where the two have no journal in common, or it is broken.
        What the engine raises leaves a store that is neither, and to be dropped.
        """
        mark, held = Mark.read(folder / MARK), self._mark
        if mark is None or held is None or mark[0] != held[0] or mark.length < held.length:
            return False
        try:
            with (folder / JOURNAL).open("rb") as file:
                if generation(file) != mark.generation:
                    return False
                between = list(frames(file, held.length, mark.length))
                verify(file, between)
                replay(file, between, self.store)
        except (OSError, BrokenJournal):
            return False
        self._mark = mark
        return True


def load(folder: Path) -> Memory:
    """Read a whole snapshot (``published/N``) into memory.

    From its journal at 4 to 5 us a quad; where there is none, or a broken one, from its store on
    disk, at 40 us. Blank nodes have other names then. Raises ``OSError`` where there is no such
    snapshot.
    """
    mark = Mark.read(folder / MARK)
    if mark is not None:
        store = ox.Store()
        try:
            with (folder / JOURNAL).open("rb") as file:
                replay(file, whole(file, mark), store)
            return Memory(store, mark)
        except (OSError, BrokenJournal):
            del store
    return Memory(_read_back(folder / "store"))


def _read_back(path: Path) -> ox.Store:
    """What a store on disk holds, through a pipe: the text is never whole in memory."""
    disk, store = ox.Store.read_only(str(path)), ox.Store()
    failed: list[BaseException] = []
    reading, writing = os.pipe()

    def dump() -> None:
        try:
            with open(writing, "wb") as pipe:  # noqa: PTH123 - a descriptor
                disk.dump(pipe, ox.RdfFormat.N_QUADS)
        except BaseException as error:  # handed to the thread that reads
            failed.append(error)

    thread = threading.Thread(target=dump)
    thread.start()
    try:
        with open(reading, "rb") as pipe:  # noqa: PTH123 - a descriptor
            store.bulk_load(pipe, ox.RdfFormat.N_QUADS, lenient=True)
    finally:
        thread.join()
    if failed:
        raise failed[0]
    for graph in disk.named_graphs():
        store.add_graph(graph)
    return store
