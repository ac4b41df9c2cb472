"""What a description changes of what is held: computed quad by quad, written as one update."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import pyoxigraph as ox

VERSION_INFO = ox.NamedNode("http://www.w3.org/2002/07/owl#versionInfo")
"""On a catalogue or CatalogRecord: the digest of the payload and mapping that it was read from."""
CREATED = ox.NamedNode("http://purl.org/dc/terms/created")
"""On a CatalogRecord: when it was first seen."""

NAMES = frozenset(
    ox.NamedNode(iri)
    for iri in (
        "http://xmlns.com/foaf/0.1/name",
        "http://www.w3.org/2004/02/skos/core#prefLabel",
        "http://purl.org/dc/terms/title",
    )
)
"""What a shared node is called: one name, the one written last."""


class Entry(NamedTuple):
    """What the register holds of a dataset, or of a catalogue: ``iri`` is its own, ``digest`` that
    of the payload and mapping, ``modified`` an XSD date, ``issues`` how many were met,
    ``membership`` the term by which the catalogue lists it (dataset, service)."""

    iri: str
    digest: str
    title: str
    issues: int
    modified: str = ""
    description: str = ""
    membership: str = "dataset"


class Description(NamedTuple):
    """What is said of a resource, as N-Quads text.

    ``marks`` are statements about the saying: the digest, the run, the moment. They are written
    together with a ``content`` that differs from what is held, and are no difference themselves.
    ``entry`` is what the register holds of it.
    """

    content: bytes
    marks: bytes = b""
    entry: Entry | None = None


@dataclass(frozen=True)
class Withdrawal:
    """That records are withdrawn: when, by which run, and why (English)."""

    moment: datetime
    run: str
    reason: str


class Written(NamedTuple):
    """What a change came to: quads written, and the roots that were said again without any
    difference."""

    quads: int
    same: frozenset[str]


@dataclass
class Change:
    """What a harvest changes of one graph: the IRI of each root that changed, and its description.

    ``None`` takes the resource away: with a ``withdrawal`` a tombstone stays in its place.
    """

    descriptions: Iterable[tuple[str, Description | None]]
    shared: bytes = b""
    """N-Quads text of the shared graphs: added, but for names, which are replaced."""
    withdrawal: Withdrawal | None = None


@dataclass
class Difference:
    """The quads that go and the quads that come, all at once."""

    gone: list[ox.Quad] = field(default_factory=list)
    new: list[ox.Quad] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.gone) + len(self.new)

    def __iadd__(self, other: "Difference") -> "Difference":
        self.gone += other.gone
        self.new += other.new
        return self

    def update(self) -> str:
        """The difference as one SPARQL update, that is one transaction."""
        return f"DELETE DATA {{ {_data(self.gone)} }} ; INSERT DATA {{ {_data(self.new)} }}"


def _data(quads: Iterable[ox.Quad]) -> str:
    return "\n".join(f"GRAPH {quad.graph_name} {{ {quad.triple} }}" for quad in quads)


def parsed(nquads: bytes) -> set[ox.Quad]:
    """The quads of N-Quads text."""
    return set(ox.parse(nquads, ox.RdfFormat.N_QUADS)) if nquads else set()


def missing(store: ox.Store, quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """Those that the store does not have. A statement about a foreign node (its class) is shared
    by all who refer to it, and held already as often as not."""
    return [quad for quad in quads if quad not in store]


def redescribed(
    store: ox.Store, held: set[ox.Quad], description: Description
) -> tuple[Difference, bool]:
    """What a new description changes of the quads held, and whether its content differs.

    Where it does not, only the digest is brought up to date: nothing was said anew. A record that
    was seen before keeps its first date.
    """
    wanted, marks = parsed(description.content), parsed(description.marks)
    marked = {(quad.subject, quad.predicate) for quad in marks}
    old_marks = {quad for quad in held if (quad.subject, quad.predicate) in marked}
    old = held - old_marks
    content = Difference(list(old - wanted), missing(store, wanted - old))
    if not content:
        version = {quad for quad in old_marks ^ marks if quad.predicate == VERSION_INFO}
        return Difference(list(version & old_marks), list(version & marks)), False
    first = {quad for quad in old_marks if quad.predicate == CREATED}
    if first:
        marks = {quad for quad in marks if quad.predicate != CREATED} | first
    return Difference(
        [*content.gone, *(old_marks - marks)], [*content.new, *(marks - old_marks)]
    ), True
