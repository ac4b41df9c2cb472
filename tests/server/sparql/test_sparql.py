"""SPARQL 1.1 Protocol, the query operation, over HTTP."""

import csv
import io
import json
import xml.etree.ElementTree as ET

import httpx2
import pyoxigraph as ox
import pytest

from ingest.run import sample_portals

FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
PREFIXES = "PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dct: <http://purl.org/dc/terms/>\n"
CATALOGS = f"{PREFIXES} SELECT ?title {{ ?c a dcat:Catalog ; dct:title ?title }}"
TITLES = f"{PREFIXES} CONSTRUCT {{ ?c dct:title ?t }} {{ ?c a dcat:Catalog ; dct:title ?t }}"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.fixture
def ask(site):
    """The answer to a query by GET."""

    def get(query, accept=None, **parameters):
        headers = {} if accept is None else {"Accept": accept}
        return site.get("sparql", params={"query": query, **parameters}, headers=headers)

    return get


@pytest.fixture
def count(ask):
    """What a query counts."""

    def counted(query, **parameters):
        answer = ask(query, "application/json", **parameters)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["results"]["bindings"][0]["n"]["value"])

    return counted


def assert_problem(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json()["status"] == status
    return answer.json()["detail"]


def test_get_and_both_forms_of_post_give_the_same(site, ask):
    answers = [
        ask(CATALOGS),
        site.post("sparql", data={"query": CATALOGS}),
        site.post("sparql", content=CATALOGS, headers={"Content-Type": QUERY}),
    ]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert len({answer.content for answer in answers}) == 1
    assert len(answers[0].json()["results"]["bindings"]) == len(sample_portals())


def test_a_content_type_is_read_without_case_and_parameters(site):
    kind = "Application/SPARQL-Query; charset=utf-8"
    answer = site.post("sparql", content=CATALOGS, headers={"Content-Type": kind})
    assert answer.status_code == 200


def test_head_gives_the_headers_of_get(site, ask):
    got, head = ask(CATALOGS), site.head("sparql", params={"query": CATALOGS})
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize("accept", [None, "*/*", "application/json"])
def test_solutions_are_json_where_nothing_else_is_asked(ask, accept):
    answer = ask(CATALOGS, accept)
    assert answer.json()["head"]["vars"] == ["title"]


def test_solutions_as_json_xml_csv_and_tsv_are_the_same(ask):
    xml = ET.fromstring(ask(CATALOGS, "application/sparql-results+xml").content)
    space = "{http://www.w3.org/2005/sparql-results#}"
    by_json = ask(CATALOGS, "application/sparql-results+json").json()["results"]["bindings"]
    expected = sorted(each["title"]["value"] for each in by_json)
    assert expected
    assert sorted(each.text or "" for each in xml.iter(f"{space}literal")) == expected
    by_csv = list(csv.reader(io.StringIO(ask(CATALOGS, "text/csv").text)))
    assert by_csv[0] == ["title"]
    assert sorted(row[0] for row in by_csv[1:]) == expected
    by_tsv = ask(CATALOGS, "text/tab-separated-values").text.splitlines()
    assert by_tsv[0] == "?title"
    assert sorted(by_tsv[1:]) == [f"{json.dumps(each, ensure_ascii=False)}@fr" for each in expected]


@pytest.mark.parametrize(
    "media_type",
    [
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    ],
)
def test_an_answer_says_its_type_and_that_it_was_negotiated(ask, media_type):
    answer = ask(CATALOGS, media_type)
    assert answer.headers["content-type"].partition(";")[0] == media_type
    assert "accept" in answer.headers["vary"].lower()
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(("pattern", "truth"), [("?s a dcat:Catalog", True), ("?s a 1", False)])
def test_ask_is_answered_in_json_and_xml(ask, pattern, truth):
    query = f"{PREFIXES} ASK {{ {pattern} }}"
    assert ask(query).json()["boolean"] is truth
    assert f"<boolean>{str(truth).lower()}</boolean>" in ask(query, "application/xml").text


@pytest.mark.parametrize(
    ("media_type", "syntax"),
    [
        ("text/turtle", ox.RdfFormat.TURTLE),
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
        ("application/trig", ox.RdfFormat.TRIG),
        ("application/n-quads", ox.RdfFormat.N_QUADS),
    ],
)
def test_a_graph_comes_in_each_syntax(ask, media_type, syntax):
    answer = ask(TITLES, media_type)
    assert answer.headers["content-type"].partition(";")[0] == media_type
    triples = {quad.triple for quad in ox.parse(answer.content, syntax)}
    titles = {each["title"]["value"] for each in ask(CATALOGS).json()["results"]["bindings"]}
    assert {triple.object.value for triple in triples} == titles


def test_what_a_syntax_cannot_write_is_told_with_those_that_can(ask):
    query = "CONSTRUCT { <a:s> <a:p> <<( <a:a> <a:b> <a:c> )>> } {}"
    assert "<<( <a:a> <a:b> <a:c> )>>" in ask(query, "text/turtle").text
    told = assert_problem(ask(query, "application/ld+json"), 406)
    assert "JSON-LD does not support" in told
    assert "text/turtle" in told


def test_a_graph_is_turtle_where_nothing_else_is_asked(ask):
    assert ask(TITLES, "*/*").headers["content-type"].startswith("text/turtle")


def test_describe_gives_the_triples_of_a_resource(ask, base):
    answer = ask(f"DESCRIBE <{base}catalog/paris>", "application/n-triples")
    subjects = {quad.subject.value for quad in ox.parse(answer.content, ox.RdfFormat.N_TRIPLES)}
    assert subjects == {f"{base}catalog/paris"}


def test_quality_decides_between_formats(ask):
    answer = ask(CATALOGS, "text/csv;q=0.5, application/sparql-results+xml;q=0.9")
    assert answer.headers["content-type"] == "application/sparql-results+xml"


def test_several_accept_headers_are_one_list(site):
    headers = [("Accept", "image/png"), ("Accept", "text/csv")]
    request = site.build_request("GET", "sparql", params={"query": CATALOGS})
    request.headers = httpx2.Headers([*headers, ("Host", request.headers["host"])])
    assert site.send(request).headers["content-type"].startswith("text/csv")


@pytest.mark.parametrize(
    ("query", "expected"), [(CATALOGS, "application/sparql-results+json"), (TITLES, "text/turtle")]
)
def test_a_format_that_is_not_there_is_406_and_lists_those_that_are(ask, query, expected):
    assert expected in assert_problem(ask(query, "image/png"), 406)


def test_the_default_graph_is_the_union_of_the_named_graphs(count, snapshot):
    # The engine gives a triple of two graphs twice: which portals share a page's class is counted.
    distinct = "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } }"
    assert count(distinct) == len({quad.triple for quad in snapshot.store})


def test_from_names_the_default_graph(count, base, snapshot):
    graph = f"{base}graph/paris"
    expected = len(list(snapshot.store.quads_for_pattern(None, None, None, ox.NamedNode(graph))))
    assert count(f"SELECT (COUNT(*) AS ?n) FROM <{graph}> {{ ?s ?p ?o }}") == expected
    assert count(f"SELECT (COUNT(*) AS ?n) FROM <{base}graph/none> {{ ?s ?p ?o }}") == 0


def test_from_named_alone_leaves_the_default_graph_empty(count, base):
    named = f"SELECT (COUNT(*) AS ?n) FROM NAMED <{base}graph/paris>"
    assert count(f"{named} {{ ?s ?p ?o }}") == 0
    assert count(f"{named} {{ GRAPH ?g {{ ?s ?p ?o }} }}") > 0
    assert count(f"{named} {{ GRAPH <{base}graph/toulouse> {{ ?s ?p ?o }} }}") == 0


def test_the_requests_dataset_wins_over_the_querys(count, base):
    paris, toulouse = f"{base}graph/paris", f"{base}graph/toulouse"
    alone = count(COUNT, **{"default-graph-uri": paris})
    assert 0 < alone < count(COUNT)
    query = f"SELECT (COUNT(*) AS ?n) FROM <{toulouse}> {{ ?s ?p ?o }}"
    assert count(query, **{"default-graph-uri": paris}) == alone


def test_several_default_graphs_are_merged(count, base):
    graphs = [f"{base}graph/paris", f"{base}graph/toulouse"]
    each = [count(COUNT, **{"default-graph-uri": graph}) for graph in graphs]
    assert max(each) < count(COUNT, **{"default-graph-uri": graphs}) <= sum(each)


def test_named_graph_uri_says_which_graphs_can_be_named(count, base):
    query = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    graphs = [f"{base}graph/paris", f"{base}graph/toulouse"]
    assert count(query, **{"named-graph-uri": graphs}) == 2
    assert count(COUNT, **{"named-graph-uri": graphs}) == 0


def test_a_posted_query_takes_its_dataset_from_the_address(site, base):
    answer = site.post(
        "sparql",
        params={"default-graph-uri": f"{base}graph/none"},
        content="ASK { ?s ?p ?o }",
        headers={"Content-Type": QUERY},
    )
    assert answer.json()["boolean"] is False


def test_relative_iris_are_resolved_against_the_base(ask):
    assert ask("ASK { <catalog/paris> ?p ?o }").json()["boolean"] is True


@pytest.mark.parametrize("how", ["get", "post"])
def test_two_queries_are_refused(site, how):
    pair = {"query": [CATALOGS, CATALOGS]}
    answer = site.get("sparql", params=pair) if how == "get" else site.post("sparql", data=pair)
    assert_problem(answer, 400)


def test_no_query_gives_the_service_description_and_a_browser_the_editor(site):
    description = site.get("sparql", headers={"Accept": "*/*"})
    assert description.headers["content-type"] == "text/turtle; charset=utf-8"
    assert_problem(site.post("sparql", data={"other": "1"}), 400)
    page = site.get("sparql", headers={"Accept": "text/html"})
    assert "<textarea" in page.text


def test_a_post_of_another_type_is_refused(site):
    answer = site.post("sparql", content=CATALOGS, headers={"Content-Type": "text/plain"})
    assert QUERY in assert_problem(answer, 415)
    assert_problem(site.post("sparql", content=CATALOGS), 415)


@pytest.mark.parametrize("raw", ["query=%FF%FE", "query=ASK%7B%7D%C3"])
def test_malformed_percent_encoding_is_refused(site, raw):
    assert_problem(site.get(f"sparql?{raw}"), 400)
    assert_problem(site.post("sparql", content=raw, headers={"Content-Type": FORM}), 400)


def test_a_query_that_is_not_utf_8_is_refused(site):
    answer = site.post("sparql", content=b"ASK { ?s ?p '\xff' }", headers={"Content-Type": QUERY})
    assert_problem(answer, 400)


def test_a_syntax_error_says_where(ask):
    answer = ask("SELECT *\nWHERE { ?s ?p }")
    assert "}" in assert_problem(answer, 400)
    assert (answer.json()["line"], answer.json()["column"]) == (2, 15)


@pytest.mark.parametrize("bad", ["no iri", "relative", ""])
def test_a_graph_name_that_is_no_iri_is_refused(ask, bad):
    assert_problem(ask(COUNT, **{"default-graph-uri": bad}), 400)


def test_a_function_that_nobody_knows_is_an_error_of_its_expression(ask):
    query = """SELECT (<http://e.org/f>(1) AS ?x) (COALESCE(<http://e.org/g>(), 5) AS ?y) {
        FILTER(true || <http://e.org/f>(2)) }"""
    [row] = ask(query).json()["results"]["bindings"]
    assert {name: each["value"] for name, each in row.items()} == {"y": "5"}
