"""The register is what the store holds, whatever was done to it, and however it was ended."""

import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from graph.difference import Change, Description, Entry, Withdrawal
from graph.register import Register
from graph.snapshot import Snapshots
from graph.store import GraphStore
from ingest import run as harvests
from ingest.outcome import Options
from vocab.ntriples import literal

STARTED = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
NAMES = tuple("abcdefghij")
TITLES = ("Arbres", "Été", "Zones", "école", 'dit "oui"', "deux\nlignes")


def tables(path):
    """Every row of an index, by table."""
    with closing(sqlite3.connect(path)) as database:
        return {
            name: sorted(database.execute(f"SELECT * FROM {name}").fetchall())
            for name in ("catalog", "dataset", "total")
        }


@pytest.fixture
def is_what_is_held(tmp_path):
    """Publish a store; its index, which has to be what is made anew from its quads."""

    def check(store, *portals):
        store.publish()
        current = store.folder / "current"
        anew = Register(tmp_path / "anew.sqlite")
        anew.rebuild(Snapshots(store.folder).current().store, store.iris, portals)
        anew.publish(tmp_path / "rebuilt.sqlite")
        anew.close()
        found = tables(current / "index.sqlite")
        assert found == tables(tmp_path / "rebuilt.sqlite")
        return found

    return check


class Portal:
    """A portal at whose store anything may happen, chance says what."""

    def __init__(self, store, graphs, chance):
        self.store, self.graphs, self.chance = store, graphs, chance
        self.held: set[str] = set()

    def description(self, name):
        """A dataset, or now and then a service, with what the register holds of it."""
        graphs, chance = self.graphs, self.chance
        root, title = graphs.root(name), chance.choice(TITLES)
        digest, issues = str(chance.randrange(3)), chance.randrange(3)
        membership = chance.choice(["dataset", "dataset", "service"])
        day = chance.choice(["", "2024-05-31", "2026-01-01"])
        dated = f'<{root}> dct:modified "{day}" .' if day else ""
        noted = "".join(f"<{root}/record> sh:result <{root}/issue/{n}> ." for n in range(issues))
        content = graphs.nquads(f"""
            <{root}> a dcat:Dataset ; dct:title {literal(title, "fr")} . {dated} {noted}
            <{root}/record> a dcat:CatalogRecord .
            <{graphs.catalog}> dcat:{membership} <{root}> ; dcat:record <{root}/record> .""")
        marks = graphs.nquads(f'<{root}/record> owl:versionInfo "{digest}" .')
        return Description(content, marks, Entry(root, digest, title, issues, day, "", membership))

    def catalog(self):
        graphs, title = self.graphs, self.chance.choice(TITLES)
        issues = self.chance.randrange(2)
        noted = f"<{graphs.catalog}> sh:result <{graphs.catalog}/issue/1> ." if issues else ""
        content = graphs.the_catalog(literal(title)[1:-1]) + graphs.nquads(noted)
        return Description(
            content, b"", Entry(graphs.catalog, "1", title, issues, "", "Ses données")
        )

    def load(self):
        """A first load: everything, in bulk."""
        self.store.clear("ville")
        names = self.some()
        said = [*map(self.description, names), self.catalog()]
        quads = b"".join(each.content + each.marks for each in said)
        self.store.load("ville", quads, [each.entry for each in said])
        self.held = set(names)

    def apply(self):
        """A harvest: some new or changed, some gone, with a tombstone or without."""
        names, gone = self.some(), set(self.some()) & self.held
        said = [(self.graphs.root(name), self.description(name)) for name in names]
        said.append((self.graphs.catalog, self.catalog()))
        said += [(self.graphs.root(name), None) for name in sorted(gone - set(names))]
        withdrawal = self.chance.choice(
            [None, Withdrawal(STARTED, "http://a.example/run", "Parti")]
        )
        self.store.apply("ville", Change(said, b"", withdrawal))
        self.held = (self.held | set(names)) - (gone - set(names))

    def reopen(self):
        """Another process, after one that ended well or was killed."""
        is_killed = self.chance.random() < 0.5
        self.store.close()
        if is_killed:
            (self.store.folder / "unpublished").touch()
            (self.store.folder / "register.sqlite").write_bytes(b"half a page")
        self.store = GraphStore(self.store.folder)
        self.store.recover()

    def some(self):
        return self.chance.sample(NAMES, self.chance.randrange(1, 5))


