"""The check of a snapshot: scores, tests of openness, findings, what to mend, and its graph."""

from datetime import UTC, datetime

import pyoxigraph as ox
import pytest

from graph.check import check
from graph.checking import Checker
from graph.fixes import ALL, FIXES, gains
from graph.iris import Iris
from graph.mqa import INDICATORS, POINTS, TOTAL, Score
from graph.quality import Quality
from graph.snapshot import Snapshots
from graph.tally import by_publisher, tally
from tests.graph.conftest import BASE
from vocab.codelist import CodeList
from vocab.errors import ConfigError

AUTHORITY = "http://publications.europa.eu/resource/authority/"
DQV = "http://www.w3.org/ns/dqv#"
NOW = datetime(2026, 1, 15, tzinfo=UTC)

ARBRES = f"""
<{BASE}dataset/ville/arbres> dct:description "Les arbres"@fr ; dcat:keyword "arbre"@fr ;
  dct:publisher <{BASE}agent/ville/voirie> ; dct:accessRights <{AUTHORITY}access-right/PUBLIC> .
<{BASE}dataset/ville/arbres/record> dct:modified "2026-01-15"^^xsd:date ;
  foaf:primaryTopic <{BASE}dataset/ville/arbres> .
<{BASE}dataset/ville/arbres/distribution/csv> dcat:accessURL <https://ville.example/a.csv> ;
  dcat:downloadURL <https://ville.example/a.csv> ; dct:format <{AUTHORITY}file-type/CSV> ;
  dct:license <{AUTHORITY}licence/ETALAB_2_0> .
"""
VELOS = f"""
<{BASE}dataset/ville/velos> dct:description "Les vélos"@fr ;
  dct:publisher <{BASE}agent/217500016> .
<{BASE}dataset/ville/velos/record> dct:modified "2026-01-15"^^xsd:date ;
  foaf:primaryTopic <{BASE}dataset/ville/velos> .
<{BASE}dataset/ville/velos/distribution/csv> dcat:accessURL <https://ville.example/v.pdf> ;
  dct:format <{AUTHORITY}file-type/PDF> ; dct:license <{AUTHORITY}licence/CC_BYNC_4_0> .
"""
AGENTS = f"""
<{BASE}agent/ville/voirie> a foaf:Agent ; foaf:name "Voirie"@fr ;
  <http://www.w3.org/ns/org#unitOf> <{BASE}agent/217500016> .
<{BASE}agent/217500016> a foaf:Agent ; foaf:name "Ville de Paris"@fr .
"""


@pytest.fixture
def published(store, graphs):
    """A snapshot of two datasets, one open and one not."""
    quads = graphs.dataset("arbres", more=ARBRES) + graphs.dataset("velos", more=VELOS)
    store.load("ville", quads + graphs.the_catalog() + graphs.nquads(AGENTS, "agents"))
    for name in ("file-type", "licence", "licence-type", "access-right"):
        store.write_concepts(CodeList(name, BASE).quads)
    store.recover(anew=True)
    store.publish()
    return Snapshots(store.folder)


def checked(published, **settings):
    [found] = check(published.current(), published.iris, **settings)
    return found


def test_each_dataset_has_the_points_of_what_it_says(published):
    arbres, velos = checked(published).datasets
    assert (arbres.iri, velos.iri) == (f"{BASE}dataset/ville/arbres", f"{BASE}dataset/ville/velos")
    assert arbres.score.met - {"compliance"} == {
        "keyword", "download-url", "format", "non-proprietary", "machine-readable", "licence",
        "known-licence", "access-rights", "access-rights-vocabulary", "publisher",
    }  # fmt: skip
    assert velos.score.met - {"compliance"} == {"format", "licence", "known-licence", "publisher"}
    assert arbres.score.measurable == 325
    assert arbres.score.distribution == f"<{BASE}dataset/ville/arbres/distribution/csv>"


def test_a_violation_of_what_is_mandatory_costs_the_compliance(published, store, graphs):
    compliant = checked(published).datasets[0]
    assert "compliance" in compliant.score.met
    velos = f"<{BASE}dataset/ville/velos>"
    store.load("ville", graphs.nquads(f"{velos} dct:issued 'hier', 'demain' ."))
    store.publish()
    arbres, broken = checked(published).datasets
    assert "compliance" in arbres.score.met
    assert "compliance" not in broken.score.met
    assert broken.counts["Violation"] == len(broken.violations) > 0
    assert {each.focus for each in broken.violations} == {velos}


def test_the_three_tests_of_openness(published):
    arbres, velos = checked(published).datasets
    assert arbres.tests == ("yes", "yes", "yes", "yes")
    assert velos.tests == ("no", "no", "no", "not-stated")


def test_a_unit_counts_for_its_body(published):
    figures = by_publisher(checked(published).datasets)
    assert {iri: each.datasets for iri, each in figures.items()} == {f"{BASE}agent/217500016": 2}


