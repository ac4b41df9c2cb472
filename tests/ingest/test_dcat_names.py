"""What the records of a DCAT feed are called, and when they have changed."""

import json
import random

import pyoxigraph as ox
import pytest

from ingest.connectors.dcat_iris import Prefixes, mended, tail
from ingest.connectors.dcat_names import distinct_names
from tests.ingest.dcat_feeds import PREFIXES, walk

FEED = (
    PREFIXES
    + """
d:c dcat:dataset d:a, _:b . d:a a dcat:Dataset ; dct:title "A"@fr, "A"@en ; dct:publisher _:p ;
    dcat:distribution [ dcat:accessURL d:f ; spdx:checksum [ spdx:checksumValue "00" ] ],
        [ dcat:accessURL d:g ] ; dct:temporal _:t ; dct:relation _:x .
_:b a dcat:Dataset ; dct:title "B" ; dct:publisher _:p ; dct:temporal _:t ; dct:relation d:a .
_:p foaf:name "Voirie" . _:t dcat:startDate "2020" . _:x dct:relation _:y . _:y dct:relation _:x .
d:r a dcat:CatalogRecord ; foaf:primaryTopic d:a ; dct:modified "2024" .
d:s a dcat:DataService ; dcat:servesDataset d:a, _:b ; dct:title "S" .
"""
)


@pytest.fixture
def records(tmp_path, make_portal, connectors, open_fetcher):
    """The records of a feed in Turtle, by their identifiers."""

    def found(text, format="ttl"):
        path = tmp_path / f"feed.{format}"
        path.write_bytes(text if isinstance(text, bytes) else (PREFIXES + text).encode())
        portal = make_portal(type="dcat", url=f"file:{path}", site="https://data.ville.example")
        entries = walk(portal, connectors, open_fetcher).records
        return {record.id: record.payload for record in entries}

    return found


def written(payload):
    """A payload as its digest sees it: whatever the order of keys."""
    return json.dumps(payload, sort_keys=True)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('d:1 a dcat:Dataset ; dct:identifier "abc" .', ["abc"]),
        ('d:1 a dcat:Dataset ; dct:identifier " abc ", "abc"@fr .', ["abc"]),
        ("d:1 a dcat:Dataset ; dct:identifier <http://x.example/jeux/abc/> .", ["abc"]),
        ('d:1 a dcat:Dataset ; dct:identifier "http://x.example/i.html?id=abc&sublayer=2" .',
         ["abc_2"]),
        ('d:1 a dcat:Dataset ; dct:identifier "10.5281/zenodo.1" .', ["10.5281/zenodo.1"]),
        ('d:1 a dcat:Dataset ; dct:identifier "a", "b" .', ["1"]),
        ('d:1 a dcat:Dataset ; dct:identifier "a http://x.example/b" .', ["1"]),
        ('d:1 a dcat:Dataset ; dct:identifier "..." .', ["1"]),
        ('d:1 a dcat:Dataset ; adms:identifier [ skos:notation "n-1" ] .', ["n-1"]),
        ('d:1 a dcat:Dataset ; dct:title "T" .', ["1"]),
        ('<http://d.example/records/abc#resource> a dcat:Dataset ; dct:title "T" .', ["abc"]),
        ('<http://d.example/c.search#/metadata/abc> a dcat:Dataset ; dct:title "T" .', ["abc"]),
        ('[] a dcat:Dataset ; dct:title "T" ; dcat:landingPage <http://d.example/p/abc> .',
         ["abc"]),
        ('d:1 a dcat:Dataset ; dct:identifier "x" . d:2 a dcat:Dataset ; dct:identifier "x" .',
         ["1", "2"]),
        ('d:1 a dcat:Dataset ; dct:identifier "2" . d:2 a dcat:Dataset ; dct:title "T" .',
         ["2", "http://d.example/2"]),
    ],
)  # fmt: skip
def test_a_dataset_is_named_by_what_tells_it_apart(records, text, names):
    assert sorted(records(text)) == names


def test_a_blank_dataset_is_named_by_title_and_publisher(records):
    text = (
        '[] a dcat:Dataset ; dct:title "T" ; dct:publisher [ foaf:name "%s" ] ; dct:issued "%s" .'
    )
    [first] = records(text % ("A", "2020"))
    assert first.startswith("t-")
    assert list(records(text % ("A", "2021"))) == [first]
    assert list(records(text % ("B", "2020"))) != [first]
    assert len(records(text % ("A", "2020") + text % ("A", "2021"))) == 2


