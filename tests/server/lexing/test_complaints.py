"""What is said of broken queries, updates and bodies, each refused by the real engine."""

import re

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.lexing import complaints, rdf_complaints
from server.lexing.recognition import deviation, lexemes

KNOWN = {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"}


def query_error(query):
    with pytest.raises(SyntaxError) as raised:
        ox.Store().query(query)
    return str(raised.value)


def update_error(update):
    with pytest.raises(SyntaxError) as raised:
        ox.Store().update(update)
    return str(raised.value)


@pytest.mark.parametrize(
    ("query", "line", "column", "said"),
    [
        ("SELECT * WHRE { ?s ?p ?o }", 1, 10, "is WHERE meant?"),
        ("SELEC * { ?s ?p ?o }", 1, 1, "is SELECT meant?"),
        ("DESCRBE <x:s>", 1, 1, "is DESCRIBE meant?"),
        ("SELECT * { ?s ?p ?o OPTINAL { } }", 1, 21, "is OPTIONAL meant?"),
        ("SELECT * { FILTER(REGX(?o,'a')) }", 1, 19, "is REGEX meant?"),
        ("SELECT *\n{ ?s ?p ?o", 2, 11, "} is missing, for { of 2:1"),
        ("SELECT * { ?s ?p ?o }}", 1, 22, "this } closes nothing"),
        ("SELECT * { FILTER(?o > 3 }", 1, 26, ") is missing before this }, for ( of 1:18"),
        ("SELECT * {\r\n?s dcat:x ?o }", 2, 4, "add PREFIX dcat: <http://www.w3.org/ns/dcat#>"),
        ("SELECT * { ?s 'é𝄞' ?o }", 1, 15, "'é𝄞' is not expected"),
        ("SELECT * { ?s ?p 'é𝄞', x:y }", 1, 24, "the prefix x: of x:y is not declared"),
        ("SELECT * { ?s rdf:type ?o }", 1, 15, "<http://www.w3.org/1999/02/22-rdf-syntax-ns#>"),
        ("PREFIX dct: <x:> SELECT * { ?s dtc:a 1 }", 1, 32, "is dct: meant?"),
        ("PREFIX dct: <x:> SELECT * { ?s DCT:a 1 }", 1, 32, "capitals matter"),
        ("PREFIX dct: http://x/ SELECT * {}", 1, 13, "http: is not expected"),
        ("PREFIX dct <x:> SELECT * {}", 1, 8, "expected a prefix and a colon"),
        ("INSERT DATA { <x:s> <x:p> 1 }", 1, 1, "this is an update (INSERT), not a query"),
        ("PREFIX a: <x:>\nCLEAR ALL", 2, 1, "this is an update (CLEAR), not a query"),
        ("SELECT * { ?s ?p 'abc }", 1, 18, "is not closed by '"),
        ('SELECT * { ?s ?p """abc }', 1, 18, 'is not closed by """'),
        ("SELECT * { ?s ?p 'a\\q' }", 1, 18, "\\q, which is no escape"),
        ("SELECT * { ?s ?p <x:a b> }", 1, 18, "<x:a b> is no IRI: it holds a space"),
        ("SELECT * { ?s ?p <x:{a}> }", 1, 18, "it holds {"),
        ("SELECT * { ?s ?p <a/b> }", 1, 18, "a relative IRI, and there is no BASE"),
        ("SELECT * { FILTER ?o > 3 }", 1, 19, "expected (, EXISTS, NOT, a function or an IRI"),
        ("SELECT * { FILTER(?o = 1 AND ?p = 2) }", 1, 26, "is && meant?"),
        ("SELECT * { FILTER(?o == 1) }", 1, 23, "is = or >= meant?"),
        ("SELECT * { ?s ?p ?o } LIMIT ten", 1, 29, "expected a number"),
        ("SELECT * { ?s ?p ?o } LIMIT", 1, 28, "the query ends too early: expected a number"),
        ("SELECT (True AS ?t) {}", 1, 9, "is true meant?"),
        ("SELECT * { ?s A ?o }", 1, 15, "is a meant?"),
        ("SELECT COUNT(*) { ?s ?p ?o }", 1, 8, "(COUNT(…) AS ?name)"),
        ("SELECT ?s, ?p { ?s ?p ?o }", 1, 10, "variables are separated by spaces"),
        ("SELECT * { ?s ?p }", 1, 18, "expected a term"),
        ("SELECT * { ?s ?p “x” }", 1, 18, "strings stand between"),
        ("SELECT\u00a0* { ?s ?p ?o }", 1, 1, "U+00A0"),
        ("\ufeffSELECT * { ?s ?p ?o }", 1, 1, "U+FEFF"),
        ("SELECT ?s { ?s ?p ?o } GROUP BY ?o", 1, None, "neither in GROUP BY nor in an aggregate"),
        ("SELECT * { ?s ?p ?o } GROUP BY ?o", 1, None, "SELECT * cannot stand with GROUP BY"),
        ("SELECT * { ?s ?p _:a OPTIONAL { _:a ?q ?r } }", 1, None, "label of a blank node"),
        ("SELECT * { FILTER(STRLEN()) }", 1, None, "too few or too many arguments"),
        ("", 1, 1, "the query is empty"),
        ("# nothing", 1, 1, "the query is empty"),
        ("<html>", 1, 1, "expected ASK"),
    ],
)
def test_a_broken_query_is_told_where_and_why(query, line, column, said):
    complaint = complaints.of_query(query_error(query), query, KNOWN)
    assert said in complaint.message
    assert complaint.line == line
    assert column is None or complaint.column == column


@pytest.mark.parametrize(
    ("update", "column", "said"),
    [
        ("SELECT * {}", 1, "this is a query (SELECT), not an update"),
        ("INSERT DATA { ?s <x:p> 1 }", None, "variables may not stand in INSERT DATA"),
        ("DELETE DATA { _:a <x:p> 1 }", 15, "a blank node, _:a, may not stand in DELETE"),
        ("DELETE WHERE { [] <x:p> 1 }", 16, "a blank node, [ ], may not stand in DELETE"),
        ("INSERT { ?s ?p ?o }", 20, "expected USING or WHERE"),
        ("INSERT DATA { <x:s> <x:p> 1", 28, "} is missing, for { of 1:13"),
        ("DELET WHERE { ?s ?p ?o }", 1, "is DELETE meant?"),
        ("INSERT DATA {} INSERT DATA {}", 16, "expected “;” or the end"),
        ("INSERT DATA {} ; PREFIX a: <x:> CLEAR ALL", 18, "before the first operation only"),
        ("LOAD <x:s> INTO <x:g>", 17, "expected GRAPH"),
        ("INSERT DATA { dct:s <x:p> 1 }", 15, "add PREFIX dct: <http://purl.org/dc/terms/>"),
        ("INSERT DATA { _:a <x:p> 1 }; INSERT DATA { _:a <x:p> 1 }", None, "cannot be shared"),
    ],
)
def test_a_broken_update_is_told_where_and_why(update, column, said):
    complaint = complaints.of_update(update_error(update), update, KNOWN)
    assert said in complaint.message
    assert column is None or complaint.column == column


def test_a_base_of_the_request_makes_iris_absolute():
    query = "SELECT * { ?s ?p <a> . FILTER(BOUND(1)) }"
    error = query_error(query)
    assert "relative" in complaints.of_query(error, query, {}).message
    assert "relative" not in complaints.of_query(error, query, {}, has_base=True).message


@pytest.mark.parametrize(
    ("syntax", "body", "line", "column", "said"),
    [
        ("Turtle", "<x:s> <x:p> 'é' .\n dcat:é <x:p> 1 .", 2, 2, "(for <http://www.w3.org/ns/dcat#>?)"),
        ("Turtle", "<x:s> <x:p>", 1, 12, "ends too early"),
        ("Turtle", "<s> <x:p> 1 .", 1, 1, "a relative IRI"),
        ("Turtle", "<x:s> <x:p> <x:a b> .", 1, 13, "holds “ ”"),
        ("Turtle", "<x:s> <x:p> '\udcff' .", 1, 14, "not UTF-8"),
        ("N-Triples", "<x:s> <x:p> 1 .", 1, 13, "must be an IRI, a blank node or a literal"),
        ("RDF/XML", "<a/>", None, None, "no namespace"),
        ("RDF/XML", "<rdf:RDF>", None, None, "the prefix rdf: is not declared"),
        ("RDF/XML", "hello", None, None, "text stands where an element is expected"),
        ("JSON-LD", "{", 1, 2, "Object keys must be strings"),
        ("JSON-LD", '{"@context": "http://x/", "@id": "x:s"}', None, None, "none is fetched here"),
    ],
)  # fmt: skip
def test_a_broken_body_is_told_where_and_why(syntax, body, line, column, said):
    formats = {each.name: each for each in (ox.RdfFormat.TURTLE, ox.RdfFormat.N_TRIPLES,
               ox.RdfFormat.RDF_XML, ox.RdfFormat.JSON_LD)}  # fmt: skip
    with pytest.raises(SyntaxError) as raised:
        list(ox.parse(input=body.encode("utf-8", "surrogateescape"), format=formats[syntax]))
    complaint = rdf_complaints.of_body(raised.value, syntax, KNOWN)
    assert complaint.message.startswith(f"the body is no {syntax}: ")
    assert said in complaint.message
    assert (complaint.line, complaint.column) == (line, column)


GOOD = [
    "PREFIX a: <x:> SELECT DISTINCT ?s (COUNT(*) AS ?n) { ?s a:b/a:c*|^a:d ?o ; a a:D ; . "
    "OPTIONAL { [] a:c (1 2 'x'@en), -5.e1, 5. } FILTER(!BOUND(?x) && ?x -1 > 3 && "
    "REGEX(STR(?s), 'x', \"i\") && ?s NOT IN (a:b, <x:c>)) } GROUP BY ?s HAVING (COUNT(*) > 1) "
    "ORDER BY DESC(?n) ?s LIMIT 10 OFFSET 5 VALUES (?x ?y) { (1 UNDEF) ('a'^^a:b <x:c>) }",
    "BASE <x:/> CONSTRUCT { ?s <p> ?o } FROM NAMED <g> WHERE { GRAPH ?g { ?s !(a|^<q>) ?o } "
    "MINUS { ?s ?p 1.0 } { SELECT * { ?s ?p true } LIMIT 1 } UNION {} BIND(IF(1<2, 1, 2) AS ?z) }",
    "ASK { FILTER NOT EXISTS { ?s ?p 'a', '''b'c''' } }",
    "DESCRIBE <x:s> ?o WHERE { <x:s> ?p ?o . << <x:s> <x:p> 1 >> <x:q> <<( <x:s> <x:p> 1 )>> . "
    "<x:s> <x:p> 1 ~ _:r {| <x:q> 2 |} }",
    "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1",
    "SELECT (GROUP_CONCAT(DISTINCT ?s; SEPARATOR=', ') AS ?all) { ?s ?p ?o . LATERAL { ?s ?q 1 } }",
]  # fmt: skip


@pytest.mark.parametrize("query", GOOD)
def test_what_the_engine_takes_deviates_from_nothing(query):
    ox.Store().query(query)
    assert deviation(lexemes(query), "query") is None
    assert complaints.find(query, "query", KNOWN) is None


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    query=st.sampled_from(GOOD),
    at=st.floats(0, 1),
    length=st.integers(0, 6),
    other=st.sampled_from(["", *"}{(x'<?\\é\n;,", "x:", "SELECT"]),
)
def test_a_complaint_is_short_and_within_the_query(query, at, length, other):
    start = int(at * len(query))
    broken = query[:start] + other + query[start + length :]
    try:
        ox.Store().query(broken)
    except SyntaxError as error:
        complaint = complaints.of_query(str(error), broken, KNOWN)
    except (RuntimeError, OSError, ValueError):
        return
    else:
        return
    assert 0 < len(complaint.message) < 320
    assert "expected one of" not in complaint.message
    assert not re.search(r"\[_\]|\.\.=|unreported|\\u\{", complaint.message)
    lines = broken.split("\n")
    assert complaint.line
    assert complaint.column
    assert 1 <= complaint.line <= len(lines)
    assert 1 <= complaint.column <= len(lines[complaint.line - 1]) + 1


@pytest.mark.parametrize(
    "deep", ["{" * 5000, "(" * 5000, "SELECT * " + "{ {} UNION " * 3000, "!" * 9999]
)
def test_a_deep_query_is_complained_of_too(deep):
    complaint = complaints.of_query("error at 1:9: expected X", "SELECT * { " + deep, {})
    assert complaint.message


def test_a_large_query_is_not_read_again():
    query = "SELECT * { " + "<x:s> <x:p> 'a' . " * 60_000
    complaint = complaints.of_query("error at 1:9: expected [_]", query, {})
    assert (complaint.line, complaint.column) == (1, 9)
    assert complaints.find(query, "query", {}) is None
