"""What is harvested holds against the official shapes of DCAT-AP 3.0.1."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from shacl import Shapes

from ingest import run as harvests
from ingest.connectors import CONNECTORS
from ingest.outcome import Options
from ingest.portals import bundled_registry, load_portals
from server.cli import commands

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
CAPTURES = {
    "paris": "opendatasoft/paris-v2.1-2023-10-03.json",
    "datasud": "ckan/datasud-package_search-2021.json",
    "marseille": "ckan/datasud-package_search-2025.json",
    "culture": "opendatasoft/culture-v1-search.json",
}


@pytest.fixture(scope="module")
def shapes(shared):
    return Shapes.from_file(str(shared / "shapes/dcat-ap-3.0.1/shapes.ttl"))


@pytest.fixture
def violations(shapes, tmp_path):
    """What a file breaks, by shape path and message."""

    def found(turtle_or_path):
        path = turtle_or_path
        if isinstance(path, str):
            path = tmp_path / "data.ttl"
            path.write_text(turtle_or_path, "utf-8")
        results = shapes.validate_file(str(path)).results
        return Counter(
            (result.path, result.message) for result in results if "Violation" in result.severity
        )

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
    assert violations(dump()) == {}


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


def test_the_golden_file_breaks_no_shape(shared, violations):
    assert violations(shared / "reference/golden-dcat-ap.ttl") == {}


@pytest.mark.parametrize(
    "broken",
    [
        "<http://a.example/d> a dcat:Dataset ; dct:title 'x' .",
        "<http://a.example/d> a dcat:Distribution ; dct:title 'x' .",
        "<http://a.example/c> a dcat:Catalog ; dct:title 'x' ; dct:description 'x' .",
        "<http://a.example/r> a dcat:CatalogRecord .",
    ],
)
def test_a_graph_that_is_broken_is_seen(violations, broken):
    prefixes = (
        "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> ."
    )
    assert sum(violations(f"{prefixes}\n{broken}").values()) > 0
