"""What every connector keeps, whatever the portal: over every folder of ``tests/portals``."""

from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest

from graph.difference import Change
from ingest.connectors import CONNECTORS
from ingest.record import Record

BASE = "http://localhost:8000/"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
PORTALS = Path(__file__).resolve().parents[1] / "portals"
NAMES = sorted(folder.name for folder in PORTALS.iterdir())


@pytest.fixture(params=NAMES)
def portal(request, make_portal):
    return make_portal(
        type=request.param.partition("-")[0],
        url=f"file:{next((PORTALS / request.param).glob('payload.*'))}",
        site="https://data.ville.example",
    )


@pytest.fixture
def records(portal, connectors, open_fetcher):
    with open_fetcher(portal) as fetcher:
        entries = connectors[portal.type].records(portal, fetcher)
        return [entry for entry in entries if isinstance(entry, Record)]


@pytest.fixture
def harvested(portal, run, store, read):
    """What the store holds when the portal was harvested."""
    assert run(portal).error is None
    text = "".join(f"{line} .\n" for line in read(store))
    return tuple(ox.parse(text, ox.RdfFormat.N_QUADS))


@pytest.fixture(scope="module")
def known():
    """What was harvested already, by the portals' addresses."""
    return {}


@pytest.fixture
def quads(portal, known, request):
    """What a harvest of the portal gives; one for all the tests that only look."""
    if portal.url not in known:
        known[portal.url] = request.getfixturevalue("harvested")
    return known[portal.url]


def test_every_type_of_portal_has_a_folder():
    assert {name.partition("-")[0] for name in NAMES} == set(CONNECTORS)


def test_every_record_has_a_name(records):
    assert records
    for record in records:
        assert record.id == record.id.strip() != ""


def test_nothing_is_a_blank_node(quads):
    assert not [quad for quad in quads if isinstance(quad.subject, ox.BlankNode)]
    assert not [quad for quad in quads if isinstance(quad.object, ox.BlankNode)]


def test_every_iri_is_absolute_and_of_a_scheme_that_is_a_link(quads):
    iris = {
        node.value
        for quad in quads
        for node in (quad.subject, quad.predicate, quad.object)
        if isinstance(node, ox.NamedNode)
    }
    assert {urlsplit(iri).scheme for iri in iris} <= {"http", "https", "mailto", "ftp"}


def test_the_portal_speaks_of_its_own_and_only_names_the_class_of_others(quads, portal):
    own = f"{BASE}graph/{portal.name}"
    for quad in quads:
        if quad.graph_name.value == own and not quad.subject.value.startswith(BASE):
            assert quad.predicate.value == RDF_TYPE


def test_what_is_minted_is_under_the_portal(quads, portal):
    own = f"{BASE}graph/{portal.name}"
    mine = tuple(f"{BASE}{kind}/{portal.name}" for kind in ("dataset", "catalog"))
    subjects = {quad.subject.value for quad in quads if quad.graph_name.value == own}
    assert not [iri for iri in subjects if iri.startswith(BASE) and not iri.startswith(mine)]


def test_every_part_is_reached_from_its_dataset(quads):
    """What nothing leads to would stay in the store for ever when its record goes."""
    targets = {quad.object.value for quad in quads if isinstance(quad.object, ox.NamedNode)}
    parts = {quad.subject.value for quad in quads if "/dataset/" in quad.subject.value}
    assert parts <= targets


def test_nothing_is_left_when_the_records_go(harvested, portal, store, read):
    own, catalog = f"{BASE}graph/{portal.name}", f"{BASE}catalog/{portal.name}"
    topic = "http://xmlns.com/foaf/0.1/primaryTopic"
    roots = {quad.object.value for quad in harvested if quad.predicate.value == topic}
    store.apply(portal.name, Change([(root, None) for root in sorted(roots)]))
    lines = "".join(f"{line} .\n" for line in read(store))
    left = {quad for quad in ox.parse(lines, ox.RdfFormat.N_QUADS) if quad.graph_name.value == own}
    kept = {quad for quad in left if quad.subject.value.startswith(catalog)}
    named = {quad.object for quad in kept}
    assert [quad for quad in left - kept if quad.subject not in named] == []


def test_what_is_said_is_said_in_terms_of_the_model(quads, model, portal):
    known = {term.iri for term in model.terms.values()} | {RDF_TYPE}
    own = f"{BASE}graph/{portal.name}"
    said = {quad.predicate.value for quad in quads if quad.graph_name.value == own}
    assert said - known == set()


def test_every_class_is_one_of_the_model(quads, model, portal):
    known = {model.expand(name) for name, entry in model.document["@context"].items()
             if isinstance(entry, str) and name[:1].isupper()}  # fmt: skip
    own = f"{BASE}graph/{portal.name}"
    classes = {
        quad.object.value
        for quad in quads
        if quad.graph_name.value == own and quad.predicate.value == RDF_TYPE
    }
    assert classes - known == set()
