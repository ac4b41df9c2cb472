"""Several portals at once: side by side, one request a host, each isolated from the others."""

import itertools
import threading
import time
from datetime import UTC, datetime, timedelta

import httpx2
import pyoxigraph as ox
import pytest

from graph.provenance import last_runs
from graph.snapshot import Snapshots
from ingest import run as harvests
from ingest.answer import SourceError
from ingest.outcome import Options
from ingest.politeness import Hosts
from ingest.record import Record
from tests.conftest import PortalServer
from tests.ingest.doors import open_door
from vocab.errors import ConfigError

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
PATIENCE = 10
"""Seconds after which a test that waits for another thread gives up."""


class Scripted:
    """A connector whose portals do what a test says: their records, by the portal's name."""

    def __init__(self):
        self.scripts = {}
        self.describing = lambda record: None

    def records(self, portal, fetcher):
        for name in self.scripts[portal.name]():
            yield Record(name, {"title": name})

    def describe(self, record, reading):
        self.describing(record)
        dataset = reading.node(reading.root, "Dataset")
        dataset.add("title", record.payload["title"])
        dataset.add("description", "Des données.")

    def services(self, portal, catalog):
        pass


class Loopback(httpx2.HTTPTransport):
    """What the portals of a test share: the first one that ends does not close it."""

    def close(self):
        pass


@pytest.fixture(autouse=True)
def _no_concepts(monkeypatch):
    """They are no part of this, and many."""
    monkeypatch.setattr(harvests, "CONCEPT_LISTS", ())


@pytest.fixture
def scripted(monkeypatch):
    connector = Scripted()
    monkeypatch.setattr(harvests, "CONNECTORS", {"ckan": lambda model: connector})
    return connector


@pytest.fixture
def portals(make_portal, scripted):
    """Portals of these names, each with its script."""

    def made(**scripts):
        scripted.scripts |= scripts
        return [make_portal(type="ckan", name=name) for name in scripts]

    return made


@pytest.fixture
def harvest(store, pauses):
    """Harvest as the command does; the outcomes, one by one. Each call is an hour later."""
    times = (NOW + timedelta(hours=hours) for hours in itertools.count())
    network = harvests.Network(Loopback(verify=False), Hosts(sleep=pauses.append))

    def harvested(listed, **options):
        at = next(times)
        return harvests.harvest(listed, store, Options(**options), lambda: at, network)

    return harvested


@pytest.fixture
def served(store):
    """The datasets that the current snapshot has of a portal."""

    def names(portal):
        snapshot = Snapshots(store.folder).current()
        rows = snapshot.index.datasets(store.iris.catalog(portal), 1, 100)
        return [row.title for row in rows]

    return names


def runs(store):
    """How the last run of each portal ended, as it is served."""
    found = last_runs(Snapshots(store.folder).current().store, store.iris)
    return {name: "failed" if "failed" in said else "done" for name, said in found.items()}


@pytest.fixture
def other_server():
    running = PortalServer()
    yield running
    running.close()


def gated(server, gate):
    """Make each answer of the server's listing pass ``gate`` first."""
    path = "/api/3/action/package_search"
    listed = server.answers[path]
    server.answers[path] = lambda query: gate() or listed(query)


def test_portals_of_two_hosts_are_asked_at_the_same_time(
    server, other_server, make_portal, harvest
):
    both = threading.Barrier(2)
    doors = [open_door("ckan", each, ("a", "b")) for each in (server, other_server)]
    for each in (server, other_server):
        gated(each, lambda: both.wait(PATIENCE) and None)
    # Two names of the loopback are two hosts.
    doors[1]["url"] = doors[1]["url"].replace("127.0.0.1", "localhost")
    listed = [make_portal(name=f"p{n}", **door) for n, door in enumerate(doors)]
    assert [outcome.error for outcome in harvest(listed)] == [None, None]


def test_portals_of_one_host_are_asked_one_after_the_other(
    server, other_server, make_portal, harvest
):
    in_flight: list[bool] = []
    counts = []

    def counted():
        in_flight.append(True)
        counts.append(len(in_flight))
        time.sleep(0.02)
        in_flight.pop()

    listed = []
    for number in range(4):
        each = (server, other_server)[number % 2]  # two ports of it are one host all the same
        listed.append(make_portal(name=f"p{number}", **open_door("ckan", each, tuple("abcd"))))
    for each in (server, other_server):
        gated(each, counted)
    assert [outcome.error for outcome in harvest(listed)] == [None] * 4
    assert counts == [1] * 8


def test_an_outcome_is_given_as_its_portal_ends(portals, harvest):
    told = threading.Event()

    def slow():
        assert told.wait(PATIENCE), "the outcome of the other was not given"
        return ["a"]

    walk = harvest(portals(lente=slow, vive=lambda: ["a"]))
    assert next(walk).portal == "vive"
    told.set()
    assert [outcome.portal for outcome in walk] == ["lente"]


