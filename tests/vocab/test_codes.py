"""The code lists: what portals write (vocab/codes) and the concepts it means (vocab/concepts)."""

import csv
import json
from collections import defaultdict
from importlib.resources import files

import pyoxigraph as ox
import pytest

from tests.vocab.lists import (
    BASE,
    CLASSES,
    DCAT_MEDIA_TYPE,
    DCT,
    EU_TABLE,
    IANA,
    LISTS,
    NOT_EUROPEAN,
    RDF_TYPE,
    SEVERAL_MEANINGS,
    SHARED,
    SKOS,
    UNSPELT,
    XSD_STRING,
    concepts,
    fold,
    names,
    needs_shared,
    notation,
    rows,
    stems,
    triples,
)


def test_each_list_is_a_pair_of_files_where_portals_write_it():
    assert stems("concepts", ".ttl") == LISTS
    spelt = stems("codes", ".csv")
    assert spelt == sorted(set(LISTS) - UNSPELT)
    assert all(rows(name) for name in spelt)


@pytest.mark.parametrize("name", LISTS)
def test_concepts_are_described_in_full(name):
    graph = triples(name)
    assert not [
        t for t in graph if "BlankNode" in (type(t.subject).__name__, type(t.object).__name__)
    ]
    schemes = {t.subject.value for t in graph if t.object == ox.NamedNode(SKOS + "ConceptScheme")}
    titled = {
        (t.subject.value, t.object.language) for t in graph if t.predicate.value == DCT + "title"
    }
    assert {(scheme, language) for scheme in schemes for language in ("fr", "en")} <= titled
    for iri, facts in concepts(name).items():
        types = {t.value for t in facts[RDF_TYPE]}
        assert CLASSES[name] in types, iri
        assert {scheme.value for scheme in facts[SKOS + "inScheme"]} <= schemes, iri
        assert len(facts[SKOS + "inScheme"]) == 1, iri
        if name != "media-type":
            assert SKOS + "Concept" in types, iri
            assert sorted(label.language for label in facts[SKOS + "prefLabel"]) == ["en", "fr"], (
                iri
            )


@pytest.mark.parametrize("name", LISTS)
def test_nothing_is_left_undescribed(name):
    """Every subject is a scheme or a concept: a mistyped IRI would make a third kind."""
    schemes = {
        t.subject.value for t in triples(name) if t.object == ox.NamedNode(SKOS + "ConceptScheme")
    }
    assert {t.subject.value for t in triples(name)} == schemes | set(concepts(name))


@pytest.mark.parametrize("name", LISTS)
def test_notations_are_plain_and_unique(name):
    values = [notation(facts) for facts in concepts(name).values()]
    assert values
    assert len(values) == len(set(values))
    literals = [facts[SKOS + "notation"][0] for facts in concepts(name).values()]
    assert {literal.datatype for literal in literals} == {XSD_STRING}


@pytest.mark.parametrize("name", LISTS)
def test_names_never_point_to_two_concepts(name):
    assert {text: codes for text, codes in names(name).items() if len(codes) > 1} == {}


@pytest.mark.parametrize("name", sorted(set(LISTS) - UNSPELT))
def test_header_and_order(name):
    text = files("vocab").joinpath("codes", f"{name}.csv").read_text(encoding="utf-8")
    assert text.startswith("value,notation\n")
    assert "\r" not in text
    assert rows(name) == sorted(rows(name), key=lambda row: (row[1], row[0]))


@pytest.mark.parametrize("name", LISTS)
def test_rows_lead_to_a_concept(name):
    known = {notation(facts) for facts in concepts(name).values()}
    assert [row for row in rows(name) if row[1] not in known or not fold(row[0])] == []


@pytest.mark.parametrize("name", LISTS)
def test_folded_values_are_unique(name):
    seen = defaultdict(list)
    for value, code in rows(name):
        key = (fold(value), code) if name in SEVERAL_MEANINGS else fold(value)
        seen[key].append(value)
    assert {key: values for key, values in seen.items() if len(values) > 1} == {}


@pytest.mark.parametrize("name", LISTS)
def test_rows_add_to_the_names_of_the_concepts(name):
    """A row that repeats a name says nothing; one that gives it to another concept misleads."""
    known = names(name)
    assert [
        (value, code, known[fold(value)]) for value, code in rows(name) if fold(value) in known
    ] == []