def test_the_mean_and_its_bands(published):
    datasets = checked(published).datasets
    figures = tally(datasets)
    points = [each.score.points for each in datasets]
    assert figures.mean == sum(points) / 2
    assert figures.mean_measurable == 325
    assert figures.bands.total() == 2
    assert sum(figures.mean_dimensions.values()) == pytest.approx(figures.mean)


def test_links_that_were_asked_count(published):
    answers = {"<https://ville.example/a.csv>": True, "<https://ville.example/v.pdf>": False}
    arbres, velos = checked(published, answers=answers).datasets
    assert {"access-url-answers", "download-url-answers"} <= arbres.score.met
    assert arbres.score.measurable == velos.score.measurable == TOTAL
    assert "access-url-answers" not in velos.score.met


def test_two_processes_find_what_one_does(published, monkeypatch):
    monkeypatch.setattr("graph.check._FEW", 0)
    monkeypatch.setattr("graph.check._SIZE", 1)
    alone = checked(published, processes=1)
    assert checked(published, processes=2) == alone


def test_a_portal_that_is_not_held_is_refused(published):
    with pytest.raises(ConfigError, match="no portal 'x'; held: ville"):
        check(published.current(), published.iris, "x")


def test_what_is_of_a_catalogue_is_read_without_all_its_members(published):
    checker = Checker(published.current().store, BASE)
    batch = checker.batch("ville", [(f"{BASE}catalog/ville", "catalog")])
    assert batch.checked == []
    shapes = {rule.shape.partition("shape/")[2] for rule in batch.findings}
    assert "mandatory/Catalog/publisher" in shapes  # it has none


def bare(*met, distribution="<https://x.example/1>"):
    links = frozenset({"access-url-answers", "download-url-answers"})
    return Score(frozenset(met), links, distribution)


def test_what_to_mend_gains_the_points_of_the_indicators_it_meets():
    found = gains(bare())
    assert found["keyword"] == 30
    assert found["licence"] == 30  # the licence, and that it is known
    assert found["format"] == 40
    assert found["open-format"] == 40
    assert "known-licence" not in found
    assert "media-type" not in found
    assert "access-url-answers" not in found  # nothing measured it
    assert sum(found.values()) == 325


def test_a_licence_that_is_not_known_is_to_be_replaced():
    found = gains(bare("licence", "format", "machine-readable"))
    assert found["known-licence"] == 10
    assert "licence" not in found
    assert found["media-type"] == 20
    assert found["open-format"] == 20


def test_a_dataset_without_a_distribution_lacks_that_and_no_part_of_it():
    found = gains(bare(distribution=""))
    assert found["distribution"] == 130
    assert not {"format", "licence", "rights", "byte-size"} & set(found)


def test_nothing_is_to_be_mended_of_what_has_all():
    assert gains(bare(*(set(POINTS) - {"access-url-answers", "download-url-answers"}))) == {}


def test_each_fix_has_words_and_each_indicator_a_fix():
    assert {each.name for each in ALL} == set(CodeList("fix", BASE).notations)
    assert {name for fix in FIXES for name in fix.mends} == {each.name for each in INDICATORS}


def test_the_graph_says_what_was_found(published, store):
    checks = check(published.current(), published.iris)
    store.replace("quality", Quality(Iris(BASE), NOW).chunks(checks))
    store.publish()
    quads = set(
        published.current().store.quads_for_pattern(
            None, None, None, ox.NamedNode(f"{BASE}graph/quality")
        )
    )
    held: dict[tuple[str, str], list[str]] = {}
    for quad in quads:
        held.setdefault((quad.subject.value, quad.predicate.value), []).append(quad.object.value)
    for each in checks[0].datasets:
        values = {}
        for measurement in held[each.iri, f"{DQV}hasQualityMeasurement"]:
            [metric] = held[measurement, f"{DQV}isMeasurementOf"]
            [values[metric.rpartition("/")[2]]] = held[measurement, f"{DQV}value"]
        assert int(values["score"]) == each.score.points
        assert sum(int(values[name]) for name in values if name.endswith("-points")) == (
            each.score.points
        )
        for test, answer in each.tests._asdict().items():
            assert values.get(test) == {"yes": "true", "no": "false"}.get(answer)
    [mean] = held[f"{BASE}catalog/ville", f"{DQV}hasQualityMeasurement"]
    assert mean.startswith(f"{BASE}quality/mean-score/")
    assert held[f"{BASE}graph/quality", "http://www.w3.org/ns/prov#generatedAtTime"]


def test_the_graph_is_made_anew(published, store):
    checks = check(published.current(), published.iris)
    for _ in range(2):
        store.replace("quality", Quality(Iris(BASE), NOW).chunks(checks))
        store.publish()
    graph = ox.NamedNode(f"{BASE}graph/quality")
    whole = set(published.current().store.quads_for_pattern(None, None, None, graph))
    lines = b"".join(Quality(Iris(BASE), NOW).chunks(checks))
    assert whole == set(ox.parse(lines, ox.RdfFormat.N_QUADS))
    store.replace("quality", [])
    store.publish()
    assert not list(published.current().store.quads_for_pattern(None, None, None, graph))
    assert len(checked(published).datasets) == 2  # nothing else went with it
