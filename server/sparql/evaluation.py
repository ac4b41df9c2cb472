"""SPARQL 1.1 Query over a store: evaluation, and the results written in the format asked for.

The engine reads and evaluates here: in a worker's process, and in the command line's own.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import pyoxigraph as ox

from graph.writing import GRAPH_SYNTAXES, SYNTAXES, restored
from server.http.negotiation import choose
from server.http.problems import BadGateway, BadRequest, NotAcceptable, Problem
from server.lexing import complaints
from server.sparql.bounds import at_most
from server.sparql.protocol import Query
from vocab.context import Model

_UNKNOWN = re.compile(r"custom function <(.+)> is not supported")
Results = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples
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
_WRITTEN = (*GRAPH_SYNTAXES, "trig", "nq")
GRAPHS: dict[str, ox.RdfFormat] = {
    **{SYNTAXES[name].media_type: SYNTAXES[name].format for name in _WRITTEN},
    "application/json": ox.RdfFormat.JSON_LD,
    "application/xml": ox.RdfFormat.RDF_XML,
    "text/plain": ox.RdfFormat.N_TRIPLES,
}
"""The RDF syntaxes by media type, in our order of preference."""


class Sink(Protocol):
    """What results are written to."""

    def write(self, chunk: bytes, /) -> int:
        """Take a part."""

    def flush(self) -> None:
        """Nothing is held back by a sink."""


def evaluate(store: ox.Store, query: Query, model: Model, is_union: bool) -> Results:
    """Evaluate a query whose text has been read by ``preflight``. Raises a ``Problem``, and
    ``RuntimeError`` where the evaluation fails (see ``failed``), which reading on may do too.

    With ``is_union`` the default graph is the union of all graphs, unless the query (FROM) or the
    request (default-graph-uri, named-graph-uri) names a dataset; the request's wins (SPARQL 1.1
    Protocol, section 2.1.4).
    """
    options: dict[str, object] = {}
    if query.default_graphs or query.named_graphs:
        options["default_graph"] = [_graph(iri) for iri in query.default_graphs]
        options["named_graphs"] = [_graph(iri) for iri in query.named_graphs]
    elif is_union and not query.names_dataset:
        options["use_default_graph_as_union"] = True
    try:
        return _asked(store, query.text, {"base_iri": model.base, **options})
    except SyntaxError as error:
        complaint = complaints.of_query(str(error), query.text, model.prefixes, has_base=True)
        raise BadRequest.at(complaint) from error
    except ValueError as error:
        raise BadRequest(f"the query cannot be answered: {error}") from error


def _asked(store: ox.Store, text: str, options: dict[str, Any]) -> Results:
    """What the store answers. A call of a function that nobody knows is an error of its expression
    (SPARQL 1.1 Query, section 17.6), not of the query, for which the engine takes it."""
    unknown: dict[ox.NamedNode, Callable[..., Any]] = {}
    while True:
        try:
            return store.query(text, custom_functions=unknown, **options)
        except RuntimeError as error:
            found = _UNKNOWN.search(str(error))
            if found is None or (name := ox.NamedNode(found[1])) in unknown:
                raise
            unknown[name] = lambda *_: None


def failed(error: Exception, *, calls_others: bool = False) -> Problem:
    """What is said of a query whose evaluation failed: its own fault, or another endpoint's."""
    if calls_others:
        return BadGateway(f"a service that the query calls did not answer well: {error}")
    return BadRequest(f"the query cannot be answered: {error}", reason="query-failed")


def _graph(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise BadRequest(f"{iri!r} names no graph: {error}") from error


def offered(results: Results) -> list[str]:
    """The media types that results of this kind can be had in, in our order of preference."""
    if isinstance(results, ox.QueryTriples):
        return list(GRAPHS)
    if isinstance(results, ox.QueryBoolean):
        # The CSV and TSV formats have no booleans (SPARQL 1.1 CSV and TSV, section 1): the engine
        # writes the bare word, which clients that ask for CSV alone do read.
        return sorted(RESULTS, key=lambda name: name.startswith("text/"))
    return list(RESULTS)


def chosen(results: Results, accept: str | None) -> str:
    """The media type to answer in. Raises ``NotAcceptable``, which lists what there is."""
    there = offered(results)
    found = choose(accept, there)
    if found is None:
        raise NotAcceptable(f"none of {accept}; there are {', '.join(there)}", {"Vary": "Accept"})
    return found


def write(
    results: Results, media_type: str, sink: Sink, prefixes: dict[str, str], most: int = 0
) -> None:
    """Write results of any kind; of triples ``most`` at the most, where it is not 0. Raises
    ``LimitReached``, ``NotAcceptable`` for triples that the syntax has no words for, and what the
    evaluation of further rows raises."""
    if isinstance(results, ox.QueryTriples):
        triples = at_most(results, most) if most else results
        try:
            _write_graph(triples, GRAPHS[media_type], sink, prefixes)
        except OSError as error:
            if error.errno is not None:
                raise  # the sink's
            others = ", ".join(name for name in GRAPHS if name != media_type)
            detail = f"this graph cannot be written as {media_type} ({error}); there are {others}"
            raise NotAcceptable(detail, {"Vary": "Accept"}) from error
    else:
        results.serialize(sink, RESULTS[media_type])  # type: ignore[arg-type]


def _write_graph(
    results: Iterator[ox.Triple], form: ox.RdfFormat, sink: Sink, prefixes: dict[str, str]
) -> None:
    ox.serialize(map(restored, results), sink, form, prefixes=prefixes)  # type: ignore[arg-type]


def serialize(results: Results, name: str, sink: Sink, prefixes: dict[str, str]) -> None:
    """Write the results in a format by its name. Raises ``NotAcceptable`` for another kind's."""
    if isinstance(results, ox.QueryTriples):
        if name not in GRAPH_SYNTAXES:
            raise NotAcceptable(f"a graph is written as {', '.join(GRAPH_SYNTAXES)}, not {name}")
        _write_graph(results, SYNTAXES[name].format, sink, prefixes)
    elif name in RESULT_NAMES:
        results.serialize(sink, RESULT_NAMES[name])  # type: ignore[arg-type]
    else:
        raise NotAcceptable(f"solutions are written as {', '.join(RESULT_NAMES)}, not {name}")
