"""Which body a publisher is, measured on labelled samples; and what the graph says of it."""

import csv
import time
from pathlib import Path

import pytest

from ingest import agents, describing
from ingest.bodies import identify
from ingest.cataloguing import described_catalog
from ingest.connectors import CONNECTORS
from ingest.portals import Publisher, bundled_registry, load_portals
from ingest.record import Context
from vocab.bodies import known_bodies

from .conftest import BASE, Description

FOLDER = Path(__file__).parent / "bodies"
OTHERS = {
    "rennes": ("Rennes Métropole", "243500139", "epci/243500139"),
    "capatlantique": ("Cap Atlantique", "244400610", "epci/244400610"),
    "evian": ("Ville d'Évian-les-Bains", "217401199", "commune/74119"),
    "feed": ("Direction interministérielle du numérique", "130025265", "country/FRA"),
}
"""The publisher and the territory of portals that the registry has not."""


@pytest.fixture(scope="module")
def registry():
    return load_portals(bundled_registry(), CONNECTORS)


@pytest.fixture
def portal(registry, make_portal):
    def of(name):
        if name in registry:
            return registry[name]
        title, siren, territory = OTHERS[name]
        return make_portal(name=name, publisher=Publisher(title, siren), territory=territory)

    return of


def judged(portal, sample):
    """How many rows have a body, how many of these an answer, and the answers that are wrong."""
    bodies, answered, wrong, right = 0, 0, [], 0
    for row in csv.DictReader((FOLDER / sample).read_text("utf-8").splitlines()):
        found = identify(portal(row["portal"]), row["name"], row["siret"][:9])
        has_body = row["verdict"] == "body"
        bodies += has_body
        if found is None:
            continue
        answered += has_body
        if has_body and (found.body.siren, found.is_unit) == (row["siren"], bool(row["unit"])):
            right += 1
        else:
            wrong.append((row, found))
    return bodies, answered, right, wrong


@pytest.mark.parametrize(("sample", "bodies"), [("labelled.csv", 183), ("held_out.csv", 41)])
def test_the_labelled_samples(portal, sample, bodies):
    labelled, answered, right, wrong = judged(portal, sample)
    assert labelled == bodies
    assert right >= 0.99 * (right + len(wrong)), wrong
    assert answered >= 0.9 * bodies


@pytest.fixture
def read(portal):
    """The SIREN of the body that a name means, with an asterisk where it names a unit of it."""

    def siren(name, number="", of="datagouv"):
        found = identify(portal(of), name, number)
        return "" if found is None else found.body.siren + "*" * found.is_unit

    return siren


@pytest.mark.parametrize(
    ("name", "siren"),
    [
        ("Ville de Paris", "217500016"),
        ("Mairie de Paris", "217500016"),
        ("VILLE DU HAVRE", "217603513"),
        ("Mairie de St Nicolas de Redon", "214401853"),
        ("Commune de Faugères (07)", "210700886"),
        ("Mairie de Saint-Denis (La Réunion)", "219740115"),
        ("Toulouse Métropole", "243100518"),
        ("Mairie de Toulouse", "213105554"),
        ("EPT Plaine Commune", "200057867"),
        ("CC du Pays Rhénan", "200041325"),
        ("Grand Belfort Communauté d'Agglomération", "200069052"),
        ("Conseil général de l'Oise", "226000016"),
        ("CD 54", "225400019"),
        ("Seine-Saint-Denis - Le Département", "229300082"),
        ("DDTM 80 (Direction Départementale des Territoires et de la Mer)", "130010846"),
        ("DREAL PACA", "130006380"),
        ("Région Sud", "231300021"),
        ("Conseil régional de Bretagne", "233500016"),
        ("Open Data Rodez Agglomération", "241200187"),
        ("Département du Bas-Rhin", "226700011"),
        ("Direction de la Voirie - Ville de Paris", "217500016*"),
        ("Ville de Marseille - Direction des Systèmes d'Information", "211300553*"),
        ("Direction des sports (Ville de Nice)", "210600888*"),
        ("Service des espaces verts de la Ville de Nice", "210600888*"),
    ],
)
def test_a_name_is_one_body_s(read, name, siren):
    assert read(name) == siren


@pytest.mark.parametrize(
    "name",
    [
        "Toulouse",  # the city, or the metropolis of its name
        "Nantes",
        "Mairie Saint-André-des-Eaux",  # two communes
        "Commune de Saint-Denis",
        "Orange",  # the firm
        "Avril",
        "HERMES",
        "CCAS de Rennes",  # a body of its own
        "Centre communal d'action sociale de Besançon",
        "Audiar - Rennes Métropole",  # an agency
        "Aéroport de Nice - Ville de Nice",
        "Ville de Lyon / Ville de Nice",
        "Direction des jardins",  # of nobody, on a portal of everybody
        "Direction départementale de la cohésion sociale de l'Ain",
        "Communauté de communes de Serre-Ponçon / Communauté de Communes Vallée de l'Ubaye",
        "Communauté de communes de Châlons-en-Champagne",  # an agglomeration
        "Office public de l'habitat de Nice",
        "Syndicat mixte de la Métropole de Lyon",
        "Département",
        "Ville de",
        "",
    ],
)
def test_there_is_no_answer_where_it_is_not_sure(read, name):
    assert read(name) == ""


def test_a_name_is_read_within_the_portal_s_territory(read, registry):
    assert read("Commune de Saint-Victoret", of="ampmetropole") == "211301023"
    assert read("Ville de Saint-Chamas", of="ampmetropole") == "211300926"
    assert read("Commune de La Rochelle", of="datagouv") == ""
    assert read("Mairie de Saint-André-des-Eaux", of="capatlantique") == ""


@pytest.mark.parametrize(
    ("name", "of", "siren"),
    [
        ("Paris", "paris", "217500016"),
        ("DDCT - Direction de la Démocratie", "paris", "217500016*"),
        ("Mission Vélo", "paris", "217500016*"),
        ("Direction régionale des affaires culturelles", "paris", ""),
        ("Direction des jardins", "toulouse", ""),  # of the city or of the metropolis
        ("Direction des jardins", "datasud", ""),
        ("Eau de Paris", "paris", ""),
        ("La Rochelle", "feed", ""),
        ("La Rochelle", "datagouv", "211703004"),  # where the agglomeration has another name
        ("Centre d'Action Sociale de la Ville de Paris", "paris", "267500049"),
    ],
)
def test_a_portal_has_names_of_its_own(read, name, of, siren):
    assert read(name, of=of) == siren


def test_a_number_says_more_than_a_name(read):
    assert read("Ville de Lyon", "217500016") == "217500016"
    assert read("data.gouv.fr", "130025265") == "130025265"
    assert read("Une association", "841037583") == "841037583"


def test_a_number_of_nobody_known_beside_the_name_of_a_body(portal):
    # data.gouv.fr had the SIRET of an association for the region.
    found = identify(portal("datagouv"), "Région Île-de-France", "403568355")
    assert found is not None
    assert (found.body.siren, found.rule, found.number) == ("237500079", "body-name", "403568355")
    assert identify(portal("datagouv"), "Avignon", "403568355") is None  # a bare name is too little


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


def test_a_publisher_that_the_tables_have_not_is_the_registry_s(make_portal):
    portal = make_portal(publisher=Publisher("Le Club", "403568355", "NonProfitOrganisation"))
    assert known_bodies().get("403568355") is None
    found = identify(portal, "LE CLUB")
    assert found is not None
    assert (found.body.name, found.body.type) == ("Le Club", "NonProfitOrganisation")
