"""The proof that a listing is complete: what was announced, and the distinct identifiers received.

Only a complete listing may take anything away from what is held.
"""

from collections.abc import Callable, Iterable
from typing import Any

from ingest.answer import Answer, count
from ingest.fetch import Fetcher


class Listing:
    """A portal's listing, over all of its pages."""

    def __init__(self, fetcher: Fetcher, things: str = "datasets") -> None:
        """``things`` is what the portal calls its entries, for the errors."""
        self._fetcher = fetcher
        self._things = things
        self._seen: set[str] = set()
        self._nameless = 0
        self._most = 0
        self.total = 0

    @property
    def received(self) -> int:
        """The distinct identifiers received; an entry without one counts for itself."""
        return len(self._seen) + self._nameless

    def announced(self, answer: Answer, total: Any) -> int:
        """Note how many entries a page announces in all. Raises ``SourceError`` for no count."""
        self.total = count(answer, total)
        self._most = max(self._most, self.total)
        self._fetcher.announce(self.total)
        return self.total

    def page(
        self, answer: Answer, entries: Iterable[Any], identifier: Callable[[Any], str]
    ) -> list[Any]:
        """The entries of a page, their identifiers noted (empty: an entry that has none).

        Raises ``SourceError`` where a page holds only entries that pages before it held.
        """
        listed, before = list(entries), self.received
        for entry in listed:
            name = identifier(entry)
            if name:
                self._seen.add(name)
            else:
                self._nameless += 1
        if listed and self.received == before:
            raise answer.error(f"a page that repeats: its {len(listed)} {self._things} came before")
        return listed

    def prove(self, last: Answer) -> None:
        """Raises ``SourceError`` where fewer or more came than the portal announced, or where it
        announced more before: what is gone may stand on a page that came earlier."""
        if self.received != self.total:
            what = f"{self.total} {self._things} announced, {self.received} distinct received"
            raise last.error(what)
        if self._most > self.total:
            what = f"{self._most} {self._things} announced first, then {self.total}: it changed"
            raise last.error(what)
