"""The service description of the endpoint (SPARQL 1.1 Service Description)."""

from collections.abc import Iterable
from typing import NamedTuple

import pyoxigraph as ox

from server.workers.limits import Limits

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_RESULT_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads",
)  # fmt: skip
_INPUT_FORMATS = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads")
_GEOSPARQL = "http://www.opengis.net/def/function/geosparql/"
_FUNCTIONS = (
    "area", "asGeoJSON", "centroid", "convexHull", "coordinateDimension", "difference",
    "dimension", "distance", "envelope", "getSRID", "intersection", "isEmpty", "isSimple",
    "length", "perimeter", "relate", "symDifference", "union",
    *(f"sf{name}" for name in ("Equals", "Disjoint", "Intersects", "Touches", "Crosses",
                               "Within", "Contains", "Overlaps")),
    *(f"eh{name}" for name in ("Equals", "Disjoint", "Meet", "Overlap", "Covers", "CoveredBy",
                               "Inside", "Contains")),
    *(f"rcc8{name}" for name in ("eq", "dc", "ec", "po", "tppi", "tpp", "ntpp", "ntppi")),
)  # fmt: skip


class Service(NamedTuple):
    """What the description says: its ``endpoint`` as the request named it, and how it is set."""

    endpoint: str
    graph_store: str
    is_union: bool
    is_writable: bool
    calls_others: bool
    limits: Limits


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(_SD + name)


def described(service: Service, graphs: Iterable[str]) -> list[ox.Triple]:
    """The triples of the description; ``graphs`` are the named graphs there are."""
    node, dataset, default = (ox.BlankNode(name) for name in ("service", "dataset", "default"))
    said = [
        ox.Triple(node, _RDF_TYPE, _sd("Service")),
        ox.Triple(node, _sd("endpoint"), ox.NamedNode(service.endpoint)),
        ox.Triple(node, _sd("defaultDataset"), dataset),
        ox.Triple(dataset, _RDF_TYPE, _sd("Dataset")),
        ox.Triple(dataset, _sd("defaultGraph"), default),
        ox.Triple(default, _RDF_TYPE, _sd("Graph")),
    ]
    said += [ox.Triple(node, _sd(name), _sd(value)) for name, value in _languages(service)]
    said += [
        ox.Triple(node, _sd(name), ox.NamedNode(_FORMATS + value))
        for name, values in (
            ("resultFormat", _RESULT_FORMATS),
            ("inputFormat", _INPUT_FORMATS if service.is_writable else ()),
        )
        for value in values
    ]
    said += [
        ox.Triple(node, _sd("extensionFunction"), ox.NamedNode(_GEOSPARQL + name))
        for name in _FUNCTIONS
    ]
    said += [
        ox.Triple(node, ox.NamedNode(f"{_RDFS}comment"), ox.Literal(text, language="en"))
        for text in _remarks(service)
    ]
    for name in graphs:
        graph = ox.BlankNode()
        said += [
            ox.Triple(dataset, _sd("namedGraph"), graph),
            ox.Triple(graph, _RDF_TYPE, _sd("NamedGraph")),
            ox.Triple(graph, _sd("name"), ox.NamedNode(name)),
        ]
    return said


def _languages(service: Service) -> Iterable[tuple[str, str]]:
    yield "supportedLanguage", "SPARQL10Query"
    yield "supportedLanguage", "SPARQL11Query"
    if service.is_writable:
        yield "supportedLanguage", "SPARQL11Update"
        yield "feature", "EmptyGraphs"
    if service.is_union:
        yield "feature", "UnionDefaultGraph"
    if service.calls_others:
        yield "feature", "BasicFederatedQuery"


def _remarks(service: Service) -> Iterable[str]:
    limits = service.limits
    if service.is_writable:
        yield "Updates and the Graph Store Protocol's writes need a bearer token."
    else:
        yield "Read-only: no update is taken, and the Graph Store Protocol only reads."
    yield f"The Graph Store Protocol is at {service.graph_store}."
    yield (
        f"A query has {limits.seconds:g} seconds, {limits.query_memory >> 20} MiB of memory above"
        f" the data, {limits.rows} rows and {limits.size >> 20} MiB of results at the most;"
        f" {limits.at_once} run at once, {limits.at_once_per_client} of one client."
    )
