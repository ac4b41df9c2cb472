"""The territories of France: the table, and how they are found."""

import csv
import json
import re
import subprocess
import sys
import time
from importlib.resources import files

import pytest

from tests.vocab.lists import SHARED, fold, needs_shared
from vocab.gazetteer import LEVELS, Gazetteer, gazetteer

AUTHORITY = "http://publications.europa.eu/resource/authority/"


def at(level, code=""):
    """A territory that there has to be, by its level and code or its key."""
    found = gazetteer().by_code(level, code) if code else gazetteer().by_key(level)
    assert found is not None
    return found


def keys(found):
    return [each.key for each in found]


def matches():
    text = files("vocab").joinpath("places/matches.csv").read_text("utf-8")
    return [tuple(row) for row in csv.reader(text.splitlines()[1:])]


def test_the_table_holds_every_level_of_one_vintage():
    levels = [each.level for each in gazetteer()]
    assert gazetteer().vintage == "2026"
    assert set(levels) == set(LEVELS)
    counts = {level: levels.count(level) for level in LEVELS}
    assert counts["region"] == 18
    assert counts["departement"] == 101
    assert counts["collectivite"] == 8
    assert counts["arrondissement-municipal"] == 20 + 9 + 16
    today = [each for each in gazetteer() if each.level == "commune" and not each.successor]
    assert len(today) == 34_969


def test_the_table_is_read_in_well_under_a_second():
    start = time.process_time()
    assert Gazetteer().by_code("commune", "13055")
    assert time.process_time() - start < 1


def test_what_a_territory_says():
    found = at("commune", "13055")
    assert found.name == "Marseille"
    assert found.siren == "211300553"
    assert (found.departement, found.region, found.epci) == ("13", "93", "200054807")
    assert found.key == "commune/13055"
    assert found.successor == ""
    assert found.population > 800_000


@pytest.mark.parametrize(
    ("level", "code", "key"),
    [
        ("commune", "75101", "arrondissement-municipal/75101"),
        ("commune", "01126", "commune/01126"),
        ("commune", "1126", "commune/01126"),
        ("commune", "2a004", "commune/2A004"),
        ("commune", "01091", "commune-deleguee/01091"),
        ("departement", "1", "departement/01"),
        ("departement", "988", "collectivite/988"),
        ("region", "975", "collectivite/975"),
        ("epci", "200057867", "ept/200057867"),
        ("country", "FRA", "country/FRA"),
    ],
)
def test_a_code_is_found_at_its_level(level, code, key):
    assert at(level, code).key == key


@pytest.mark.parametrize(
    ("level", "code"),
    [("commune", "99999"), ("region", "21"), ("canton", "1301"), ("", ""), ("commune", "١٣٠٥٥")],
)
def test_an_unknown_code_is_none(level, code):
    assert gazetteer().by_code(level, code) is None


def test_every_parent_is_in_the_table():
    found = gazetteer()
    for each in found:
        for level, codes in {
            "departement": each.departements,
            "region": each.regions,
            "epci": [each.epci],
            "ept": [each.ept],
            "arrondissement": [each.arrondissement],
            "commune": [each.commune, each.seat],
        }.items():
            assert all(found.by_code(level, code) for code in codes if code), each


def test_a_merged_commune_points_to_one_of_today():
    former = [each for each in gazetteer() if each.successor]
    assert len(former) > 4_500
    for each in former:
        assert at("commune", each.successor).successor == ""


@pytest.mark.parametrize(
    ("siren", "key"),
    [
        ("217500016", "commune/75056"),
        ("243100518", "epci/243100518"),
        ("221300015", "departement/13"),
        ("231300021", "region/93"),
        ("200054781", "epci/200054781"),
        ("200057867", "ept/200057867"),
    ],
)
def test_a_siren_is_of_one_territory(siren, key):
    found = gazetteer().by_siren(siren)
    assert found is not None
    assert found.key == key


def test_no_two_territories_have_one_siren():
    sirens = [each.siren for each in gazetteer() if each.siren]
    assert len(sirens) == len(set(sirens))
    for siren in sirens:
        digits = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(siren))]
        assert re.fullmatch(r"\d{9}", siren)
        assert sum(digit - 9 * (digit > 9) for digit in digits) % 10 == 0, siren


