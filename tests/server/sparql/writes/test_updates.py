"""Updates over the endpoint: SPARQL 1.1 Protocol, section 2.2, and what is refused."""

import itertools

import pytest

_NUMBERS = itertools.count()


@pytest.fixture
def graph():
    """A graph of the test's own."""
    return f"http://example.org/g{next(_NUMBERS)}"


def test_what_is_written_is_seen_by_the_next_request(writable, graph):
    for number in range(5):
        text = f"INSERT DATA {{ GRAPH <{graph}> {{ <a:s> <a:p> {number} }} }}"
        answer = writable.update(text)
        assert answer.status_code == 204
        assert answer.content == b""
        assert writable.ask(f"ASK {{ GRAPH <{graph}> {{ <a:s> <a:p> {number} }} }}")


def test_an_update_may_come_as_a_form(writable, graph):
    text = f"INSERT DATA {{ GRAPH <{graph}> {{ <a:s> <a:p> 'é' }} }}"
    answer = writable.client.post("sparql", data={"update": text})
    assert answer.status_code == 204
    assert writable.ask(f"ASK {{ GRAPH <{graph}> {{ <a:s> <a:p> 'é' }} }}")


def test_an_update_by_get_never_runs(writable, graph):
    text = f"CREATE GRAPH <{graph}>"
    answer = writable.client.get("sparql", params={"update": text})
    assert answer.status_code == 400
    assert answer.json()["reason"] == "update-by-get"
    assert writable.triples(graph) is None


@pytest.mark.parametrize(
    ("sent", "reason"),
    [("", "token-needed"), ("Bearer nein", "token-wrong"), ("Basic le-jeton", "token-wrong")],
)
def test_without_the_token_nothing_is_written(writable, graph, sent, reason):
    headers = {"Authorization": sent, "Content-Type": "application/sparql-update"}
    if not sent:
        del writable.client.headers["Authorization"]
        del headers["Authorization"]
    try:
        answer = writable.client.post("sparql", content=f"CREATE GRAPH <{graph}>", headers=headers)
    finally:
        writable.client.headers["Authorization"] = "Bearer le-jeton"
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="jointure"')
    assert answer.json()["reason"] == reason
    assert writable.triples(graph) is None


def test_an_update_without_the_token_is_not_read_for_longer_than_a_query(writable):
    headers = {"Authorization": "Bearer nein", "Content-Type": "application/sparql-update"}
    answer = writable.client.post("sparql", content=b"#" * (2 << 20), headers=headers)
    assert answer.status_code == 413


def test_a_syntax_error_tells_where_it_is(writable):
    answer = writable.update("INSERT DATA {\n <a:s> <a:p> }")
    assert answer.status_code == 400
    said = answer.json()
    assert said["reason"] == "syntax-error"
    assert {"line", "column"} <= said.keys()


def test_operations_of_one_update_are_one_transaction(writable, graph):
    writable.put(graph, "<a:s> <a:p> 1 .")
    answer = writable.update(
        f"CLEAR GRAPH <{graph}> ; INSERT DATA {{ GRAPH <{graph}> {{ <a:s> <a:p> 2 }} }} ;"
        f" DROP GRAPH <{graph}-that-there-is-not>"
    )
    assert answer.status_code == 400
    assert "does not exist" in answer.json()["detail"]
    assert writable.triples(graph) == [
        '<a:s> <a:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .'
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("LOAD <http://127.0.0.1:9/x>", "load-refused"),
        ("INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
         "service-refused"),
        ("INSERT { ?s ?p ?o } WHERE { SERVICE?x { ?s ?p ?o } }", "service-refused"),
    ],
)  # fmt: skip
def test_no_other_address_is_called(writable, text, reason):
    answer = writable.update(text)
    assert answer.status_code == 403
    assert answer.json()["reason"] == reason


