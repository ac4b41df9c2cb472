"""The clients that people have in Python, against the endpoint: SPARQLWrapper and rdflib."""

import csv
import io
import xml.etree.ElementTree as ET

import pyoxigraph as ox
import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import DCAT, DCTERMS, RDF
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, GET, JSON, JSONLD, POST, POSTDIRECTLY, TURTLE, URLENCODED, XML
from SPARQLWrapper import RDFXML as RDF_XML
from SPARQLWrapper import SPARQLWrapper as Wrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from ingest.run import sample_portals

PREFIXES = f"PREFIX dcat: <{DCAT}> PREFIX dct: <{DCTERMS}>\n"
CATALOGS = f"{PREFIXES} SELECT ?c ?t {{ ?c a dcat:Catalog ; dct:title ?t }} ORDER BY ?c"
TITLES = f"{PREFIXES} CONSTRUCT {{ ?c dct:title ?t }} {{ ?c a dcat:Catalog ; dct:title ?t }}"
RESULTS = "{http://www.w3.org/2005/sparql-results#}"


@pytest.fixture
def endpoint(site):
    return f"{site.base_url}sparql"


@pytest.fixture
def titles(base):
    """The title of each catalogue."""
    return {f"{base}catalog/{name}": portal.title for name, portal in sample_portals().items()}


@pytest.fixture
def wrapper(endpoint):
    """SPARQLWrapper with a query, a method and a format."""

    def made(query, form, method=GET, request=URLENCODED):
        client = Wrapper(endpoint)
        client.setQuery(query)
        client.setMethod(method)
        client.setRequestMethod(request)
        client.setReturnFormat(form)
        return client

    return made


@pytest.mark.parametrize(
    ("method", "request_method"), [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)]
)
def test_sparqlwrapper_by_each_method(wrapper, titles, method, request_method):
    found = wrapper(CATALOGS, JSON, method, request_method).queryAndConvert()
    rows = found["results"]["bindings"]
    assert {row["c"]["value"]: row["t"]["value"] for row in rows} == titles


def test_sparqlwrapper_in_xml(wrapper, titles):
    found = ET.fromstring(wrapper(CATALOGS, XML).queryAndConvert().toxml())
    bound = f"{RESULTS}binding[@name='t']/{RESULTS}literal"
    names = [str(each.text) for each in found.iterfind(f".//{bound}")]
    assert sorted(names) == sorted(titles.values())


def test_sparqlwrapper_in_csv(wrapper, titles):
    text = wrapper(CATALOGS, CSV).queryAndConvert().decode()
    rows = csv.DictReader(io.StringIO(text, newline=""))
    assert {row["c"]: row["t"] for row in rows} == titles


# SPARQLWrapper reads these two into a class that rdflib would rather see gone.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize(("form", "syntax"), [(TURTLE, "turtle"), (RDF_XML, "xml"), (JSONLD, "")])
def test_sparqlwrapper_constructs(wrapper, titles, form, syntax):
    found = wrapper(TITLES, form).queryAndConvert()
    # Of RDF/XML and JSON-LD the client makes a graph itself.
    graph = Graph().parse(data=found, format=syntax) if isinstance(found, bytes) else found
    assert {str(s): str(o) for s, _, o in graph} == titles


@pytest.mark.parametrize("form", [JSON, XML])
def test_sparqlwrapper_asks(wrapper, form):
    found = wrapper("ASK { ?c a <http://www.w3.org/ns/dcat#Catalog> }", form).queryAndConvert()
    said = found["boolean"] if form == JSON else "true" in found.toxml()
    assert said is True


def test_sparqlwrapper_is_told_of_a_query_that_is_none(wrapper):
    with pytest.raises(QueryBadFormed):
        wrapper("SELECT * WHERE", JSON).query()


def told(result):
    """The catalogues and titles of rdflib's result."""
    return {str(row.c): str(row.t) for row in result}


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_queries(endpoint, titles, method):
    graph = Graph(SPARQLStore(endpoint, method=method))
    assert told(graph.query(CATALOGS)) == titles
    assert graph.query("ASK { ?c a <http://www.w3.org/ns/dcat#Catalog> }").askAnswer


@pytest.mark.parametrize("form", ["xml", "json", "csv", "tsv"])
def test_rdflib_reads_each_format(endpoint, titles, form):
    assert told(Graph(SPARQLStore(endpoint, returnFormat=form)).query(CATALOGS)) == titles


def test_rdflib_constructs(endpoint, titles):
    found = Graph(SPARQLStore(endpoint)).query(TITLES).graph or ()
    assert {str(s): str(o) for s, _, o in found} == titles


def test_rdflib_walks_triples(endpoint, titles, snapshot, base):
    graph = Graph(SPARQLStore(endpoint))
    assert {str(each) for each in graph.subjects(RDF.type, DCAT.Catalog)} == set(titles)
    paris = URIRef(f"{base}catalog/paris")
    assert str(graph.value(paris, DCTERMS.title)) == titles[str(paris)]
    held = snapshot.store.quads_for_pattern(ox.NamedNode(str(paris)), None, None)
    assert {(str(p), str(o)) for _, p, o in graph.triples((paris, None, None))} == {
        (quad.predicate.value, quad.object.value) for quad in held
    }
    assert (paris, RDF.type, DCAT.Catalog) in graph
    assert (paris, RDF.type, DCAT.Dataset) not in graph


def test_rdflib_walks_one_graph(endpoint, base):
    paris = Graph(SPARQLStore(endpoint), identifier=URIRef(f"{base}graph/paris"))
    assert set(paris.subjects(RDF.type, DCAT.Catalog)) == {URIRef(f"{base}catalog/paris")}
