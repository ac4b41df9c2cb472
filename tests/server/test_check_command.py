"""``jointure check`` over the bundled samples: what it prints, and what it leaves in the store."""

import json
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from graph.mqa import POINTS
from graph.snapshot import Snapshots
from ingest.probing import Prober
from ingest.run import sample_portals
from server.cli import commands

DQV = "http://www.w3.org/ns/dqv#"


def run(store, *arguments):
    result = CliRunner().invoke(commands, ["check", "--store", str(store), *arguments])
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


@pytest.fixture(scope="module")
def portals(harvested_samples):
    """What it says in JSON, by portal."""
    said = json.loads(run(harvested_samples, "--format", "json", "--dry-run"))
    assert said["points"] == 405
    return {each["portal"]: each for each in said["portals"]}


def test_every_dataset_of_every_portal_has_a_score(portals, harvested_samples):
    snapshots = Snapshots(harvested_samples)
    rows = snapshots.current().index.catalogs()
    held = {row.iri: row.datasets for row in rows}
    assert {each["catalog"]: len(each["scores"]) for each in portals.values()} == held
    assert {each["catalog"]: each["datasets"] for each in portals.values()} == held


def test_a_score_is_the_points_of_all_that_is_not_lacking(portals):
    scores = [each for portal in portals.values() for each in portal["scores"]]
    assert len(scores) > 100
    for each in scores:
        lost = sum(POINTS[name] for name in each["lacks"])
        assert each["measurable"] == 325
        assert each["points"] == 325 - lost == sum(each["dimensions"].values())


def test_what_the_samples_give_is_compliant_and_good(portals):
    for portal in portals.values():
        assert portal["band"] == "good"
        lacking = {name for each in portal["scores"] for name in each["lacks"]}
        assert not {"compliance", "keyword", "publisher"} & lacking


def test_the_gains_are_what_is_missing_of_the_mean(portals):
    for portal in portals.values():
        missing = sum(sum(POINTS[name] for name in each["lacks"]) for each in portal["scores"])
        gained = sum(fix["gain"] for fix in portal["fixes"])
        assert gained == pytest.approx(missing / portal["datasets"], abs=0.2)
        gains = [fix["gain"] for fix in portal["fixes"]]
        assert gains == sorted(gains, reverse=True)


def test_a_fix_names_what_to_do_in_french_and_in_english(portals):
    fixes = {fix["fix"]: fix for portal in portals.values() for fix in portal["fixes"]}
    assert fixes["temporal"]["fr"].startswith("Dire quelle période")
    assert fixes["temporal"]["en"].startswith("Say which period")
    lacking = {
        each["dataset"]
        for portal in portals.values()
        for each in portal["scores"]
        if "temporal" in each["lacks"]
    }
    assert set(fixes["temporal"]["examples"]) <= lacking


def test_publishers_have_names_and_add_up(portals):
    for portal in portals.values():
        publishers = portal["publishers"]
        assert sum(each["datasets"] for each in publishers) == portal["datasets"]
        assert all(each["name"] for each in publishers)


def test_the_law_and_openness_are_two_columns(portals):
    for portal in portals.values():
        for each in portal["scores"]:
            tests = each["openness"]
            assert set(tests) == {"technical", "legal", "lawful", "economic"}
            assert tests["lawful"] != "yes" or tests["legal"] == "yes"


def test_one_portal_is_said_alone_and_nothing_is_written(harvested_samples):
    before = Snapshots(harvested_samples).current().number
    said = json.loads(run(harvested_samples, "--portal", "paris", "--format", "json"))
    assert [each["portal"] for each in said["portals"]] == ["paris"]
    assert Snapshots(harvested_samples).current().number == before


def test_text_says_score_band_and_what_to_mend(harvested_samples):
    text = run(harvested_samples, "--portal", "datagouv-paris")
    assert "datagouv-paris: what to mend" in text
    assert "State the release date" in text or "Say which" in text
    assert "good" in text


def test_turtle_is_the_graph_that_is_written(harvested_samples):
    turtle = run(harvested_samples, "--format", "ttl", "--dry-run")
    triples = set(ox.parse(turtle, ox.RdfFormat.TURTLE))
    measured = f"{DQV}isMeasurementOf"
    metrics = {each.object.value for each in triples if each.predicate.value == measured}
    assert any(metric.endswith("/concept/quality/score") for metric in metrics)


def test_the_results_are_published_and_can_be_asked(harvested_samples):
    before = Snapshots(harvested_samples).current().number
    run(harvested_samples)
    snapshot = Snapshots(harvested_samples).current()
    assert snapshot.number == before + 1
    query = f"""
        PREFIX dqv: <{DQV}> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        SELECT (COUNT(DISTINCT ?dataset) AS ?n) WHERE {{
          ?dataset a <http://www.w3.org/ns/dcat#Dataset> ; dqv:hasQualityMeasurement ?measure .
          ?measure dqv:isMeasurementOf ?metric ; dqv:value ?points .
          ?metric skos:notation "score" FILTER (?points > 200)
        }}"""
    solutions = snapshot.store.query(query, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    [row] = list(solutions)
    assert int(row["n"].value) > 100


def test_a_portal_that_is_not_held_is_refused(harvested_samples):
    result = CliRunner().invoke(
        commands, ["check", "--store", str(harvested_samples), "--portal", "x"]
    )
    assert result.exit_code != 0
    assert "no portal 'x'" in str(result.exception)


def test_probing_measures_the_links_of_the_best_distribution(
    server, tmp_path, monkeypatch, harvest_into
):
    monkeypatch.setattr("server.checking.Prober", partial(Prober, private=True))
    sample = sample_portals()["toulouse"]
    harvest_into(tmp_path / "store", replace(sample, site=server.url))
    [before] = json.loads(run(tmp_path / "store", "--format", "json", "--dry-run"))["portals"]
    first = before["scores"][0]
    snapshot = Snapshots(tmp_path / "store").current()
    links = {
        str(quad.object)[1:-1]
        for quad in snapshot.store.quads_for_pattern(
            ox.NamedNode(first["distribution"]), None, None, None
        )
        if quad.predicate.value.endswith(("accessURL", "downloadURL"))
    }
    server.answers = {urlsplit(link).path: "a;b" for link in links}
    arguments = ("--format", "json", "--dry-run", "--probe")
    [after] = json.loads(run(tmp_path / "store", *arguments))["portals"]
    points = {each["dataset"]: each["points"] for each in before["scores"]}
    assert all(each["measurable"] == 405 for each in after["scores"])
    assert after["scores"][0]["points"] == points.pop(first["dataset"]) + 80
    others = {each["dataset"]: each["points"] for each in after["scores"][1:]}
    assert others == points  # none of their links answers
    assert {path for path, _, _ in server.requests} >= set(server.answers)
