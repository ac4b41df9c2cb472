"""Every captured payload, of every type of portal, against the official shapes of DCAT-AP 3.0.1,
controlled vocabularies and HVD among them; and ours beside them."""

import json
import shutil
from datetime import UTC, datetime

import pytest

from graph.snapshot import Snapshots
from graph.writing import SYNTAXES, write
from ingest import run as harvests
from ingest.outcome import Options
from tests.ingest.official import API, NAMES, Official
from vocab.context import Model

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
SLICES = ("data.strasbourg.eu", "data.culture.gouv.fr", "data.ampmetropole.fr")
LARGE = ("opendata.paris.fr", "data.toulouse-metropole.fr", "org-ville-de-marseille",
         "trouver.datasud.fr", "www.datasud.fr")  # fmt: skip
CAPTURES = [
    *(("udata", f"udata/export-dataset-{name}.csv") for name in SLICES),
    ("udata", "udata/test_datasets_catalog.csv"),
    ("ckan", "ckan/datasud-package_show-2025.json"),
    ("scdl", "scdl/exemple-valide.csv"),
    ("csw", "csw/geo-ide-ddt24/csw-response-001.xml"),
    ("csw", "csw/geo-ide-ddt24/geoide-iso19139-single-dataset.xml"),
    ("csw", "csw/geo-ide-ddt24/record-combles.xml"),
    ("csw", "csw/geoplateforme/geoplateforme-iso19139-IGNF_RPG.xml"),
    *(("dcat", f"dcat/{name}") for name in (
        "apur-cassini-esri.jsonld", "bnodes.jsonld", "ckan.jsonld", "ckan.rdf", "ckan.ttl",
        "evian.json", "flat.jsonld", "nested.jsonld", "paged-collection-1.jsonld",
        "partial-collection-1.jsonld", "series.xml", "sig.oreme.rdf",
        "statbel_opendata_subset.ttl", "udata.xml", "malformed/fpsbosabudget.xml",
        "malformed/oreme-geonetwork-two-iris.xml", "malformed/rennes-ods-frequency-as-iri.rdf",
    )),
    ("dcat", "opendatasoft/capatlantique-dcat-export.rdf"),
]  # fmt: skip
FOREIGN = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix adms: <http://www.w3.org/ns/adms#> .
@prefix spdx: <http://spdx.org/rdf/terms#> . @prefix prov: <http://www.w3.org/ns/prov#> .
@prefix : <http://ailleurs.example/> .
:1 a dcat:Dataset ; dct:identifier "1" ; dct:title "t" ; dct:source :source ;
    dcat:hasVersion :version ; dcat:inSeries :serie ; dct:publisher :editeur ; dct:creator :auteur ;
    dcat:contactPoint :contact ; dcat:theme :theme ; dct:type :type ; dct:accessRights :acces ;
    dct:accrualPeriodicity :souvent ; dct:language :langue, "xx" ; dct:conformsTo :norme ;
    dct:provenance :provenance ; dct:spatial :lieu ; dct:temporal :periode ; foaf:page :page ;
    prov:qualifiedAttribution :attribution ; dcat:qualifiedRelation :relation ;
    prov:wasGeneratedBy :activite ; adms:identifier :identifiant ; adms:sample :echantillon ;
    dct:issued "1er janvier" ; dcat:distribution :f, [ dcat:accessURL :z ;
        spdx:checksum [ spdx:checksumValue "d41d8cd98f00b204e9800998ecf8427e" ] ] .
:f a dcat:Distribution ; dcat:accessURL :f ; dct:format :format ; dcat:mediaType :media ;
    dct:license :licence ; dct:rights :droits ; adms:status :statut ; dcat:accessService :s .
:s a dcat:DataService ; dct:title "s" ; dcat:endpointURL :api ; dcat:servesDataset :autre ;
    dct:publisher :editeur ; dcat:theme :theme ; dct:format :format .
"""
"""A feed that refers to much and describes little of it."""
HIGH_VALUE = {"dcat/malformed/fpsbosabudget.xml": {API: 3}}
"""What a high-value dataset lacks because its source has none: an API."""


@pytest.fixture(scope="module")
def official(shared):
    return Official(shared)


@pytest.fixture
def harvested(make_portal, store):
    """A harvested capture, as it is exported; the harvest has to go in."""

    def dump(kind, path):
        portal = make_portal(type=kind, url=f"file:{path}", site="https://data.ville.example")
        [outcome] = harvests.harvest([portal], store, Options(), lambda: NOW)
        assert outcome.error is None
        assert outcome.added > 0
        snapshot = Snapshots(store.folder).current()
        triples = {quad.triple for quad in snapshot.store}
        return write(triples, SYNTAXES["nt"], Model(store.iris.base).prefixes).decode()

    return dump


@pytest.fixture
def checked(official, harvested):
    """Harvest a capture, and check that the official files find no Violation, and ours the same."""

    def check(kind, path, of_high_value=None):
        text = harvested(kind, path)
        assert {name: official.violations(name, text) for name in NAMES} == {
            name: {} for name in NAMES
        }
        assert official.of_high_value(text) == (of_high_value or {})
        for name in NAMES:
            assert official.differences(name, text) == ({}, {})

    return check


@pytest.mark.parametrize(("kind", "name"), CAPTURES)
def test_a_capture_breaks_no_shape(checked, shared, kind, name):
    checked(kind, shared / "portals" / name, HIGH_VALUE.get(name))


def test_the_pages_of_a_geonetwork_break_no_shape(checked, shared, tmp_path):
    pages = tmp_path / "pages"
    pages.mkdir()
    for page in (shared / "portals/csw/geonetwork").glob("geonetwork-iso19139-page-*.xml"):
        shutil.copy(page, pages)
    checked("csw", pages)


def test_the_objects_of_the_api_of_data_gouv_break_no_shape(checked, shared):
    checked("udata", shared / "portals/udata/datasets-api1.jsonl")


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_a_large_slice_breaks_no_shape(checked, shared, name):
    checked("udata", shared / f"portals/udata/export-dataset-{name}.csv")


@pytest.mark.slow
def test_the_export_of_rennes_breaks_no_shape(checked, shared):
    checked("dcat", shared / "portals/opendatasoft/rennes-dcat-export.rdf")


@pytest.mark.slow
def test_the_day_after_at_paris_breaks_no_shape(checked, shared):
    checked("opendatasoft", shared / "portals/opendatasoft/paris-v2.1-2023-10-04.json")


def test_what_a_feed_does_not_describe_is_led_to_by_a_plain_relation(checked, store, tmp_path):
    feed = tmp_path / "feed.ttl"
    feed.write_text(FOREIGN, "utf-8")
    checked("dcat", feed)
    held = Snapshots(store.folder).current().store
    related = {quad.object.value for quad in held if quad.predicate.value.endswith("/relation")}
    assert related >= {f"http://ailleurs.example/{name}" for name in ("source", "version", "serie")}


def test_a_dataset_with_no_title_is_served_and_says_so(checked, store, tmp_path):
    path = tmp_path / "page.json"
    page = {"data": [{"id": "5b3cc551"}], "total": 1, "next_page": None}
    path.write_text(json.dumps(page), "utf-8")
    checked("udata", path)
    held = Snapshots(store.folder).current().store
    kinds = {str(quad.object) for quad in held if "sourceConstraint" in str(quad.predicate)}
    assert any("issue/missing" in kind for kind in kinds)
