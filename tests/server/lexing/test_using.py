"""Updates written anew for the engine: with a dataset, with one prologue; and relative IRIs."""

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.lexing.resolution import resolve
from server.lexing.updates import read_update, with_one_prologue, with_using
from tests.server.lexing.held import A, B, C, held

BASE = "http://example.org/base/"


def objects(store, graph):
    return {
        quad.object.value for quad in store.quads_for_pattern(None, None, None, ox.NamedNode(graph))
    }


def test_a_dataset_is_put_before_each_pattern():
    update = f"INSERT {{ GRAPH <{C}> {{ ?s ?p ?o }} }} # WHERE\nWHERE {{ ?s ?p ?o }}"
    for default, named, found in [
        ([A], [], {"1", "a"}),
        ([A, B], [], {"1", "a", "b"}),
        ([], [A], {"1"}),
        ([], [], {"1", "default"}),
    ]:
        store = held()
        store.update(with_using(update, default, named))
        assert objects(store, C) == found


def test_named_graphs_are_those_of_the_dataset():
    store = held()
    update = f"INSERT {{ GRAPH <{C}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    store.update(with_using(update, [], [A]))
    assert objects(store, C) == {"1", "a"}


def test_delete_where_gets_a_dataset_too():
    store = held()
    update = "DELETE WHERE { GRAPH ?g { ?s ?p ?o } } ; CLEAR DEFAULT ; DELETE#}\nWHERE { ?s ?p 5 }"
    store.update(with_using(update, [], [A]))
    assert (objects(store, A), objects(store, B), len(store)) == (set(), {"b"}, 2)


@pytest.mark.parametrize(
    "iri", ["x:a> WHERE {} ; CLEAR ALL #", "a", "", "x:a b", "x:\n", "x:{}", "x:\\u003e", "x:\x7f"]
)
def test_a_graph_of_the_request_injects_nothing(iri):
    with pytest.raises(ValueError, match="names no graph"):
        with_using("DELETE WHERE { ?s ?p ?o }", [iri], [])
    with pytest.raises(ValueError, match="names no graph"):
        with_using("DELETE WHERE { ?s ?p ?o }", [], [iri])


@pytest.mark.parametrize(
    "clause", [f"WITH <{A}> INSERT {{}} WHERE {{}}", f"INSERT {{}} USING <{A}> WHERE {{}}"]
)
def test_a_dataset_of_its_own_is_told(clause):
    assert read_update(clause, BASE).has_using
    with pytest.raises(ValueError, match="USING or WITH"):
        with_using(clause, [A], [])


def test_later_prologues_go_first():
    update = (
        "PREFIX a: <x:> INSERT DATA { a:s a:p 1 } ; # one\nPREFIX b: <x:> # two\n"
        "INSERT DATA { b:s b:p 2 } ; PREFIX a: <x:> PREFIX c: <y:> DELETE DATA { a:s b:p 1 }"
    )
    store = ox.Store()
    store.update(with_one_prologue(update))
    assert {quad.object.value for quad in store} == {"2"}
    assert read_update(update, BASE).understood


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <x:s> <x:p> 1 }",
        "PREFIX a: <x:> INSERT DATA { a:s a:p 1 } ; PREFIX a: <y:> INSERT DATA { a:s a:p 1 }",
        "INSERT DATA { <s> <p> 1 } ; BASE <x/> INSERT DATA { <s> <p> 1 }",
        "INSERT DATA { ; PREFIX a: <y:> INSERT DATA {}",
    ],
)
def test_prologues_that_cannot_go_first_stay(update):
    assert with_one_prologue(update) == update


SEGMENTS = ["", "/", "..", ".", "a", "b%2e", "?", "#", "//", "http:", "urn:", "...", "é", "/../"]


@settings(max_examples=300, deadline=None)
@given(
    parts=st.lists(st.sampled_from(SEGMENTS), max_size=6),
    reference=st.sampled_from(
        ["http://h/a/b?q#f", "http://h", "urn:x:y", "file:///a/b", "http://h/../c"]
    ),
)
def test_relative_iris_are_what_the_engine_makes_of_them(parts, reference):
    iri = "".join(parts)
    store = ox.Store()
    try:
        store.update(f"CREATE GRAPH <{iri}>", base_iri=reference)
    except SyntaxError:
        return
    assert resolve(iri, reference) in (None, next(iter(store.named_graphs())).value)
