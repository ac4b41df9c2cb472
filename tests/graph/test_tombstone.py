"""What stays of a dataset that left its portal, and what comes of it when it is back."""

from datetime import UTC, datetime

import pyoxigraph as ox
import pytest

from graph.difference import Change, Description, Entry, Withdrawal
from graph.snapshot import Snapshots

BASE = "http://localhost:8000/"
SEEN, GONE = "2024-01-15T06:30:00Z", datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
RUN = f"{BASE}run/ville/20261121T063000000000Z"
WHY = 'no longer in the portal\'s listing, which "was" complete'
MARKS = """
    @prefix prov: <http://www.w3.org/ns/prov#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    @prefix adms: <http://www.w3.org/ns/adms#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."""
A_DATASET = ox.NamedNode("http://www.w3.org/ns/dcat#Dataset")
RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


@pytest.fixture
def described(graphs):
    """A dataset with all that a tombstone keeps, and more; first seen at ``seen``."""

    def make(identifier, title="Les arbres", seen=SEEN, digest="1"):
        root = graphs.root(identifier)
        content = graphs.dataset(
            identifier,
            title,
            f"""<{root}> dct:description "Leurs espèces"@fr ; dct:identifier "{identifier}" ;
                dct:publisher <agent/ville/dvd> ; dct:issued "2020-01-01" ;
                dct:modified "2024-05-31" ; dcat:keyword "arbre"@fr ;
                dcat:contactPoint <{root}/contact> .
            <{root}/contact> dct:title "Nous"@fr .
            <{root}/record> dct:identifier "{identifier}" ; sh:result <{root}/issue/1> .
            <{root}/issue/1> a sh:ValidationResult .""",
            digest,
        )
        marks = graphs.nquads(f"""{MARKS}
            <{root}/record> owl:versionInfo "{digest}" ; dct:created "{seen}"^^xsd:dateTime ;
                prov:generatedAtTime "{seen}"^^xsd:dateTime ; prov:wasGeneratedBy <run/first> .""")
        entry = Entry(root, digest, title, 1, "2024-05-31")
        return Description(content, marks, entry)

    return make


@pytest.fixture
def holding(store, graphs, described):
    """A store of two datasets, ``arbres`` and ``velos``."""
    said = [(graphs.root(name), described(name)) for name in ("arbres", "velos")]
    catalog = Entry(graphs.catalog, "1", "La ville", 0, "", "Ses données")
    store.load("ville", graphs.the_catalog(), [catalog])
    store.apply("ville", Change(said))
    return store


@pytest.fixture
def withdraw(holding, graphs):
    """Withdraw a dataset."""

    def withdrawn(identifier="arbres", moment=GONE):
        change = Change([(graphs.root(identifier), None)], b"", Withdrawal(moment, RUN, WHY))
        holding.apply("ville", change)

    return withdrawn


@pytest.fixture
def held(holding):
    """What is held and published about an IRI, and what begins with it."""

    def quads(iri):
        holding.publish()
        snapshot = Snapshots(holding.folder).current()
        return {quad for quad in snapshot.store if f"<{iri}" in str(quad)}

    return quads


def test_a_tombstone_says_what_it_was_since_when_it_is_not_why_and_which_run_saw_it(
    withdraw, held, graphs
):
    withdraw()
    root = graphs.root("arbres")
    expected = graphs.nquads(f"""{MARKS}
        <{root}> a dcat:Resource ; dct:title "Les arbres"@fr ;
          dct:description "Leurs espèces"@fr ; dct:identifier "arbres" ;
          dct:publisher <agent/ville/dvd> ; dct:issued "2020-01-01" ; dct:modified "2024-05-31" ;
          dcat:landingPage <https://ville.example/page> ; dct:isPartOf <catalog/ville> ;
          prov:invalidatedAtTime "2026-11-21T06:30:00Z"^^xsd:dateTime .
        <{root}/record> a prov:Entity ; foaf:primaryTopic <{root}> ;
          adms:status <http://purl.org/adms/status/Withdrawn> ;
          dct:created "{SEEN}"^^xsd:dateTime ;
          dct:modified "2026-11-21T06:30:00Z"^^xsd:dateTime ;
          prov:generatedAtTime "2026-11-21T06:30:00Z"^^xsd:dateTime ;
          prov:wasGeneratedBy <{RUN}> ;
          rdfs:comment "no longer in the portal's listing, which \\"was\\" complete"@en .""")
    assert held(root) == set(ox.parse(expected, ox.RdfFormat.N_QUADS))


