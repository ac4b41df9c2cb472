"""The RDF syntaxes: their names, media types and file extensions, and how triples are written."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

import pyoxigraph as ox

_BYTE_SIZE = ox.NamedNode("http://www.w3.org/ns/dcat#byteSize")
_NON_NEGATIVE = ox.NamedNode("http://www.w3.org/2001/XMLSchema#nonNegativeInteger")
_BYTE_SIZE_IRI = b"<http://www.w3.org/ns/dcat#byteSize>"
_BYTE_SIZE_LINE = re.compile(
    rb"^(<[^>\n]*> " + re.escape(_BYTE_SIZE_IRI) + rb' "\d+"\^\^<[^>\n]*#)integer>', re.MULTILINE
)


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
    ordered: list[ox.Triple] = sorted(map(restored, triples), key=str)
    written = ox.serialize(ordered, format=syntax.format, prefixes=prefixes)
    assert written is not None
    return written


def restored(triple: ox.Triple) -> ox.Triple:
    """A triple as DCAT-AP wants it: the engine keeps xsd:nonNegativeInteger as xsd:integer, and
    3.0.1 asks for the former as the datatype of dcat:byteSize."""
    if triple.predicate != _BYTE_SIZE or not isinstance(triple.object, ox.Literal):
        return triple
    size = ox.Literal(triple.object.value, datatype=_NON_NEGATIVE)
    return ox.Triple(triple.subject, triple.predicate, size)


class RestoringWriter:
    """A file to dump N-Quads or N-Triples into, that does to each line what ``restored`` does."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._rest = b""

    def write(self, chunk: bytes) -> int:
        """Write the lines that are whole; the rest waits for the next chunk."""
        lines, newline, self._rest = (self._rest + chunk).rpartition(b"\n")
        if _BYTE_SIZE_IRI in lines:
            lines = _BYTE_SIZE_LINE.sub(rb"\g<1>nonNegativeInteger>", lines)
        self._file.write(lines + newline)
        return len(chunk)

    def flush(self) -> None:
        """Write what is left."""
        self._file.write(self._rest)
        self._rest = b""
        self._file.flush()