def test_a_name_that_one_has_taken_is_not_given_again():
    claims = {"a": ["x", "1"], "b": ["x", "2"], "c": ["y", "z"], "d": ["y", "1", "3"]}
    found = distinct_names(claims)
    assert (found["a"], found["b"], found["c"]) == ("1", "2", "z") or found["d"] == "3"
    assert len(set(found.values())) == 4
    assert distinct_names(dict(reversed(claims.items()))) == found
    assert len(set(distinct_names({"a": ["x"], "b": ["x"]}).values())) == 2


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        ("http://a.example/x/y", "y"),
        ("http://a.example/x/y/", "y"),
        ("http://a.example/", ""),
        ("http://a.example", ""),
        ("http://a.example/x%20y", "x y"),
        ("http://a.example/x?format=csv", "x"),
        ("http://a.example/?id=3", "3"),
        ("http://a.example/view.php?id=3&l=fr", "3_fr"),
        ("http://a.example/f.zip#distribution4", "distribution4"),
        ("http://a.example/jeu/dataset", ""),
        ("urn:uuid:3", ""),
    ],
)
def test_the_tail_of_an_iri(iri, name):
    assert tail(iri) == name


def test_neither_order_nor_labels_nor_syntax_change_a_record(records):
    quads = list(ox.parse(FEED, ox.RdfFormat.TURTLE))
    expected = {name: written(payload) for name, payload in records(FEED.encode()).items()}
    assert len(expected) == 3
    for seed in range(10):
        random.Random(seed).shuffle(quads)
        labels = random.Random(seed).sample(range(100), 20)
        blank: dict[str, ox.BlankNode] = {}

        def relabelled(term, blank=blank, labels=labels):
            if not isinstance(term, ox.BlankNode):
                return term
            return blank.setdefault(term.value, ox.BlankNode(f"b{labels[len(blank)]}"))

        triples = [
            ox.Triple(relabelled(quad.subject), quad.predicate, relabelled(quad.object))
            for quad in quads
        ]
        for format in (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.RDF_XML, ox.RdfFormat.JSON_LD):
            body = ox.serialize(triples, format=format)
            found = records(body, format.file_extension)
            assert {name: written(payload) for name, payload in found.items()} == expected


def test_a_change_changes_the_record_that_it_is_in(records):
    before = {name: written(payload) for name, payload in records(FEED.encode()).items()}
    for old, new, changed in (
        ('"00"', '"01"', 1),
        ('"Voirie"', '"Parcs"', 3),  # of the one that has its name from it, the service too
        ('dct:modified "2024"', 'dct:modified "2025"', 1),
        ("dcat:servesDataset d:a, _:b", "dcat:servesDataset d:a, _:b, d:autre", 1),
    ):
        after = {
            name: written(payload)
            for name, payload in records(FEED.replace(old, new).encode()).items()
        }
        assert len(set(after.values()) - set(before.values())) == changed, new


def test_a_record_has_an_end(records):
    chain = "".join(f"d:n{n} dct:relation d:n{n + 1} ." for n in range(20))
    wide = "".join(f"d:1 dct:relation d:w{n} . d:w{n} dct:title '{n}' ." for n in range(2500))
    dataset = 'd:1 a dcat:Dataset ; dct:title "T" ; dct:relation d:n0 .'
    payload = records(dataset + chain)["1"]
    assert len(payload["nodes"]) == 7
    payload = records(dataset + wide)["1"]
    assert len(payload["nodes"]) < 2100
    assert [kind for kind, *_ in payload["repairs"]] == ["shape"]


def test_catalogues_and_other_datasets_are_not_part_of_a_record(records):
    found = records(
        "d:1 a dcat:Dataset ; dct:title 'T' ; dct:isPartOf d:c ; dct:relation d:2 ;"
        " dcat:theme d:t . d:c a dcat:Catalog ; dct:title 'C' ."
        " d:2 a dcat:Dataset ; dct:title 'U' ."
        " d:t skos:prefLabel 'Thème' ; skos:inScheme d:s . d:s skos:hasTopConcept d:t, d:u ."
        " d:u skos:prefLabel 'Autre' ."
    )
    assert {name.rsplit("/", 1)[-1] for name in found["1"]["nodes"]} == {"1", "t"}


@pytest.mark.parametrize(
    ("text", "read", "is_iri"),
    [
        ("http://a.example/x y", "http://a.example/x y", None),  # its space is escaped elsewhere
        ("http://a.example/1 http://a.example/2", "http://a.example/1", True),
        ("http://http://a.example/1", "http://a.example/1", True),
        ("https:https://a.example/1", "https://a.example/1", True),
        ("http://a.example/?u=http://b.example/", "http://a.example/?u=http://b.example/", None),
        ("dct:title", "http://purl.org/dc/terms/title", True),
        ("jeu/1", "http://d.example/jeu/1", True),
        ("En continu", "En continu", False),
    ],
)
def test_odd_iris(text, read, is_iri):
    prefixes = Prefixes({"dct": "http://purl.org/dc/terms/"}, {})
    found = mended(text, "http://d.example/feed", prefixes, is_subject=False)
    assert (found.text if found else text) == read
    assert (found.is_iri if found else None) is is_iri
