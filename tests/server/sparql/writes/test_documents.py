"""Documents that are sent to the graph store: syntaxes, bounds, and what is no document."""

import gzip
import itertools
import time

import pytest

_NUMBERS = itertools.count()
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/"'


@pytest.fixture
def graph():
    """A graph of the test's own."""
    return f"http://example.org/d{next(_NUMBERS)}"


def rdf_xml(inside, before=""):
    return (
        f'<?xml version="1.0"?>{before}<rdf:RDF {RDF}><rdf:Description rdf:about="http://e/s">'
        f"{inside}</rdf:Description></rdf:RDF>"
    )


LINE = ['<http://e/s> <http://e/p> "é" .']


@pytest.mark.parametrize(
    ("media_type", "text"),
    [
        ("text/turtle", "<http://e/s> <http://e/p> 'é'."),
        ("Text/Turtle; Charset=UTF-8", "<http://e/s> <http://e/p> 'é'."),
        ('text/turtle;charset="utf-8"', "<http://e/s> <http://e/p> 'é'."),
        ("application/n-triples", '<http://e/s> <http://e/p> "é" .'),
        ("text/plain", '<http://e/s> <http://e/p> "é" .'),
        ("application/rdf+xml", rdf_xml("<e:p>é</e:p>")),
        ("application/xml", rdf_xml("<e:p>é</e:p>")),
        ("application/ld+json", '{"@id": "http://e/s", "http://e/p": "é"}'),
        ("application/trig", "{ <http://e/s> <http://e/p> 'é' }"),
        ("application/n-quads", '<http://e/s> <http://e/p> "é" .'),
    ],
)
def test_syntaxes(writable, graph, media_type, text):
    assert writable.put(graph, text.encode(), media_type).status_code == 201
    assert writable.triples(graph) == LINE


@pytest.mark.parametrize("media_type", ["", "text/csv", "text/turtle; charset=iso-8859-1"])
def test_other_types_are_refused_with_those_that_are_read(writable, graph, media_type):
    answer = writable.put(graph, b"<a:s> <a:p> 1 .", media_type)
    assert answer.status_code == 415
    assert "text/turtle" in answer.headers["Accept-Post"]
    assert writable.triples(graph) is None


@pytest.mark.parametrize(
    ("media_type", "text", "line", "column"),
    [
        ("text/turtle", "<a:s> <a:p> 1 .\n<a:s> <a:p> .", 2, 13),
        ("application/n-triples", '<a:s> <a:p> "1"', 1, 16),
        ("application/rdf+xml", rdf_xml("\n<e:p>1</e:q>"), 2, 12),
        ("application/ld+json", '{"a:p": 1,\n oops}', 2, 2),
        ("application/n-quads", b'<a:s> <a:p> "\xff" .', 1, 14),
        ("application/trig", "<a:g> { <a:s> <a:p> 1 }", 1, None),
        ("application/ld+json", '{"@context": "http://127.0.0.1:9/"}', 1, None),
        ("text/turtle", "\x00\x01", 1, 1),
    ],
)
def test_what_is_no_document_leaves_the_graph_as_it_was(
    writable, graph, media_type, text, line, column
):
    writable.put(graph, LINE[0].encode())
    for send in (writable.put, writable.post):
        answer = send(graph, text.encode() if isinstance(text, str) else text, media_type)
        assert answer.status_code == 400
        said = answer.json()
        assert said["reason"] == "syntax-error"
        assert said["line"] == line
        assert column in (None, said["column"])
        assert writable.triples(graph) == LINE


def test_blank_nodes_are_fresh(writable, graph):
    for _ in range(2):
        assert writable.post(graph, "_:a <a:p> [] .").status_code in (201, 204)
    assert len(writable.triples(graph)) == 2


def test_relative_iris_are_relative_to_the_graph(writable, graph):
    writable.put(graph, "<> <#p> <other> .")
    assert writable.triples(graph) == [f"<{graph}> <{graph}#p> <http://example.org/other> ."]


def test_text_goes_in_and_out_unchanged(writable, graph):
    text = "a \"quoted\" \\ back\nline\r\ttab \u0001 \U0001f600 } ; DROP ALL '''"
    escaped = text.encode("unicode_escape").decode().replace('"', '\\"')
    escaped = escaped.replace("\\x01", "\\u0001")
    writable.put(graph, f'<a:s> <a:p> "{escaped}"@fr-be .', "application/n-triples")
    query = f"SELECT ?o {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    headers = {"Accept": "application/sparql-results+json"}
    answer = writable.client.post("sparql", data={"query": query}, headers=headers)
    [row] = answer.json()["results"]["bindings"]
    assert row["o"]["value"] == text
    assert row["o"]["xml:lang"] == "fr-be"


def test_several_documents_at_once(writable, graph):
    files = [
        ("a", ("a.ttl", b"_:a <a:p> 1 .", "text/turtle")),
        ("b", ("b.nt", b"_:a <a:p> <a:o> .", "application/octet-stream")),
        ("c", ("c.rdf", rdf_xml("<e:p>1</e:p>").encode(), "application/rdf+xml")),
    ]
    answer = writable.client.post("graph-store", params={"graph": graph}, files=files)
    assert answer.status_code == 201
    lines = writable.triples(graph)
    assert len(lines) == 3
    assert len({line.split()[0] for line in lines}) == 3


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("multipart/form-data", b"--x\r\n\r\n\r\n--x--"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Type: text/turtle\r\n\r\n<a:s>"),
        ("multipart/form-data; boundary=x", b"--x\r\nno end"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n" * 2000 + b"\r\n--x--"),
        ("multipart/form-data; boundary=x", b""),
    ],
)
def test_what_is_not_made_of_parts(writable, graph, media_type, body):
    answer = writable.post(graph, body, media_type)
    assert answer.status_code == 400
    assert writable.triples(graph) is None