def test_a_tombstone_is_no_dataset_and_in_no_catalogue(withdraw, held, graphs):
    withdraw()
    left = held(BASE)
    datasets = {q.subject.value for q in left if (q.predicate, q.object) == (RDF_TYPE, A_DATASET)}
    assert datasets == {graphs.root("velos")}
    listed = {q.object.value for q in left if q.subject.value == graphs.catalog} - {"La ville"}
    assert graphs.root("arbres") not in listed
    assert f"{graphs.root('arbres')}/record" not in listed
    assert graphs.root("velos") in listed


def test_a_tombstone_is_out_of_the_index_and_the_digests(withdraw, graphs, holding):
    withdraw()
    holding.publish()
    index = Snapshots(holding.folder).current().index
    assert [row.iri for row in index.datasets(graphs.catalog, 1, 10)] == [graphs.root("velos")]
    assert [row.datasets for row in index.catalogs()] == [1]
    assert graphs.root("arbres") not in holding.digests("ville")


def test_a_register_that_is_made_anew_holds_no_tombstone(withdraw, graphs, holding):
    withdraw()
    before = holding.digests("ville")
    holding.recover(anew=True)
    assert holding.digests("ville") == before


def test_the_page_of_a_tombstone_is_still_a_page(withdraw, held, graphs):
    withdraw("arbres")
    withdraw("velos")
    page = "https://ville.example/page"
    assert {q.subject.value for q in held(page)} == {
        page, graphs.root("arbres"), graphs.root("velos")
    }  # fmt: skip


def test_the_others_are_as_they_were(withdraw, held, graphs):
    before = held(graphs.root("velos"))
    withdraw()
    assert held(graphs.root("velos")) == before


def test_a_dataset_that_is_not_held_leaves_no_tombstone(withdraw, held, graphs):
    before = held(BASE)
    withdraw("inconnu")
    assert held(BASE) == before


def test_without_a_withdrawal_nothing_stays(holding, held, graphs):
    holding.apply("ville", Change([(graphs.root("arbres"), None)]))
    assert held(graphs.root("arbres")) == set()


def test_a_dataset_without_title_or_first_date_leaves_a_tombstone_all_the_same(
    holding, withdraw, held, graphs
):
    root = graphs.root("nu")
    bare = graphs.nquads(f"<{root}> a dcat:Dataset . <{graphs.catalog}> dcat:dataset <{root}> .")
    holding.apply("ville", Change([(root, Description(bare))]))
    withdraw("nu")
    said = {(q.subject.value.removeprefix(root), q.predicate.value) for q in held(root)}
    assert ("", "http://www.w3.org/ns/prov#invalidatedAtTime") in said
    assert ("/record", "http://www.w3.org/ns/adms#status") in said
    assert len(said) == 3 + 7


def values(quads, subject, name):
    return {q.object.value for q in quads
            if q.subject.value == subject and q.predicate.value.endswith(name)}  # fmt: skip


def test_what_comes_back_is_alive_with_its_first_date_and_what_is_new_of_it(
    holding, withdraw, held, described, graphs
):
    root = graphs.root("arbres")
    before = held(root)
    withdraw()
    again = described("arbres", "Les arbres, à nouveau", "2026-12-01T00:00:00Z", "2")
    holding.apply("ville", Change([(root, again)]))
    after = held(root)
    record = f"{root}/record"
    assert values(after, record, "/created") == {SEEN}
    assert values(after, record, "#generatedAtTime") == {"2026-12-01T00:00:00Z"}
    assert values(after, root, "/title") == {"Les arbres, à nouveau"}
    assert {q.predicate for q in after} == {q.predicate for q in before}
    assert len(after) == len(before)
    assert holding.digests("ville")[root] == "2"


def test_what_comes_back_as_it_was_is_as_it_was_but_for_its_marks(
    holding, withdraw, held, described, graphs
):
    root = graphs.root("arbres")
    before = held(root)
    withdraw()
    again = described("arbres", seen="2026-12-01T00:00:00Z")
    holding.apply("ville", Change([(root, again)]))
    assert {q.predicate.value.rpartition("#")[2] for q in held(root) ^ before} == {
        "generatedAtTime"
    }


def test_what_left_came_back_and_left_again_says_when_it_left_last(
    holding, withdraw, held, described, graphs
):
    root = graphs.root("arbres")
    withdraw()
    holding.apply("ville", Change([(root, described("arbres", seen="2026-12-01T00:00:00Z"))]))
    withdraw(moment=GONE.replace(year=2027))
    left = held(root)
    assert values(left, root, "invalidatedAtTime") == {"2027-11-21T06:30:00Z"}
    assert values(left, f"{root}/record", "/created") == {SEEN}
