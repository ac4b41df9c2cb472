"""Which body a name and a number mean, measured on samples labelled by reading."""

import csv
from pathlib import Path

import pytest

from ingest.bodies import identify
from ingest.connectors import CONNECTORS
from ingest.portals import Publisher, bundled_registry, load_portals
from vocab.bodies import known_bodies

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


def test_a_publisher_that_the_tables_have_not_is_the_registry_s(make_portal):
    portal = make_portal(publisher=Publisher("Le Club", "403568355", "NonProfitOrganisation"))
    assert known_bodies().get("403568355") is None
    found = identify(portal, "LE CLUB")
    assert found is not None
    assert (found.body.name, found.body.type) == ("Le Club", "NonProfitOrganisation")
