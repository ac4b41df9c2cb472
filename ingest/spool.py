"""Descriptions on their way to the store, in a file where they are many."""

import tempfile
from collections.abc import Iterator
from typing import Self

from graph.difference import Description, Entry
from ingest.reading import Reading

_IN_MEMORY = 32 << 20
"""Bytes that are held in memory; more go to a file."""


class Spool:
    """Descriptions, read again in the order in which they were kept."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by __exit__
        self._places: list[tuple[str, int, int, int, Entry | None]] = []
        self._shared: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def keep(self, reading: Reading) -> None:
        """Keep a description."""
        said = reading.finished()
        sizes = len(said.content), len(said.marks)
        self._places.append((reading.root, self._file.tell(), *sizes, said.entry))
        self._file.write(said.content + said.marks)
        self._shared.extend(reading.shared)

    def __iter__(self) -> Iterator[tuple[str, Description]]:
        for root, start, content, marks, entry in self._places:
            self._file.seek(start)
            yield root, Description(self._file.read(content), self._file.read(marks), entry)

    def shared(self) -> bytes:
        """What the descriptions say in the shared graphs."""
        return "".join(self._shared).encode()
