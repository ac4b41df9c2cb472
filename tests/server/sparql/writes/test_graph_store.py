"""The SPARQL 1.1 Graph Store HTTP Protocol, rule by rule."""

import itertools

import pytest

_NUMBERS = itertools.count()
DOCUMENT = "<http://e/s> <http://e/p> 'one' ."
LINES = ['<http://e/s> <http://e/p> "one" .']
OTHER = ['<http://e/s> <http://e/p> "two" .']


@pytest.fixture
def graph():
    """A graph of the test's own."""
    return f"http://example.org/g{next(_NUMBERS)}"


def test_a_graph_is_made_got_replaced_merged_and_deleted(writable, graph):
    assert writable.send("GET", graph).status_code == 404
    assert writable.send("HEAD", graph).status_code == 404
    assert writable.put(graph, DOCUMENT).status_code == 201
    assert writable.triples(graph) == LINES
    assert writable.put(graph, OTHER[0]).status_code == 204
    assert writable.triples(graph) == OTHER
    assert writable.post(graph, DOCUMENT).status_code == 204
    assert writable.triples(graph) == LINES + OTHER
    assert writable.send("DELETE", graph).status_code == 204
    assert writable.triples(graph) is None
    assert writable.send("DELETE", graph).status_code == 404


def test_post_makes_a_graph_that_is_not_there(writable, graph):
    answer = writable.post(graph, DOCUMENT)
    assert answer.status_code == 201
    got = writable.client.get(answer.headers["Location"], headers={"Accept": "text/turtle"})
    assert got.status_code == 200


def test_a_graph_may_be_empty(writable, graph):
    for made in (writable.put(graph, ""), writable.post(f"{graph}-posted", "")):
        assert made.status_code == 201
    assert writable.triples(graph) == []
    assert writable.triples(f"{graph}-posted") == []
    writable.put(graph, DOCUMENT)
    assert writable.put(graph, "").status_code == 204
    assert writable.triples(graph) == []
    assert writable.send("DELETE", graph).status_code == 204
    assert writable.triples(graph) is None


def test_head_is_get_without_its_body(writable, graph):
    writable.put(graph, DOCUMENT)
    got, head = (writable.send(each, graph, Accept="text/turtle") for each in ("GET", "HEAD"))
    assert head.status_code == 200
    assert head.content == b""
    for name in ("Content-Type", "Content-Length", "ETag", "Vary"):
        assert head.headers[name] == got.headers[name]


def test_get_negotiates(writable, graph):
    writable.put(graph, DOCUMENT)
    for media_type in ("text/turtle", "application/n-triples", "application/rdf+xml"):
        answer = writable.send("GET", graph, Accept=media_type)
        assert answer.headers["Content-Type"].startswith(media_type)
        assert "Accept" in answer.headers["Vary"]
    answer = writable.send("GET", graph, Accept="image/png")
    assert answer.status_code == 406
    assert "text/turtle" in answer.json()["detail"]


def test_the_default_graph_is_written_apart_from_the_others(writable, graph):
    line = f"<{graph}> <http://e/p> <http://e/o> ."
    writable.put(graph, OTHER[0])
    writable.put(None, "")
    assert writable.put(None, line).status_code == 204
    assert writable.post(None, f"<{graph}> <http://e/q> 3 .").status_code == 204
    # What is got is what queries see: the union of all graphs.
    assert {line, *OTHER} <= set(writable.triples(None))
    assert writable.send("DELETE", None).status_code == 204
    assert line not in writable.triples(None)
    assert writable.triples(graph) == OTHER
    assert writable.send("DELETE", None).status_code == 204


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "POST"])
@pytest.mark.parametrize(
    "query",
    ["graph=http://e/g&default", "graph=http://e/g&graph=http://e/h", "graph=relative", "graph=",
     "graph=http://e/%3E%20%7B", "graph=%zz", "graph=http://e/%ff"],
)  # fmt: skip
def test_what_names_no_graph_or_two(writable, method, query):
    headers = {"Content-Type": "text/turtle"}
    answer = writable.client.request(method, f"graph-store?{query}", headers=headers)
    assert answer.status_code == 400


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_the_graph_store_itself_is_no_graph(writable, method):
    answer = writable.client.request(method, "graph-store", headers={"Content-Type": "text/turtle"})
    assert answer.status_code == 400


def test_post_to_the_graph_store_mints_a_name(writable):
    headers = {"Content-Type": "text/turtle"}
    made = [
        writable.client.post("graph-store", content="<> <http://e/p> 1 .", headers=headers)
        for _ in range(2)
    ]
    assert [each.status_code for each in made] == [201, 201]
    first, second = (each.headers["Location"] for each in made)
    assert first != second
    got = writable.client.get(first, headers={"Accept": "application/n-triples"})
    assert got.text.startswith(f"<{first}> <http://e/p>")
    assert writable.ask(f"ASK {{ GRAPH <{first}> {{ <{first}> ?p ?o }} }}")


