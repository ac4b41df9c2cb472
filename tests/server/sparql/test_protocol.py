"""SPARQL 1.1 Protocol and HTTP: what an answer's head says, and what is refused before a query."""

import gzip
import json
from http.client import HTTPConnection
from urllib.parse import quote

import pytest
import zstandard

ONE = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 1"
MANY = "SELECT * { ?s ?p ?o } LIMIT 300"
GRAPH = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 3"
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"


def get(site, query, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return site.get("sparql", params={"query": query}, headers=named)


def reason(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()["reason"]


def test_what_the_client_holds_is_not_sent_again(site):
    first = get(site, ONE)
    assert first.headers["vary"] == "Accept, Accept-Encoding"
    tag = first.headers["etag"]
    for held in (tag, f"W/{tag}", f'"other", {tag}'):
        again = get(site, ONE, If_None_Match=held)
        assert again.status_code == 304
        assert again.headers["etag"] == tag
        assert again.content == b""
    assert get(site, ONE, If_None_Match='"other"').status_code == 200
    assert get(site, MANY, If_None_Match=tag).status_code == 200
    assert get(site, ONE, Accept="text/csv").headers["etag"] != tag


@pytest.mark.parametrize("call", ["NOW()", "RAND()", "UUID()", "STRUUID()", "BNODE()"])
def test_an_answer_that_is_another_each_time_has_no_tag(site, call):
    query = f"SELECT ({call} AS ?x) {{}}"
    first, second = get(site, query), get(site, query)
    assert "etag" not in first.headers
    assert first.headers["cache-control"] == "no-store"
    assert call == "BNODE()" or first.content != second.content


def test_a_kept_answer_is_the_same_answer(site):
    def hits():
        found = [line for line in site.get("metrics").text.splitlines() if "_cache_hits" in line]
        return float(found[-1].split()[-1])

    query = f"{ONE} # kept"
    first, before = get(site, query), hits()
    second = get(site, query)
    assert hits() == before + 1
    dated = {"date"}
    assert (second.content, set(second.headers.items()) - {("date", second.headers["date"])}) == (
        first.content,
        {each for each in first.headers.items() if each[0] not in dated},
    )
    assert get(site, query, Accept="text/csv").text.startswith("o,p,s")


@pytest.mark.parametrize("query", [ONE, GRAPH, MANY, "ASK {}"])
def test_head_is_get_without_its_body(site, query):
    whole = get(site, query)
    head = site.head("sparql", params={"query": query})
    assert head.content == b""
    for name in ("content-type", "content-length", "vary", "etag"):
        assert head.headers.get(name) == whole.headers.get(name), name


def test_the_method_query_asks_as_post_does(site):
    headers = {"Content-Type": QUERY, "Accept": "text/csv"}
    assert site.request("QUERY", "sparql", content=ONE, headers=headers).text == (
        site.post("sparql", content=ONE, headers=headers).text
    )


@pytest.mark.parametrize(
    ("coding", "decode"),
    [("gzip", gzip.decompress), ("zstd", lambda body: zstandard.decompress(body))],
)
def test_answers_are_coded_as_the_client_wants(site, coding, decode):
    address = site.build_request("GET", "sparql", params={"query": MANY})
    plain = get(site, MANY, Accept_Encoding="identity").content
    address.headers["Accept-Encoding"] = coding
    answer = site.send(address, stream=True)
    raw = b"".join(answer.iter_raw())
    answer.close()
    assert answer.headers["content-encoding"] == coding
    assert len(raw) < len(plain) / 2
    reader = zstandard.ZstdDecompressor().decompressobj() if coding == "zstd" else None
    assert (reader.decompress(raw) if reader else decode(raw)) == plain


@pytest.mark.parametrize(
    ("coding", "encode"), [("gzip", gzip.compress), ("zstd", zstandard.compress)]
)
def test_queries_may_come_coded(site, coding, encode):
    headers = {"Content-Type": QUERY, "Content-Encoding": coding}
    body = encode(ONE.encode())
    assert site.post("sparql", content=body, headers=headers).json() == get(site, ONE).json()
    assert reason(site.post("sparql", content=body[:-4], headers=headers), 400) == "bad-request"
    bomb = encode(b"#" + b" " * 50_000_000)
    assert reason(site.post("sparql", content=bomb, headers=headers), 413) == "content-too-large"


def test_a_coding_that_is_not_read_is_refused_with_those_that_are(site):
    headers = {"Content-Type": QUERY, "Content-Encoding": "br"}
    answer = site.post("sparql", content=ONE, headers=headers)
    assert reason(answer, 415) == "unsupported-media-type"
    assert answer.headers["accept-encoding"] == "zstd, gzip"


@pytest.mark.parametrize("length", [17_000, 100_000])
def test_a_query_that_is_too_long_for_an_address_is_to_be_posted(site, length):
    query = f"ASK {{}} #{'x' * length}"
    connection = HTTPConnection(site.base_url.host, site.base_url.port, timeout=30)
    connection.request("GET", f"/sparql?query={quote(query)}")
    answer = connection.getresponse()
    assert answer.status == 414
    assert "POST" in json.loads(answer.read())["detail"]
    connection.close()
    assert site.post("sparql", data={"query": query}).json()["boolean"] is True


def test_two_operations_are_one_too_many(site):
    for form in ("query=ASK{}&query=ASK{}", "query=ASK{}&update=CLEAR+ALL"):
        answer = site.post("sparql", content=form, headers={"Content-Type": FORM})
        assert reason(answer, 400) == "several-queries"
    both = site.post("sparql?query=ASK{}", content="ASK {}", headers={"Content-Type": QUERY})
    assert reason(both, 400) == "several-queries"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (QUERY, 200),
        ("Application/SPARQL-Query; Charset=UTF-8", 200),
        (f'{QUERY};charset="utf-8"', 200),
        (f"{QUERY}; charset=utf-16", 415),
        ("text/plain", 415),
    ],
)
def test_the_type_of_a_query(site, kind, status):
    answer = site.post("sparql", content="ASK {}", headers={"Content-Type": kind})
    assert answer.status_code == status


