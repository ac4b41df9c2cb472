"""Bulk loading beside the describing: the loader's thread works while the next chunk is made."""

import threading
from collections.abc import Callable
from queue import Queue

CHUNK = 16 << 20
"""Bytes of N-Quads in one bulk load. Larger chunks leave the store less to compact, smaller ones
overlap better with the describing: from 8 to 64 MB the whole takes as long, and memory grows."""


class BulkLoader:
    """Loads N-Quads text, chunk by chunk, in a thread of its own (the engine frees the GIL)."""

    def __init__(self, load: Callable[[bytes], None]) -> None:
        self._load = load
        self._waiting: Queue[bytes | None] = Queue(maxsize=1)
        self._parts: list[bytes] = []
        self._size = self._quads = 0
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="bulk-loader")
        self._thread.start()

    def _work(self) -> None:
        while (chunk := self._waiting.get()) is not None:
            if self._error is not None:
                continue  # drains, so that the describing side is never stuck
            try:
                self._load(chunk)
            except BaseException as error:  # handed to the thread that waits for us
                self._error = error

    def add(self, nquads: bytes) -> None:
        """Add whole lines. Raises what the loading raised."""
        self._parts.append(nquads)
        self._size += len(nquads)
        self._quads += nquads.count(b"\n")
        if self._size >= CHUNK:
            self._hand_over()

    def _hand_over(self) -> None:
        if self._error is not None:
            raise self._error
        if self._parts:
            self._waiting.put(b"".join(self._parts))
        self._parts, self._size = [], 0

    def finish(self) -> int:
        """Load what is left; how many quads were loaded in all. Raises what the loading raised."""
        self._hand_over()
        self.abandon()
        if self._error is not None:
            raise self._error
        return self._quads

    def abandon(self) -> None:
        """End the thread, once it has loaded what was handed over."""
        if self._thread.is_alive():
            self._waiting.put(None)
            self._thread.join()
