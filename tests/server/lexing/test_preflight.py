"""The keywords of a query, read before the engine sees it.

Each query here is one that the engine takes, so what it calls SERVICE or FROM has to be seen.
"""

import time
from contextlib import suppress

import pyoxigraph as ox
import pytest

from server.lexing.preflight import read

PREFIXES = "PREFIX ex: <http://localhost:1/> PREFIX : <http://localhost:1/>\n"


def ask(query):
    """Read a query, after the engine has agreed that it is one."""
    # Parsed, it may call a service where there is none; a SyntaxError would be the test's own.
    with suppress(OSError, RuntimeError):
        ox.Store().query(PREFIXES + query)
    return read(PREFIXES + query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM <http://example.org/g> { ?s ?p ?o }",
        "SELECT * from named <http://example.org/g> { ?s ?p ?o }",
        "SELECT * FROM<http://example.org/g>{ ?s ?p ?o }",
        "SELECT * FROM#comment\n<http://example.org/g> { ?s ?p ?o }",
        "SELECT * FROM ex:g { ?s ?p ?o }",
        "SELECT * FROM:g { ?s ?p ?o }",
        "ASK FROM ex:g { ?s ?p ?o }",
        "ASKFROM<http://example.org/g>{ ?s ?p ?o }",
        "DESCRIBE ex:s FROM ex:g",
        "CONSTRUCT { ?s ?p ?o } FROM ex:g WHERE { ?s ?p ?o }",
        "CONSTRUCT FROM ex:g WHERE { ?s ?p ?o }",
        "SELECT (1<2 AS ?x) FROM ex:g { ?s ?p ?o FILTER(2>1) }",
    ],
)
def test_from_outside_braces_names_a_dataset(query):
    assert ask(query).names_dataset


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p ?o }",
        "SELECT * { ?s ?p 'FROM' } # FROM <x>",
        "SELECT ?from $FROM { ?from ?FROM ?o }",
        "SELECT * { ?s ex:from ex:FROM ; ex:a.from ex:a-from . :from :FROM: ?o }",
        "SELECT * { ?s <http://example.org/FROM> ?o }",
        "SELECT ('''it's\nFROM <x>''' AS ?a) (\"say \\\" FROM\" AS ?b) { ?s ?p ?o }",
        "SELECT * { ?s ?p ?o } ORDER BY (?s = ex:from)",
        "SELECT * { ?s ?p ?o } VALUES ?s { ex:from }",
    ],
)
def test_from_that_is_no_keyword_names_none(query):
    assert not ask(query).names_dataset


