"""A payload's shape can be anything: every key of a record, given every kind of value."""

import copy
from typing import Any

import pytest

ODD: tuple[Any, ...] = (
    None, "texte", "", 0, -1.5, True, [], {}, [[]], ["a", ["b"]], [{}], {"x": {"y": []}}, [None],
)  # fmt: skip

OPENDATASOFT: dict[str, Any] = {
    "dataset_id": "arbres",
    "dataset_uid": "da_1",
    "has_records": True,
    "features": ["geo"],
    "fields": [{"name": "a", "label": "A", "type": "text", "annotations": {"unit": ["m"]}}],
    "attachments": [{"id": "a", "url": "https://a.example/a", "title": "a", "mimetype": "csv"}],
    "attachments_count": 1,
    "has_attachments": True,
    "alternative_exports": [{"id": "b", "url": "https://a.example/b", "title": "b"}],
    "visibility": "domain",
    "metas": {
        "default": {
            "title": "Arbres",
            "description": "Les arbres.",
            "theme": ["Environnement"],
            "keyword": ["arbre"],
            "license": "lov2",
            "license_url": "https://a.example/l",
            "attributions": ["Ville"],
            "language": "fr",
            "modified": "2024-05-31",
            "data_processed": "2024-05-31",
            "metadata_processed": "2024-05-31",
            "update_frequency": "quotidienne",
            "geographic_reference": ["fr_80_75056"],
            "territory": ["Paris"],
            "bbox": {"type": "Feature", "geometry": {"type": "Point", "coordinates": [2, 48]}},
            "publisher": "Voirie",
            "references": "https://a.example/r",
            "records_count": 3,
            "source_domain": "d",
            "source_domain_title": "D",
            "source_domain_address": "d.example",
            "source_dataset": "s",
        },
        "dcat": {
            "created": "2024",
            "creator": "Voirie",
            "contributor": "Voirie",
            "contact_name": "Voirie",
            "contact_email": "v@a.example",
            "spatial": "Paris",
            "temporal": "2015-2020",
            "temporal_coverage_start": "2015-01-01",
            "temporal_coverage_end": "2020-01-01",
            "granularity": "jour",
            "dataquality": "bonne",
            "conforms_to": "https://a.example/s",
            "accessRights": "public",
        },
        "inspire": {"theme": ["Bâtiments"], "file_identifier": "fr-1"},
        "dcat_ap_hvd": {"hvd_category": ["Mobilité"]},
    },
}
CKAN = {
    "id": "arbres",
    "name": "arbres",
    "title": "Arbres",
    "notes": "Les arbres.",
    "url": "https://a.example/",
    "tags": [{"name": "arbre", "display_name": "arbre"}],
    "groups": [{"name": "env", "title": "Environnement"}],
    "category": [{"name": "env", "title": "Environnement"}],
    "organization": {"name": "ville", "title": "Ville"},
    "author": "Voirie",
    "author_email": "v@a.example",
    "maintainer": "Voirie",
    "maintainer_email": "v@a.example",
    "contact_name": "Voirie",
    "contact_email": "v@a.example",
    "contact_uri": "https://a.example/c",
    "metadata_created": "2024-05-31",
    "metadata_modified": "2024-05-31",
    "frequency": "daily",
    "guid": "urn-1",
    "provenance": "levé",
    "remote_url": "https://a.example/",
    "temporal_start": "2015-01-01",
    "temporal_end": "2020-01-01",
    "spatial": '{"type": "Point", "coordinates": [5, 43]}',
    "access_rights": "public",
    "private": False,
    "license_id": "lov2",
    "license_url": "https://a.example/l",
    "extras": [{"key": "identifier", "value": "x"}],
    "relationships_as_object": [],
    "resources": [
        {
            "id": "r",
            "name": "CSV",
            "url": "https://a.example/a.csv",
            "format": "CSV",
            "mimetype": "text/csv",
            "size": 3,
            "hash": "md5:d41d8cd98f00b204e9800998ecf8427e",
            "restricted": '{"level": "public"}',
            "created": "2024-05-31",
        }
    ],
}
WHOLE = {"opendatasoft": OPENDATASOFT, "ckan": CKAN}


def places(payload, path=()):
    """Where each value of a payload is, whatever its depth."""
    members = payload.items() if isinstance(payload, dict) else enumerate(payload)
    for step, value in members:
        yield (*path, step)
        if isinstance(value, dict | list):
            yield from places(value, (*path, step))


def with_value(payload, path, value):
    changed = copy.deepcopy(payload)
    *steps, last = path
    target = changed
    for step in steps:
        target = target[step]
    target[last] = value
    return changed


CASES = [
    pytest.param(type, path, id=f"{type}-{'.'.join(map(str, path))}")
    for type, payload in WHOLE.items()
    for path in places(payload)
    if path not in (("dataset_id",), ("id",))
]


@pytest.mark.parametrize("type", WHOLE)
def test_the_whole_record_is_read_without_an_issue(describe, type):
    kinds = {kind for kind, _ in describe(type, WHOLE[type]).complaints}
    assert kinds <= {"unknown-value"}


@pytest.mark.parametrize(("type", "path"), CASES)
def test_no_value_of_a_key_takes_the_record_away(describe, type, path):
    for value in ODD:
        found = describe(type, with_value(WHOLE[type], path, value))
        assert len(found("", "title")) == 1, value
        assert len(found("", "description")) == 1, value
        assert len(found("", "accessRights")) <= 1, value
        for distribution in found("", "distribution"):
            assert found(distribution, "accessURL"), (value, distribution)


# Keys that are read only where another one holds nothing, and one that is ignored by name.
SUPERSEDED = (
    "author_email", "maintainer", "maintainer_email", "organization.name", "tags.0.name",
    "groups.0.name", "category.0.name", "resources.0.restricted", "private",
)  # fmt: skip


@pytest.mark.parametrize(("type", "path"), CASES)
def test_an_object_where_none_is_expected_is_an_issue(describe, type, path):
    found = describe(type, with_value(WHOLE[type], path, {"objet": {"perdu": ["oui"]}}))
    assert found.issues or ".".join(map(str, path)) in SUPERSEDED
    assert "perdu" not in found.text


@pytest.mark.parametrize("type", WHOLE)
@pytest.mark.parametrize(
    "number", [1e400, float("nan"), 10**400, -(10**30)], ids=["inf", "nan", "huge", "negative"]
)
def test_numbers_off_the_scale_take_no_record_away(describe, type, number):
    for path in places(WHOLE[type]):
        if path not in (("dataset_id",), ("id",)):
            assert describe(type, with_value(WHOLE[type], path, number))("", "title"), path


@pytest.mark.parametrize("moment", ["9999-12-31T23:30:00+00:00", "0001-01-01T00:00:00+14:00"])
def test_the_end_of_time_is_no_end_of_the_harvest(describe, moment):
    default = OPENDATASOFT["metas"]["default"]
    payload = {
        **OPENDATASOFT,
        "metas": {"default": default, "dcat": {"temporal_coverage_end": moment}},
    }
    assert describe("opendatasoft", payload)("", "title") == ["Arbres"]


def test_coordinates_nested_without_end_are_an_issue(describe):
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    geometry = {"geometry": {"coordinates": deep}}
    default = {"title": "Arbres", "description": "x", "bbox": geometry}
    found = describe("opendatasoft", {"dataset_id": "a", "metas": {"default": default}})
    assert found("", "title") == ["Arbres"]
    assert found.complaints == {("shape", "metas.default.bbox"): 1}
