"""A third engine, pyshacl, finds what ours finds."""

import random
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pyshacl import validate
from rdflib import BNode, Graph, Namespace

from graph.shapes import Shapes
from graph.snapshot import Snapshots
from ingest import run as harvests
from ingest.outcome import Options
from ingest.portals import Portal, Publisher
from tests.graph.shapes_graph import BASE, NAMES, WHOLE, described, text_of, turtle

SH = Namespace("http://www.w3.org/ns/shacl#")
SCDL = Portal(
    name="ville", type="scdl", url="", title="Ville", description="Ville.",
    publisher=Publisher("Toulouse Métropole", "243100518"),
    homepage="https://data.ville.example/", territory="epci/243100518",
)  # fmt: skip


@pytest.fixture(scope="module")
def referee():
    """What pyshacl finds with one of our files: focus node, severity and rule, or path."""
    files = {name: Graph().parse(data=text_of(name), publicID=BASE) for name in NAMES}

    def found(name, lines):
        data = Graph().parse(data="".join(lines), format="nt")
        _, report, _ = validate(data, shacl_graph=files[name], inference="none")
        assert isinstance(report, Graph)
        return Counter(
            (
                f"<{report.value(result, SH.focusNode)}>",
                str(report.value(result, SH.resultSeverity)).removeprefix(SH),
                str(report.value(result, SH.sourceShape)),
                _value(report.value(result, SH.value)),
            )
            for result in report.objects(None, SH.result)
        )

    return found


def _value(node):
    return "" if node is None or isinstance(node, BNode) else str(node)


def ours(name, triples):
    return Counter(
        (each.focus, each.severity, each.shape, _plain(each.value))
        for each in Shapes(name).validate(described(triples), {})
    )


def _plain(value):
    if value.startswith("<"):
        return value[1:-1]
    return re.sub(r'^"(.*)"(\^\^.*|@.*)?$', r"\1", value, flags=re.DOTALL)


def lines(triples):
    return [f"{triple} .\n" for triple in triples]


@pytest.mark.parametrize("name", NAMES)
def test_it_finds_nothing_where_all_is_right(referee, name):
    assert referee(name, lines(turtle(WHOLE))) == {}


@pytest.mark.parametrize("name", [name for name in NAMES if name != "dates"])
def test_it_finds_the_same_where_much_is_missing(referee, name):
    triples = turtle(WHOLE)
    kept = random.Random(name).sample(triples, len(triples) * 2 // 3)
    found = ours(name, kept)
    assert found
    assert referee(name, lines(kept)) == found


@pytest.mark.parametrize("name", ["mandatory", "dates"])
@pytest.mark.parametrize("date", ['"1er janvier"', '"2020"', '"2023-02-29"^^xsd:date'])
def test_it_finds_the_same_dates_wrong(referee, name, date):
    text = WHOLE.replace('"2020-01-01"^^xsd:date', date)
    assert text.count(date) > 3
    found = ours(name, turtle(text))
    assert found
    assert referee(name, lines(turtle(text))) == found


def test_it_finds_the_same_in_a_harvest(referee, store, shared):
    portal = replace(SCDL, url=f"file:{shared / 'portals/scdl/exemple-valide.csv'}")
    now = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
    [outcome] = harvests.harvest([portal], store, Options(), lambda: now)
    assert outcome.error is None
    triples = list({quad.triple for quad in Snapshots(store.folder).current().store})
    for name in ("recommended", "vocabularies"):
        found = ours(name, triples)
        assert found
        assert referee(name, lines(triples)) == found
