"""RDF documents that somebody sends: read within bounds, into the triples that they hold.

Reading is the engine's, in a process that may be killed: nothing here is called by the one that
serves.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from server.http.problems import BadRequest, ContentTooLarge, UnsupportedMediaType
from server.lexing import rdf_complaints
from server.lexing.complaint_words import Complaint
from server.sparql.multipart import Part, parts
from server.sparql.protocol import content_type

TYPES: dict[str, ox.RdfFormat] = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/x-turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/xml": ox.RdfFormat.RDF_XML,
    "text/xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/json": ox.RdfFormat.JSON_LD,
    "application/trig": ox.RdfFormat.TRIG,
    "application/n-quads": ox.RdfFormat.N_QUADS,
}
"""The syntaxes that are read, by media type."""
MULTIPART = "multipart/form-data"
READ = (
    "text/turtle, application/n-triples, application/rdf+xml, application/ld+json,"
    " application/trig, application/n-quads, multipart/form-data"
)
"""What is read, as the header Accept-Post has it."""
_SUFFIXES = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "xml": "application/rdf+xml",
    "owl": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "trig": "application/trig",
    "nq": "application/n-quads",
}
_UTF8 = ("", "utf-8", "utf8", "us-ascii")

_GROWTH = 256
"""How many times longer the triples may be than the document: a list of nothing but brackets in
Turtle grows 130 times, short names with a long prefix 20 times."""
_ENTITY_GROWTH = 10
"""How many times longer its entities may make an RDF/XML document."""
_LEAST = 1 << 20
_LEAST_ENTITIES = 1 << 16
_DOCTYPE = re.compile(rb"<!doctype", re.IGNORECASE)
_ENTITY = re.compile(
    rb"""<!entity\s++(?:%\s*+)?+(?P<name>[^\s"'<>%&;]++)\s++(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)')""",
    re.IGNORECASE,
)
_REFERENCE = re.compile(rb"&([^;&<\s\"'#]++);")
_PLAIN_REFERENCE = re.compile(rb"&(?:lt|gt|quot|apos);")
_PIECE = 2048


def known(header: str | None) -> str:
    """The media type that a Content-Type header names, where documents of it are read. Raises
    ``UnsupportedMediaType``, which lists those that are."""
    kind, charset = content_type(header)
    if kind not in TYPES and kind != MULTIPART:
        what = f"{kind} is not read here" if kind else "the header Content-Type is missing"
        raise UnsupportedMediaType(f"{what}; these types are: {READ}", _accepted())
    if charset not in _UTF8:
        raise UnsupportedMediaType(f"documents are read in UTF-8, not {charset}", _accepted())
    return kind


def _accepted() -> dict[str, str]:
    return {"Accept-Post": READ}


def triples(body: bytes, header: str, base: str, prefixes: Mapping[str, str]) -> bytes:
    """The triples of a document as N-Quads text that names no graph, its blank nodes fresh.

    ``header`` is its Content-Type; relative IRIs in it are relative to ``base``; ``prefixes`` are
    offered where one is missing. Several documents in multipart/form-data are one graph. Raises
    ``BadRequest`` with line and column, ``ContentTooLarge`` where it would expand out of
    proportion, and ``UnsupportedMediaType``.
    """
    kind = known(header)
    if kind != MULTIPART:
        return _read(body, TYPES[kind], base, prefixes)
    read = parts(body, header)
    return b"".join(_read(part.body, TYPES[_kind(part)], base, prefixes) for part in read)


def _kind(part: Part) -> str:
    """The media type of a part; where it says none, as browsers do, by its file's name."""
    kind, _ = content_type(part.content_type)
    if kind in ("", "application/octet-stream"):
        _, _, suffix = part.file_name.rpartition(".")
        return _SUFFIXES.get(suffix.lower(), kind or "text/plain")
    if (found := known(part.content_type)) == MULTIPART:
        raise BadRequest("a part of multipart/form-data is a document, not again parts")
    return found


def _read(body: bytes, form: ox.RdfFormat, base: str, prefixes: Mapping[str, str]) -> bytes:
    if form == ox.RdfFormat.RDF_XML:
        check_entities(body)
    sink = _Bounded(_GROWTH * len(body) + _LEAST)
    try:
        ox.serialize(_parsed(body, form, base), sink, ox.RdfFormat.N_TRIPLES)  # type: ignore[arg-type]
    except SyntaxError as error:
        complaint = rdf_complaints.of_body(error, form.name, prefixes)
        if complaint.line is None:
            complaint = _placed(complaint.message, body, form, base)
        raise BadRequest.at(complaint) from error
    except ValueError as error:
        raise BadRequest(f"the document cannot be read: {error}") from error
    except MemoryError as error:
        if "buffer" not in str(error):
            raise
        raise ContentTooLarge(
            "the document holds a term of more than 16 MiB, which cannot be read here",
            reason="term-too-long",
        ) from error
    return b"".join(sink.chunks)


def _parsed(source: Any, form: ox.RdfFormat, base: str) -> Iterator[ox.Triple]:
    found = ox.parse(
        source,
        form,
        base_iri=base,
        without_named_graphs=True,
        rename_blank_nodes=True,
    )
    for quad in found:
        yield quad.triple


class _Bounded:
    """Bytes up to a limit."""

    def __init__(self, most: int) -> None:
        self.chunks: list[bytes] = []
        self._left = most

    def write(self, chunk: bytes) -> int:
        self._left -= len(chunk)
        if self._left < 0:
            raise _too_long()
        self.chunks.append(bytes(chunk))
        return len(chunk)

    def flush(self) -> None:
        pass


def _too_long() -> ContentTooLarge:
    return ContentTooLarge(
        "what the document says is longer than the document out of all proportion: it declares"
        " entities or prefixes that expand to too much",
        reason="document-expands",
    )


def check_entities(body: bytes) -> None:
    """Refuse an RDF/XML document whose entities would make it grow out of proportion.

    The engine puts their values in the place of references, however long all of that becomes
    (XML 1.0, section 4.4). Raises ``BadRequest`` for one that refers to others.
    """
    if not _DOCTYPE.search(body):
        return
    lengths: dict[bytes, int] = {}
    for entity in _ENTITY.finditer(body):
        value = entity["double"] if entity["single"] is None else entity["single"]
        if b"&" in _PLAIN_REFERENCE.sub(b"", value) or (b"%" in value and b";" in value):
            name = entity["name"].decode("utf-8", "replace")
            raise BadRequest(
                f"the entity {name} refers to another: such documents are not read here",
                reason="nested-entities",
            )
        lengths[entity["name"]] = max(lengths.get(entity["name"], 0), len(value))
    left = _ENTITY_GROWTH * len(body) + _LEAST_ENTITIES
    for reference in _REFERENCE.finditer(body) if lengths else ():
        left -= lengths.get(reference[1], 0)
        if left < 0:
            raise _too_long()


def _placed(message: str, body: bytes, form: ox.RdfFormat, base: str) -> Complaint:
    """A complaint with its place, where the engine does not tell it: how far it has read."""
    roughly = _Reader(body, len(body)).position_of_error(form, base)
    exactly = _Reader(body, roughly - _PIECE).position_of_error(form, base)
    before = body[:exactly].decode("utf-8", "replace")
    return Complaint(message, before.count("\n") + 1, max(1, len(before.rpartition("\n")[2])))


class _Reader:
    """A body as a file that is read in pieces, and from ``slow`` on byte by byte: how much was
    read when the engine complained is where the error is."""

    def __init__(self, body: bytes, slow: int) -> None:
        self._body = body
        self._slow = slow
        self._at = 0

    def read(self, size: int) -> bytes:
        length = min(size, _PIECE) if self._at < self._slow else 1
        piece = self._body[self._at : self._at + length]
        self._at += len(piece)
        return piece

    def position_of_error(self, form: ox.RdfFormat, base: str) -> int:
        try:
            for _ in _parsed(self, form, base):
                pass
        except SyntaxError:
            pass
        return self._at
