"""What is said of the places that a dataset covers, and what of how they were told."""

import json
import re

import pytest

from ingest import coverage, spatial
from vocab.gazetteer import gazetteer

AUTHORITY = "http://publications.europa.eu/resource/authority/country/"
BASE = "http://localhost:8000/"
SPATIAL = "<http://purl.org/dc/terms/spatial>"


@pytest.fixture
def reading(begin):
    def begun(**different):
        return begin(**different)

    return begun


def covered(reading):
    """The territories said of the dataset."""
    start = f"<{reading.root}> {SPATIAL} "
    return {
        line[len(start) + 1 : line.index(">", len(start))].removeprefix(BASE)
        for line in reading.lines
        if line.startswith(start)
    }


def derivations(reading):
    """The rule, key, text and confidence of each value of dct:spatial, by the value."""
    found = {}
    text = "".join(reading.shared)
    for node in set(re.findall(r"<([^>]*/derivation/[^>]*)>", text)):
        lines = [line for line in reading.shared if line.startswith(f"<{node}> ")]

        def said(predicate, lines=lines):
            [line] = [each for each in lines if predicate in each]
            return re.findall(r'[<"]([^<>"]*)[>"]', line)[2]

        value = said("#object>").removeprefix(BASE)
        rule = said("mapping_justification").rpartition("/")[2]
        key, words, sure = (said(name) for name in ("propertyID", "#value>", "confidence>"))
        found[value] = (rule, key, words, float(sure))
    return found


def cover(reading, *arguments):
    return spatial.cover(reading, reading.node(reading.root, "Dataset"), *arguments)


def test_a_territory_is_said_with_the_country_beside_it(reading):
    at = reading()
    assert cover(at, "zone", "fr:commune:13055")
    assert covered(at) == {"place/commune/13055", f"{AUTHORITY}FRA"}
    assert derivations(at) == {
        "place/commune/13055": ("place-code", "zone", "fr:commune:13055", 1.0),
        f"{AUTHORITY}FRA": ("place-country", "zone", "commune/13055", 1.0),
    }


def test_a_name_is_told_within_the_body_that_speaks(reading):
    at = reading()
    at.body = ("DDT Drôme", "")
    assert cover(at, "zone", "Valence")
    assert derivations(at)["place/commune/26362"] == ("place-name", "zone", "Valence", 0.95)


def test_a_siren_says_whose_a_body_is_where_its_name_does_not(reading):
    at = reading(territory="country/FRA")
    assert not cover(at, "zone", "Valence")
    at.body = ("Le Département", "222600017")
    assert cover(at, "zone", "Valence")
    assert "place/commune/26362" in covered(at)


def test_the_label_stands_in_for_a_code_that_is_none(reading):
    at = reading()
    assert cover(at, "zone", "fr:commune:99999", "Colomiers")
    assert "place/commune/31149" in covered(at)
    assert derivations(at)["place/commune/31149"][2] == "Colomiers"


def test_the_name_of_the_cog_wins_over_the_source_s(reading):
    at = reading()
    cover(at, "zone", "fr:commune:13055", "MARSEILLE (13)")
    names = [line for line in at.shared if "prefLabel" in line and "place/" in line]
    assert [re.findall(r'"(.*)"@fr', line) for line in names] == [["Marseille"]]


def test_a_collectivite_has_the_country_that_the_eu_gives_it(reading):
    at = reading()
    cover(at, "zone", "fr:departement:988")
    assert covered(at) == {"place/collectivite/988", f"{AUTHORITY}NCL"}


@pytest.mark.parametrize(("text", "country"), [("Nigéria", "NGA"), ("FXX", "FXX")])
def test_another_country_is_the_eu_s(reading, text, country):
    at = reading()
    assert cover(at, "zone", text)
    assert covered(at) == {AUTHORITY + country}
    assert derivations(at)[AUTHORITY + country][0] == "code-list"


def test_france_is_said_once_and_not_as_the_country_of_itself(reading):
    at = reading()
    for text in ("France", "world_fr", "fr:commune:13055"):
        cover(at, "zone", text)
    assert sum(f"{SPATIAL} <{AUTHORITY}FRA>" in line for line in at.lines) == 1


def test_what_a_part_took_back_is_said_again(reading):
    at = reading()
    with at.isolated("zone", "x"):
        cover(at, "zone", "fr:commune:13055")
        raise ValueError
    assert covered(at) == set()
    cover(at, "zone", "fr:commune:13055")
    assert "place/commune/13055" in covered(at)


@pytest.mark.parametrize("text", ["", " ", "\ud800", "Saint-Martin", "a" * 10**6, "\x00", "><"])
def test_what_names_none_says_nothing(reading, text):
    at = reading(territory="country/FRA")
    assert not cover(at, "zone", text)
    assert covered(at) == set()


# --- where the source names none -----------------------------------------------------------------


def extent(at, west, south, east, north):
    node = at.node(at.root, "Dataset")
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    coverage.extent(at, node, "bbox", {"type": "Polygon", "coordinates": [ring]})