def test_what_can_be_had_is_told_where_nothing_else_will_do(site):
    answer = get(site, ONE, Accept="image/png")
    assert reason(answer, 406) == "not-acceptable"
    assert "text/csv" in answer.json()["detail"]
    assert reason(get(site, GRAPH, Accept="text/csv"), 406) == "not-acceptable"
    assert get(site, ONE, Accept="image/png, */*;q=0.1").status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_told_which_there_are(site, method):
    answer = site.request(method, "sparql")
    assert reason(answer, 405) == "method-not-allowed"
    assert answer.headers["allow"] == "GET, HEAD, POST, QUERY, OPTIONS"
    assert site.request("OPTIONS", "sparql").headers["allow"] == answer.headers["allow"]


def test_an_update_is_refused_and_never_by_get(site):
    update = {"update": "CLEAR ALL"}
    assert reason(site.get("sparql", params=update), 400) == "update-by-get"
    assert reason(site.post("sparql", data=update), 403) == "read-only"
    assert reason(get(site, "CLEAR ALL"), 400) == "syntax-error"


def test_the_description_says_what_the_endpoint_is(site):
    sd = "http://www.w3.org/ns/sparql-service-description#"
    answer = site.get("sparql", headers={"Accept": "application/ld+json"})
    said = json.dumps(answer.json())
    assert f"{sd}UnionDefaultGraph" in said
    assert f"{sd}SPARQL11Query" in said
    assert f"{sd}SPARQL11Update" not in said
    assert "Read-only" in said
    assert f'"{site.base_url}sparql"' in said


def test_those_who_run_it_are_answered(site):
    assert site.get("health").json() == {"status": "ok"}
    ready = site.get("ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    get(site, "ASK { ?measured ?m ?n }")
    metrics = site.get("metrics").text
    assert 'jointure_queries_total{form="ask",outcome="ok"}' in metrics
    assert "jointure_snapshot_age_seconds" in metrics
