"""Which territory a text names, and when none is said to be named."""

import csv
from pathlib import Path

import pytest

from ingest import spatial
from ingest.locating import body_territory, by_code, locate
from vocab.codelist import CodeList
from vocab.gazetteer import gazetteer

AUTHORITY = "http://publications.europa.eu/resource/authority/country/"
COUNTRIES = CodeList("country", "http://localhost:8000/")
LABELLED = Path(__file__).parent / "places" / "labelled.csv"
TERRITORIES = {"paris": "commune/75056", "rennes": "epci/243500139", "datasud": "region/93"}


def found(*arguments):
    located = locate(*arguments)
    return located and (located.territory.key, located.rule)


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("fr:commune:13055", "commune/13055"),
        ("fr/commune/13055", "commune/13055"),
        ("fr:commune:13055@1943-01-01", "commune/13055"),
        ("FR:COMMUNE:2a004", "commune/2A004"),
        ("fr:arrondissement:131", "arrondissement/131"),
        ("fr:collectivite:988", "collectivite/988"),
        ("fr_80_13055", "commune/13055"),
        ("fr_70_200054807", "epci/200054807"),
        ("fr_60_13", "departement/13"),
        ("fr_40_93", "region/93"),
        ("world_fr", "country/FRA"),
        ("country:fr", "country/FRA"),
        ("fr:commune:99999", None),
        ("fr:canton:1301", None),
        ("fr:region:21", None),
        ("fr_50_13055", None),
        ("es_80_20017", None),
        ("fr:commune:", None),
        ("fr:commune:../../x", None),
        ("13055", None),
    ],
)
def test_an_explicit_code(code, key):
    territory = by_code(code)
    assert (territory.key if territory else None) == key


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ("Ville de Nevers", "commune/58194"),
        ("Commune de Saint-Paul-lès-Dax", "commune/40279"),
        ("Direction Départementale des Territoires du Cher", "departement/18"),
        ("Direction Départementale des Territoires et de la Mer de la Somme", "departement/80"),
        ("DDT Drôme", "departement/26"),
        ("DDT 24", "departement/24"),
        ("Conseil départemental du Finistère", "departement/29"),
        ("Région Île-de-France", "region/11"),
        ("Rennes Métropole", "epci/243500139"),
        ("DREAL Pays de la Loire", "region/52"),
        ("Direction régionale de l'environnement de la région Grand Est", "region/44"),
        ("Ville de Paris", "commune/75056"),
        ("Saint-Denis", None),
        ("Ministère de la Culture", None),
        ("", None),
    ],
)
def test_the_territory_of_a_body(body, key):
    territory = body_territory(body)
    assert (territory.key if territory else None) == key


def test_a_siren_says_whose_a_body_is():
    assert body_territory("La Mairie", "211300553") == gazetteer().by_key("commune/13055")


@pytest.mark.parametrize(
    ("text", "body", "portal", "expected"),
    [
        ("Marseille", "", "", ("commune/13055", "place-name")),
        ("http://id.insee.fr/geo/departement/13", "", "", ("departement/13", "place-iri")),
        ("http://example.org/", "", "", None),
        ("Saint-Denis", "", "", None),
        ("Saint-Denis", "Département de la Seine-Saint-Denis", "", ("commune/93066", "place-name")),
        ("Saint-Denis", "", "departement/93", ("commune/93066", "place-name")),
        ("Saint-Maurice", "Ville de Paris", "", ("commune/94069", "place-name")),
        ("Mayenne", "Département de la Mayenne", "", ("departement/53", "place-name")),
        ("Mayenne", "Ville de Mayenne", "", ("commune/53147", "place-name")),
        ("Mayenne", "", "", None),
        ("Indre", "DREAL Pays de la Loire", "", ("commune/44074", "place-name")),
        ("Paris", "", "", ("commune/75056", "place-name")),
        ("Guadeloupe", "", "", ("region/01", "place-name")),
        ("La Rochelle", "", "", ("commune/17300", "place-name")),
        ("Rouen Normandie", "", "", ("epci/200023414", "place-name")),
        ("département du Lot, Département du Lot", "", "", ("departement/46", "place-name")),
        ("Marseille, Toulouse", "", "", None),
        ("partout", "", "", None),
        ("", "", "", None),
    ],
)  # fmt: skip
def test_a_text_names_one_territory_or_none(text, body, portal, expected):
    assert found(text, body, "", portal) == expected


def test_a_name_within_the_body_s_territory_is_surer_than_one_far_from_it():
    near = locate("Vierzon", "DDT 18")
    far = locate("Vierzon", "DDT 24")
    assert near is not None
    assert far is not None
    assert near.confidence > far.confidence


@pytest.mark.parametrize(
    "text",
    ["\x00", "🏙", "'; DROP", "a" * 100_000, "fr:" * 999, "((((", "\ud800", "٣", "%s", "../.."],
)
def test_a_hostile_text_names_nothing(text):
    assert locate(text, text, text, text) is None


@pytest.mark.parametrize(
    ("box", "key"),
    [
        ((4.23028, 42.9818, 7.71615, 45.1268), "region/93"),
        ((2.2241, 48.8156, 2.4698, 48.9021), "commune/75056"),
        ((-5.15, 41.32, 9.57, 51.10), "country/FRA"),
        ((-9.86, 41.15, 10.38, 51.56), None),
        ((6.5735, 46.3912, 6.6069, 46.4028), None),
        ((0, 0, 0, 0), None),
        ((-180, -90, 180, 90), None),
    ],
)
def test_a_box_is_that_of_a_territory_only_where_it_fits(box, key):
    territory = spatial.fitting(box)
    assert (territory.key if territory else None) == key


def answer(row):
    """What is told of a labelled hint, as ``spatial.cover`` and ``spatial.complete`` tell it."""
    located = locate(row["text"], row["publisher"], "", TERRITORIES.get(row["portal"], ""))
    if located:
        key = located.territory.key
        return AUTHORITY + "FRA" if key == "country/FRA" else key
    degrees = row["text"].split()
    if len(degrees) == 4 and all(each[-1].isdigit() for each in degrees):
        west, south, east, north = map(float, degrees)
        territory = spatial.fitting((west, south, east, north))
        return territory.key if territory else "none"
    countries = COUNTRIES.find(row["text"])
    if not countries or gazetteer().by_name(row["text"]):
        return "none"
    territory = gazetteer().by_iri(countries[0])
    return territory.key if territory else countries[0]


def test_the_labelled_sample_is_told_right():
    rows = list(csv.DictReader(LABELLED.read_text("utf-8").splitlines()))
    answers = [(row, answer(row)) for row in rows]
    named = [(row, given) for row, given in answers if row["expected"] != "none"]
    given = [(row, told) for row, told in answers if told != "none"]
    wrong = [(row, told) for row, told in given if told != row["expected"]]
    missed = [row["text"] for row, told in named if told == "none"]
    assert len(rows) >= 220
    assert len(wrong) <= len(given) * 0.01, wrong
    assert len(missed) <= len(named) * 0.15, missed
