"""Requests of every shape: whatever is sent, the server's answer is never its own error."""

import http.client
import json
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

QUERIES = (
    "ASK {}",
    "SELECT * { ?s ?p ?o } LIMIT 2",
    "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 2",
    "DESCRIBE <http://example.org/é>",
    "SELECT (NOW() AS ?now) (UUID() AS ?id) {}",
    "SELECT * FROM <http://example.org/none> { GRAPH ?g { ?s a ?c } } LIMIT 1",
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "INSERT DATA { <a:s> <a:p> 1 }",
    "SELECT (<http://example.org/f>(1) AS ?x) {}",
    'SELECT * { ?s ?p "\\uD800" }',
    "SELECT * { ?s (<a:p>/<a:q>)* ?o } LIMIT 1",
    "SELECT (1/0 AS ?x) (REGEX('a', '(') AS ?y) {}",
)
WORDS = st.sampled_from(
    ["{", "}", "SELECT", "?x", "<a:b>", '"', "\\", "(", "'''", "#", "\x00", ";"]
)


@st.composite
def mutated(draw):
    """A query, with something put in, taken out or doubled somewhere."""
    text = draw(st.sampled_from(QUERIES))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(WORDS) + text[at + draw(st.integers(-3, 3)) :]
    return text.encode("utf-8", "replace")


VALUES = mutated() | st.binary(max_size=20)
PARAMETERS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "query",
                "update",
                "default-graph-uri",
                "named-graph-uri",
                "using-graph-uri",
                "timeout",
                "graph",
                "default",
                "format",
                "page",
                "profile",
            ]
        ),
        VALUES | st.sampled_from([b"http://example.org/g", b"1", b"0.1", b"-1", b"", b"relative"]),
    ),
    max_size=3,
)
METHODS = st.sampled_from(
    ["GET", "GET", "POST", "POST", "HEAD", "QUERY", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]
)
PATHS = st.sampled_from(
    [
        "/sparql",
        "/sparql",
        "/sparql",
        "/graph-store",
        "/graph-store/x.ttl",
        "/health",
        "/ready",
        "/metrics",
        "/",
        "/graph/paris",
        "/catalog/paris.ttl",
        "/dataset/paris/none",
        "/sparql/",
        "/%00",
        "/dataset/%ff",
        "/context.jsonld",
    ]
)
TYPES = st.sampled_from(
    [
        "application/sparql-query",
        "application/x-www-form-urlencoded",
        "application/sparql-update",
        "text/turtle",
        "application/rdf+xml",
        "application/ld+json",
        "multipart/form-data;boundary=x",
        "application/sparql-query;charset=latin-1",
        ";",
        "text/plain",
    ]
)
VALUES_OF_HEADERS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Accept": st.sampled_from(
            ["*/*", "text/html", "text/*;q=0.1", "application/json;q=0, */*", "image/png", ",;q=x"]
        )
        | VALUES_OF_HEADERS,
        "Accept-Encoding": st.sampled_from(["gzip", "zstd;q=0.5, gzip", "identity;q=0", "*;q=0"])
        | VALUES_OF_HEADERS,
        "Content-Type": TYPES,
        "Content-Encoding": st.sampled_from(["gzip", "zstd", "br", "identity", "gzip, gzip"]),
        "If-None-Match": st.sampled_from(["*", '"1-ttl"', "W/", '"']),
        "Authorization": st.sampled_from(["Bearer le-jeton", "Bearer x", "Basic eDp4"]),
        "Forwarded": st.sampled_from(["for=1.2.3.4;host=example.org", 'for="', ";;="]),
        "Range": st.sampled_from(["bytes=0-1", "x"]),
    },
)


def asked(port, method, path, parameters, headers, body):
    pairs = (f"{name}={quote_from_bytes(value)}" for name, value in parameters)
    form = "&".join(pairs)
    target = f"{path}?{form}" if parameters else path
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, target, body=body or None, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def check(port, request):
    status, headers, body = asked(port, *request)
    assert 200 <= status < 500 or status in (502, 503), (status, body)
    assert headers["access-control-allow-origin"] == "*"
    if status >= 400 and request[0] != "HEAD":
        assert headers["content-type"].startswith("application/problem+json"), (status, body)
        said = json.loads(body)
        assert said["status"] == status
        assert said["reason"]
        assert "Traceback" not in body.decode()


REQUESTS = st.tuples(METHODS, PATHS, PARAMETERS, HEADERS, st.just(b"") | mutated() | st.binary())


def fuzzed(port, examples):
    @settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(request=REQUESTS)
    def run(request):
        check(port, request)

    run()


@pytest.mark.parametrize("examples", [200, pytest.param(5_000, marks=pytest.mark.slow)])
def test_nothing_that_is_sent_is_the_servers_error(site, base, examples):
    fuzzed(int(base.rstrip("/").rpartition(":")[2]), examples)
    assert site.get("sparql", params={"query": "ASK {}"}).status_code == 200


@pytest.mark.parametrize("examples", [200, pytest.param(5_000, marks=pytest.mark.slow)])
def test_nor_where_it_may_be_written_to(tmp_path, free_port, start, examples):
    port = free_port()
    arguments = ("--writable", "--no-access-log", "--timeout", "5")
    with start(port, "serve", "--store", tmp_path / "s", *arguments, token="le-jeton") as client:
        fuzzed(port, examples)
        assert client.get("sparql", params={"query": "ASK {}"}).status_code == 200
