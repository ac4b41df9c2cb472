"""A snapshot in memory: three to ten times quicker to ask than on disk, some 400 bytes a quad."""

import os
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from graph.frames import BEGUN, BrokenJournal, Frame, frames, generation, replay, text_of, verify
from graph.journal import JOURNAL, MARK, Mark, whole
from graph.journaled import MEMORY_A_QUAD

_DISK_A_QUAD = 180
"""Bytes that a quad takes on disk at the least: 184 to 310 were measured."""

_Step = tuple[BinaryIO, list[Frame]]
"""Frames of a journal to be replayed."""


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

    def __init__(self, store: ox.Store, folder: Path, mark: Mark | None) -> None:
        self.store = store
        self._folder = folder
        self._mark = mark

    def advance(self, folder: Path) -> bool:
        """Bring the store to a later snapshot (``published/N``) by what was written between.

        False, and nothing is changed, where no journal says that, or it is broken. What the engine
        raises leaves a store that is neither, and to be dropped.
        """
        mark = Mark.read(folder / MARK)
        if mark is None or self._mark is None:
            return False
        try:
            with ExitStack() as files:
                new = files.enter_context((folder / JOURNAL).open("rb"))
                if generation(new) == self._mark.generation:
                    between = list(frames(new, self._mark.length, mark.length))
                    steps: list[_Step] = [(new, between)]
                else:
                    old = files.enter_context((self._folder / JOURNAL).open("rb"))
                    steps = _over(self._mark, old, mark, new)
                for step in steps:
                    verify(*step)
                for step in steps:
                    replay(*step, self.store)
        except (OSError, BrokenJournal):
            return False
        self._folder, self._mark = folder, mark
        return True


def _over(held: Mark, old: BinaryIO, mark: Mark, new: BinaryIO) -> list[_Step]:
    """The steps from a mark to one of the next generation: the rest of the old one, and what came
    after the new one had begun. Raises ``BrokenJournal`` where it did not begin with the old."""
    begun = next((frame for frame in whole(new, mark) if frame.kind == BEGUN), None)
    before, _, length = text_of(new, begun).decode().partition(" ") if begun else ("", "", "")
    if begun is None or before != held.generation or generation(old) != before:
        raise BrokenJournal("another generation")
    return [
        (old, list(frames(old, held.length, int(length)))),
        (new, list(frames(new, begun.end, mark.length))),
    ]


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
            return Memory(store, folder, mark)
        except (OSError, ValueError, SyntaxError, RuntimeError):
            del store  # whatever is wrong with the journal, the store on disk says what there is
    return Memory(_read_back(folder / "store"), folder, None)


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
