"""A payload's shape can be anything: every key of a udata entry, given every kind of value."""

import pytest

from tests.ingest.test_wrong_shapes import ODD, places, with_value

WHOLE = {
    "id": "arbres",
    "title": "Arbres",
    "acronym": "ARB",
    "description": "Les arbres.",
    "page": "https://a.example/datasets/arbres/",
    "tags": ["hvd", "mobilite"],
    "badges": [{"kind": "hvd"}],
    "organization": {
        "id": "1",
        "name": "Ville",
        "business_number_id": "20009998400011",
        "badges": [{"kind": "local-authority"}],
        "url": "https://ville.example/",
    },
    "contact_points": [
        {"id": "c", "name": "Voirie", "email": "v@a.example", "role": "creator"},
    ],
    "created_at": "2024-05-31T00:00:00",
    "last_modified": "2024-05-31T00:00:00",
    "last_update": "2024-05-31T00:00:00",
    "internal": {"created_at_internal": "2024-05-31T00:00:00"},
    "archived": "2024-05-31T00:00:00",
    "frequency": "daily",
    "temporal_coverage": {"start": "2015-01-01", "end": "2020-01-01"},
    "spatial": {
        "zones": ["fr:commune:13055", {"id": "country:fr", "name": "France"}],
        "geom": {"type": "Point", "coordinates": [2, 48]},
    },
    "schema": {"name": "scdl/budget"},
    "license": "lov2",
    "access_type": "open",
    "access_type_reason": "Parce que",
    "access_audiences": [{"role": "private", "condition": "no"}],
    "harvest": {
        "backend": "DCAT",
        "domain": "a.example",
        "remote_id": "arbres",
        "remote_url": "https://a.example/arbres",
        "uri": "urn:arbres",
        "modified_at": "2024-05-31T00:00:00",
        "ods_references": "https://a.example/r",
    },
    "extras": {"dcat": {"rights": ["Libres"]}, "harvest:source_id": "1", "guid": "g"},
    "resources": [
        {
            "id": "r",
            "title": "Le fichier",
            "description": "En CSV",
            "url": "https://a.example/a.csv",
            "latest": "https://a.example/r/r",
            "filetype": "file",
            "type": "main",
            "format": "csv",
            "mime": "text/csv",
            "filesize": 42,
            "checksum": {"type": "md5", "value": "d41d8cd98f00b204e9800998ecf8427e"},
            "created_at": "2024-05-31T00:00:00",
            "last_modified": "2024-05-31T00:00:00",
            "harvest": {"modified_at": "2024-05-31T00:00:00"},
            "schema": {"name": "scdl/budget"},
            "extras": {"dcat": {"license": ["lov2"]}},
        }
    ],
}
EXPORTED = {
    "id": "arbres",
    "title": "Arbres",
    "page": "https://a.example/datasets/arbres/",
    "organization": {"name": "Ville"},
    "license": "lov2",
    "resources_formats": ["csv"],
    "resources_count": 1,
    "spatial": {"zones": ["Brest Métropole"]},
}
CASES = [
    pytest.param(payload, path, id=f"{name}-{'.'.join(map(str, path))}")
    for name, payload in (("api", WHOLE), ("export", EXPORTED))
    for path in places(payload)
    if path != ("id",)
]
SUPERSEDED = (
    "resources.0.extras.dcat", "resources.0.extras.dcat.license", "last_update",
    "resources.0.extras.dcat.license.0", "resources.0.last_modified", "organization.id",
    "spatial.geom.type",
)  # fmt: skip
"""Read only where another key holds nothing, or ignored by name."""


def test_the_whole_record_is_read_without_an_issue(describe):
    assert describe("udata", WHOLE).issues == []


@pytest.mark.parametrize(("payload", "path"), CASES)
def test_no_value_of_a_key_takes_the_record_away(describe, payload, path):
    for value in ODD:
        found = describe("udata", with_value(payload, path, value))
        assert len(found("", "title")) == 1, value
        assert len(found("", "description")) == 1, value
        assert len(found("", "accessRights")) <= 1, value
        assert len(found("", "publisher")) <= 1, value
        for distribution in found("", "distribution"):
            assert found(distribution, "accessURL"), (value, distribution)


@pytest.mark.parametrize(("payload", "path"), CASES)
def test_an_object_where_none_is_expected_is_an_issue(describe, payload, path):
    found = describe("udata", with_value(payload, path, {"objet": {"perdu": ["oui"]}}))
    assert found.issues or ".".join(map(str, path)) in SUPERSEDED
    assert "perdu" not in found.text


@pytest.mark.parametrize(
    "number", [1e400, float("nan"), 10**400, -(10**30)], ids=["inf", "nan", "huge", "negative"]
)
@pytest.mark.parametrize("payload", [WHOLE, EXPORTED], ids=["api", "export"])
def test_numbers_off_the_scale_take_no_record_away(describe, payload, number):
    for path in places(payload):
        if path != ("id",):
            assert describe("udata", with_value(payload, path, number))("", "title"), path
