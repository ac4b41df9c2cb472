"""An issue as a SHACL validation result."""

import pytest

from graph.iris import Iris
from graph.issues import SH, Issue
from vocab.context import Model

BASE = "http://localhost:8000/"
DATASET = f"{BASE}dataset/ville/arbres"


def objects(statements, name):
    return [target for _, predicate, target in statements if predicate == f"<{SH}{name}>"]


@pytest.fixture
def issue():
    return Issue("invalid-value", "metas.dcat.issued", "0004-11-21", 'dit "non"')


def test_an_issue_says_where_what_and_why(issue):
    found = issue.statements(Iris(BASE), DATASET, 3)
    node = f"<{DATASET}/issue/3>"
    assert (f"<{DATASET}/record>", f"<{SH}result>", node) in found
    assert objects(found, "focusNode") == [f"<{DATASET}>"]
    assert objects(found, "value") == ['"0004-11-21"']
    assert objects(found, "resultMessage") == ['"dit \\"non\\""@en']
    assert (node, "<http://schema.org/propertyID>", '"metas.dcat.issued"') in found


def test_an_issue_of_a_catalogue_is_the_catalogues_own(issue):
    catalog = f"{BASE}catalog/ville"
    assert issue.statements(Iris(BASE), catalog, 1)[0][0] == f"<{catalog}>"


def test_a_base_with_a_dataset_in_its_path_changes_nothing(issue):
    base = "http://localhost:8000/dataset/"
    found = issue.statements(Iris(base), f"{base}catalog/ville", 1)
    assert found[0][0] == f"<{base}catalog/ville>"


def test_a_long_value_is_cut(issue):
    long = Issue("shape", "x", "é" * 63_000, "long").statements(Iris(BASE), DATASET, 1)
    assert objects(long, "value") == [f'"{"é" * 200}"']


def test_an_issue_without_value_has_none():
    found = Issue("missing", "title", "", "none").statements(Iris(BASE), DATASET, 1)
    assert objects(found, "value") == []


@pytest.mark.parametrize(
    "kind",
    ["unknown-key", "unknown-value", "invalid-value", "repaired-iri", "missing", "shape",
     "duplicate"],
)  # fmt: skip
def test_every_kind_is_a_concept_that_we_publish(kind):
    found = Issue(kind, "x", "", "m").statements(Iris(BASE), DATASET, 1)
    [constraint] = objects(found, "sourceConstraint")
    assert constraint == f"<{Model(BASE).code_list('issue')[kind]}>"