def test_a_dataset_that_the_request_names_is_used(writable, graph):
    writable.put(graph, "<a:s> <a:p> 1 .")
    writable.put(f"{graph}-other", "<a:s> <a:p> 2 .")
    answer = writable.client.post(
        "sparql",
        data={
            "update": f"INSERT {{ GRAPH <{graph}-new> {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}",
            "using-graph-uri": graph,
        },
    )
    assert answer.status_code == 204
    assert writable.triples(f"{graph}-new") == writable.triples(graph)


def test_a_dataset_is_named_once(writable, graph):
    for update in (
        f"INSERT {{ <a:s> <a:p> 1 }} USING <{graph}> WHERE {{ ?s ?p ?o }}",
        f"WITH <{graph}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
    ):
        for name in ("using-graph-uri", "using-named-graph-uri"):
            answer = writable.client.post("sparql", data={"update": update, name: graph})
            assert answer.status_code == 400
            assert answer.json()["reason"] == "two-datasets"


def test_a_graph_to_use_is_an_iri(writable):
    data = {"update": "DELETE WHERE { ?s ?p ?o }", "using-graph-uri": "a> WHERE {} ; CLEAR ALL #"}
    answer = writable.client.post("sparql", data=data)
    assert answer.status_code == 400


def test_deep_nesting_is_refused_and_the_next_update_works(writable, graph):
    deep = "{" * 5000 + "}" * 5000
    answer = writable.update(f"INSERT {{ <a:s> <a:p> 1 }} WHERE {deep}")
    assert answer.status_code == 400
    assert answer.json()["reason"] == "query-too-deep"
    assert writable.update(f"CREATE GRAPH <{graph}>").status_code == 204


def test_many_triples_in_one_update(writable, graph):
    data = " ".join(f"<a:s{n}> <a:p> 'value {n}', {n}.5e0, -{n} ." for n in range(10_000))
    answer = writable.update(f"INSERT DATA {{ GRAPH <{graph}> {{ {data} }} }}")
    assert answer.status_code == 204, answer.text
    assert len(writable.triples(graph)) == 30_000


def test_an_update_that_is_too_long_is_refused(writable):
    answer = writable.update(b"#" * (65 << 20))
    assert answer.status_code == 413


def test_garbage_is_a_bad_request(writable):
    for text in (b"\xff\xfe", b"garbage", b"SELECT * { ?s ?p ?o }", b"\x00" * 100):
        answer = writable.update(text)
        assert answer.status_code == 400, text


def test_a_graph_that_is_not_there_is_cleared(writable, graph):
    text = f"CLEAR GRAPH <{graph}> ; INSERT DATA {{ GRAPH <{graph}> {{ <a:s> <a:p> 1 }} }}"
    assert writable.update(text).status_code == 204
    assert writable.ask(f"ASK {{ GRAPH <{graph}> {{ <a:s> <a:p> 1 }} }}")


def test_a_load_that_may_fail_calls_nobody(writable, graph):
    text = f"LOAD SILENT <http://127.0.0.1:9/> INTO GRAPH <{graph}>"
    assert writable.update(text).status_code == 204
    assert writable.triples(graph) is None
    answer = writable.update(text.replace("SILENT ", ""))
    assert (answer.status_code, answer.json()["reason"]) == (403, "load-refused")


def test_later_operations_may_have_prefixes_of_their_own(writable, graph):
    text = (
        f"CREATE GRAPH <{graph}> ; PREFIX a: <a:> INSERT DATA {{ GRAPH <{graph}> {{ a:s a:p 1 }} }}"
    )
    assert writable.update(text).status_code == 204
    assert writable.ask(f"ASK {{ GRAPH <{graph}> {{ <a:s> <a:p> 1 }} }}")


def test_what_is_no_update_is_told_so_before_what_is_not_allowed(writable):
    answer = writable.update("CREATE GRAPH <a:g> ;; LOAD <http://127.0.0.1:9/>")
    assert (answer.status_code, answer.json()["reason"]) == (400, "syntax-error")
