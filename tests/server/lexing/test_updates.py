"""What an update is read to write to, with the engine as referee."""

import time

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from server.lexing.updates import as_run, read_update
from tests.server.lexing.held import A, B, C, held

BASE = "http://example.org/base/"


def quads(store):
    """The quads of each graph, blank nodes left out of it; a graph of none too."""
    by_graph: dict[str, set[tuple[str, str, str]]] = {
        graph.value: set() for graph in store.named_graphs()
    }
    for quad in store:
        name = "" if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name.value
        by_graph.setdefault(name, set()).add(
            (str(quad.subject), str(quad.predicate), str(quad.object))
        )
    return by_graph


def judge(update):
    """Run an update; what it changed has to be what was read that it may. Whether it ran."""
    said = read_update(update, BASE)
    store = held()
    before = quads(store)
    try:
        store.update(update, base_iri=BASE)
    except (SyntaxError, RuntimeError, OSError):
        return False
    after = quads(store)
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    assert said.writes_default or "" not in changed
    assert said.writes_any or changed - {""} <= said.targets
    return True


@pytest.mark.parametrize(
    ("update", "targets", "default", "anything"),
    [
        ("INSERT DATA { <x:s> <x:p> 1 }", (), True, False),
        (f"INSERT DATA {{ GRAPH <{A}> {{ <x:s> <x:p> 2 }} }}", (A,), False, False),
        ("INSERT DATA { GRAPH <../a> { <x:s> <x:p> 2 } }", (A,), False, False),
        ("BASE </> INSERT DATA { GRAPH <b> { <x:s> <x:p> 2 } }", (B,), False, False),
        ("PREFIX e: </> INSERT DATA { GRAPH e:c { <x:s> <x:p> 2 } }", (C,), False, False),
        ("INSERT DATA { GRAPH <\\u0061> { <x:s> <x:p> 2 } }", (BASE + "a",), False, False),
        (
            f"DELETE DATA {{ GRAPH <{A}> {{ <x:s> <x:p> 'a' }} <x:s> <x:p> 'default' }}",
            (A,),
            True,
            False,
        ),
        (f"DELETE WHERE {{ GRAPH <{B}> {{ ?s ?p ?o }} }}", (B,), False, False),
        ("DELETE WHERE { GRAPH ?g { ?s ?p ?o } }", (), False, True),
        (
            f"WITH <{A}> DELETE {{ ?s ?p ?o }} INSERT {{ ?s ?p 2 }} WHERE {{ ?s ?p ?o }}",
            (A,),
            False,
            False,
        ),
        (f"INSERT {{ ?s ?p 3 }} WHERE {{ GRAPH <{A}> {{ ?s ?p ?o }} }}", (), True, False),
        ("INSERT { GRAPH ?g { ?s ?p 3 } } WHERE { GRAPH ?g { ?s ?p 'a' } }", (), False, True),
        (
            f"INSERT {{ GRAPH <{B}> {{ ?s ?p 3 }} }} USING <{A}> WHERE {{ ?s ?p ?o }}",
            (B,),
            False,
            False,
        ),
        (f"CLEAR GRAPH <{A}>", (A,), False, False),
        (f"DROP SILENT GRAPH <{A}>", (A,), False, False),
        ("CREATE GRAPH <new>", (BASE + "new",), False, False),
        ("CLEAR DEFAULT", (), True, False),
        ("CLEAR NAMED", (), False, True),
        ("DROP ALL", (), True, True),
        (f"COPY <{A}> TO <{B}>", (B,), False, False),
        (f"MOVE <{A}> TO GRAPH <{B}>", (A, B), False, False),
        (f"MOVE DEFAULT TO <{B}>", (B,), True, False),
        (f"ADD SILENT GRAPH <{A}> TO DEFAULT", (), True, False),
        (
            f"CLEAR GRAPH <{A}>; INSERT DATA {{ GRAPH <{B}> {{ <x:s> <x:p> 2 }} }} ;",
            (A, B),
            False,
            False,
        ),
        ("", (), False, False),
        ("INSERT DATA {} # GRAPH <x:g>", (), False, False),
        (
            f"INSERT DATA {{ GRAPH <{A}> {{ <x:s> <x:p> 'GRAPH <x:g> {{', \"}}\" }} }}",
            (A,),
            False,
            False,
        ),
    ],
)
def test_what_an_update_writes_to(update, targets, default, anything):
    said = read_update(update, BASE)
    assert said.understood
    assert said.targets == set(targets)
    assert (said.writes_default, said.writes_any) == (default, anything)
    assert judge(update)


