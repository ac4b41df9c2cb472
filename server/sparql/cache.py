"""Answers kept to be given again: of one snapshot, the least lately used go first."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from sys import getsizeof

from server.http.exchange import written
from server.http.shortcut import Prepared

_LARGEST = 1 << 20
"""Bytes of an answer that is worth keeping."""
_OVERHEAD = 1000
"""Bytes that an entry takes beside its body, about."""


@dataclass(frozen=True)
class Kept:
    """A whole answer of status 200, the text of its query and that one's form."""

    headers: dict[str, str]
    body: bytes
    query: str
    form: str

    @cached_property
    def prepared(self) -> Prepared:
        """The same as it is sent."""
        fields = written({**self.headers, "Content-Length": str(len(self.body))})
        return Prepared(b"".join(b"%b: %b\r\n" % field for field in fields), self.body)


class Cache:
    """Answers by what was asked, bounded in bytes; all are let go when the snapshot changes."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._number = 0
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self.held = 0

    def get(self, number: int, key: Hashable) -> Kept | None:
        """The answer kept for ``key`` in the snapshot ``number``."""
        if number != self._number:
            return None
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        return kept

    def put(self, number: int, key: Hashable, kept: Kept) -> None:
        """Keep an answer of the snapshot ``number``, where it is not of one that has passed."""
        size = _size(key, kept)
        if number < self._number or size > min(_LARGEST, self._size):
            return
        if number > self._number:
            self._kept.clear()
            self._number, self.held = number, 0
        if (before := self._kept.pop(key, None)) is not None:
            self.held -= _size(key, before)
        self._kept[key] = kept
        self.held += size
        while self.held > self._size:
            self.held -= _size(*self._kept.popitem(last=False))


def _size(key: Hashable, kept: Kept) -> int:
    """Bytes that an entry takes, about: nothing that a client sends is held uncounted."""
    return _OVERHEAD + len(kept.body) + 2 * getsizeof(kept.query) + _length(key)


def _length(key: Hashable) -> int:
    return sum(map(_length, key)) if isinstance(key, tuple) else getsizeof(key)