def test_an_address_below_the_graph_store_is_a_graph(writable):
    iri = f"{writable.url}graph-store/a/caf%C3%A9.ttl"
    headers = {"Content-Type": "text/turtle", "Accept": "application/n-triples"}
    assert writable.client.get(iri).status_code == 404
    assert writable.client.put(iri, content="<> <p> 1 .", headers=headers).status_code == 201
    got = writable.client.get(iri, headers=headers)
    assert got.text.startswith(f"<{iri}> <{writable.url}graph-store/a/p> ")
    assert writable.triples(iri) == got.text.splitlines()
    assert writable.client.get(iri, params={"graph": "http://e/g"}).status_code == 400
    assert writable.client.delete(iri).status_code == 204
    assert writable.client.get(iri).status_code == 404


@pytest.mark.parametrize("method", ["PATCH", "TRACE", "QUERY"])
def test_other_methods_are_not_allowed(writable, graph, method):
    answer = writable.send(method, graph)
    assert answer.status_code == 405
    allowed = set(answer.headers["Allow"].split(", "))
    assert allowed == {"GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"}


def test_options_names_the_methods(writable, graph):
    answer = writable.send("OPTIONS", graph)
    assert answer.status_code == 204
    assert "PUT" in answer.headers["Allow"]
    assert "text/turtle" in answer.headers["Accept-Post"]


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_without_the_token_nothing_is_written(writable, graph, method):
    writable.put(graph, DOCUMENT)
    answer = writable.send(method, graph, "", "text/turtle", Authorization="Bearer nein")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="jointure"')
    assert writable.triples(graph) == LINES


def test_whoever_has_no_token_may_read(writable, graph):
    writable.put(graph, DOCUMENT)
    assert writable.send("GET", graph, Authorization="").status_code == 200


def test_preconditions(writable, graph):
    assert writable.put(graph, DOCUMENT, If_Match="*").status_code == 412
    assert writable.put(graph, DOCUMENT, If_None_Match="*").status_code == 201
    assert writable.put(graph, OTHER[0], If_None_Match="*").status_code == 412
    etag = writable.send("GET", graph).headers["ETag"]
    assert writable.put(graph, OTHER[0], If_Match=f"W/{etag}").status_code == 412
    assert writable.put(graph, OTHER[0], If_None_Match=etag).status_code == 412
    assert writable.put(graph, OTHER[0], If_Match=f'"0-a", {etag}').status_code == 204
    for method in ("PUT", "POST", "DELETE"):
        stale = writable.send(method, graph, DOCUMENT, "text/turtle", If_Match=etag)
        assert stale.status_code == 412
        assert stale.json()["reason"] == "precondition-failed"
    assert writable.triples(graph) == OTHER
    assert writable.send("DELETE", graph, If_Match="*").status_code == 204
    assert writable.send("DELETE", graph, If_Match="*").status_code == 412


def test_what_the_client_holds_is_not_sent_again(writable, graph):
    writable.put(graph, DOCUMENT)
    etag = writable.send("GET", graph).headers["ETag"]
    assert writable.send("GET", graph, If_None_Match=etag).status_code == 304
    writable.put(graph, OTHER[0])
    assert writable.send("GET", graph, If_None_Match=etag).status_code == 200


def test_a_part_of_a_graph_is_not_put(writable, graph):
    answer = writable.put(graph, DOCUMENT, Content_Range="bytes 0-10/100")
    assert answer.status_code == 400
    assert writable.triples(graph) is None


def test_a_server_that_is_not_writable_serves_graphs(serve_writable, tmp_path, free_port):
    with serve_writable(tmp_path / "store", free_port()) as writer:
        writer.put("http://e/g", DOCUMENT)
    with serve_writable(tmp_path / "store", free_port(), token="") as reader:
        assert reader.triples("http://e/g") == LINES
        for method in ("PUT", "POST", "DELETE"):
            answer = reader.send(method, "http://e/g", "", "text/turtle")
            assert answer.status_code == 405
            assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
        answer = reader.update("CLEAR ALL")
        assert answer.status_code == 403
        assert answer.json()["reason"] == "read-only"
        assert reader.triples("http://e/g") == LINES


def test_the_plain_default_graph_is_got_where_it_is_no_union(serve_writable, tmp_path, free_port):
    arguments = (tmp_path / "store", free_port(), "--no-union-default-graph")
    with serve_writable(*arguments) as started:
        started.put("http://e/g", OTHER[0])
        started.put(None, DOCUMENT)
        assert started.triples(None) == LINES
