"""Every captured payload, of every type of portal, against the official shapes of DCAT-AP 3.0.1."""

import json
import shutil
from collections import Counter
from datetime import UTC, datetime

import pytest
from shacl import Shapes

from graph.snapshot import Snapshots
from graph.writing import SYNTAXES, write
from ingest import run as harvests
from ingest.outcome import Options
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


@pytest.fixture(scope="module")
def shapes(shared):
    return Shapes.from_file(str(shared / "shapes/dcat-ap-3.0.1/shapes.ttl"))


@pytest.fixture
def violations(make_portal, store, shapes, tmp_path):
    """What a harvested capture breaks, by path and message; the harvest has to go in."""

    def found(kind, path):
        portal = make_portal(type=kind, url=f"file:{path}", site="https://data.ville.example")
        [outcome] = harvests.harvest([portal], store, Options(), lambda: NOW)
        assert outcome.error is None
        assert outcome.added > 0
        snapshot = Snapshots(store.folder).current()
        triples = {quad.triple for quad in snapshot.store}
        dump = tmp_path / "dump.ttl"
        dump.write_bytes(write(triples, SYNTAXES["nt"], Model(store.iris.base).prefixes))
        results = shapes.validate_file(str(dump)).results
        return Counter(
            (result.path, result.message) for result in results if "Violation" in result.severity
        )

    return found


@pytest.mark.parametrize(("kind", "name"), CAPTURES)
def test_a_capture_breaks_no_shape(violations, shared, kind, name):
    assert violations(kind, shared / "portals" / name) == {}


def test_the_pages_of_a_geonetwork_break_no_shape(violations, shared, tmp_path):
    pages = tmp_path / "pages"
    pages.mkdir()
    for page in (shared / "portals/csw/geonetwork").glob("geonetwork-iso19139-page-*.xml"):
        shutil.copy(page, pages)
    assert violations("csw", pages) == {}


def test_the_objects_of_the_api_of_data_gouv_break_no_shape(violations, shared):
    assert violations("udata", shared / "portals/udata/datasets-api1.jsonl") == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_a_large_slice_breaks_no_shape(violations, shared, name):
    assert violations("udata", shared / f"portals/udata/export-dataset-{name}.csv") == {}


@pytest.mark.slow
def test_the_export_of_rennes_breaks_no_shape(violations, shared):
    assert violations("dcat", shared / "portals/opendatasoft/rennes-dcat-export.rdf") == {}


def test_a_dataset_with_no_title_is_served_and_says_so(violations, make_portal, store, tmp_path):
    path = tmp_path / "page.json"
    page = {"data": [{"id": "5b3cc551"}], "total": 1, "next_page": None}
    path.write_text(json.dumps(page), "utf-8")
    assert violations("udata", path) == {}
    held = Snapshots(store.folder).current().store
    kinds = {str(quad.object) for quad in held if "sourceConstraint" in str(quad.predicate)}
    assert any("issue/missing" in kind for kind in kinds)