def test_media_types_are_those_of_their_iri():
    assert {IANA + notation(facts) for facts in concepts("media-type").values()} == set(
        concepts("media-type")
    )


def test_media_types_of_files_are_in_the_list():
    listed = set(concepts("media-type"))
    for iri, facts in concepts("file-type").items():
        assert len(facts[DCAT_MEDIA_TYPE]) <= 1, iri
        assert {media.value for media in facts[DCAT_MEDIA_TYPE]} <= listed, iri


def test_hvd_categories_form_a_tree():
    categories = concepts("hvd-category")
    broader = {iri: [b.value for b in facts[SKOS + "broader"]] for iri, facts in categories.items()}
    assert all(len(up) <= 1 and set(up) <= set(categories) for up in broader.values())
    assert sum(not up for up in broader.values()) == 6


@needs_shared
@pytest.mark.parametrize("name", [n for n in LISTS if n not in NOT_EUROPEAN])
def test_european_concepts_are_official(name):
    tables = json.loads((SHARED / "eu_tables.json").read_text(encoding="utf-8"))
    table = tables[EU_TABLE.get(name, name)]
    official = {concept["iri"]: concept["code"] for concept in table["concepts"]}
    european = {iri: facts for iri, facts in concepts(name).items() if not iri.startswith(BASE)}
    assert {iri: notation(facts) for iri, facts in european.items()}.items() <= official.items()
    assert {facts[SKOS + "inScheme"][0].value for facts in european.values()} == {table["scheme"]}


@needs_shared
@pytest.mark.parametrize(
    "name", ["frequency", "data-theme", "dataset-type", "hvd-category", "status"]
)
def test_whole_tables_are_carried(name):
    tables = json.loads((SHARED / "eu_tables.json").read_text(encoding="utf-8"))
    official = {
        c["iri"] for c in tables[EU_TABLE.get(name, name)]["concepts"] if c["code"] != "OP_DATPRO"
    }
    assert set(concepts(name)) == official


@needs_shared
def test_media_types_are_registered():
    registered = set((SHARED / "iana-media-types.txt").read_text(encoding="utf-8").split())
    assert {notation(facts) for facts in concepts("media-type").values()} <= registered


@needs_shared
def test_file_types_and_their_media_types_agree_with_the_table():
    """The table's own IANA type where it gives one; else a registered type among those it lists."""
    text = (SHARED / "iana-media-types.txt").read_text(encoding="utf-8")
    registered = {line.lower(): line for line in text.split()}
    with (SHARED / "eu_file_types_2024-09.tsv").open(encoding="utf-8", newline="") as lines:
        table = {row["code"]: row for row in csv.DictReader(lines, delimiter="\t")}
    wrong = {}
    for facts in concepts("file-type").values():
        row = table[notation(facts)]
        chosen = [media.value.removeprefix(IANA) for media in facts[DCAT_MEDIA_TYPE]]
        own = row["iana"].startswith(IANA) and row["iana"].removeprefix(IANA)
        candidates = [own] if own else row["media_types"].split()
        expected = [registered[m.lower()] for m in candidates if m.lower() in registered]
        if not set(chosen) <= set(expected) or (expected and not chosen):
            wrong[notation(facts)] = (chosen, expected)
    assert wrong == {}


@needs_shared
@pytest.mark.parametrize("name", LISTS)
def test_every_row_leads_to_an_official_iri(name):
    """Of the European table, of IANA's or W3C's; or one of our own, which is said to be one."""
    tables = json.loads((SHARED / "eu_tables.json").read_text(encoding="utf-8"))
    table = tables.get(EU_TABLE.get(name, name), {"concepts": []})
    official = {each["iri"] for each in table["concepts"]}
    if name == "media-type":
        text = (SHARED / "iana-media-types.txt").read_text(encoding="utf-8")
        official = {IANA + line for line in text.split()}
    by_notation = {notation(facts): iri for iri, facts in concepts(name).items()}
    others = {by_notation[code] for _, code in rows(name)} - official
    own = [BASE]
    if name in NOT_EUROPEAN - {"media-type"}:
        own += ["http://www.w3.org/", "http://www.opengis.net/", "http://data.europa.eu/r5r/"]
        own += ["https://spdx.org/rdf/terms#"]
    assert [iri for iri in others if not iri.startswith(tuple(own))] == []