@pytest.mark.parametrize(
    ("name", "level", "expected"),
    [
        ("Marseille", "", ["commune/13055"]),
        ("marseille ", "commune", ["commune/13055"]),
        ("Ville de Paris", "", ["commune/75056"]),
        ("Paris", "", ["departement/75", "commune/75056"]),
        ("Le Havre", "", ["commune/76351"]),
        ("HAVRE", "", ["commune/76351"]),
        ("St Etienne", "", ["commune/42218"]),
        ("Saint-Étienne", "commune", ["commune/42218"]),
        ("Département des Bouches-du-Rhône", "", ["departement/13"]),
        ("Conseil départemental de l'Ain", "", ["departement/01"]),
        ("Région Île de France", "", ["region/11"]),
        ("PACA", "", ["region/93"]),
        ("Métropole d'Aix-Marseille-Provence", "", ["epci/200054807"]),
        ("Aix-Marseille-Provence Métropole", "epci", ["epci/200054807"]),
        ("Rouen Normandie", "epci", ["epci/200023414"]),
        ("Le Grand Nancy", "epci", ["epci/245400676"]),
        ("Communauté de communes de Blaye", "", ["epci/200023794"]),
        ("Toulouse", "", ["commune/31555"]),
        ("Toulouse", "epci", ["epci/243100518"]),
        ("Marseille 1er Arrondissement", "", ["arrondissement-municipal/13201"]),
        ("France", "", ["country/FRA"]),
        ("Nouvelle Calédonie", "", ["collectivite/988"]),
        ("Nowhere", "", []),
        ("Rouen Normandie", "", []),
        ("Arles", "arrondissement", ["arrondissement/132"]),
    ],
)
def test_a_name_is_found(name, level, expected):
    assert keys(gazetteer().by_name(name, level)) == expected


def test_a_name_of_several_is_told_apart_by_the_territory_around():
    names = gazetteer()
    assert len(names.by_name("Saint-Denis", "commune")) > 3
    around = at("departement/93")
    assert keys(names.by_name("Saint-Denis", "commune", around)) == ["commune/93066"]


@pytest.mark.parametrize("name", ["", " ", "'", "(", "Le", "CC", "de", "\x00", "a" * 10**6, "ΑΒΓ"])
def test_what_is_no_name_finds_nothing(name):
    assert gazetteer().by_name(name) == ()
    assert all(gazetteer().by_name(name, level) == () for level in LEVELS)


@pytest.mark.parametrize(
    ("inner", "outer", "is_within"),
    [
        ("commune/13055", "epci/200054807", True),
        ("commune/13055", "departement/13", True),
        ("commune/13055", "region/93", True),
        ("commune/13055", "country/FRA", True),
        ("commune/13055", "departement/75", False),
        ("arrondissement-municipal/13201", "commune/13055", True),
        ("commune/13055", "arrondissement-municipal/13201", False),
        ("commune/93066", "ept/200057867", True),
        ("epci/200054807", "departement/83", True),
        ("epci/200054807", "departement/75", False),
        ("departement/13", "region/93", True),
        ("region/93", "departement/13", False),
        ("region/93", "region/93", True),
        ("commune/98818", "collectivite/988", True),
        ("commune/01126", "commune/01033", True),
    ],
)
def test_what_lies_in_what(inner, outer, is_within):
    assert gazetteer().is_within(at(inner), at(outer)) is is_within


@pytest.mark.parametrize(
    ("iri", "key"),
    [
        ("http://id.insee.fr/geo/commune/13055", "commune/13055"),
        ("https://id.insee.fr/geo/region/93", "region/93"),
        ("http://id.insee.fr/geo/arrondissementMunicipal/13201", "arrondissement-municipal/13201"),
        ("http://data.europa.eu/nuts/code/FRL04", "departement/13"),
        (AUTHORITY + "place/FRA_MRS", "commune/13055"),
        (AUTHORITY + "country/FRA", "country/FRA"),
        ("https://www.wikidata.org/wiki/Q90", "commune/75056"),
        ("https://www.geonames.org/2995469/marseille.html", "commune/13055"),
        ("http://id.insee.fr/geo/departement/076b614a-0df0-4058-8cae-b768480a673f", None),
        ("http://id.insee.fr/geo/canton/1301", None),
        ("https://example.org/", None),
        ("", None),
    ],
)
def test_an_iri_of_others_names_a_territory(iri, key):
    found = gazetteer().by_iri(iri)
    assert (found.key if found else None) == key


