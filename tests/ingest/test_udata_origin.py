"""What a udata entry says of the places that its dataset covers, and of where it comes from."""

import pytest

AUTHORITY = "http://publications.europa.eu/resource/authority/"
BASE = "http://localhost:8000/"
ROOT = "https://www.data.gouv.example"


@pytest.fixture
def said(describe):
    def described(**keys):
        entry = {
            "id": "5369",
            "title": "Arbres",
            "description": "Les arbres.",
            "page": f"{ROOT}/datasets/arbres/",
            "organization": {"id": "1", "name": "Ville d'Aubrac"},
            **keys,
        }
        return describe("udata", entry, url=ROOT)

    return described


@pytest.mark.parametrize(
    ("zone", "place"),
    [
        ("fr:commune:13055", f"{BASE}place/commune/13055"),
        ("fr:commune:13055@1942-01-01", f"{BASE}place/commune/13055"),
        ("fr/commune/13055", f"{BASE}place/commune/13055"),
        ("fr:epci:200054807", f"{BASE}place/epci/200054807"),
        ("fr:departement:2A", f"{BASE}place/departement/2A"),
        ("fr:region:52@1970-01-09", f"{BASE}place/region/52"),
        ("country:fr", f"{AUTHORITY}country/FRA"),
        ("country/fr", f"{AUTHORITY}country/FRA"),
        ("France", f"{AUTHORITY}country/FRA"),
    ],
)
def test_a_zone_is_a_place(said, zone, place):
    found = said(spatial={"zones": [zone], "granularity": "poi"})
    assert found("", "spatial") == sorted({place, f"{AUTHORITY}country/FRA"})
    assert found.issues == []


def test_a_zone_in_full_gives_its_name(said):
    zone = {"id": "fr:commune:13055", "name": "Marseille"}
    found = said(spatial={"zones": [zone]})
    assert found.one(f"{BASE}place/commune/13055", "prefLabel") == "Marseille"


@pytest.mark.parametrize(
    ("zone", "place"),
    [
        ("Brest Métropole", f"{BASE}place/epci/242900314"),
        ("Le Havre", f"{BASE}place/commune/76351"),
        ("Union Européenne", f"{AUTHORITY}country/EUR"),
        ("country-group:ue", f"{AUTHORITY}country/EUR"),
        ("country:be", f"{AUTHORITY}country/BEL"),
        ("Éthiopie", f"{AUTHORITY}country/ETH"),
    ],
)
def test_a_name_of_one_territory_is_a_place(said, zone, place):
    found = said(spatial={"zones": [zone]})
    assert place in found("", "spatial")
    assert found.issues == []


@pytest.mark.parametrize("name", ["Saint-Denis", "Monde", "fraise"])
def test_a_name_of_several_or_of_no_territory_stays_a_name(said, name):
    found = said(spatial={"zones": [name]})
    [spot] = found("", "spatial")
    assert spot.startswith(f"{found.root}/place/")
    assert found.one(spot, "prefLabel") == name
    assert found(spot, "identifier") == []
    assert found.complaints == {("unknown-value", "spatial.zones"): 1}


@pytest.mark.parametrize("zone", ["country-group:world", "fr:canton:1401", "fr:region:21"])
def test_a_code_of_another_level_is_kept_with_an_issue(said, zone):
    found = said(spatial={"zones": [zone]})
    assert found.one(found.one("", "spatial"), "identifier") == zone
    assert found.complaints == {("unknown-value", "spatial.zones"): 1}


def test_a_geometry_is_an_extent(said):
    box = [[[[1, 43], [2, 43], [2, 44], [1, 44], [1, 43]]]]
    found = said(spatial={"geom": {"type": "MultiPolygon", "coordinates": box}})
    assert found.one("/spatial", "bbox").startswith("POLYGON((1 43,2 43,2 44")


# --- where it comes from -------------------------------------------------------------------------

HARVEST = {
    "backend": "DCAT",
    "domain": "data.ville.example",
    "source_id": "61a0",
    "remote_id": "arbres",
    "dct_identifier": "arbres",
    "remote_url": "https://data.ville.example/explore/dataset/arbres/",
    "last_update": "2026-11-20T03:00:00",
}


def test_where_a_harvested_dataset_comes_from_is_kept(said):
    found = said(harvest=HARVEST)
    assert found("", "wasDerivedFrom") == [HARVEST["remote_url"]]
    assert found.one("/identifier/arbres", "notation") == "arbres"
    assert found.one("/identifier/arbres", "schemaAgency") == "data.ville.example"
    words = "Moissonné sur data.ville.example (DCAT, source 61a0)"
    assert found.one("/provenance", "label") == words
    assert found.issues == []


def test_older_versions_keep_it_in_extras(said):
    extras = {
        "harvest:domain": "data.ville.example",
        "harvest:remote_id": "arbres",
        "harvest:source_id": "61a0",
        "harvest:last_update": "2019-01-01",
        "remote_url": "https://data.ville.example/explore/dataset/arbres/",
        "ods:url": "https://data.ville.example/explore/dataset/arbres/",
        "ods:references": "Service des parcs",
        "ods:geo": True,
    }
    found = said(extras=extras)
    assert found("", "wasDerivedFrom") == [extras["remote_url"]]
    assert found.one("/identifier/arbres", "notation") == "arbres"
    assert found.one("/provenance", "label") == "Moissonné sur data.ville.example (source 61a0)"
    assert found("", "comment") == ["Service des parcs"]
    assert found.issues == []


def test_extras_that_contradict_are_an_issue(said):
    found = said(harvest=HARVEST, extras={"harvest:domain": "autre.example"})
    assert found.complaints == {("duplicate", "extras.harvest:domain"): 1}


def test_an_extra_that_nobody_knows_is_an_issue(said):
    found = said(extras={"parfum": "rose", "check:available": True, "analysis:error": "x"})
    assert found.complaints == {("unknown-key", "extras.parfum"): 1}


def test_a_uri_that_is_no_link_is_an_identifier(said):
    found = said(harvest={"uri": "urn:uuid:1234"})
    assert found("", "wasDerivedFrom") == []
    assert found.one("/identifier/urn:uuid:1234", "notation") == "urn:uuid:1234"