def test_more_portals_than_are_harvested_at_once_all_have_their_turn(
    portals, harvest, served, monkeypatch
):
    monkeypatch.setattr(harvests, "_AT_ONCE", 2)
    listed = portals(**{f"p{number}": lambda: ["a"] for number in range(4)})
    assert {outcome.portal for outcome in harvest(listed)} == {"p0", "p1", "p2", "p3"}
    assert all(served(portal.name) == ["a"] for portal in listed)


def failing(*before):
    yield from before
    raise ZeroDivisionError("un calcul")


def test_an_error_of_ours_is_its_portals_alone(portals, harvest, served, store, caplog):
    listed = portals(bonne=lambda: ["a"], fautive=lambda: failing("a", "b"))
    outcomes = {outcome.portal: outcome for outcome in harvest(listed)}
    assert outcomes["bonne"].error is None
    error = outcomes["fautive"].error
    assert isinstance(error, SourceError)
    assert "fautive: https://data.ville.example: an error of our own" in str(error)
    assert "ZeroDivisionError: un calcul" in str(error)
    assert "Traceback" in caplog.text
    assert (served("bonne"), served("fautive")) == (["a"], [])
    assert runs(store) == {"bonne": "done", "fautive": "failed"}


def test_the_run_that_failed_says_why(portals, harvest, store, caplog):
    list(harvest(portals(fautive=lambda: failing("a"))))
    comment = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#comment")
    snapshot = Snapshots(store.folder).current()
    [said] = snapshot.store.quads_for_pattern(None, comment, None)
    assert "ZeroDivisionError: un calcul" in str(said.object)


@pytest.mark.parametrize("first", [True, False], ids=["the first time", "later"])
def test_an_error_of_ours_leaves_what_was_held(
    portals, harvest, served, read, store, monkeypatch, first
):
    if not first:
        list(harvest(portals(fautive=lambda: ["a"])))
    with monkeypatch.context() as patch:
        patch.setattr("ingest.loading.CHUNK", 1)  # a first load writes each dataset at once
        [outcome] = harvest(portals(fautive=lambda: failing("b", "c")))
    assert outcome.error is not None
    assert served("fautive") == ([] if first else ["a"])
    assert not any("dataset/fautive/b" in line for line in read(store))
    [outcome] = harvest(portals(fautive=lambda: ["a", "b"]))
    assert outcome.error is None
    assert served("fautive") == ["a", "b"]


def test_a_configuration_error_of_a_portal_ends_the_run_and_what_went_in_is_served(
    portals, harvest, served
):
    told = threading.Event()

    def misconfigured():
        told.wait(PATIENCE)
        raise ConfigError("tables wrong")

    walk = harvest(portals(bonne=lambda: ["a"], mauvaise=misconfigured))
    assert next(walk).portal == "bonne"
    told.set()
    with pytest.raises(ConfigError, match="tables wrong"):
        next(walk)
    assert served("bonne") == ["a"]


def test_a_folder_of_raw_answers_that_cannot_be_swept_is_its_portals_alone(portals, harvest, store):
    (store.folder / "raw" / "fautive" / "lost+found").mkdir(parents=True)
    outcomes = list(harvest(portals(fautive=lambda: ["a"], bonne=lambda: ["a"])))
    assert {outcome.portal for outcome in outcomes} == {"bonne", "fautive"}


def endless(begun):
    """So many datasets, and so slow, that they can be interrupted."""
    for number in range(2000):
        begun.set()
        yield str(number)
        time.sleep(0.002)


@pytest.fixture
def interrupted(portals, harvest):
    """Harvest a quick portal whole, and interrupt an endless one in its midst."""

    def stop():
        begun = threading.Event()
        walk = harvest(portals(vive=lambda: ["a"], lente=lambda: endless(begun)))
        assert next(walk).portal == "vive"
        assert begun.wait(PATIENCE)
        walk.close()

    return stop


def test_an_interrupted_harvest_publishes_what_is_whole(interrupted, served, store):
    interrupted()
    assert (served("vive"), served("lente")) == (["a"], [])
    assert runs(store) == {"vive": "done", "lente": "failed"}
    assert not store.has_unpublished()


def test_an_interrupted_harvest_leaves_what_was_held(portals, harvest, interrupted, served):
    list(harvest(portals(lente=lambda: ["x", "y"])))
    interrupted()
    assert (served("vive"), served("lente")) == (["a"], ["x", "y"])


def test_the_harvest_after_an_interrupted_one_is_whole(
    portals, harvest, interrupted, served, store
):
    interrupted()
    outcomes = list(harvest(portals(vive=lambda: ["a", "b"], lente=lambda: ["x", "y"])))
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert (served("vive"), served("lente")) == (["a", "b"], ["x", "y"])
    assert set(runs(store).values()) == {"done"}


def test_a_dataset_of_two_portals_is_two_datasets_whoever_ends_first(portals, harvest, served):
    scripts = {f"p{number}": lambda: [str(n) for n in range(30)] for number in range(3)}
    for _ in range(2):
        list(harvest(portals(**scripts)))
    assert {len(served(name)) for name in scripts} == {30}