@pytest.mark.parametrize(
    "update",
    [
        "INSERTDATA{<x:s><x:p>2}",
        f"CLEARGRAPH<{A}>",
        f"INSERT DATA {{ GRAPH <{A}> {{ <x:s> <x:p> 2 }} ",
        "SELECT * { ?s ?p ?o }",
        "INSERT DATA { GRAPH x:g { <x:s> <x:p> 2 } }",
        "INSERT DATA { GRAPH <//example.org/a> { <x:s> <x:p> 2 } }",
        "INSERT { GRAPH <x:g> { } } WHERE { FILTER('a'<x:b#c>''' } \n ) } ; CLEAR ALL # ''')}",
        "INSERT DATA { " + "[ <x:p> " * 300,
    ],
)
def test_what_cannot_be_read_may_write_to_anything(update):
    said = read_update(update, BASE)
    assert not said.understood
    assert said.writes_any
    assert said.writes_default
    assert not said.is_replayable
    judge(update)


NAMES = [
    f"<{A}>",
    "<../b>",
    "e:c",
    "<new>",
    "?g",
    "DEFAULT",
    "NAMED",
    "ALL",
    "GRAPH ?g",
    f"GRAPH <{A}>",
]
GAPS = [" ", "\n", "#c\n", "# } ''' \n", " SILENT "]
QUADS = [
    "",
    "<x:s> <x:p> 5 .",
    "?s ?p ?o .",
    "?s ?p '}' .",
    "?s ?p '''\n}''' .",
    "[ <x:p> (1 2) ] <x:q> -3 .",
]
PATTERNS = [
    "?s ?p ?o",
    "GRAPH ?g { ?s ?p ?o }",
    "BIND(<../c> AS ?g) ?s ?p ?o",
    "FILTER(1<2) ?s ?p ?o",
    "BIND('a' AS ?z) FILTER(?z<e:b#}'''\n || true) ?s ?p ?o",
    "BIND('a' AS ?z) FILTER(?z<'''>''' || true) ?s ?p ?o",
    "{ SELECT * { ?s ?p ?o } }",
]


@st.composite
def operations(draw):
    name, gap = draw(st.sampled_from(NAMES)), draw(st.sampled_from(GAPS))
    block = "{" + draw(st.sampled_from(QUADS)) + "}"
    if draw(st.booleans()):
        block = "{ " + draw(st.sampled_from(QUADS)) + f" GRAPH{gap}{name}{gap}{block} }}"
    where = (
        draw(st.sampled_from(["", f"USING <{A}> "]))
        + "WHERE {"
        + draw(st.sampled_from(PATTERNS))
        + "}"
    )
    other = draw(st.sampled_from(NAMES))
    return draw(
        st.sampled_from(
            [
                f"INSERT DATA{gap}{block}",
                f"DELETE{gap}DATA {block}",
                f"DELETE WHERE {block}",
                f"INSERT {block} {where}",
                f"DELETE {{ ?s ?p ?o }} INSERT{gap}{block}{gap}{where}",
                f"WITH{gap}{name} INSERT {block} {where}",
                f"CLEAR{gap}{name}",
                f"DROP SILENT {name}",
                f"COPY{gap}{name} TO {other}",
                f"MOVE{gap}{name} TO{gap}{other}",
                f"ADD {name} TO {other}",
                f"CREATE SILENT GRAPH {name}",
            ]
        )
    )


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(each=st.lists(operations(), min_size=1, max_size=3))
def test_an_update_writes_to_nothing_that_was_not_read(each):
    update = "PREFIX e: <http://example.org/>\n" + " ;\n".join(each)
    event("ran" if judge(update) else "refused by the engine")


