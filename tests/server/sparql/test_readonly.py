"""The endpoint is public: it changes nothing and calls nobody."""

import socket

import pytest

UPDATE = "INSERT DATA { <http://example.org/s> <http://example.org/p> 1 }"
SERVICES = [
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { service#comment\n<URL> { ?s ?p ?o } }",
    "ASK { ?s ?p ?o FILTER EXISTS { SERVICE SILENT <URL> { ?s ?p ?o } } }",
    "SELECT * { BIND(1 AS ?o) SERVICESILENT<URL>{ ?s ?p ?o } }",
    "PREFIX x: <URL> SELECT * { SERVICE x: { ?s ?p ?o } }",
    "PREFIX : <URL> SELECT * { SERVICE: { ?s ?p ?o } }",
    "PREFIX x: <URL> SELECT * { OPTIONAL { ?s x:a\\# ?o } . SERVICE <URL> { ?a ?b ?c } }",
    "SELECT * { OPTIONAL { ?s <http://example.org/\\u0041#> ?o } . SERVICE <URL> { ?a ?b ?c } }",
]


@pytest.fixture
def listener():
    """Somebody else's endpoint: nothing may connect to it."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.settimeout(0.05)
        yield listening


@pytest.mark.parametrize("query", SERVICES)
def test_service_is_refused_and_not_called(site, listener, query):
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    listener.settimeout(0.3)
    # The answer is not waited for: a server that calls the listener would never give one.
    with site.stream("POST", "sparql", data={"query": query.replace("URL", url)}, timeout=2) as got:
        assert got.status_code == 403
    with pytest.raises(TimeoutError):
        listener.accept()


@pytest.mark.parametrize(
    "request_of",
    [
        {"method": "GET", "params": {"update": UPDATE}},
        {"method": "POST", "data": {"update": UPDATE}},
        {"method": "POST", "content": UPDATE, "type": "application/sparql-update"},
        {"method": "POST", "data": {"query": UPDATE}},
    ],
)
def test_an_update_is_refused_and_changes_nothing(site, request_of):
    headers = {"Content-Type": request_of["type"]} if "type" in request_of else {}
    arguments = {name: value for name, value in request_of.items() if name != "type"}
    answer = site.request(url="sparql", headers=headers, **arguments)
    assert answer.status_code in (400, 403, 415)
    assert answer.headers["content-type"] == "application/problem+json"
    held = site.get("sparql", params={"query": "ASK { <http://example.org/s> ?p ?o }"})
    assert held.json()["boolean"] is False


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_a_method_that_changes_is_405_with_those_that_are_there(site, method):
    answer = site.request(method, "sparql")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_page_of_another_origin_may_ask(site):
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    answer = site.options("sparql", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]
