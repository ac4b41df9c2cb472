"""The registry: what is wrong with an entry is said before anything starts."""

import pytest

from ingest.connectors import CONNECTORS
from ingest.portals import bundled_registry, load_portals
from vocab.errors import ConfigError

ENTRY = """
[ville]
type = "opendatasoft"
url = "https://data.ville.example/"
title = "Ville"
description = "Ses données."
homepage = "https://data.ville.example/"
territory = "commune/75056"
publisher = { name = "Ville de Paris", siren = "217500016" }
"""


@pytest.fixture
def load(tmp_path):
    def loaded(text):
        path = tmp_path / "portals.toml"
        path.write_text(text, "utf-8")
        return load_portals(path, CONNECTORS)

    return loaded


def test_the_bundled_registry_has_the_portals_it_was_founded_for():
    portals = load_portals(bundled_registry(), CONNECTORS)
    types = {name: portal.type for name, portal in portals.items()}
    founded = dict.fromkeys(
        ("paris", "toulouse", "strasbourg", "ampmetropole", "culture"), "opendatasoft"
    )
    assert types.items() >= {**founded, "datasud": "ckan", "marseille": "ckan"}.items()
    assert portals["marseille"].filter == "organization:ville-marseille"
    assert portals["marseille"].themes == "datasud"  # one platform, one set of words


def test_the_bundled_registry_has_an_entry_of_each_type():
    portals = load_portals(bundled_registry(), CONNECTORS)
    assert {portal.type for portal in portals.values()} == set(CONNECTORS)


def test_the_founding_cities_are_seen_through_two_doors():
    portals = load_portals(bundled_registry(), CONNECTORS)
    for name in ("paris", "toulouse", "strasbourg"):
        seen = portals[f"datagouv-{name}"]
        assert seen.publisher == portals[name].publisher
        assert seen.filter.startswith("organization=")
    assert (portals["datagouv"].type, portals["datagouv"].filter) == ("udata", "")


def test_an_entry_becomes_a_portal(load):
    portal = load(ENTRY)["ville"]
    assert portal.root == "https://data.ville.example"
    assert portal.publisher.siren == "217500016"
    assert str(portal.timezone) == "Europe/Paris"


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ('"opendatasoft"', '"socrata"', "'socrata'; valid: opendatasoft, ckan"),
        ("217500016", "217500017", "'217500017' is no SIREN"),
        ("217500016", "21750001", "'21750001' is no SIREN"),
        ("title =", "titel =", "unknown key 'titel'; valid: type, url, title"),
        ("siren =", "siret =", "publisher: unknown key 'siret'; valid: name, siren"),
        ('title = "Ville"', "", "title is missing; required: type, url, title"),
        ('"Ville"', '""', "title is missing"),
        ('"Ville"', "3", "title is text, not 3"),
        ("https://data.ville.example/", "www.ville.example", "has to begin with https:"),
        ("https://data.ville.example/", "file:jeu.json", "a file: portal needs site"),
        ("territory", 'timezone = "Paris"\nterritory', "'Paris' is no time zone"),
        ('{ name = "Ville de Paris", siren = "217500016" }', '"Ville"', "publisher is a table"),
        ("[ville]", "[Ville]", "lower-case letters, digits and hyphens"),
        ("[ville]", "[agents]", "a portal's name"),
        ("[ville]", "ville", "portals.toml"),
    ],
)  # fmt: skip
def test_a_wrong_entry_names_file_entry_and_what_is_valid(load, written, instead, said):
    with pytest.raises(ConfigError) as refused:
        load(ENTRY.replace(written, instead, 1))
    assert said in str(refused.value)
    assert "portals.toml" in str(refused.value)


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("commune/75056", "Paris", "territory"),
        ("commune/75056", "ville/75056", "territory"),
        ('siren = "217500016"', 'siren = "217500016", type = "Mairie"', "LocalAuthority"),
        ('homepage = "https://data.ville.example/"', 'homepage = "ville"', "homepage"),
        ('territory = "', 'themes = "../licence"\nterritory = "', "'../licence'; valid: datasud"),
        ('territory = "', 'language = "français"\nterritory = "', "language"),
    ],
)
def test_a_value_that_would_fail_later_is_refused_at_once(load, written, instead, said):
    with pytest.raises(ConfigError) as refused:
        load(ENTRY.replace(written, instead, 1))
    assert "[ville]" in str(refused.value)
    assert said in str(refused.value)


def test_a_registry_that_is_not_there_is_a_config_error(tmp_path):
    with pytest.raises(ConfigError, match=r"keine\.toml"):
        load_portals(tmp_path / "keine.toml", CONNECTORS)


def test_a_file_is_found_from_the_folder_of_the_registry(load, tmp_path):
    local = ENTRY.replace("https://data.ville.example/", "file:x/jeu.json", 1)
    portal = load(local + 'site = "https://data.ville.example"\n')["ville"]
    assert portal.url == f"file:{tmp_path / 'x/jeu.json'}"
    assert portal.root == "https://data.ville.example"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('contact = "data@ville.example"', "contact is a table"),
        ('contact = { email = "data@ville.example" }', "name is missing"),
        ('contact = { name = "Ville" }', "email or url is missing"),
        ('contact = { name = "Ville", url = "la mairie" }', "contact"),
        ('contact = { name = "Ville", phone = "1" }', "unknown key 'phone'"),
        ('access_rights = "OPEN"', "'OPEN'; valid: .*PUBLIC"),
        ('publishes = "yes"', "publishes is true or false"),
        ("rights = 3", "rights is text"),
    ],
)
def test_what_holds_for_every_dataset_is_checked(load, line, message):
    with pytest.raises(ConfigError, match=message):
        load(f"{ENTRY}{line}\n")


def test_what_holds_for_every_dataset_is_read(load):
    lines = 'contact = { name = "Ville", email = "data@ville.example" }\naccess_rights = "PUBLIC"\n'
    portal = load(ENTRY + lines)["ville"]
    assert portal.contact is not None
    assert portal.contact.email == "data@ville.example"
    assert portal.access_rights == "PUBLIC"
