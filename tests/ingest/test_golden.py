"""Small portals in their native shape, and what becomes of them: ``tests/portals``.

``pytest tests/ingest/test_golden.py --update-golden`` writes the expected files anew.
"""

from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.difference import VERSION_INFO
from graph.snapshot import Snapshots
from graph.writing import SYNTAXES, write
from ingest import run as harvests
from ingest.outcome import Options

BASE = "http://localhost:8000/"
NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
SH = "http://www.w3.org/ns/shacl#"
PORTALS = Path(__file__).resolve().parents[1] / "portals"
NAMES = sorted(folder.name for folder in PORTALS.iterdir())


@pytest.fixture(autouse=True)
def _no_concepts(monkeypatch):
    """The expected files leave them out."""
    monkeypatch.setattr(harvests, "CONCEPT_LISTS", ())


@pytest.fixture
def harvested(store, make_portal):
    """The store of a portal of ``tests/portals``, read from its payload."""

    def harvest(name):
        portal = make_portal(
            type=name.partition("-")[0],
            url=f"file:{next((PORTALS / name).glob('payload.*'))}",
            site="https://data.ville.example",
        )
        [outcome] = harvests.harvest([portal], store, Options(), lambda: NOW)
        assert outcome.error is None
        return Snapshots(store.folder).current().store

    return harvest


def is_ours(quad):
    """Whether the harvest said it; digests change with our code, issues
    are in a file apart, runs are the same for all."""
    graph = quad.graph_name.value.removeprefix(f"{BASE}graph/")
    about_issue = "/issue/" in quad.subject.value or quad.predicate.value == f"{SH}result"
    if quad.predicate == VERSION_INFO or about_issue:
        return False
    if graph == "provenance":
        return False
    return graph != "vocab" or quad.subject.value.startswith(f"{BASE}concept/theme-ville")


def lines(turtle):
    return {str(quad.triple) for quad in ox.parse(turtle, ox.RdfFormat.TURTLE)}


def issues_of(store):
    """The issues, a line each: the record, the kind, what was said of the value."""
    nodes = [quad.object for quad in store if quad.predicate.value == f"{SH}result"]
    written = []
    for node in nodes:
        about = {
            quad.predicate.value: quad.object.value
            for quad in store.quads_for_pattern(node, None, None)
        }
        record = about[f"{SH}focusNode"].rsplit("/", 1)[-1]
        kind = about[f"{SH}sourceConstraint"].rsplit("/", 1)[-1]
        written.append(f"{record} {kind} {about[f'{SH}resultMessage']}\n")
    return "".join(sorted(written))


@pytest.mark.parametrize("name", NAMES)
def test_a_portal_becomes_what_is_expected(harvested, model, request, name):
    held = harvested(name)
    ours = {quad.triple for quad in held if is_ours(quad)}
    written = write(ours, SYNTAXES["ttl"], model.prefixes)
    turtle, issues = PORTALS / name / "expected.ttl", PORTALS / name / "issues.txt"
    if request.config.getoption("update_golden"):
        turtle.write_bytes(written)
        issues.write_text(issues_of(held), "utf-8")
    found, expected = lines(written), lines(turtle.read_bytes())
    assert found - expected == set()
    assert expected - found == set()
    assert issues_of(held) == issues.read_text("utf-8")
