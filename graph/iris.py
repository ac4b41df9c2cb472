"""The IRIs that Jointure mints, all under ``BASE``, stable for ever: no title, host, order.

- dataset: ``BASE dataset/{portal}/{id}``; its parts ``…/distribution/{name}``, ``…/column/{name}``,
  ``…/service/{name}``, ``…/record``, ``…/schema``, ``…/contact`` and the like
- catalogue: ``BASE catalog/{portal}``; its named graph ``BASE graph/{portal}``
- agent: ``BASE agent/{siren}``, or ``BASE agent/{portal}/{slug}``
- place: ``BASE place/{level}/{code}``
- concept: ``BASE concept/{scheme}/{code}``
- run: ``BASE run/{portal}/{moment}``
- measurement: ``BASE quality/{metric}/{value}``; a portal's ``BASE quality/report/{portal}``
- derivation: ``BASE derivation/{portal}/{hash}``
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from vocab.codelist import fold
from vocab.errors import ConfigError
from vocab.ntriples import iri

_LONGEST = 400
UNRESERVED = "-._~@:"
"""What a segment holds unencoded beside letters and digits."""
_UNTOUCHED = re.compile(rf"[A-Za-z0-9][A-Za-z0-9{re.escape(UNRESERVED)}]{{0,{_LONGEST - 1}}}")
"""What needs no encoding: the identifiers of most portals."""


def segment(text: str) -> str:
    """``text`` as one path segment of an IRI (RFC 3986, section 3.3), percent-encoded.

    Raises ``ValueError`` for what can be no stable segment: empty, dots, longer than 400.
    """
    if _UNTOUCHED.fullmatch(text):
        return text
    if not text.strip() or text.strip(".") == "" or len(text) > _LONGEST:
        raise ValueError(
            f"{text[:80]!r} can name nothing: 1 to {_LONGEST} characters, not only dots"
        )
    return quote(text, safe=UNRESERVED, errors="replace")


def slug(text: str) -> str:
    """A name as a segment: folded, at most 80 characters, told apart by a hash where cut."""
    words = fold(text).replace(" ", "-")
    if 0 < len(words) <= 80:
        return words
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=5).hexdigest()
    return f"{words[:68]}-{digest}".lstrip("-")


@dataclass(frozen=True)
class Iris:
    """The IRIs of one deployment, whose ``base`` ends in a slash."""

    base: str

    def __post_init__(self) -> None:
        try:
            iri(self.base)
        except ValueError as error:
            raise ConfigError(f"the base IRI: {error}") from error
        if not self.base.startswith(("http://", "https://")) or not self.base.endswith("/"):
            raise ConfigError(f"the base IRI {self.base!r} has to begin with http and end in /")

    def dataset(self, portal: str, identifier: str) -> str:
        """Raises ``ValueError`` where the identifier can be no path segment."""
        return f"{self.base}dataset/{portal}/{segment(identifier)}"

    @property
    def dataset_prefix(self) -> str:
        """What the IRI of every dataset begins with."""
        return f"{self.base}dataset/"

    def run(self, portal: str, started: datetime) -> str:
        """A harvest of a portal, by the moment that it started at (UTC)."""
        return f"{self.base}run/{portal}/{started:%Y%m%dT%H%M%S%f}Z"

    def derivation(self, portal: str, name: str) -> str:
        """What a portal's values were derived from; ``name`` is a hash."""
        return f"{self.base}derivation/{portal}/{name}"

    def catalog(self, portal: str) -> str:
        """The catalogue of a portal."""
        return f"{self.base}catalog/{portal}"

    def graph(self, name: str) -> str:
        """The named graph of a portal, or of shared nodes: agents, places, vocab."""
        return f"{self.base}graph/{name}"

    def agent(self, *path: str) -> str:
        """``agent(siren)`` or ``agent(portal, slug)``."""
        return f"{self.base}agent/{'/'.join(path)}"

    def place(self, level: str, code: str) -> str:
        """A territory: its level (commune, epci, departement, region) and official code."""
        return f"{self.base}place/{level}/{segment(code)}"

    def quality(self, metric: str, value: str) -> str:
        """A measurement: a metric and a value; or ``report`` and a portal."""
        return f"{self.base}quality/{metric}/{segment(value)}"

    def concept(self, scheme: str, code: str = "") -> str:
        """A concept, or without code its scheme."""
        return f"{self.base}concept/{scheme}{f'/{segment(code)}' if code else ''}"
