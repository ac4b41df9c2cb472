"""Columns of tables: their keys with the evidence, on Opendatasoft and CKAN."""

import json

import pytest

from tests.ingest.conftest import BASE

KEY = f"{BASE}concept/key/"
DERIVED = "http://www.w3.org/ns/prov#qualifiedDerivation"
SSSOM = "https://w3id.org/sssom/"


def evidence(found, path):
    """What the key of a column was read from: field, text, rule, confidence."""
    facts = {}
    [derivation] = [
        triple.object
        for triple in found.triples
        if triple.subject.value == found.root + path and triple.predicate.value == DERIVED
    ]
    for triple in found.triples:
        if triple.subject == derivation:
            facts[triple.predicate.value.rpartition("/")[2].rpartition("#")[2]] = triple.object
    rule = facts["mapping_justification"].value.rpartition("/")[2]
    return facts["propertyID"].value, facts["value"].value, rule, facts["confidence"].value


@pytest.fixture
def table(describe):
    def described(*fields):
        return describe("opendatasoft", {"dataset_id": "jeu", "fields": list(fields)})

    return described


def test_a_key_says_what_it_was_read_from(table):
    found = table(
        {"name": "cp", "label": "Code postal", "type": "text"},
        {"name": "insee", "label": "INSEE", "type": "text"},
        {"name": "x", "label": "X", "type": "geo_point_2d"},
        {"name": "c", "label": "C", "description": "Le <b>code INSEE</b> de la commune"},
    )
    assert found.one("/column/cp", "propertyUrl") == f"{KEY}postal"
    told = ("fields.label", "Code postal", "column-title", "0.9")
    assert evidence(found, "/column/cp") == told
    assert evidence(found, "/column/insee") == ("fields.name", "insee", "column-name", "0.5")
    assert evidence(found, "/column/x") == (
        "fields.type", "geo_point_2d", "column-datatype", "1",
    )  # fmt: skip
    assert found.one("/column/c", "propertyUrl") == f"{KEY}commune"
    assert evidence(found, "/column/c")[2:] == ("column-description", "0.9")


def test_columns_of_the_same_evidence_share_it(table):
    fields = [{"name": f"d{n}", "label": f"D{n}", "type": "date"} for n in range(3)]
    found = table(*fields)
    of_columns = {
        triple.object
        for triple in found.triples
        if triple.predicate.value == DERIVED and "/column/" in triple.subject.value
    }
    assert len(of_columns) == 1


def test_a_name_in_doubt_has_no_key(table):
    found = table({"name": "cp", "label": "Conseiller de Paris", "type": "text"})
    assert found("/column/cp", "propertyUrl") == []
    assert found("/column/cp", "columnTitle") == ["Conseiller de Paris"]


@pytest.mark.parametrize("label", [None, 7, ["Code postal"], {"fr": "Code postal"}])
def test_a_title_of_another_shape_takes_nothing_else_along(table, label):
    found = table({"name": "cp", "label": label, "type": "int"})
    assert found.one("/column/cp", "columnName") == "cp"


RESOURCE = {"id": "r", "url": "https://data.ville.example/a.csv", "format": "CSV"}


@pytest.fixture
def resource(describe):
    def described(**different):
        package = {"id": "jeu", "title": "J", "resources": [{**RESOURCE, **different}]}
        return describe("ckan", package)

    return described


def test_the_datastore_lists_columns_of_a_resource(resource):
    found = resource(
        fields=[
            {"id": "_id", "type": "int4"},
            {
                "id": "siret",
                "type": "text",
                "info": {"label": "Numéro SIRET", "notes": "De l'acheteur", "unit": ""},
            },
            {"id": "montant", "type": "numeric", "info": {"unit": "EUR"}},
        ]
    )
    column = "/distribution/r/column/siret"
    assert len(found("/distribution/r/schema", "column")) == 3
    assert found("/distribution/r", "tableSchema") == [f"{found.root}/distribution/r/schema"]
    assert found.one(column, "columnTitle") == "Numéro SIRET"
    assert found.one(column, "description") == "De l'acheteur"
    assert found.one(column, "propertyUrl") == f"{KEY}siret"
    assert evidence(found, column)[0] == "resources.fields.info.label"
    assert found.one("/distribution/r/column/montant", "unitText") == "EUR"
    assert found.one("/distribution/r/column/montant", "datatype").endswith("#decimal")
    assert [issue for issue in found.issues if "fields" in issue.key] == []


SCHEMA = {
    "fields": [
        {"name": "code_insee", "title": "Code INSEE", "type": "string", "description": "Le code"},
        {"name": "annee", "type": "year"},
    ],
    "primaryKey": "code_insee",
    "missingValues": [""],
}


@pytest.mark.parametrize("written", [SCHEMA, json.dumps(SCHEMA)])
def test_a_table_schema_lists_columns(resource, written):
    found = resource(schema=written)
    column = "/distribution/r/column/code_insee"
    assert found.one(column, "propertyUrl") == f"{KEY}commune"
    assert found.one("/distribution/r/column/annee", "propertyUrl") == f"{KEY}date"
    assert found("/distribution/r/schema", "primaryKey") == ["code_insee"]
    assert [issue for issue in found.issues if "schema" in issue.key] == []


def test_a_schema_that_is_an_address_is_conformed_to(resource):
    page = "https://schema.data.gouv.fr/scdl/subventions/"
    assert resource(schema=page)("/distribution/r", "conformsTo") == [page]


@pytest.mark.parametrize(
    "odd", [7, [], [[]], "{", {"fields": 3}, {"fields": [None, 4, {"name": {}}]}, {"x": 1}]
)
@pytest.mark.parametrize("key", ["schema", "fields"])
def test_odd_columns_leave_the_resource_as_it_is(resource, key, odd):
    found = resource(**{key: odd})
    assert found.one("/distribution/r", "accessURL") == RESOURCE["url"]


def test_a_table_in_every_city_is_found_by_its_key(run, recorded, store, read):
    """The query that keys are for."""
    entry = {
        "dataset_id": "arbres",
        "fields": [{"name": "code_insee", "label": "Code INSEE", "type": "text"}],
    }
    run(recorded({"total_count": 1, "results": [entry]}))
    subject = f"<{BASE}dataset/ville/arbres/column/code_insee>"
    lines = read(store)
    assert any(
        line.startswith(f"{subject} <http://www.w3.org/ns/csvw#propertyUrl> <{KEY}commune>")
        for line in lines
    )
    assert any("/derivation/ville/" in line and "column-title" in line for line in lines)
