"""The runs as they are published, and what a record says of when and by which run it was read."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pyoxigraph as ox
import pytest

from graph.difference import Change, Description
from graph.iris import Iris
from graph.provenance import Run, last_runs
from graph.snapshot import Snapshots
from ingest import run as harvests
from ingest.outcome import Options
from vocab.context import Model

BASE = "http://localhost:8000/"
IRIS = Iris(BASE)
PROV, DCT = "http://www.w3.org/ns/prov#", "http://purl.org/dc/terms/"
DQV, SCHEMA = "http://www.w3.org/ns/dqv#", "http://schema.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
STARTED = datetime(2026, 11, 21, 6, 30, 0, 250_000, tzinfo=UTC)
DONE = Run(
    "ville",
    "https://data.ville.example",
    STARTED,
    STARTED + timedelta(minutes=2),
    "0123abcd",
    {"added": 3, "changed": 2, "removed": 1, "unchanged": 4, "quads": 120},
    {"unknown-key": 7, "missing": 1},
)
WHY = 'ville: https://data.ville.example: HTTP 500 "\n'
FAILED = replace(DONE, error=WHY, counts={}, issues={})
RUN = f"{BASE}run/ville/20261121T063000250000Z"


def facts(run):
    """What a run says: values by subject and predicate, all of them in one graph."""
    quads = list(ox.parse(run.nquads(IRIS), ox.RdfFormat.N_QUADS))
    assert {quad.graph_name.value for quad in quads} == {f"{BASE}graph/provenance"}
    found: dict[tuple[str, str], list[Any]] = {}
    for quad in quads:
        found.setdefault((quad.subject.value, quad.predicate.value), []).append(quad.object)
    return found


def test_a_run_says_what_it_walked_when_and_by_which_mapping():
    found = facts(DONE)
    said = {predicate: [value.value for value in values]
            for (subject, predicate), values in found.items() if subject == RUN}  # fmt: skip
    del said[f"{DQV}hasQualityMeasurement"]
    assert said == {
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type": [f"{PROV}Activity"],
        "http://www.w3.org/2000/01/rdf-schema#label": ["Moisson de ville"],
        f"{PROV}startedAtTime": ["2026-11-21T06:30:00.25Z"],
        f"{PROV}endedAtTime": ["2026-11-21T06:32:00.25Z"],
        f"{PROV}wasAssociatedWith": [f"{BASE}agent/jointure"],
        f"{PROV}used": ["https://data.ville.example"],
        f"{DCT}subject": [f"{BASE}catalog/ville"],
        "http://www.w3.org/2002/07/owl#versionInfo": ["0123abcd"],
        f"{SCHEMA}actionStatus": [f"{SCHEMA}CompletedActionStatus"],
    }
    assert found[RUN, f"{PROV}startedAtTime"][0].datatype.value == f"{XSD}dateTime"


def test_a_run_counts_records_quads_and_issues_by_the_concepts_that_we_publish():
    found, counts = facts(DONE), {}
    for measure in found[RUN, f"{DQV}hasQualityMeasurement"]:
        [concept] = found[measure.value, f"{DQV}isMeasurementOf"]
        [value] = found[measure.value, f"{DQV}value"]
        assert value.datatype.value == f"{XSD}integer"
        counts[concept.value] = int(value.value)
    model = Model(BASE)
    known = {
        name: str(model.code_list(scheme)[name])
        for scheme, names in (("harvest", DONE.counts), ("issue", DONE.issues))
        for name in names
    }
    assert counts == {known[name]: n for name, n in [*DONE.counts.items(), *DONE.issues.items()]}


def test_a_run_that_failed_says_so_and_why():
    found = facts(FAILED)
    assert found[RUN, f"{SCHEMA}actionStatus"][0].value == f"{SCHEMA}FailedActionStatus"
    [why] = found[RUN, "http://www.w3.org/2000/01/rdf-schema#comment"]
    assert (why.value, why.language) == (WHY, "en")


def test_a_recorded_answer_is_no_address_of_the_web():
    found = facts(replace(DONE, source="file:/srv/answer.json"))
    assert (RUN, f"{PROV}used") not in found


def test_a_run_that_is_noted_is_published_and_changes_no_content(loaded):
    loaded.publish()
    before = Snapshots(loaded.folder).current()
    loaded.note_run(DONE)
    assert loaded.has_unpublished()
    assert loaded.publish() == before.number + 1
    after = Snapshots(loaded.folder).current()
    assert after.content == before.content
    assert after.store.contains_named_graph(ox.NamedNode(f"{BASE}graph/provenance"))
    assert not loaded.has_unpublished()


def noted(*runs):
    store = ox.Store()
    for run in runs:
        store.extend(ox.parse(run.nquads(IRIS), ox.RdfFormat.N_QUADS))
    return last_runs(store, IRIS)


def later(run, hours):
    moment = timedelta(hours=hours)
    return replace(run, started=run.started + moment, ended=run.ended + moment)


def test_the_last_run_of_each_portal_is_found():
    other = replace(later(DONE, 5), portal="autre")
    assert noted(DONE, later(DONE, 24), later(DONE, 1), other) == {
        "ville": "2026-11-22T06:32:00.25Z",
        "autre": "2026-11-21T11:32:00.25Z",
    }


def test_the_last_run_is_said_to_have_failed_where_it_did_and_only_then():
    assert noted(DONE, later(FAILED, 1)) == {"ville": "2026-11-21T07:32:00.25Z (failed)"}
    assert noted(FAILED, later(DONE, 1)) == {"ville": "2026-11-21T07:32:00.25Z"}


def test_before_any_run_there_is_none():
    assert noted() == {}


# --- the marks of a record -----------------------------------------------------------------------


@pytest.fixture
def say(store, graphs):
    """Say a dataset (its title) by a run of an hour, with a digest; quads written."""

    def said(title, hour, digest):
        root = graphs.root("arbres")
        marks = graphs.nquads(f"""
            @prefix prov: <{PROV}> . @prefix xsd: <{XSD}> .
            <{root}/record> owl:versionInfo "{digest}" ;
              dct:created "2026-11-21T0{hour}:00:00Z"^^xsd:dateTime ;
              prov:generatedAtTime "2026-11-21T0{hour}:00:00Z"^^xsd:dateTime ;
              prov:wasGeneratedBy <run/ville/20261121T0{hour}0000Z> .""")
        content = graphs.nquads(f"""
            <{root}> a dcat:Dataset ; dct:title "{title}"@fr .
            <{root}/record> a dcat:CatalogRecord .""")
        return store.apply("ville", Change([(root, Description(content, marks))]))

    return said


class Marks(NamedTuple):
    """The hours when a record was first seen and last said anew, that of the run, the digest."""

    first: str
    last: str
    run: str
    digest: str


def marks_of(store, root):
    """The marks that are published of a record."""
    store.publish()
    record = ox.NamedNode(f"{root}/record")
    quads: Any = Snapshots(store.folder).current().store.quads_for_pattern(record, None, None)
    found = {quad.predicate.value: quad.object.value for quad in quads}
    first, last = (found[name][11:13] for name in (DCT + "created", PROV + "generatedAtTime"))
    run = found[PROV + "wasGeneratedBy"].rpartition("T")[2][:2]
    return Marks(first, last, run, found["http://www.w3.org/2002/07/owl#versionInfo"])


@pytest.fixture
def marks(store, graphs):
    return lambda: marks_of(store, graphs.root("arbres"))


def test_what_is_new_was_first_seen_and_last_said_by_one_run(say, marks):
    say("Les arbres", 1, "a")
    assert marks() == ("01", "01", "01", "a")


def test_what_is_said_again_keeps_all_its_marks(say, marks, graphs):
    say("Les arbres", 1, "a")
    written = say("Les arbres", 2, "a")
    assert (written.quads, written.same) == (0, {graphs.root("arbres")})
    assert marks() == ("01", "01", "01", "a")


def test_what_a_new_mapping_says_alike_keeps_all_but_the_digest(say, marks, graphs):
    say("Les arbres", 1, "a")
    written = say("Les arbres", 2, "b")
    assert (written.quads, written.same) == (2, {graphs.root("arbres")})
    assert marks() == ("01", "01", "01", "b")


def test_what_changed_keeps_its_first_date_alone(say, marks):
    say("Les arbres", 1, "a")
    assert say("Arbres", 2, "b").same == frozenset()
    assert marks() == ("01", "02", "02", "b")
    say("Nos arbres", 3, "c")
    assert marks() == ("01", "03", "03", "c")


@pytest.fixture
def harvest(store, make_portal, tmp_path, monkeypatch):
    """Harvest datasets (titles by name) at an hour; the marks of each, but for the digest."""
    monkeypatch.setattr(harvests, "CONCEPT_LISTS", ())  # they are no part of this, and many
    answer = tmp_path / "answer.json"
    portal = make_portal(url=f"file:{answer}", site="https://data.ville.example")

    def harvested(hour, titles, **options):
        entries = [
            {"dataset_id": name, "metas": {"default": {"title": title}}}
            for name, title in titles.items()
        ]
        answer.write_text(json.dumps(entries), "utf-8")
        at = datetime(2026, 11, 21, hour, tzinfo=UTC)
        [outcome] = harvests.harvest([portal], store, Options(**options), lambda: at)
        assert outcome.error is None
        roots = {name: store.iris.dataset("ville", name) for name in titles}
        return {name: marks_of(store, root)[:3] for name, root in roots.items()}

    return harvested


AT_1, AT_1_AND_2 = ("01", "01", "01"), ("01", "02", "02")


def test_a_harvest_marks_what_changed_and_nothing_else(harvest):
    assert harvest(1, {"a": "A", "b": "B"}) == {"a": AT_1, "b": AT_1}
    assert harvest(2, {"a": "A", "b": "Autre"}) == {"a": AT_1, "b": AT_1_AND_2}


def test_a_full_harvest_of_what_is_still_so_moves_no_mark(harvest):
    harvest(1, {"a": "A"})
    assert harvest(2, {"a": "A"}, full=True) == {"a": AT_1}


def test_a_new_mapping_that_says_the_same_moves_no_mark(harvest, monkeypatch):
    harvest(1, {"a": "A"})
    monkeypatch.setattr("ingest.digest.mapping_version", lambda: "another")
    assert harvest(2, {"a": "A"}) == {"a": AT_1}


def test_every_record_leads_to_a_run_that_is_published(harvest, store):
    harvest(1, {"a": "A", "b": "B"})
    harvest(2, {"a": "A", "b": "Autre"})
    snapshot = Snapshots(store.folder).current().store
    generated, kind = f"{PROV}wasGeneratedBy", f"{PROV}Activity"
    query = f"ASK {{ ?record <{generated}> ?run MINUS {{ ?run a <{kind}> }} }}"
    assert not snapshot.query(query, use_default_graph_as_union=True)
    ended = snapshot.quads_for_pattern(None, ox.NamedNode(f"{PROV}endedAtTime"), None)
    assert len(list(ended)) == 2
