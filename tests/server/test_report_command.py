"""``jointure report`` over the bundled samples."""

import json
from collections import Counter

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from graph.snapshot import Snapshots
from server.cli import commands

DCAT = "http://www.w3.org/ns/dcat#"


def run(store, *arguments):
    result = CliRunner().invoke(commands, ["report", "--store", str(store), *arguments])
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


@pytest.fixture(scope="module")
def portals(harvested_samples):
    said = json.loads(run(harvested_samples, "--format", "json", "--since", "2024-01-01"))
    return {each["portal"]: each for each in said["portals"]}


def asked(store, query):
    snapshot = Snapshots(store).current()
    solutions = snapshot.store.query(query, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    return [tuple(term.value if term else "" for term in row) for row in solutions]


def test_the_counts_are_those_of_the_graph(portals, harvested_samples, base):
    for name, portal in portals.items():
        catalog = f"<{base}catalog/{name}>"
        pattern = f"{catalog} <{DCAT}dataset> ?d . ?d <{DCAT}distribution> ?x"
        [[count]] = asked(
            harvested_samples, f"SELECT (COUNT(DISTINCT ?x) AS ?n) WHERE {{ {pattern} }}"
        )
        assert portal["distributions"] == int(count)
        formats = asked(
            harvested_samples,
            f"SELECT ?x ?f WHERE {{ {pattern} . ?x <http://purl.org/dc/terms/format> ?f }}",
        )
        wanted = Counter(each for _, each in formats)
        found = {each["iri"]: each["count"] for each in portal["formats of distributions"]}
        assert found.pop("", 0) == int(count) - len(formats)
        assert found == wanted


def test_each_dataset_has_an_age_a_promise_and_a_frequency_or_none(portals):
    for portal in portals.values():
        for key in ("changed", "punctuality"):
            assert sum(portal[key].values()) == portal["datasets"]
        assert sum(each["count"] for each in portal["frequencies"]) == portal["datasets"]
        assert sum(each["count"] for each in portal["publishers"]) == portal["datasets"]


def test_names_are_french_words(portals):
    themes = {each["name"] for portal in portals.values() for each in portal["themes"]}
    assert "Environnement" in themes


def test_what_was_there_at_the_first_harvest_is_not_new(portals):
    for portal in portals.values():
        assert portal["first harvested"] == "2026-01-15"
        assert portal["appeared since, after the first harvest"] == 0
        assert portal["withdrawn since"] == 0
    assert sum(portal["published since"] for portal in portals.values()) > 0


def test_the_values_that_no_list_knows_are_those_of_the_issues(portals, harvested_samples, base):
    unmatched: Counter[tuple[str, str]] = Counter()
    for portal in portals.values():
        for each in portal["unmatched"]:
            unmatched[each["key"], each["value"]] += each["count"]
        counts = [each["count"] for each in portal["unmatched"]]
        assert sum(counts) == portal["issues"].get("unknown-value", 0)
        assert counts == sorted(counts, reverse=True)
    rows = asked(
        harvested_samples,
        f"""SELECT ?key ?value (COUNT(?issue) AS ?n) WHERE {{
             ?issue <http://www.w3.org/ns/shacl#sourceConstraint>
               <{base}concept/issue/unknown-value> ;
               <http://schema.org/propertyID> ?key
             OPTIONAL {{ ?issue <http://www.w3.org/ns/shacl#value> ?value }} }}
           GROUP BY ?key ?value""",
    )
    assert unmatched == {(key, value): int(count) for key, value, count in rows}
    assert unmatched


def test_what_came_and_went_after_the_first_harvest_is_counted(harvested_twice):
    said = json.loads(run(harvested_twice, "--format", "json", "--since", "2026-01-01"))
    [portal] = said["portals"]
    assert portal["appeared since, after the first harvest"] == 1
    assert portal["withdrawn since"] == 1
    [later] = json.loads(run(harvested_twice, "--format", "json", "--since", "2099-01-01"))[
        "portals"
    ]
    assert later["appeared since, after the first harvest"] == 0
    assert later["withdrawn since"] == 0


def test_text_shows_the_figures_and_the_to_do_list(harvested_samples):
    text = run(harvested_samples, "--portal", "datasud")
    assert "datasud: key figures" in text
    assert "formats of distributions" in text
