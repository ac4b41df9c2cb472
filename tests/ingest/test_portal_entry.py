"""What a portal's entry says for the records that say nothing."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from graph.difference import Entry
from ingest.cataloguing import described_catalog, described_record
from ingest.connectors import CONNECTORS
from ingest.portals import Contact
from ingest.record import Context, Record
from vocab.context import Model

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
SILENT = {"dataset_id": "arbres", "has_records": True, "metas": {"default": {"title": "Arbres"}}}
SAID = {
    "dataset_id": "arbres",
    "has_records": True,
    "metas": {
        "default": {"title": "Arbres", "publisher": "Voirie", "license": "Licence maison"},
        "dcat": {"contact_email": "arbres@ville.example"},
    },
}


@pytest.fixture
def described(make_portal, store):
    """The lines of a dataset, and of its catalogue, of a portal whose entry says much."""

    def of(payload, **different):
        entry = {
            "contact": Contact("Données de la ville", url="https://data.ville.example/"),
            "rights": "Librement réutilisable.",
            "publishes": True,
            **different,
        }
        portal = replace(make_portal(type="opendatasoft"), **entry)
        model = Model(store.iris.base)
        context = Context(portal, store.iris, model, NOW)
        connector = CONNECTORS["opendatasoft"](model)
        root = store.iris.dataset(portal.name, "arbres")
        reading = described_record(context, connector, Record("arbres", payload), root, "0")
        catalog = described_catalog(context, connector, [], "0")
        return reading.lines, catalog.lines, "".join(reading.shared)

    return of


def said(lines, path, predicate):
    """The objects of a predicate, of the subject that ends with ``path``."""
    start = f"{path}> "
    rows = (line.split(" ", 2) for line in lines if start in f"{line.split(' ', 1)[0]} ")
    return {row[2].rpartition(" <")[0] for row in rows if row[1].endswith(f"{predicate}>")}


def test_a_silent_dataset_refers_to_what_its_portal_says(described):
    lines, catalog, shared = described(SILENT)
    base = "http://localhost:8000"
    assert said(lines, "/arbres", "contactPoint") == {f"<{base}/catalog/ville/contact>"}
    assert said(lines, "/arbres", "publisher") == {f"<{base}/agent/243100518>"}
    assert said(lines, "/distribution/csv", "rights") == {f"<{base}/catalog/ville/rights>"}
    assert said(catalog, "/catalog/ville/contact", "fn") == {'"Données de la ville"'}
    assert said(catalog, "/catalog/ville/rights", "description") == {'"Librement réutilisable."@fr'}
    assert shared.count("/rule/portal-entry>") == 3


def test_a_dataset_that_speaks_is_left_as_it_is(described):
    lines, _, shared = described(SAID)
    base = "http://localhost:8000"
    assert said(lines, "/arbres", "contactPoint") == {f"<{base}/dataset/ville/arbres/contact>"}
    assert said(lines, "/arbres", "publisher") != {f"<{base}/agent/243100518>"}
    rights = said(lines, "/distribution/csv", "rights")
    assert rights == {f"<{base}/dataset/ville/arbres/rights>"}
    assert "/rule/portal-entry>" not in shared


def test_an_entry_that_says_nothing_adds_nothing(described):
    lines, _, shared = described(SILENT, contact=None, rights="", publishes=False)
    for predicate in ("contactPoint", "publisher"):
        assert said(lines, "/arbres", predicate) == set()
    assert said(lines, "/distribution/csv", "rights") == set()
    assert "/rule/portal-entry>" not in shared


def test_every_distribution_has_one_statement_of_rights(described):
    lines, _, _ = described(SILENT)
    kinds = [line for line in lines if line.split(" ")[2].endswith("dcat#Distribution>")]
    granted = [line for line in lines if line.split(" ")[1].endswith("/rights>")]
    assert len(kinds) > 5
    assert [line.split(" ")[0] for line in granted] == [line.split(" ")[0] for line in kinds]


def test_what_is_registered_is_the_dataset_still(described, make_portal, store):
    portal = make_portal(type="opendatasoft")
    context = Context(portal, store.iris, Model(store.iris.base), NOW)
    connector = CONNECTORS["opendatasoft"](context.model)
    root = store.iris.dataset(portal.name, "arbres")
    reading = described_record(context, connector, Record("arbres", SILENT), root, "0")
    entry = reading.finished().entry
    assert isinstance(entry, Entry)
    assert (entry.iri, entry.title) == (root, "Arbres")
