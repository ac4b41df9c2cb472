"""How much of an answer there may be: its solutions counted in what is written, and its bytes.

The engine writes solutions by itself, many times faster than Python could hand them over one by
one: so they are counted in the text, between its quoted strings.
"""

import re
from collections.abc import Iterator

import pyoxigraph as ox

from server.http.problems import Unavailable

_QUOTED = re.compile(rb'"[^"]*"')
SHORTEST = 2
"""Bytes of a solution at the least, in any of the formats."""


class LimitReached(Unavailable):
    """An answer is longer than is given."""

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(
            f"the answer has more than {limit} {what}, the most that is given here:"
            " ask for less, or for a part with LIMIT",
            reason=f"query-{what}",
            retry=3600,
            members={"limit": limit},
        )


class SolutionCounter:
    """Solutions in a result document that comes in chunks."""

    def __init__(self, media_type: str) -> None:
        """``media_type``: one of the SPARQL result formats."""
        self.count = 0
        self._inside = False
        self._rest = b""
        self._add = self._add_xml
        for word, add in (
            ("json", self._add_json),
            ("csv", self._add_csv),
            ("tab-separated", self._add_tsv),
        ):
            if word in media_type:
                self._add = add

    def feed(self, chunk: bytes) -> int:
        """Count on; the solutions so far, one too few or too many at the most."""
        self.count += self._add(chunk)
        return self.count

    def _add_xml(self, chunk: bytes) -> int:
        text = self._rest + chunk  # there is no tag in its text, where < is escaped
        self._rest = text[-7:] if not text.endswith(b"<result>") else b""
        return text.count(b"<result>")

    def _add_tsv(self, chunk: bytes) -> int:
        return chunk.count(b"\n")  # those of values are escaped

    def _add_csv(self, chunk: bytes) -> int:
        return self._outside(chunk, b"\n")

    def _add_json(self, chunk: bytes) -> int:
        text = self._rest + chunk
        cut = len(text) - (len(text) - len(text.rstrip(b"\\"))) % 2
        if text.endswith(b","):  # what follows it may begin a solution
            cut -= 1
        self._rest = text[cut:]
        bare = text[:cut].replace(b"\\\\", b"").replace(b'\\"', b"")
        return self._outside(bare, b",{")

    def _outside(self, text: bytes, mark: bytes) -> int:
        """How often the mark stands outside quotes."""
        bare = _QUOTED.sub(b"", b'"' + text if self._inside else text)
        outside, quote, _ = bare.partition(b'"')
        self._inside = bool(quote)
        return outside.count(mark)


def at_most(triples: Iterator[ox.Triple], limit: int) -> Iterator[ox.Triple]:
    """The triples, as long as there are no more than ``limit``. Raises ``LimitReached``."""
    for number, triple in enumerate(triples):
        if number == limit:
            raise LimitReached("rows", limit)
        yield triple