@pytest.mark.parametrize(
    ("update", "is_replayable"),
    [
        ("INSERT DATA { <x:s> <x:p> 1 }", True),
        ("DELETE WHERE { ?s ?p ?o }", True),
        ("INSERT { ?s ?p 'now' } WHERE { ?s ?p ?o FILTER(?o > 1) }", True),
        ("INSERT { ?s ?p ?t } WHERE { ?s ?p ?o BIND(NOW() AS ?t) }", False),
        ("INSERT { ?s ?p ?t } WHERE { ?s ?p ?o BIND(StrUUID() AS ?t) }", False),
        ("INSERT { ?s ?p ?t } WHERE { ?s ?p ?o BIND(rand() AS ?t) }", False),
        ("INSERT { ?s ?p ?t } WHERE { ?s ?p ?o BIND(BNODE() AS ?t) }", False),
        ("INSERT { ?s ?p ?o } WHERE { SERVICE <x:s> { ?s ?p ?o } }", False),
        ("INSERT { ?s ?p ?o } WHERE { SELECT * { ?s ?p ?o } LIMIT 1 }", False),
        ("INSERT DATA { _:a <x:p> 1 }", False),
        ("INSERT DATA { [ <x:p> 1 ] <x:q> 2 }", False),
        ("INSERT DATA { <x:s> <x:p> (1 2) }", False),
        ("LOAD <http://example.org/>", False),
    ],
)
def test_what_does_the_same_twice(update, is_replayable):
    assert read_update(update, BASE).is_replayable == is_replayable


def test_what_is_fetched_is_told():
    said = read_update(
        "PREFIX e: <http://example.org/> LOAD <http://example.org/\\u0061> ;"
        f" LOAD SILENT e:b INTO GRAPH <{A}> ; LOAD <http://example.org/x/%2E./y> ;"
        " INSERT { ?s ?p ?o } WHERE { SERVICE <http://example.org/s> { ?s ?p ?o } }",
        BASE,
    )
    assert said.loads == (A, None)  # what is SILENT may fail: see as_run
    assert said.services == ("http://example.org/s",)
    assert said.targets == {A}


@pytest.mark.parametrize(
    ("update", "run"),
    [
        ("CLEAR GRAPH <x:g>", "CLEAR SILENT GRAPH <x:g>"),
        ("clear silent graph <x:g>; CLEAR ALL", "clear silent graph <x:g>; CLEAR SILENT ALL"),
        (f"LOAD SILENT <{B}>; LOAD SILENT <{A}>", f"INSERT DATA {{}} ; LOAD SILENT <{A}>"),
        (
            f"LOAD SILENT <{B}> INTO GRAPH <{A}>\n; ADD <{A}> TO <{B}>",
            f"INSERT DATA {{}} ; ADD <{A}> TO <{B}>",
        ),
        ("LOAD SILENT <http://example.org/x/%2E./a>", "INSERT DATA {} "),
        ("DROP GRAPH <x:g>", "DROP GRAPH <x:g>"),
    ],
)
def test_what_the_engine_takes_for_a_failure_and_is_none(update, run):
    assert as_run(update, BASE, lambda iri: iri == A) == run


def test_values_are_no_operators():
    said = read_update("INSERT DATA { <x:s> <x:p> " + "-1, 'x'^^<x:a/b>, " * 2000 + "1 }")
    assert said.understood
    assert not said.too_deep


@pytest.mark.parametrize(
    "part", ["GRAPH <x:g> {} ", "[] ", "{", "_:a ", "'''", "<a#b> ", "graph ", ";"]
)
@pytest.mark.parametrize("head", ["INSERT DATA { ", "INSERT {} WHERE { ", "DELETE WHERE { "])
def test_reading_takes_time_in_proportion_to_the_length(head, part):

    started = time.process_time()
    read_update(head + part * (64_000 // len(part)) + "}", BASE)
    assert time.process_time() - started < 1.5