def test_a_body_may_be_compressed(writable, graph):
    body = gzip.compress(LINE[0].encode())
    answer = writable.put(graph, body, "text/turtle", Content_Encoding="gzip")
    assert answer.status_code == 201
    assert writable.triples(graph) == LINE


def test_a_bomb_of_nested_entities_is_refused(writable, graph):
    entities = '<!ENTITY a "xxxxxxxxxx">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in itertools.pairwise("abcdefg")
    )
    document = rdf_xml("<e:p>&g;</e:p>", f"<!DOCTYPE r [{entities}]>")
    assert len(document) < 1024
    answer = writable.put(graph, document, "application/rdf+xml")
    assert answer.status_code == 400
    assert answer.json()["reason"] == "nested-entities"
    assert writable.triples(graph) is None


@pytest.mark.parametrize("doctype", ["<!DOCTYPE", "<!doctype"])
def test_entities_may_not_make_a_document_grow_out_of_proportion(writable, graph, doctype):
    entity = f'{doctype} r [<!ENTITY a "{"x" * 10_000}">]>'
    answer = writable.put(
        graph, rdf_xml(f"<e:p>{'&a;' * 2000}</e:p>", entity), "application/rdf+xml"
    )
    assert answer.status_code == 413
    assert answer.json()["reason"] == "document-expands"


def test_entities_for_namespaces_are_read(writable, graph):
    doctype = '<!DOCTYPE rdf:RDF [<!ENTITY xsd "http://www.w3.org/2001/XMLSchema#">]>'
    inside = '<e:p rdf:datatype="&xsd;token">1</e:p>' * 500
    answer = writable.put(graph, rdf_xml(inside, doctype), "application/rdf+xml")
    assert answer.status_code == 201
    assert writable.triples(graph) == [
        '<http://e/s> <http://e/p> "1"^^<http://www.w3.org/2001/XMLSchema#token> .'
    ]


def test_prefixes_may_not_make_a_document_grow_out_of_proportion(writable, graph):
    document = f"@prefix : <a:{'x' * 50_000}> . :a :b " + ", ".join(f":{n}" for n in range(5000))
    answer = writable.put(graph, f"{document} .")
    assert answer.status_code == 413
    assert answer.json()["reason"] == "document-expands"
    assert writable.triples(graph) is None


@pytest.mark.parametrize(
    ("media_type", "deep"),
    [
        ("text/turtle", "<a:s> <a:p> " + "[<a:p> " * 20_000 + "1" + "]" * 20_000 + " ."),
        ("text/turtle", "<a:s> <a:p> " + "(" * 20_000 + ")" * 20_000 + " ."),
        ("text/turtle", "<a:s> <a:p> " + "<<( <a:s> <a:p> " * 20_000),
        ("application/trig", "{" * 20_000),
        ("application/ld+json", '{"a:p":' * 20_000 + "1" + "}" * 20_000),
        ("application/ld+json", "[" * 100_000),
        ("application/rdf+xml", rdf_xml("<e:p><rdf:Description>" * 2000)),
    ],
)
def test_deep_nesting_ends_the_process_that_reads_at_most(writable, graph, media_type, deep):
    answer = writable.put(graph, deep, media_type)
    assert answer.status_code in (201, 400, 503)
    if answer.status_code != 201:
        assert answer.json()["reason"] in ("syntax-error", "query-too-deep", "query-memory")
        assert writable.triples(graph) is None
    assert writable.put(graph, LINE[0].encode()).status_code in (201, 204)
    assert writable.triples(graph) == LINE


def test_a_literal_of_10_megabytes_is_held(writable, graph):
    answer = writable.put(graph, b'<a:s> <a:p> "' + b"x" * (10 << 20) + b'" .')
    assert answer.status_code == 201
    length = f"FILTER(STRLEN(?o) = {10 << 20})"
    assert writable.ask(f"ASK {{ GRAPH <{graph}> {{ ?s ?p ?o {length} }} }}")


@pytest.mark.parametrize("media_type", ["text/turtle", "application/n-triples"])
def test_a_literal_of_20_megabytes_is_too_long(writable, graph, media_type):
    answer = writable.put(graph, b'<a:s> <a:p> "' + b"x" * (20 << 20) + b'" .', media_type)
    assert answer.status_code == 413
    assert answer.json()["reason"] == "term-too-long"


def test_a_body_that_is_too_long_is_refused(writable, graph):
    answer = writable.put(graph, b"#" * (65 << 20))
    assert answer.status_code == 413
    assert writable.triples(graph) is None


def test_a_graph_of_50_000_triples_is_replaced(writable, graph):
    def document(word):
        return "".join(f"<a:s{n // 5}> <a:p{n % 5}> '{word} {n}' .\n" for n in range(50_000))

    for word, status in (("one", 201), ("two", 204)):
        started = time.monotonic()
        assert writable.put(graph, document(word)).status_code == status
        assert time.monotonic() - started < 60
    lines = writable.triples(graph)
    assert len(lines) == 50_000
    assert not any("one" in line for line in lines)