def test_a_postcode_is_of_communes():
    assert keys(gazetteer().by_postcode("13001"))[0] == "commune/13055"
    assert gazetteer().by_postcode("00000") == ()


def test_no_match_is_of_two_territories():
    found = [match for _, _, match in matches()]
    assert len(found) == len(set(found))
    assert all(gazetteer().by_key(f"{level}/{code}") for level, code, _ in matches())


@needs_shared
def test_each_match_is_in_the_official_tables():
    tables = {name: names_of(name) for name in ("place", "atu", "country")}
    nuts = dict(row.split("\t")[::2] for row in lines("nuts3-fra.tsv")[1:])
    checked = 0
    for level, code, match in matches():
        name = at(level, code).name
        if match.startswith("http://data.europa.eu/nuts/code/") and len(match) == 37:
            assert fold(nuts[match]) == fold(name)
            checked += 1
        table = match.removeprefix(AUTHORITY).partition("/")[0]
        if table in tables:
            official = fold(tables[table][match])
            if table == "atu" and level == "region":  # several have their names of 2015
                assert official.startswith("region ")
            else:
                assert same(official, fold(name)), (match, name, official)
            checked += 1
    assert checked > 500


def same(official, name):
    """Whether two folded names are one: « Département de la Guadeloupe », « Clipperton »."""
    links = {"de", "du", "des", "d", "la", "le", "les", "l", "ile", "et"}
    links |= {"departement", "department"}  # the table has « Départment de l'Eure »
    here, there = (set(each.split()) - links for each in (official, name))
    return here ^ there <= {"reunion", "antarctiques"}


def names_of(table):
    text = (SHARED / f"eu/{table}.ttl").read_text("utf-8")
    return dict(re.findall(r'^<([^>]+)> a skos:Concept .*?prefLabel "([^"]+)"@fr', text, re.M))


def lines(name):
    return (SHARED / name).read_text("utf-8").splitlines()


def test_the_table_is_made_of_the_package(tmp_path):
    """The script, on a package of one département, one EPCI and a merged commune."""
    communes = [
        {"code": "01001", "nom": "Une", "type": "commune-actuelle", "departement": "01",
         "region": "84", "arrondissement": "011", "siren": "210100012", "population": 5,
         "codesPostaux": ["01400"], "anciensCodes": ["01002", "01003"]},
        {"code": "01002", "nom": "Deux", "type": "commune-deleguee", "chefLieu": "01001",
         "departement": "01", "region": "84", "arrondissement": "011"},
    ]  # fmt: skip
    tables = {
        "communes": communes,
        "regions": [{"code": "84", "nom": "Région"}],
        "departements": [{"code": "01", "nom": "Ain", "region": "84", "zone": "metro"}],
        "arrondissements": [{"code": "011", "nom": "A", "departement": "01", "region": "84"}],
        "epci": [{"code": "200", "nom": "CC", "type": "CC", "membres": [{"code": "01001"}]}],
        "ept": [],
        "historique-communes": [{"code": "01003", "nom": "Trois", "type": "COM"}],
    }
    (tmp_path / "data").mkdir()
    for name, rows in tables.items():
        (tmp_path / f"data/{name}.json").write_text(json.dumps(rows), "utf-8")
    (tmp_path / "package.json").write_text('{"version": "9.9.9"}', "utf-8")
    (tmp_path / "README.md").write_text("| 2031  | 9.9.9     |\n", "utf-8")
    script = files("vocab").joinpath("../tools/cog.py")
    folders = [str(tmp_path)] * 3
    subprocess.run([sys.executable, str(script), *folders], check=True)
    made = list(csv.DictReader((tmp_path / "cog-2031.csv").read_text("utf-8").splitlines()))
    assert [row["name"] for row in made] == [
        "France", "Région", "Ain", "CC", "A", "Une", "Deux", "Trois",
    ]  # fmt: skip
    assert all(row["population"] == "5" for row in made[:6])
    assert [row["commune"] for row in made[6:]] == ["01001", "01001"]
