"""Every minted IRI dereferenced: by content negotiation, or by a suffix (.html .ttl .jsonld …)."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import NamedTuple

import pyoxigraph as ox

from graph.description import describe
from graph.snapshot import Snapshot
from graph.tombstone import STATUS, WITHDRAWN
from graph.writing import GRAPH_SYNTAXES, SYNTAXES, write
from server.framing import framed
from server.http.negotiation import choose
from server.http.problems import NotAcceptable, NotFound
from vocab.context import Model

HTML = "text/html"
MEDIA_TYPES: dict[str, str] = {
    "html": HTML,
    **{name: SYNTAXES[name].media_type for name in GRAPH_SYNTAXES},
}
"""The media type of each suffix, in our order of preference for a request that has none."""
_ALSO = {"application/json": "jsonld", "application/xml": "rdf", "text/plain": "nt"}

_KEPT = 256
_Represented = Callable[[str, str | None], "Representation"]


class Resource(NamedTuple):
    """A resource that was asked for: its IRI, the suffix of the representation, its triples."""

    iri: str
    suffix: str
    triples: list[ox.Triple]

    @property
    def is_gone(self) -> bool:
        """Whether its portal withdrew it: what is left says what it was (graph/tombstone.py)."""
        record = ox.Triple(ox.NamedNode(f"{self.iri}/record"), STATUS, WITHDRAWN)
        return record in self.triples


class Representation(NamedTuple):
    """A resource as it is sent: its IRI, the suffix, the body (empty for a page), and whether it
    is gone (410, RFC 9110, section 15.5.11)."""

    iri: str
    suffix: str
    body: bytes
    is_gone: bool


class Representations:
    """The representations of a snapshot's resources; the last ones asked for are kept.

    Framing a large dataset takes a third of a second; a snapshot never changes.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._held: tuple[Snapshot, _Represented] | None = None

    def get(self, snapshot: Snapshot, path: str, accept: str | None) -> Representation:
        """Raises ``NotFound`` and ``NotAcceptable``."""
        held = self._held
        if held is None or held[0] is not snapshot:
            held = snapshot, lru_cache(maxsize=_KEPT)(partial(self._represent, snapshot))
            self._held = held
        return held[1](path, accept)

    def _represent(self, snapshot: Snapshot, path: str, accept: str | None) -> Representation:
        found = find(snapshot, self._model.base, path, accept)
        body = b"" if found.suffix == "html" else represent(found, self._model)
        return Representation(found.iri, found.suffix, body, found.is_gone)


def named(iri: str) -> ox.NamedNode:
    """An IRI that was asked for. Raises ``NotFound`` where it is none."""
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise NotFound(f"{iri!r} is no IRI: {error}") from error


def find(snapshot: Snapshot, base: str, path: str, accept: str | None) -> Resource:
    """The resource at a path below the base, and the representation that suits the request.

    An identifier may itself end like a suffix: what the store knows wins. Raises ``NotFound``
    and ``NotAcceptable``.
    """
    triples = describe(snapshot.store, named(base + path).value)
    if triples:
        return Resource(base + path, negotiated(accept), triples)
    stem, dot, suffix = path.rpartition(".")
    if dot and suffix in MEDIA_TYPES and (triples := describe(snapshot.store, base + stem)):
        return Resource(base + stem, suffix, triples)
    raise NotFound(f"nothing is known of <{base}{path}>")


def negotiated(accept: str | None) -> str:
    """The suffix of the representation for an Accept header. Raises ``NotAcceptable``."""
    suffixes = {media_type: name for name, media_type in MEDIA_TYPES.items()}
    # Turtle stands first for clients that take anything; browsers name text/html.
    offered = [SYNTAXES["ttl"].media_type, *suffixes, *_ALSO]
    chosen = choose(accept, offered)
    if chosen is None:
        there = ", ".join(dict.fromkeys(offered))
        raise NotAcceptable(f"none of {accept}; there are {there}", {"Vary": "Accept"})
    return {**suffixes, **_ALSO}[chosen]


def represent(resource: Resource, model: Model) -> bytes:
    """The resource in an RDF syntax; JSON-LD as a tree framed against the published context."""
    if resource.suffix == "jsonld":
        kind = resource.iri.removeprefix(model.base).partition("/")[0]
        return framed(resource.triples, resource.iri, kind, f"{model.base}context.jsonld")
    return write(resource.triples, SYNTAXES[resource.suffix], model.prefixes)