def test_a_box_of_one_territory_tells_it(reading):
    at = reading()
    extent(at, 4.23028, 42.9818, 7.71615, 45.1268)
    spatial.complete(at)
    assert "place/region/93" in covered(at)
    assert derivations(at)["place/region/93"][0::3] == ("place-bbox", 0.8)


def test_a_box_tells_nothing_beside_a_territory_or_where_boxes_differ(reading):
    named = reading()
    cover(named, "zone", "fr:commune:13055")
    extent(named, 4.23028, 42.9818, 7.71615, 45.1268)
    spatial.complete(named)
    assert "place/region/93" not in covered(named)
    several = reading()
    for box in ((4.23028, 42.9818, 7.71615, 45.1268), (2.2241, 48.8156, 2.4698, 48.9021)):
        extent(several, *box)
    spatial.complete(several)
    assert not {"place/region/93", "place/commune/75056"} & covered(several)


def test_the_portal_s_territory_stands_in_only_where_its_entry_covers(reading):
    silent = reading()
    spatial.complete(silent)
    assert covered(silent) == set()
    at = reading(covers=True)
    spatial.complete(at)
    assert covered(at) == {"place/epci/243100518", f"{AUTHORITY}FRA"}
    assert derivations(at)["place/epci/243100518"] == (
        "portal-entry", "territory", "epci/243100518", 0.5,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ("Ville de Blagnac", "place/commune/31069"),
        ("Ville de Bordeaux", "place/epci/243100518"),
        ("Région Occitanie", "place/epci/243100518"),
        ("Tisséo", "place/epci/243100518"),
    ],
)
def test_the_territory_of_a_publisher_within_the_portal_s_stands_in_first(reading, body, key):
    at = reading(covers=True)
    at.body = (body, "")
    spatial.complete(at)
    assert covered(at) == {key, f"{AUTHORITY}FRA"}
    rule = "place-body" if "commune" in key else "portal-entry"
    assert derivations(at)[key][0] == rule


@pytest.mark.parametrize("text", ["Azkoitia", "es_80_20017"])
def test_the_portal_s_territory_never_stands_in_for_what_cannot_be_told(reading, text):
    at = reading(covers=True)
    cover(at, "zone", text)
    spatial.complete(at)
    assert covered(at) == set()


def test_a_service_covers_nothing_of_its_own(reading):
    at = reading(covers=True)
    at.membership = "service"
    spatial.complete(at)
    assert covered(at) == set()


def test_every_box_is_of_a_territory_and_in_degrees():
    assert len({territory for territory, _ in spatial._boxes()}) > 15
    for _, (west, south, east, north) in spatial._boxes():
        assert -180 < west < east < 180
        assert -90 < south < north < 90


def test_every_overseas_territory_has_a_country_of_the_eu():
    for each in gazetteer():
        assert spatial.country_of(each).startswith(AUTHORITY)


# --- through the connectors ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "place", "rule"),
    [
        ({"spatial_uri": "http://id.insee.fr/geo/commune/13055"}, "commune/13055", "place-iri"),
        ({"spatial_text": "Gap"}, "commune/05061", "place-name"),
        ({"spatial": "Gap"}, "commune/05061", "place-name"),
    ],
)
def test_ckan(describe, values, place, rule):
    found = describe("ckan", {"id": "a", "name": "a", "title": "A", **values})
    assert f"{BASE}place/{place}" in found("", "spatial")
    assert f"concept/rule/{rule}" in found.text
    assert ("unknown-value", "spatial") not in found.complaints


def test_ckan_keeps_an_iri_that_is_no_territory_s(describe):
    iri = "https://sws.geonames.org/2802361/"
    found = describe("ckan", {"id": "a", "name": "a", "title": "A", "spatial_uri": iri})
    assert found("", "spatial") == [iri]


def test_udata_tells_names_within_the_organisation(describe):
    entry = {
        "id": "a", "title": "A", "organization": {"name": "DDT Drôme"},
        "spatial": {"zones": ["Valence"]},
    }  # fmt: skip
    found = describe("udata", entry, territory="country/FRA")
    assert f"{BASE}place/commune/26362" in found("", "spatial")


@pytest.mark.parametrize("body", [None, [], {}, {"name": 1}, "DDT Drôme", {"name": {"a": 1}}, 7])
@pytest.mark.parametrize("type", ["udata", "ckan"])
def test_an_organisation_of_any_shape(describe, type, body):
    entry = {"id": "a", "name": "a", "title": "A", "organization": body}
    assert describe(type, entry)("", "title") == ["A"]


@pytest.mark.parametrize("metas", [None, [], {"default": None}, {"default": {"publisher": {}}}])
def test_a_publisher_of_any_shape(describe, metas):
    assert describe("opendatasoft", {"dataset_id": "a", "metas": metas}).triples


def test_a_real_box_of_datasud(shared, describe):
    path = shared / "portals/ckan/datasud-package_search-2021.json"
    packages = json.loads(path.read_text("utf-8"))["result"]["results"]
    boxes = [each["spatial"] for each in packages if each.get("spatial")]
    assert any(spatial.fitting(box_of(each)) for each in boxes)
    assert not all(spatial.fitting(box_of(each)) for each in boxes)


def box_of(text):
    points = json.loads(text)["coordinates"][0]
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)
