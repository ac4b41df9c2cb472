"""The clients that people write with: rdflib's SPARQLUpdateStore, SPARQLWrapper, curl."""

import shutil
import subprocess
from urllib.parse import quote

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLUpdateStore
from SPARQLWrapper import JSON, POST, POSTDIRECTLY, URLENCODED
from SPARQLWrapper import SPARQLWrapper as Wrapper

from tests.server.sparql.writes.conftest import TOKEN

S, P = URIRef("http://example.org/s"), URIRef("http://example.org/p")
BEARER = {"Authorization": f"Bearer {TOKEN}"}
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


@pytest.fixture
def graph(request):
    """The name of a graph of the test's own."""
    return f"http://example.org/{quote(request.node.name)}"


@pytest.fixture
def rdflib_store(writable):
    address = f"{writable.url}sparql"
    return SPARQLUpdateStore(address, address, headers=BEARER)


def test_rdflib_adds_and_removes(rdflib_store, writable, graph):
    own = Graph(rdflib_store, identifier=URIRef(graph))
    own.add((S, P, Literal("été", lang="fr")))
    own.add((S, P, Literal(3)))
    assert len(writable.triples(graph)) == 2
    assert set(own.objects(S, P)) == {Literal("été", lang="fr"), Literal(3)}
    own.remove((S, P, Literal(3)))
    assert set(own) == {(S, P, Literal("été", lang="fr"))}
    assert len(own) == 1


def test_rdflib_updates(rdflib_store, writable, graph):
    rdflib_store.update(f"INSERT DATA {{ GRAPH <{graph}> {{ {S.n3()} {P.n3()} 1, 2 }} }}")
    rdflib_store.update(f"""WITH <{graph}> DELETE {{ ?s ?p ?o }} INSERT {{ ?s ?p ?n }}
        WHERE {{ ?s ?p ?o BIND(?o * 10 AS ?n) }}""")
    own = Graph(rdflib_store, identifier=URIRef(graph))
    assert set(own.objects(S, P)) == {Literal(10), Literal(20)}
    rdflib_store.remove_graph(own)
    assert writable.triples(graph) is None


def test_rdflib_commits_what_it_gathered(writable, graph):
    address = f"{writable.url}sparql"
    store = SPARQLUpdateStore(address, address, headers=BEARER, autocommit=False)
    own = Graph(store, identifier=URIRef(graph))
    for number in range(100):
        own.add((S, P, Literal(number)))
    assert writable.triples(graph) is None
    own.commit()
    assert len(writable.triples(graph)) == 100


@pytest.mark.parametrize("request_method", [URLENCODED, POSTDIRECTLY])
def test_sparqlwrapper_updates(writable, graph, request_method):
    client = Wrapper(f"{writable.url}sparql")
    client.addCustomHttpHeader(*next(iter(BEARER.items())))
    client.setMethod(POST)
    client.setRequestMethod(request_method)
    client.setReturnFormat(JSON)
    client.setQuery(f"INSERT DATA {{ GRAPH <{graph}> {{ {S.n3()} {P.n3()} 'x' }} }}")
    assert client.query().response.status in (200, 204)
    assert len(writable.triples(graph)) == 1


@pytest.fixture
def curl(writable):
    """The status that curl gets of an address, with the token."""

    def asked(*arguments, path="sparql", token=TOKEN):
        said = ["--header", f"Authorization: Bearer {token}"] if token else []
        form = ["--silent", "--show-error", "--output", "-", "--write-out", "\n%{http_code}"]
        command = ["curl", *form, *said, *arguments, f"{writable.url}{path}"]
        done = subprocess.run(command, capture_output=True, check=True, timeout=60)
        body, _, status = done.stdout.decode().rpartition("\n")
        return int(status), body

    return asked


@needs_curl
def test_curl_updates_in_both_ways(curl, writable, graph):
    """SPARQL 1.1 Protocol, sections 2.2.1 and 2.2.2, and the examples of 3.2."""
    text = f"INSERT DATA {{ GRAPH <{graph}> {{ {S.n3()} {P.n3()} %s }} }}"
    status, body = curl("--data-urlencode", f"update={text % 1}")
    assert status in (200, 204), body
    direct = ("--header", "Content-Type: application/sparql-update", "--data-binary", text % 2)
    status, body = curl(*direct)
    assert status in (200, 204), body
    assert len(writable.triples(graph)) == 2
    assert curl(*direct, token="")[0] == 401


@needs_curl
def test_curl_updates_one_graph_by_another(curl, writable, graph):
    """Section 3.2: an update with a dataset of the protocol."""
    writable.put(graph, f"{S.n3()} {P.n3()} 1 .")
    text = f"INSERT {{ GRAPH <{graph}-copie> {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}"
    status, body = curl("--data-urlencode", f"using-graph-uri={graph}",
                        "--data-urlencode", f"update={text}")  # fmt: skip
    assert status in (200, 204), body
    assert writable.triples(f"{graph}-copie") == writable.triples(graph)


@needs_curl
def test_curl_keeps_a_graph(curl, writable, graph, tmp_path):
    """SPARQL 1.1 Graph Store HTTP Protocol, section 5: PUT, POST, GET, HEAD, DELETE."""
    path, turtle = f"graph-store?graph={graph}", ("--header", "Content-Type: text/turtle")
    file = tmp_path / "triples.ttl"
    file.write_text(f"{S.n3()} {P.n3()} 1 .")
    assert curl("--upload-file", file, *turtle, path=path)[0] == 201
    assert curl("--upload-file", file, *turtle, path=path)[0] == 204
    file.write_text(f"{S.n3()} {P.n3()} 2 .")
    assert curl("--data-binary", f"@{file}", *turtle, path=path)[0] in (200, 204)
    status, body = curl("--header", "Accept: application/n-triples", path=path)
    assert (status, len(body.splitlines())) == (200, 2)
    assert curl("--head", path=path)[0] == 200
    assert curl("--request", "DELETE", path=path)[0] in (200, 204)
    assert curl(path=path)[0] == 404
