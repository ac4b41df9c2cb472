"""What the graph says of bodies, of their units, and of whoever is neither."""

import time

import pytest

from ingest import agents, describing
from ingest.cataloguing import described_catalog
from ingest.portals import Publisher
from ingest.record import Context

from .conftest import BASE, Description

HOSTILE = [
    "a" * 100_000,
    "Direction " * 20_000,
    "de la ville de " * 10_000,
    "(" * 5_000,
    " - " * 5_000,
    "Ville de \u202eParis\u202c\x00",
    "Ville de <http://evil.example/>",
    '"; DROP GRAPH <x> ; "',
    "\ud800",
    "\n\t\r",
    "DDT 999",
    "CD 0",
    "Ville de " + "é" * 500,
    "{'#text': 'Paris'}",
]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_any_text_is_read_at_once_and_makes_a_graph(begin, name):
    reading = begin()
    started = time.perf_counter()
    node = reading.node(reading.root, "Dataset")
    describing.publisher(reading, node, "publisher", [name])
    assert time.perf_counter() - started < 2  # with the reading of the tables
    [publisher] = Description(reading)("", "publisher")
    assert publisher.startswith(f"{BASE}agent/")


@pytest.fixture
def published(begin):
    """What the graph says of a dataset whose publisher has a name and a number."""

    def said(name, siren="", number="", **different):
        reading = begin(**different)
        node = reading.node(reading.root, "Dataset")
        describing.publish(reading, node, ("publisher", name), siren, ("siret", number))
        return Description(reading)

    return said


def test_a_body_has_one_name_and_the_source_s_beside_it(published):
    found = published("MAIRIE DE NICE")
    nice = f"{BASE}agent/210600888"
    assert found("", "publisher") == [nice]
    assert found(nice, "name") == ["Commune de Nice"]
    assert found(nice, "altLabel") == ["MAIRIE DE NICE"]
    assert found(nice, "orgIdentifier") == ["210600888"]
    assert found.one(nice, "publisherType").endswith("/LocalAuthority")
    assert f"<{nice}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http" in found.text


def test_a_unit_leads_to_its_body(published):
    found = published("Direction des sports - Ville de Nice")
    unit, nice = f"{BASE}agent/ville/direction-des-sports-ville-de-nice", f"{BASE}agent/210600888"
    assert found("", "publisher") == [unit]
    assert found(unit, "name") == ["Direction des sports - Ville de Nice"]
    assert found(unit, "unitOf") == [nice]
    assert found(unit, "publisherType") == found(nice, "publisherType")
    assert found(unit, "orgIdentifier") == []
    assert found(nice, "name") == ["Commune de Nice"]
    assert "http://www.w3.org/ns/org#OrganizationalUnit" in found.text


def test_a_body_that_is_no_more_leads_to_the_one_that_took_its_place(published):
    found = published("Région Alsace")
    alsace, grand_est = f"{BASE}agent/236700019", f"{BASE}agent/200052264"
    assert found("", "publisher") == [alsace]
    assert found(alsace, "isReplacedBy") == [grand_est]
    assert found(alsace, "invalidatedAtTime") == ["2016-01-01T00:00:00+01:00"]
    assert found(grand_est, "name") == ["Région Grand Est"]


def derived(found):
    """The rule, the field and the text of each derivation."""
    told: dict[str, dict[str, str]] = {}
    for triple in found.triples:
        told.setdefault(triple.subject.value, {})[triple.predicate.value] = triple.object.value
    return {
        (
            each["https://w3id.org/sssom/mapping_justification"].rpartition("/")[2],
            each["http://schema.org/propertyID"],
            each["http://www.w3.org/1999/02/22-rdf-syntax-ns#value"],
        )
        for each in told.values()
        if "https://w3id.org/sssom/mapping_justification" in each
    }


def test_every_answer_says_what_it_was_derived_from(published):
    named = published("Mairie de Nice")
    assert derived(named) == {("body-name", "publisher", "Mairie de Nice")}
    numbered = published("Nice", "210600888", "21060088800015")
    assert derived(numbered) == {("body-siren", "siret", "21060088800015")}
    unit = published("Direction des sports - Ville de Nice")
    assert {rule for rule, _, _ in derived(unit)} == {"body-unit"}
    assert derived(published("Club des amateurs")) == set()


def test_the_number_of_nobody_known_is_an_issue(published):
    found = published("Région Île-de-France", "403568355", "40356835500024")
    assert found("", "publisher") == [f"{BASE}agent/237500079"]
    assert found.complaints == {("invalid-value", "siret"): 1}


def test_a_number_that_the_tables_have_not_is_an_agent_s_all_the_same(published):
    found = published("Club des amateurs", "403568355", "40356835500024")
    club = f"{BASE}agent/403568355"
    assert found("", "publisher") == [club]
    assert found(club, "name") == ["Club des amateurs"]
    assert found(club, "orgIdentifier") == ["403568355"]
    assert found.issues == []


def test_spellings_of_a_body_are_one_agent_with_one_name(begin):
    reading = begin()
    spellings = ("Ville de Nice", "MAIRIE DE NICE", "Commune de Nice", "Ville de Nice")
    found = {agents.described(reading, name).iri for name in spellings}
    assert found == {f"{BASE}agent/210600888"}
    said = Description(reading)
    assert said(found.pop(), "name") == ["Commune de Nice"]
    assert said(f"{BASE}agent/210600888", "altLabel") == ["MAIRIE DE NICE", "Ville de Nice"]


def test_a_registry_s_own_name_of_a_known_body_stands_beside(make_portal, begin, connectors):
    portal = make_portal(publisher=Publisher("La Métropole rose", "243100518"))
    reading = begin()
    context = Context(portal, reading.context.iris, reading.context.model, reading.context.moment)
    catalog = Description(described_catalog(context, connectors["opendatasoft"], [], "digest"))
    toulouse = f"{BASE}agent/243100518"
    assert catalog("", "publisher") == [toulouse]
    assert catalog(toulouse, "name") == ["Toulouse Métropole"]
    assert catalog(toulouse, "altLabel") == ["La Métropole rose"]
