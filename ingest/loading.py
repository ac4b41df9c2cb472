"""Bulk loading beside the describing: threads load chunks while the next ones are made."""

import threading
from collections.abc import Callable
from queue import Queue

from graph.difference import Description, Entry

CHUNK = 64 << 20
"""Bytes of N-Quads in one bulk load. Smaller ones leave the store more to compact, larger ones hold
more memory."""
_LOADERS = 2
"""A bulk load works on one core most of the time: two at once take a quarter less of the whole."""


class BulkLoader:
    """Loads N-Quads text, chunk by chunk, in threads of its own (the engine frees the GIL)."""

    def __init__(self, load: Callable[[bytes, list[Entry]], None]) -> None:
        self._load = load
        self._waiting: Queue[tuple[bytes, list[Entry]] | None] = Queue(maxsize=1)
        self._parts: list[bytes] = []
        self._entries: list[Entry] = []
        self._size = self._quads = 0
        self._error: BaseException | None = None
        self._threads = [threading.Thread(target=self._work) for _ in range(_LOADERS)]
        for thread in self._threads:
            thread.start()

    def _work(self) -> None:
        while (chunk := self._waiting.get()) is not None:
            if self._error is not None:
                continue  # drains, so that the describing side is never stuck
            try:
                self._load(*chunk)
            except BaseException as error:  # handed to the thread that waits for us
                self._error = error

    def add(self, said: Description) -> None:
        """Add a description. Raises what the loading raised."""
        for nquads in (said.content, said.marks):
            self._parts.append(nquads)
            self._size += len(nquads)
            self._quads += nquads.count(b"\n")
        if said.entry is not None:
            self._entries.append(said.entry)
        if self._size >= CHUNK:
            self._hand_over()

    def _hand_over(self) -> None:
        if self._error is not None:
            raise self._error
        if self._parts:
            self._waiting.put((b"".join(self._parts), self._entries))
        self._parts, self._entries, self._size = [], [], 0

    def finish(self, last: Description) -> int:
        """Load what is left and then ``last``, alone; how many quads that were in all.

        Raises what the loading raised.
        """
        self._hand_over()
        self.abandon()
        if self._error is not None:
            raise self._error
        nquads = last.content + last.marks
        self._load(nquads, [last.entry] if last.entry is not None else [])
        return self._quads + nquads.count(b"\n")

    def abandon(self) -> None:
        """End the threads, once they have loaded what was handed over."""
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()
        self._threads = []
