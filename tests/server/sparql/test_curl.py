"""curl, with the requests that the SPARQL 1.1 Protocol shows in its section 3."""

import json
import shutil
import subprocess
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from rdflib.namespace import DCAT, DCTERMS

from ingest.run import sample_portals

PREFIXES = f"PREFIX dcat: <{DCAT}> PREFIX dct: <{DCTERMS}>\n"
CATALOGS = f"{PREFIXES} SELECT ?c ?t {{ ?c a dcat:Catalog ; dct:title ?t }} ORDER BY ?c"
TITLES = f"{PREFIXES} CONSTRUCT {{ ?c dct:title ?t }} {{ ?c a dcat:Catalog ; dct:title ?t }}"

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


@pytest.fixture
def titles(base):
    """The title of each catalogue."""
    return {f"{base}catalog/{name}": portal.title for name, portal in sample_portals().items()}


@pytest.fixture
def curl(site):
    """Status, media type and body that curl gets."""

    def asked(*arguments, query=()):
        endpoint = f"{site.base_url}sparql"
        address = f"{endpoint}?{urlencode(query)}" if query else endpoint
        form = "\n%{http_code} %{content_type}"
        command = ["curl", "--silent", "--show-error", "--write-out", form, *arguments, address]
        done = subprocess.run(command, capture_output=True, check=True, timeout=60)
        body, _, said = done.stdout.decode().rpartition("\n")
        status, _, media_type = said.partition(" ")
        return int(status), media_type.partition(";")[0], body

    return asked


def values(body):
    """The catalogues and titles of a JSON answer."""
    rows = json.loads(body)["results"]["bindings"]
    return {row["c"]["value"]: row["t"]["value"] for row in rows}


ACCEPT_JSON = ("--header", "Accept: application/sparql-results+json")
QUERY_TYPE = ("--header", "Content-Type: application/sparql-query")
FORM_TYPE = ("--header", "Content-Type: application/x-www-form-urlencoded")


def test_curl_gets(curl, titles):
    """SPARQL 1.1 Protocol, section 2.1.1: the dataset that the service chooses."""
    status, media_type, body = curl(*ACCEPT_JSON, query=[("query", CATALOGS)])
    assert (status, media_type) == (200, "application/sparql-results+json")
    assert values(body) == titles


def test_curl_posts_a_form(curl, titles):
    """Section 2.1.2, as ``--data-urlencode`` writes it."""
    status, _, body = curl(*ACCEPT_JSON, "--data-urlencode", f"query={CATALOGS}")
    assert status == 200
    assert values(body) == titles


def test_curl_posts_a_query(curl, titles):
    """Section 2.1.3."""
    status, _, body = curl(*ACCEPT_JSON, *QUERY_TYPE, "--data-binary", CATALOGS)
    assert status == 200
    assert values(body) == titles


@pytest.mark.parametrize("number", [1, 2])
def test_curl_names_the_default_graph(curl, base, titles, number):
    """A simple dataset: one graph, and several whose merge it is."""
    names = ["paris", "toulouse"][:number]
    dataset = [("default-graph-uri", f"{base}graph/{name}") for name in names]
    status, _, body = curl(*ACCEPT_JSON, query=[("query", CATALOGS), *dataset])
    assert status == 200
    assert set(values(body)) == {f"{base}catalog/{name}" for name in names}


def test_curl_names_default_and_named_graphs(curl, base):
    """A complex dataset."""
    where = "?x a dcat:Catalog GRAPH ?g { ?c a dcat:Catalog ; dct:title ?t }"
    query = f"{PREFIXES} SELECT ?c ?t {{ {where} }}"
    dataset = [("default-graph-uri", f"{base}graph/paris")]
    dataset += [("named-graph-uri", f"{base}graph/{name}") for name in ("culture", "toulouse")]
    status, _, body = curl(*ACCEPT_JSON, query=[("query", query), *dataset])
    assert status == 200
    assert set(values(body)) == {f"{base}catalog/{name}" for name in ("culture", "toulouse")}


def test_the_dataset_of_the_request_comes_before_that_of_the_query(curl, base):
    """An ambiguous dataset: that of the protocol holds (section 2.1.4)."""
    query = CATALOGS.replace(" {", f" FROM <{base}graph/toulouse> {{", 1)
    dataset = [("default-graph-uri", f"{base}graph/paris")]
    status, _, body = curl(*ACCEPT_JSON, query=[("query", query), *dataset])
    assert (status, set(values(body))) == (200, {f"{base}catalog/paris"})


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/turtle", "text/turtle"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/rdf+xml;q=0.2, text/turtle;q=0.8", "text/turtle"),
        ("application/ld+json, */*;q=0.1", "application/ld+json"),
    ],
)
def test_curl_negotiates(curl, titles, accept, media_type):
    """CONSTRUCT with content negotiation."""
    header = ("--header", f"Accept: {accept}")
    status, got, body = curl(*header, query=[("query", TITLES)])
    assert (status, got) == (200, media_type)
    form = ox.RdfFormat.from_media_type(media_type)
    assert {quad.object.value for quad in ox.parse(body, form)} == set(titles.values())


def test_curl_posts_what_is_too_long_for_an_address(curl, titles):
    """A very long query."""
    long = CATALOGS + " #" + "x" * 50_000
    status, _, body = curl(*ACCEPT_JSON, "--data-urlencode", f"query={long}")
    assert status == 200
    assert values(body) == titles


def test_curl_asks_in_japanese(curl):
    """Internationalization: characters beyond ASCII, in each way to ask."""
    query = 'SELECT ?c ?t { VALUES (?c ?t) { ("食べる" "はい") } }'
    for body in (
        curl(*ACCEPT_JSON, query=[("query", query)])[2],
        curl(*ACCEPT_JSON, "--data-urlencode", f"query={query}")[2],
        curl(*ACCEPT_JSON, *QUERY_TYPE, "--data-binary", query)[2],
    ):
        assert values(body) == {"食べる": "はい"}


def test_curl_is_told_what_is_wrong_with_a_query(curl):
    """A malformed query."""
    status, media_type, body = curl(
        query=[("query", "PREFIX foaf: <x:> SELECT ?n { ?x foaf:name }")]
    )
    assert (status, media_type) == (400, "application/problem+json")
    assert json.loads(body)["status"] == 400


@pytest.mark.parametrize("arguments", [
    (*FORM_TYPE, "--data", "update=CLEAR%20ALL"),
    ("--header", "Content-Type: application/sparql-update", "--data-binary", "CLEAR ALL"),
])  # fmt: skip
def test_curl_changes_nothing_on_a_read_only_server(curl, arguments, titles):
    """The two ways of section 2.2, refused."""
    status, media_type, _ = curl(*arguments)
    assert (status, media_type) == (403, "application/problem+json")
    assert values(curl(*ACCEPT_JSON, query=[("query", CATALOGS)])[2]) == titles
