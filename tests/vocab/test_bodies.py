"""The bodies that publish: each number holds, each name is one body's, each file says the same."""

import csv
import io
from collections import Counter
from datetime import date
from importlib.resources import files

import pytest

from ingest.connectors import CONNECTORS
from ingest.portals import bundled_registry, load_portals
from ingest.siret import is_siren
from vocab.bodies import Bodies, core, core_of_epci, known_bodies
from vocab.codelist import fold
from vocab.errors import ConfigError
from vocab.gazetteer import gazetteer

SOURCES = {
    "cog", "registry", "udata", "territorial", "services", "login", "sirene", "research", "payload",
}  # fmt: skip


def rows(name):
    text = files("vocab").joinpath(f"bodies/{name}.csv").read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


BODIES, ALIASES, SUCCESSORS = rows("bodies"), rows("aliases"), rows("successors")


@pytest.fixture(scope="module")
def portals():
    return load_portals(bundled_registry(), CONNECTORS)


def test_every_siren_holds_its_key_and_is_one_row():
    numbers = [row["siren"] for row in BODIES]
    assert [number for number in numbers if not is_siren(number)] == []
    assert numbers == sorted(set(numbers))


def test_every_territory_s_siren_holds_its_key():
    numbers = [each.siren for each in gazetteer() if each.siren]
    assert len(numbers) > 36_000
    assert [number for number in numbers if not is_siren(number)] == []


def test_names_are_one_body_s():
    names = Counter(fold(row["name"]) for row in BODIES)
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("kind", ["region", "departement", "ddt", "dreal"])
def test_a_kind_has_one_body_a_territory(kind):
    held = [row["territory"] for row in BODIES if row["kind"] == kind]
    assert len(held) == len(set(held)) >= 17
    assert all(gazetteer().by_key(territory) for territory in held)


def test_the_other_columns_are_from_their_lists(model_types):
    assert {row["type"] for row in BODIES} <= model_types
    assert {row["kind"] for row in BODIES} == {"", "region", "departement", "ddt", "dreal"}
    assert {row["source"] for row in BODIES} == SOURCES
    assert all(bool(row["kind"]) == bool(row["territory"]) for row in BODIES)


@pytest.fixture(scope="module")
def model_types():
    text = files("vocab").joinpath("codes/publisher-type.csv").read_text("utf-8")
    return {row["notation"] for row in csv.DictReader(io.StringIO(text))}


def test_régions_and_départements_are_those_of_the_gazetteer():
    for row in BODIES:
        if row["kind"] in ("region", "departement"):
            territory = gazetteer().by_key(row["territory"])
            assert territory is not None
            assert territory.siren == row["siren"], row
            assert core(territory.name) in core(row["name"]) or row["name"].startswith("Collect")


def test_an_alias_is_of_a_known_body_and_never_of_two():
    known = known_bodies()
    told = Counter((row["portal"], fold(row["alias"])) for row in ALIASES)
    assert [key for key, count in told.items() if count > 1] == []
    for row in ALIASES:
        assert not row["siren"] or known.get(row["siren"]), row
        of = {fold(body["name"]): body["siren"] for body in BODIES}
        assert of.get(fold(row["alias"]), row["siren"]) == row["siren"], row


def test_an_alias_s_portal_is_of_the_registry(portals):
    assert {row["portal"] for row in ALIASES} - {""} <= portals.keys()


def test_the_publishers_of_the_registry_have_their_one_name(portals):
    for portal in portals.values():
        body = known_bodies().get(portal.publisher.siren)
        assert body is not None, portal.publisher
        assert (body.name, body.type) == (portal.publisher.name, portal.publisher.type)


def test_a_succession_has_two_bodies_and_a_day():
    known = known_bodies()
    gone = {row["siren"] for row in SUCCESSORS}
    for row in SUCCESSORS:
        assert row["siren"] in known.named
        assert known.get(row["successor"]) is not None
        assert row["successor"] not in gone
        assert date(1982, 1, 1) < date.fromisoformat(row["date"]) < date(2026, 1, 1)
        assert gazetteer().by_siren(row["siren"]) is None  # the COG has those of today
    assert known.successions["236700019"].successor == "200052264"
    assert known.successions["241300391"].date == "2016-01-01"


def test_city_and_metropolis_are_two_bodies():
    known = known_bodies()
    for city, metropolis in (
        ("213105554", "243100518"),
        ("216704825", "246700488"),
        ("211300553", "200054807"),
    ):
        of_city, of_metropolis = known.get(city), known.get(metropolis)
        assert of_city is not None
        assert of_metropolis is not None
        assert of_city.name != of_metropolis.name


@pytest.mark.parametrize(
    ("siren", "name"),
    [
        ("214700015", "Commune d'Agen"),
        ("217603513", "Commune du Havre"),
        ("219300456", "Commune des Lilas"),
        ("211703004", "Commune de La Rochelle"),
        ("200041325", "Communauté de communes du Pays Rhénan"),
        ("200042174", "Lorient Agglomération"),
        ("248100737", "Communauté d'agglomération de l'Albigeois"),
        ("200046977", "Métropole de Lyon"),
        ("200058014", "Grand-Orly Seine Bièvre"),
        ("217500016", "Ville de Paris"),
        ("220100010", "Département de l'Ain"),
        ("130009368", "Direction départementale des territoires de l'Ain"),
        ("130010135", "Direction départementale des territoires et de la mer des Bouches-du-Rhône"),
    ],
)
def test_the_name_of_a_body(siren, name):
    body = known_bodies().get(siren)
    assert body is not None
    assert body.name == name


@pytest.mark.parametrize("siren", ["", "000000000", "999999999", "75056", "217500016 "])
def test_nobody_has_another_number(siren):
    assert known_bodies().get(siren) is None


def test_the_words_that_tell_a_territory():
    assert core("Département des Alpes-de-Haute-Provence") == "departement alpes haute provence"
    assert core_of_epci("CA de l'Albigeois (C2A)") == core_of_epci("l'ALBIGEOIS Agglomération")


@pytest.mark.parametrize(
    ("file", "added"),
    [
        ("aliases", "Ville de Paris,213105554,\n"),
        ("aliases", "Nulle part,123456782,\n"),
        ("bodies", "217500016,Ville de Nulle Part,LocalAuthority,,,cog\n"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(monkeypatch, file, added):
    read = vocab_rows()

    def contradicted(path):
        found = list(read(path))
        if path == f"bodies/{file}.csv":
            found += csv.DictReader(io.StringIO(",".join(found[0]) + "\n" + added))
        return found

    monkeypatch.setattr("vocab.bodies._rows", contradicted)
    with pytest.raises(ConfigError, match=rf"bodies/{file}\.csv"):
        assert Bodies().aliases


def vocab_rows():
    import vocab.bodies

    return vocab.bodies._rows