@pytest.mark.parametrize("seed", range(3))
def test_after_any_steps_the_register_is_what_the_store_holds(store, graphs, is_what_is_held, seed):
    portal = Portal(store, graphs, random.Random(seed))
    portal.load()
    for number in range(20):
        step = portal.chance.choice(["apply", "apply", "apply", "load", "reopen"])
        getattr(portal, step)()
        datasets = {graphs.root(name) for name in portal.held}
        assert set(portal.store.digests("ville")) == {graphs.catalog, *datasets}, step
        if number % 4 == 3:
            found = is_what_is_held(portal.store, "ville")
            assert {row[0] for row in found["dataset"]} == datasets


def test_after_a_harvest_of_each_type_of_portal_the_register_is_what_the_store_holds(
    store, is_what_is_held, monkeypatch
):
    monkeypatch.setattr(harvests, "CONCEPT_LISTS", ())  # they are no part of this, and many
    samples = {portal.type: portal for portal in harvests.sample_portals().values()}.values()
    outcomes = list(harvests.harvest(samples, store, Options(), lambda: STARTED))
    assert [outcome.error for outcome in outcomes] == [None] * len(samples)
    found = is_what_is_held(store, *(portal.name for portal in samples))
    assert len(found["dataset"]) == sum(outcome.added for outcome in outcomes) >= 12 * len(samples)


def killed(store):
    """The store's folder as a process leaves it that is killed after it wrote."""
    assert (store.folder / "unpublished").exists()
    store.close()
    return store.folder


def test_the_register_of_a_killed_process_is_made_anew(store, graphs):
    portal = Portal(store, graphs, random.Random(7))
    portal.load()
    expected = store.digests("ville")
    folder = killed(store)
    (folder / "register.sqlite").write_bytes(b"no database")
    opened = GraphStore(folder)
    opened.recover()
    assert opened.digests("ville") == expected


def test_the_register_of_a_process_that_ended_well_is_kept(store, graphs, monkeypatch):
    portal = Portal(store, graphs, random.Random(7))
    portal.load()
    store.publish()
    expected = store.digests("ville")
    store.close()
    monkeypatch.setattr(Register, "rebuild", lambda *_: pytest.fail("made anew"))
    opened = GraphStore(store.folder)
    opened.recover()
    assert opened.digests("ville") == expected


def test_a_register_that_is_not_there_is_made_anew(store, graphs):
    portal = Portal(store, graphs, random.Random(7))
    portal.load()
    store.publish()
    expected = store.digests("ville")
    store.close()
    (store.folder / "register.sqlite").unlink()
    opened = GraphStore(store.folder)
    opened.recover()
    assert opened.digests("ville") == expected


def test_a_register_that_is_not_there_is_made_anew_by_who_opens_the_store_next(store, graphs):
    portal = Portal(store, graphs, random.Random(7))
    portal.load()
    store.publish()
    expected = store.digests("ville")
    store.close()
    (store.folder / "register.sqlite").unlink()
    GraphStore(store.folder).close()  # as a dry run does
    opened = GraphStore(store.folder)
    opened.recover()
    assert opened.digests("ville") == expected


def test_a_dry_run_after_a_killed_process_counts_what_is_held(store, monkeypatch):
    monkeypatch.setattr(harvests, "CONCEPT_LISTS", ())
    toulouse = [harvests.sample_portals()["toulouse"]]
    [first] = harvests.harvest(toulouse, store, Options(), lambda: STARTED)
    (store.folder / "unpublished").touch()
    opened = GraphStore(killed(store))
    [outcome] = harvests.harvest(toulouse, opened, Options(dry_run=True), lambda: STARTED)
    assert (outcome.added, outcome.unchanged) == (0, first.added)


def test_a_publication_without_new_content_links_the_index_and_keeps_its_number(store, graphs):
    Portal(store, graphs, random.Random(7)).load()
    first = store.publish()
    index = store.folder / "current" / "index.sqlite"
    held = index.stat().st_ino
    assert store.publish() == first + 1
    assert index.stat().st_ino == held
    current = Snapshots(store.folder).current()
    assert (current.number, current.content) == (first + 1, first)


def test_a_publication_of_new_content_has_an_index_and_a_number_of_its_own(store, graphs):
    portal = Portal(store, graphs, random.Random(7))
    portal.load()
    store.publish()
    index = store.folder / "current" / "index.sqlite"
    held = index.stat().st_ino
    portal.load()
    number = store.publish()
    assert index.stat().st_ino != held
    assert Snapshots(store.folder).current().content == number


def test_an_index_goes_on_being_read_when_its_snapshot_is_swept(store, graphs):
    portal = Portal(store, graphs, random.Random(7))
    portal.load()
    store.publish()
    begun = Snapshots(store.folder).current()
    rows = begun.index.datasets(graphs.catalog, 1, 10)
    for _ in range(3):
        portal.load()
        store.publish()
    assert begun.index.datasets(graphs.catalog, 1, 10) == rows
