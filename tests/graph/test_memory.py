"""A snapshot in memory: what it takes, how it is read, and how it is brought to a later one."""

import shutil

import pytest

from graph import memory
from graph.difference import Change, Description
from graph.frames import UPDATE
from graph.journal import JOURNAL, MARK
from graph.snapshot import Snapshots
from graph.store import GraphStore
from tests.graph.in_step import content


def insert(store, number):
    text = f"INSERT DATA {{ <s> <p> {number} }}"
    store.update(text, "http://a.example/", is_replayable=True)


@pytest.fixture
def published(loaded):
    """Publish the store; the snapshot's folder and what it holds."""

    def publish():
        loaded.publish()
        snapshot = Snapshots(loaded.folder).current()
        return snapshot.folder, content(snapshot.store)

    return publish


def test_a_memory_goes_from_snapshot_to_snapshot(loaded, graphs, published):
    held = memory.load(published()[0])
    store = held.store
    for number in range(4):
        insert(loaded, number)
        root = graphs.root("arbres")
        said = Description(graphs.dataset("arbres", f"Arbres {number}"))
        loaded.apply("ville", Change([(root, said)]))
        if number == 2:
            loaded.clear("ville")
        folder, expected = published()
        if number != 1:  # a snapshot may be left out
            assert held.advance(folder)
            assert content(store) == expected
    assert held.store is store


def test_a_memory_of_the_same_snapshot_stays(published):
    folder, expected = published()
    held = memory.load(folder)
    assert held.advance(folder)
    assert held.advance(published()[0])
    assert content(held.store) == expected


def test_a_memory_goes_on_to_the_next_generation(loaded, published):
    held = memory.load(published()[0])
    store = held.store
    insert(loaded, 1)
    journal = loaded._journaled.journal
    journal.begin(loaded._journaled.quads)
    insert(loaded, 2)
    folder, expected = published()
    assert held.advance(folder)
    assert held.store is store
    assert content(store) == expected
    insert(loaded, 3)
    folder, expected = published()
    assert held.advance(folder)
    assert content(store) == expected
    assert content(memory.load(folder).store) == expected


def test_a_memory_does_not_go_back_nor_to_another_generation(loaded, published):
    first, _ = published()
    insert(loaded, 1)
    second, expected = published()
    held = memory.load(second)
    assert not held.advance(first)
    journal = loaded._journaled.journal
    for _ in range(2):
        journal.begin(loaded._journaled.quads)
    insert(loaded, 2)
    assert not held.advance(published()[0])
    journal.forget()
    journal.begin(loaded._journaled.quads)
    assert not held.advance(published()[0])
    journal.forget()
    assert not held.advance(published()[0])
    assert content(held.store) == expected


def test_a_memory_whose_snapshot_was_swept_goes_on_in_its_generation_alone(loaded, published):
    held = memory.load(published()[0])
    for number in range(3):
        insert(loaded, number)
        folder, expected = published()
    assert held.advance(folder)
    assert content(held.store) == expected
    loaded._journaled.journal.begin(loaded._journaled.quads)
    for number in range(3):
        insert(loaded, number)
        folder, _ = published()
    assert not held.advance(folder)
    assert content(held.store) == expected


def test_a_journal_that_is_broken_changes_nothing_and_is_not_read(loaded, published):
    first, before = published()
    held = memory.load(first)
    insert(loaded, 1)
    insert(loaded, 2)
    folder, expected = published()
    text = bytearray((folder / JOURNAL).read_bytes())
    text[-5] ^= 1
    (folder / JOURNAL).write_bytes(text)
    assert not held.advance(folder)
    assert content(held.store) == before
    assert content(memory.load(folder).store) == expected
    (folder / JOURNAL).write_bytes(text[:-3])
    assert not held.advance(folder)
    assert content(memory.load(folder).store) == expected


def test_a_journal_that_the_engine_does_not_take_is_not_read(loaded, published):
    journal = loaded._journaled.journal
    journal.append(UPDATE, b"CREATE GRAPH <http://a.example/g> ;" * 2, 0)
    insert(loaded, 1)
    folder, expected = published()
    assert content(memory.load(folder).store) == expected


def test_what_was_written_after_a_snapshot_is_not_read(loaded, published):
    folder, expected = published()
    insert(loaded, 1)
    assert content(memory.load(folder).store) == expected


def test_a_snapshot_without_journal_is_read_from_disk(loaded, published):
    loaded.update("CREATE GRAPH <empty>", "http://a.example/", is_replayable=False)
    folder, expected = published()
    assert not (folder / MARK).exists()
    held = memory.load(folder)
    assert content(held.store) == expected
    assert "<http://a.example/empty>" in expected[1]
    assert not held.advance(folder)
    assert memory.needed(folder) > 0


def test_a_store_that_cannot_be_read_back_is_an_error(loaded, published):
    loaded._journaled.journal.forget()
    folder, _ = published()
    shutil.rmtree(folder / "store")
    with pytest.raises(OSError, match="store"):
        memory.load(folder)


def test_an_empty_store_is_published_and_read(tmp_path):
    store = GraphStore(tmp_path / "new", "http://localhost:8000/")
    assert store.has_unpublished()
    store.publish()
    snapshot = Snapshots(store.folder).current()
    assert snapshot.index.catalogs() == []
    assert memory.needed(snapshot.folder) == 0
    held = memory.load(snapshot.folder)
    assert content(held.store) == (set(), set())
    insert(store, 1)
    store.publish()
    assert held.advance(Snapshots(store.folder).current().folder)
    assert len(held.store) == 1


def test_updates_are_published_with_the_index_of_before_and_a_content_of_their_own(loaded):
    first = loaded.publish()
    index = (loaded.folder / "current" / "index.sqlite").stat().st_ino
    insert(loaded, 1)
    assert loaded.has_unpublished()
    assert loaded.publish() == first + 1
    assert not loaded.has_unpublished()
    assert (loaded.folder / "current" / "index.sqlite").stat().st_ino == index
    assert Snapshots(loaded.folder).current().content == first + 1
    loaded.publish()
    assert Snapshots(loaded.folder).current().content == first + 1


def test_the_graphs_that_are_there_are_known(loaded):
    assert loaded.graph_names() == {loaded.iris.graph("ville")}
    assert loaded.has_graph(loaded.iris.graph("ville"))
    assert not loaded.has_graph(loaded.iris.graph("autre"))
    loaded.update("CREATE GRAPH <empty>", "http://a.example/", is_replayable=True)
    assert loaded.has_graph("http://a.example/empty")
    with pytest.raises(ValueError, match="IRI"):
        loaded.has_graph("no IRI")
