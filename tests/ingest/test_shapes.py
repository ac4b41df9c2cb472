"""What is harvested holds against the official shapes of DCAT-AP 3.0.1, one graph of several."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pyoxigraph as ox
import pytest

from ingest import run as harvests
from ingest.connectors import CONNECTORS
from ingest.outcome import Options
from ingest.portals import bundled_registry, load_portals
from server.cli import commands
from tests.ingest.official import API, NAMES, Official

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
CAPTURES = {
    "paris": "opendatasoft/paris-v2.1-2023-10-03.json",
    "datasud": "ckan/datasud-package_search-2021.json",
    "marseille": "ckan/datasud-package_search-2025.json",
    "culture": "opendatasoft/culture-v1-search.json",
}


@pytest.fixture(scope="module")
def official(shared):
    return Official(shared)


@pytest.fixture
def violations(official):
    """What a text or a file breaks, by path, of all the official files."""

    def found(text_or_path):
        text = text_or_path
        if not isinstance(text, str):
            triples = ox.parse(text.read_bytes(), ox.RdfFormat.TURTLE)  # of which N-Triples are
            text = "".join(f"{triple} .\n" for triple in triples)
        every = Counter(official.of_high_value(text))
        for name in NAMES:
            every += official.violations(name, text)
            assert official.differences(name, text) == ({}, {})
        return every

    return found


@pytest.fixture
def dump(store, tmp_path):
    """All that a store has published, as ``jointure export`` gives it."""

    def written():
        path = tmp_path / "dump.nt"
        command = ["export", "--store", str(store.folder), "--format", "nt", "--output", str(path)]
        commands.main(command, standalone_mode=False)
        return path

    return written


def test_the_captured_portals_break_no_shape(shared, store, dump, violations):
    registry = load_portals(bundled_registry(), CONNECTORS)
    portals = [
        replace(registry[name], url=f"file:{shared / 'portals' / file}", site=registry[name].root)
        for name, file in CAPTURES.items()
    ]
    outcomes = list(harvests.harvest(portals, store, Options(), lambda: NOW))
    assert [outcome.error for outcome in outcomes] == [None] * 4
    assert violations(dump()) == {}


def test_the_bundled_samples_break_no_shape(store, dump, violations):
    list(harvests.harvest(harvests.sample_portals().values(), store, Options(), lambda: NOW))
    # Grenoble and data.gouv.fr name no API of theirs.
    assert violations(dump()) == {API: 2}


@pytest.mark.parametrize("type", ["opendatasoft", "ckan"])
def test_a_record_with_nothing_breaks_no_shape(recorded, store, dump, violations, type):
    resources = [{"id": "r"}, {"url": "https://a.example/x"}, None, {"id": "s", "url": "x y"}]
    answers = {
        "opendatasoft": [{"dataset_id": "1", "has_records": True, "attachments": [{}, None]}],
        "ckan": {"success": True, "result": {"results": [{"id": "1", "resources": resources}]}},
    }
    [outcome] = harvests.harvest(
        [recorded(answers[type], type=type)], store, Options(), lambda: NOW
    )
    assert (outcome.error, outcome.added) == (None, 1)
    assert violations(dump()) == {}


@pytest.mark.parametrize("type", ["opendatasoft", "ckan"])
def test_a_record_with_two_of_everything_breaks_no_shape(recorded, store, dump, violations, type):
    two = ["2024-05-31", "2024-06-01"]
    dates = {"modified": two, "issued": two, "update_frequency": ["quotidienne", "annuelle"]}
    package = {
        "id": "1", "title": ["a", "b"], "notes": ["a", "b"], "frequency": ["daily", "annual"],
        "issued": two, "modified": two, "temporal_start": two, "access_rights": ["public", "privé"],
        "version": ["1", "2"], "temporal_resolution": ["P1D", "P1M"],
        "resources": [{
            "id": "r", "url": ["https://a.example/", "https://b.example/"], "size": [1, 2],
            "last_modified": two, "created": two, "format": ["CSV", "JSON"],
            "availability": ["stable", "provisoire"], "license": ["lov2", "odbl"],
        }],
    }  # fmt: skip
    answers = {
        "opendatasoft": [{"dataset_id": "1", "metas": {"default": dates, "dcat": dates}}],
        "ckan": {"success": True, "result": {"results": [package]}},
    }
    list(harvests.harvest([recorded(answers[type], type=type)], store, Options(), lambda: NOW))
    assert violations(dump()) == {}


@pytest.mark.parametrize("path", ["reference/golden-dcat-ap.ttl"])
def test_the_golden_file_breaks_no_shape(shared, violations, path):
    prefix = "@prefix geo: <http://www.opengis.net/ont/geosparql#> .\n"
    text = prefix + (shared / path).read_text("utf-8")
    triples = ox.parse(text, ox.RdfFormat.TURTLE)
    assert violations("".join(f"{triple} .\n" for triple in triples)) == {}


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        ("<http://a.example/d> a dcat:Dataset ; dct:title 'x' .", "dc/terms/description"),
        ("<http://a.example/d> a dcat:Distribution ; dct:title 'x' .", "dcat#accessURL"),
        (
            "<http://a.example/c> a dcat:Catalog ; dct:title 'x' ; dct:description 'x' .",
            "dc/terms/publisher",
        ),
        ("<http://a.example/r> a dcat:CatalogRecord .", "foaf/0.1/primaryTopic"),
        (
            "<http://a.example/d> a dcat:Dataset ; dct:title 'x' ; dct:description 'x' ;"
            " dct:language <http://a.example/fr> .",
            "dc/terms/language",
        ),
        (
            "<http://a.example/d> a dcat:Dataset ; dct:title 'x' ; dct:description 'x' ;"
            " dcatap:applicableLegislation <http://data.europa.eu/eli/reg_impl/2023/138/oj> .",
            "r5r/hvdCategory",
        ),
    ],
)
def test_a_graph_that_is_broken_is_seen(violations, broken, path):
    prefixes = (
        "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> ."
        " @prefix dcatap: <http://data.europa.eu/r5r/> ."
    )
    triples = ox.parse(f"{prefixes}\n{broken}", ox.RdfFormat.TURTLE)
    found = violations("".join(f"{triple} .\n" for triple in triples))
    assert any(each.endswith(path) for each in found)
