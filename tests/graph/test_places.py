"""The code officiel géographique in ``graph/places``: what it says, and when it is loaded."""

from collections import defaultdict

import pyoxigraph as ox
import pytest

from graph import places
from graph.iris import Iris
from graph.snapshot import Snapshots
from vocab.gazetteer import gazetteer

BASE = "http://localhost:8000/"
DCT = "http://purl.org/dc/terms/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
IGEO = "http://rdf.insee.fr/def/geo#"
AUTHORITY = "http://publications.europa.eu/resource/authority/"


@pytest.fixture(scope="module")
def said():
    """What is stated, by the place and the property."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    text = "".join(places.nquads(Iris(BASE))).encode()
    for quad in ox.parse(text, ox.RdfFormat.N_QUADS):
        assert quad.graph_name.value == f"{BASE}graph/places"
        where = quad.subject.value.removeprefix(f"{BASE}place/")
        found[where][quad.predicate.value].add(quad.object.value)
    return found


def test_every_territory_but_france_is_a_location_with_its_code_and_name(said):
    assert len(said) == len(gazetteer()) - 1
    for where, statements in said.items():
        assert f"{DCT}Location" in statements["http://www.w3.org/1999/02/22-rdf-syntax-ns#type"]
        assert statements[f"{DCT}identifier"] == {where.partition("/")[2]}
        assert len(statements[f"{SKOS}prefLabel"]) == 1


def test_a_commune(said):
    found = said["commune/13055"]
    assert found[f"{SKOS}prefLabel"] == {"Marseille"}
    assert found[f"{IGEO}codeINSEE"] == {"13055"}
    assert found["http://schema.org/identifier"] == {"211300553"}
    assert found["http://dbpedia.org/ontology/populationTotal"] == {"886040"}
    assert found[f"{DCT}isPartOf"] == {
        f"{BASE}place/arrondissement/133", f"{BASE}place/epci/200054807",
    }  # fmt: skip
    assert found[f"{SKOS}exactMatch"] == {
        "http://id.insee.fr/geo/commune/13055", "http://www.wikidata.org/entity/Q23482",
        "https://sws.geonames.org/2995469/", f"{AUTHORITY}place/FRA_MRS",
    }  # fmt: skip


def test_a_departement_has_its_nuts_3_and_its_unit_of_the_eu(said):
    assert said["departement/13"][f"{SKOS}exactMatch"] == {
        "http://id.insee.fr/geo/departement/13", "http://data.europa.eu/nuts/code/FRL04",
        f"{AUTHORITY}atu/FRA_DPT_013",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("where", "parents"),
    [
        ("region/93", {f"{AUTHORITY}country/FRA"}),
        ("departement/13", {f"{BASE}place/region/93"}),
        ("arrondissement-municipal/13201", {f"{BASE}place/commune/13055"}),
        ("epci/200054807", {f"{BASE}place/region/93"}),  # of three départements
        ("epci/243100518", {f"{BASE}place/departement/31"}),
        ("commune/98818", {f"{BASE}place/collectivite/988"}),
        ("collectivite/988", {f"{AUTHORITY}country/FRA"}),
        ("commune/01126", {f"{BASE}place/commune/01033"}),
    ],
)
def test_a_territory_is_a_part_of_the_nearest_ones(said, where, parents):
    assert said[where][f"{DCT}isPartOf"] == parents


def test_every_territory_comes_to_france_by_its_parents(said):
    france = f"{AUTHORITY}country/FRA"
    reached = {france}
    left = {f"{BASE}place/{where}": each[f"{DCT}isPartOf"] for where, each in said.items()}
    while found := [where for where, parents in left.items() if parents <= reached]:
        reached |= set(found)
        for where in found:
            del left[where]
    assert not left


def test_a_former_commune_is_replaced_by_one_of_today(said):
    former = {where: each for where, each in said.items() if each[f"{DCT}isReplacedBy"]}
    assert len(former) > 4_500
    for each in former.values():
        [successor] = each[f"{DCT}isReplacedBy"]
        assert not said[successor.removeprefix(f"{BASE}place/")][f"{DCT}isReplacedBy"]


def test_no_iri_of_others_is_stated_of_two_places(said):
    found = [match for each in said.values() for match in each[f"{SKOS}exactMatch"]]
    assert len(found) == len(set(found))


@pytest.fixture
def few(monkeypatch):
    """Some territories in the place of all, so that a store takes them in at once."""
    keys = ["region/93", "departement/13", "epci/200054807", "commune/13055"]
    chosen = [gazetteer().by_key(key) for key in keys]
    monkeypatch.setattr("vocab.gazetteer.Gazetteer.__iter__", lambda self: iter(chosen))


def held(store):
    store.publish()
    snapshot = Snapshots(store.folder).current().store
    return set(snapshot.quads_for_pattern(None, None, None, ox.NamedNode(f"{BASE}graph/places")))


def test_a_store_takes_them_in_once_a_vintage(few, store, monkeypatch):
    assert store.hold_places() > 20
    before = held(store)
    assert store.hold_places() == 0
    monkeypatch.setattr("graph.places.version", lambda: "2027-x")
    assert store.hold_places() > 20
    after = held(store)
    assert {quad.object.value for quad in after - before} == {"2027-x"}


def test_what_a_killed_process_left_is_replaced(few, store):
    line = f'<{BASE}place/region/93> <{SKOS}prefLabel> "Sud"@fr <{BASE}graph/places> .\n'
    store.load("none", line.encode())
    store.hold_places()
    names = {quad.object.value for quad in held(store) if quad.predicate.value.endswith("Label")}
    assert "Sud" not in names
    assert "Provence-Alpes-Côte d'Azur" in names
    assert store.recover() == []


def test_what_is_held_is_published(few, store):
    store.hold_places()
    assert store.has_unpublished()