@pytest.mark.parametrize("prefix", ["from", "FROM", "from-paris", "from.paris", "a-from"])
def test_a_prefix_called_from_names_no_dataset(prefix):
    query = f"PREFIX {prefix}: <http://example.org/> SELECT * {{ ?s {prefix}:p ?o }}"
    assert not ask(query).names_dataset


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://localhost:1/> { ?s ?p ?o } }",
        "SELECT * { service <http://localhost:1/> { ?s ?p ?o } }",
        "SELECT * { SeRvIcE SILENT <http://localhost:1/> { ?s ?p ?o } }",
        "SELECT * { SERVICE#comment\n<http://localhost:1/> { ?s ?p ?o } }",
        "SELECT * { SERVICE<http://localhost:1/>{ ?s ?p ?o } }",
        "SELECT * { SERVICESILENT<http://localhost:1/>{ ?s ?p ?o } }",
        "SELECT * { SERVICE ex:endpoint { ?s ?p ?o } }",
        "SELECT * { SERVICE:endpoint { ?s ?p ?o } }",
        "SELECT * { SERVICEex:endpoint { ?s ?p ?o } }",
        "SELECT * { VALUES ?service { ex:a } SERVICE ?service { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <http://localhost:1/> { ?s ?p ?o } } }",
        "SELECT * { { SELECT * { OPTIONAL { SERVICE <http://localhost:1/> { } } } } }",
        "SELECT * { ?s ?p ?o FILTER(?o<2) SERVICE <http://localhost:1/> { } FILTER(?o>1) }",
        "SELECT * { ?s ?p 1SERVICE <http://localhost:1/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p 1e0SERVICE <http://localhost:1/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p trueSERVICE <http://localhost:1/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p '''it's''' SERVICE <http://localhost:1/> { ?s ?p '''it's''' } }",
    ],
)
def test_service_is_seen_however_it_is_spelled(query):
    assert ask(query).services


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ex:a\\# ?o . SERVICE <http://localhost:1/> { ?s ?p ?o } }",
        "SELECT * { ?s ex:a\\' ?o . SERVICE <http://localhost:1/> { ?s ?p ?o } } # '",
        "SELECT * { ?s <http://example.org/\\u0041#> ?o . SERVICE <http://localhost:1/> { } }",
    ],
)
def test_an_escape_in_a_name_hides_no_service(query):
    assert ask(query).services


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?service { ?service ?p $SERVICE }",
        "SELECT * { ?s ex:service ex:SERVICE ; :service :a.service . ex:a-service ?p ?o }",
        "SELECT * { ?s ex:a\\/service ?o }",
        'SELECT * { ?s ?p \'SERVICE <x>\', "SERVICE", \'\'\'SERVICE\'\'\', """a " SERVICE""" }',
        "SELECT * { ?s ?p ?o } # SERVICE <http://localhost:1/>",
        "SELECT * { ?s <http://www.w3.org/ns/dcat#service> <http://example.org/SERVICE> }",
        "SELECT * { ?s ?p 'chat'@fr-service }",
        "SELECT * { _:service ?p ?o }",
    ],
)
def test_service_that_is_no_keyword_is_none(query):
    assert not ask(query).services


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { VALUES (?a ?b) { (<http://a/#b> <http://a/#c>) } ?s ex:service ?a }",
        "SELECT * { ?s ?p (<http://a/#b> <http://a/#c>) ; ex:service ?a }",
        "SELECT * { FILTER(NOT EXISTS { ?s <urn:x#p> ?o }) ?s ex:service 'service' }",
        "SELECT * { FILTER(?a IN (<urn:x#a>, <urn:x#b>) && ?a != <urn:x#c>) ?s ex:service ?o }",
    ],
)
def test_names_with_fragments_are_no_comparisons(query):
    assert not ask(query).services


def test_a_prefix_called_service_is_no_service():
    query = "PREFIX service: <http://example.org/> PREFIX service-a: <http://example.org/a/>"
    assert not ask(f"{query} SELECT * {{ ?s service:p service-a:q }}").services


def test_an_unclosed_string_hides_nothing():
    assert read("SELECT * { ?s ?p 'x . SERVICE <http://localhost:1/> { } }").services


@pytest.mark.parametrize("part", ["'\\", '"\\', r"'\'", '"', "'", "<", "<a", "{", "a:"])
def test_reading_takes_time_in_proportion_to_the_length(part):
    started = time.process_time()
    read("SELECT * { ?s ?p " + part * (16_000 // len(part)))
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "deep",
    [
        "{" * 3000 + "}" * 3000,
        "{ FILTER(" + "(" * 3000 + "1" + ")" * 3000 + ") }",
        "{ FILTER(" + "!" * 10_000 + "true) }",
        "{ FILTER(1" + "+1" * 10_000 + ") }",
        "{ " + "{} UNION " * 10_000 + "{} }",
        "{ " + "OPTIONAL { ?s ?p ?o } " * 10_000 + "}",
    ],
)
def test_what_would_overflow_the_engines_stack_is_told(deep):
    said = read(f"SELECT * {deep}")
    assert said.too_deep


def test_an_ordinary_query_is_not_deep():
    said = read(
        "SELECT * { ?s ?p ?o FILTER(?o > 1 && (?o < 3 || !BOUND(?p))) OPTIONAL { ?s ?q [] } }"
    )
    assert said.depth < 5
    assert said.operators < 12


@pytest.mark.parametrize(
    ("target", "read_as"),
    [
        ("<http://localhost:1/>", "http://localhost:1/"),
        ("SILENT <http://localhost:1/a#b>", "http://localhost:1/a#b"),
        ("silent#c\n<http://localhost:1/>", "http://localhost:1/"),
        ("<http://localhost:1/\\u0061\\U00000062>", "http://localhost:1/ab"),
        ("<http://localhost:1/a/../b>", None),
        ("<http://localhost:1/a/%2e%2E/b>", None),
        ("<a>", None),
        ("<//localhost:1/>", None),
        ("ex:a", None),
        (":", None),
        ("?service", None),
    ],
)
def test_the_target_of_a_service_is_told(target, read_as):
    query = PREFIXES + f"SELECT * {{ VALUES ?service {{ ex:a }} SERVICE {target} {{ ?s ?p ?o }} }}"
    with suppress(OSError, RuntimeError):
        ox.Store().query(query, base_iri="http://localhost:1/")
    assert read(query).services == (read_as,)


def test_each_service_is_told():
    said = read(
        "SELECT * { SERVICE <http://a/> { SERVICE ?x {} } SERVICE SILENT <http://b/> {} } # SERVICE"
    )
    assert said.services == ("http://a/", None, "http://b/")


@pytest.mark.parametrize(
    "volatile",
    [
        "SELECT (NOW() AS ?x) {}",
        "SELECT * { BIND(rand() AS ?x) }",
        "SELECT * { BIND(Uuid () AS ?x) }",
        "SELECT * { BIND(STRUUID#c\n() AS ?x) }",
        "SELECT * { BIND(BNODE() AS ?x) }",
        "SELECT * { BIND(BNODE('a') AS ?x) }",
        "SELECT * { FILTER(1<NOW()&&2>1) }",
        "SELECT * { ?s ?p ?o } ORDER BYRAND()",
        "SELECT * { SERVICE SILENT <http://localhost:1/> { ?s ?p ?o } }",
    ],
)
def test_what_is_not_the_same_twice_is_volatile(volatile):
    assert ask(volatile).is_volatile


@pytest.mark.parametrize(
    "settled",
    [
        "SELECT * { ?now ?uuid 'RAND()' }",
        'SELECT * { ex:now ex:rand "NOW()" } # UUID()',
        "SELECT * { ?s <http://example.org/now()> <http://example.org/RAND()> }",
        "PREFIX now: <http://example.org/> SELECT * { ?s now:p now:RAND }",
    ],
)
def test_names_are_not_volatile(settled):
    assert not ask(settled).is_volatile


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("SELECT * {}", "SELECT"),
        ("select*{}", "SELECT"),
        ("#c\nBASE <http://a/> PREFIX : <b> PREFIX a-b.c:<#c>#SELECT\n ask {}", "ASK"),
        ("CONSTRUCT WHERE {}", "CONSTRUCT"),
        ("DESCRIBE<http://a/>", "DESCRIBE"),
        ("INSERT DATA {}", "UPDATE"),
        ("PREFIX a: <b> with a: delete {} where {}", "UPDATE"),
        ("SELECTED", None),
        ("", None),
        ("PREFIX select: <x:>", None),
        ("hello", None),
    ],
)
def test_the_first_word_tells_the_form(query, form):
    assert read(query).form == form


def test_a_small_query_is_read_in_little_time():
    query = "SELECT ?p ?o WHERE { <https://example.org/dataset/a/b> ?p ?o } LIMIT 100"
    started = time.process_time()
    for _ in range(1000):
        read(query)
    assert time.process_time() - started < 0.1  # 100 us each, where it takes 5


@pytest.mark.parametrize(
    "part", ["() ", "{}", "<http://a/#b> ", "from:a ", "a ", "'x' ", "1-", "?x "]
)
def test_a_large_query_is_read_in_less_than_a_second(part):
    query = "SELECT * { service " + part * (1_000_000 // len(part))
    started = time.process_time()
    read(query)
    assert time.process_time() - started < 2
