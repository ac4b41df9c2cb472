"""The RDF syntaxes: their names, media types and file extensions, and how triples are written."""

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox


@dataclass(frozen=True)
class Syntax:
    """A way to write RDF: ``name`` is the extension and the command line's word for it."""

    name: str
    media_type: str
    format: ox.RdfFormat


SYNTAXES: dict[str, Syntax] = {
    syntax.name: syntax
    for syntax in (
        Syntax("ttl", "text/turtle", ox.RdfFormat.TURTLE),
        Syntax("jsonld", "application/ld+json", ox.RdfFormat.JSON_LD),
        Syntax("rdf", "application/rdf+xml", ox.RdfFormat.RDF_XML),
        Syntax("nt", "application/n-triples", ox.RdfFormat.N_TRIPLES),
        Syntax("nq", "application/n-quads", ox.RdfFormat.N_QUADS),
        Syntax("trig", "application/trig", ox.RdfFormat.TRIG),
    )
}
GRAPH_SYNTAXES = ("ttl", "jsonld", "rdf", "nt")
"""The syntaxes of a single graph, in the order in which we prefer them."""


def write(triples: Iterable[ox.Triple], syntax: Syntax, prefixes: dict[str, str]) -> bytes:
    """The triples in a syntax, sorted, so that the same triples give the same bytes."""
    ordered: list[ox.Triple] = sorted(triples, key=str)
    written = ox.serialize(ordered, format=syntax.format, prefixes=prefixes)
    assert written is not None
    return written
