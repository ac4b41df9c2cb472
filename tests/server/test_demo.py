"""``jointure demo``: one command, offline, and the example queries join across the portals."""

from importlib.resources import files

import pytest

from ingest.run import sample_portals

EXAMPLES = sorted(
    (entry for entry in files("server").joinpath("examples").iterdir() if entry.name[-3:] == ".rq"),
    key=lambda entry: entry.name,
)


@pytest.fixture(scope="module")
def demo(free_port, start):
    with start(free_port(), "demo") as client:
        yield client


@pytest.fixture
def rows(demo):
    def ask(example):
        answer = demo.get("sparql", params={"query": example.read_text("utf-8")})
        assert answer.status_code == 200, answer.text
        found = answer.json()["results"]["bindings"]
        return [{name: cell["value"] for name, cell in row.items()} for row in found]

    return ask


def test_the_demo_serves_every_sample_under_its_own_port(demo):
    query = "SELECT ?c { ?c a <http://www.w3.org/ns/dcat#Catalog> }"
    rows = demo.get("sparql", params={"query": query}).json()["results"]["bindings"]
    expected = {f"{demo.base_url}catalog/{name}" for name in sample_portals()}
    assert {row["c"]["value"] for row in rows} == expected
    assert len(expected) >= 10


def test_each_sample_has_twelve_datasets_or_more(demo):
    query = """SELECT ?c (COUNT(?d) AS ?n) { ?c <http://www.w3.org/ns/dcat#dataset> ?d }
        GROUP BY ?c"""
    rows = demo.get("sparql", params={"query": query}).json()["results"]["bindings"]
    assert len(rows) == len(sample_portals())
    assert min(int(row["n"]["value"]) for row in rows) >= 12


def test_there_are_three_examples_that_say_what_they_ask():
    assert len(EXAMPLES) == 3
    assert all(example.read_text("utf-8").startswith("# ") for example in EXAMPLES)


def test_the_same_subject_is_found_in_four_portals_or_more(rows):
    found = rows(EXAMPLES[0])
    assert len({row["portail"] for row in found}) >= 4
    assert all(row["fichier"].startswith("https://") for row in found)


def test_a_shared_column_joins_datasets_of_two_portals(rows):
    found = rows(EXAMPLES[1])
    assert found
    assert all(row["portail1"] != row["portail2"] for row in found)


def test_a_theme_is_counted_over_all_the_portals(rows):
    found = rows(EXAMPLES[2])
    assert len({row["portail"] for row in found}) >= 5
    assert all(int(row["jeux"]) >= int(row["sousLicence"]) for row in found)
    assert any(int(row["sousLicence"]) > 0 for row in found)
