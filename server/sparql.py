"""SPARQL 1.1 Protocol, its query operation, over the published snapshot."""

from typing import NamedTuple
from urllib.parse import parse_qsl

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from graph.snapshot import Snapshot
from graph.writing import GRAPH_SYNTAXES, SYNTAXES, restored
from server import preflight
from server.negotiation import choose
from server.problems import (
    BadRequest,
    ContentTooLarge,
    Forbidden,
    NotAcceptable,
    UnsupportedMediaType,
)

RESULTS: dict[str, ox.QueryResultsFormat] = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
    "application/json": ox.QueryResultsFormat.JSON,
    "application/xml": ox.QueryResultsFormat.XML,
}
"""The result formats by media type; the plain JSON and XML types are for clients that ask so."""
RESULT_NAMES = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
"""The result formats by the command line's word for them."""
GRAPHS: dict[str, ox.RdfFormat] = {
    SYNTAXES[name].media_type: SYNTAXES[name].format for name in GRAPH_SYNTAXES
}
OFFERED = (*RESULTS, *GRAPHS)
_LARGEST = 1 << 20
"""Bytes of a posted query at the most."""
_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"


class Query(NamedTuple):
    """A query operation (SPARQL 1.1 Protocol, section 2.1): the text and the dataset named."""

    text: str
    default_graphs: list[str]
    named_graphs: list[str]


async def read(request: Request) -> Query | None:
    """The query of a request, ``None`` where a GET brings none. Raises a ``Problem``."""
    pairs = _pairs(request.url.query.encode())
    if request.method == "POST":
        body = await _body(request)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == _FORM:
            pairs = _pairs(body)
        elif kind == _QUERY:
            pairs = [*pairs, ("query", _decoded(body))]
        else:
            expected = f"{_FORM} or {_QUERY}"
            raise UnsupportedMediaType(f"a query is posted as {expected}, not {kind or 'nothing'}")
    texts = [value for name, value in pairs if name == "query"]
    if len(texts) > 1:
        raise BadRequest("one query is expected, not several")
    if any(name == "update" for name, _ in pairs):
        raise Forbidden("this endpoint is read-only: it answers queries, not updates")
    if not texts:
        if request.method == "POST":
            raise BadRequest("the parameter query is missing")
        return None
    return Query(
        texts[0],
        [value for name, value in pairs if name == "default-graph-uri"],
        [value for name, value in pairs if name == "named-graph-uri"],
    )


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            raise ContentTooLarge(f"a query of more than {_LARGEST} bytes")
    return body


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(_decoded(encoded), keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise BadRequest(f"the parameters are not percent-encoded UTF-8 ({error})") from error


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"the request is not UTF-8 ({error})") from error


def evaluate(
    snapshot: Snapshot, query: Query, base: str
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """Evaluate a query. Raises a ``Problem``.

    The default graph is the union of the named graphs, unless the query (FROM) or the request
    (default-graph-uri, named-graph-uri) names a dataset; the request's wins.
    """
    said = preflight.read(query.text)
    if said.services:
        raise Forbidden("SERVICE is not allowed here: this endpoint calls no other")
    if said.too_deep:
        # The engine reads by recursion: deeper ones overflow its stack, and end the process.
        raise BadRequest(
            f"the query nests {said.depth} deep and has {said.operators} operators;"
            f" {preflight.DEEPEST} and {preflight.MOST_OPERATORS} are allowed"
        )
    options: dict[str, object] = {}
    if query.default_graphs or query.named_graphs:
        options["default_graph"] = [_graph(iri) for iri in query.default_graphs]
        options["named_graphs"] = [_graph(iri) for iri in query.named_graphs]
    elif not said.names_dataset:
        options["use_default_graph_as_union"] = True
    try:
        return snapshot.store.query(query.text, base_iri=base, **options)  # type: ignore[arg-type]
    except SyntaxError as error:
        raise BadRequest(f"the query is no SPARQL 1.1: {error}") from error
    except (ValueError, RuntimeError) as error:
        raise BadRequest(f"the query cannot be answered: {error}") from error


def _graph(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise BadRequest(f"{iri!r} names no graph: {error}") from error


def respond(
    results: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples,
    accept: str | None,
    prefixes: dict[str, str],
) -> Response | NotAcceptable:
    """The results in the best format that the request accepts, else the ``NotAcceptable``.

    It is given, not raised: the engine's results may not travel in a traceback to another thread.
    """
    is_graph = isinstance(results, ox.QueryTriples)
    offered: list[str] = list(GRAPHS if is_graph else RESULTS)
    if isinstance(results, ox.QueryBoolean):
        offered = [name for name in offered if not name.startswith("text/")] + ["text/csv"]
    chosen = choose(accept, offered)
    if chosen is None:
        there = ", ".join(offered)
        return NotAcceptable(f"none of {accept}; there are {there}", {"Vary": "Accept"})
    if isinstance(results, ox.QueryTriples):
        body = ox.serialize(map(restored, results), format=GRAPHS[chosen], prefixes=prefixes)
    else:
        body = results.serialize(format=RESULTS[chosen])
    return Response(body, media_type=_with_charset(chosen), headers={"Vary": "Accept"})


def _with_charset(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def serialize(
    results: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples,
    name: str,
    prefixes: dict[str, str],
) -> bytes:
    """The results in a format by its name. Raises ``NotAcceptable`` for one of the other kind."""
    if isinstance(results, ox.QueryTriples):
        if name in GRAPH_SYNTAXES:
            form = SYNTAXES[name].format
            return _whole(ox.serialize(map(restored, results), format=form, prefixes=prefixes))
        raise NotAcceptable(f"a graph is written as {', '.join(GRAPH_SYNTAXES)}, not {name}")
    if name not in RESULT_NAMES:
        raise NotAcceptable(f"solutions are written as {', '.join(RESULT_NAMES)}, not {name}")
    return _whole(results.serialize(format=RESULT_NAMES[name]))


def _whole(written: bytes | None) -> bytes:
    assert written is not None  # None is for what goes to a file
    return written
