"""What is given of a resource, and what an export carries along."""

import pyoxigraph as ox
import pytest

from graph.description import describe, export

BASE = "http://localhost:8000/"


@pytest.fixture
def described(graphs):
    """A store in memory: two datasets, their catalogue, and what they share."""
    store = ox.Store()
    root = graphs.root("arbres")
    more = f"<{root}> dct:publisher <agent/1> ; dcat:theme <concept/t/a> ; dct:relation <{{}}> ."
    store.bulk_load(
        graphs.dataset("arbres", more=more.format(graphs.root("velos")))
        + graphs.dataset("velos", "Vélos")
        + graphs.the_catalog()
        + graphs.nquads('<agent/1> a foaf:Agent ; foaf:name "Voirie"@fr .', "agents")
        + graphs.nquads('<agent/2> a foaf:Agent ; foaf:name "Autre"@fr .', "agents")
        + graphs.nquads(
            '<concept/t/a> skos:prefLabel "Arbres"@fr ; skos:inScheme <concept/t> .'
            '<concept/t> dct:title "Thèmes"@fr . <concept/t/b> skos:prefLabel "B"@fr .',
            "vocab",
        ),
        ox.RdfFormat.N_QUADS,
    )
    return store


def names(triples):
    return {triple.subject.value.removeprefix(BASE) for triple in triples}


def test_a_dataset_is_described_with_its_parts_and_neighbours(described, graphs):
    subjects = names(describe(described, graphs.root("arbres")))
    root = "dataset/ville/arbres"
    assert {root, f"{root}/record", f"{root}/distribution/csv"} <= subjects
    assert {"agent/1", "concept/t/a", "catalog/ville", "https://ville.example/page"} <= subjects
    assert "agent/2" not in subjects


def test_a_dataset_referred_to_is_named_and_not_described(described, graphs):
    found = describe(described, graphs.root("arbres"))
    velos = [triple for triple in found if triple.subject == ox.NamedNode(graphs.root("velos"))]
    assert {triple.predicate.value.rsplit("/")[-1].split("#")[-1] for triple in velos} == {
        "type",
        "title",
    }


def test_a_catalogue_names_its_datasets_alone(described, graphs):
    found = describe(described, graphs.catalog)
    assert ox.NamedNode(graphs.root("arbres")) in {triple.object for triple in found}
    assert "dataset/ville/arbres" not in names(found)


def test_nothing_is_known_of_an_unknown_iri(described):
    assert describe(described, f"{BASE}dataset/ville/inconnu") == []


def test_no_triple_comes_twice(described, graphs):
    found = describe(described, graphs.root("arbres"))
    assert len(found) == len(set(found))


def test_an_export_carries_the_shared_nodes_that_it_refers_to(described, graphs):
    shared = [ox.NamedNode(f"{BASE}graph/{name}") for name in ("agents", "vocab")]
    subjects = names(quad.triple for quad in export(described, ox.NamedNode(graphs.graph), shared))
    assert {"dataset/ville/velos", "agent/1", "concept/t/a", "concept/t"} <= subjects
    assert subjects.isdisjoint({"agent/2", "concept/t/b"})
