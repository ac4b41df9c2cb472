"""Publishing: one atomic switch, and readers that keep what they began with."""

import pytest

from graph.difference import Change, Description, Entry
from graph.snapshot import Snapshots
from vocab.errors import ConfigError


def retitle(store, graphs, title):
    entry = Entry(graphs.root("arbres"), "1", title, 0)
    said = Description(graphs.dataset("arbres", title), entry=entry)
    change = Change([(graphs.root("arbres"), said)])
    assert store.apply("ville", change).quads > 0


def titles(snapshot):
    catalog = snapshot.index.catalogs()[0].iri
    return {row.title for row in snapshot.index.datasets(catalog, 1, 10)}


def test_nothing_is_served_before_the_first_publication(store):
    assert not store.has_published()
    with pytest.raises(ConfigError, match="has published nothing yet"):
        Snapshots(store.folder).current()


def test_a_folder_without_store_is_a_config_error(tmp_path):
    with pytest.raises(ConfigError, match="is no store of Jointure"):
        Snapshots(tmp_path)


def test_a_server_of_another_base_is_refused(store):
    with pytest.raises(ConfigError, match=r"not https://b\.example/"):
        Snapshots(store.folder, "https://b.example/")


def test_readers_see_what_was_published_and_no_more(loaded, graphs):
    loaded.publish()
    retitle(loaded, graphs, "Arbres")
    assert titles(Snapshots(loaded.folder).current()) == {"Un jeu"}


def test_publishing_switches_the_current_snapshot(loaded, graphs):
    snapshots = Snapshots(loaded.folder)
    first = loaded.publish()
    assert snapshots.current().number == first
    retitle(loaded, graphs, "Arbres")
    assert loaded.publish() == snapshots.current().number == first + 1
    assert titles(snapshots.current()) == {"Arbres", "Un jeu"}


def test_the_same_snapshot_is_opened_once(loaded):
    loaded.publish()
    snapshots = Snapshots(loaded.folder)
    assert snapshots.current() is snapshots.current()


def test_two_snapshots_are_kept(loaded):
    numbers = [loaded.publish() for _ in range(4)]
    kept = {entry.name for entry in (loaded.folder / "published").iterdir()}
    assert kept == {str(number) for number in numbers[-2:]}


def test_a_reader_of_an_old_snapshot_goes_on(loaded, graphs):
    loaded.publish()
    begun = Snapshots(loaded.folder).current()
    before = len(begun.store)
    for title in ("A", "B", "C"):
        retitle(loaded, graphs, title)
        loaded.publish()
    assert len(begun.store) == before
    assert '"Un jeu"@fr' in {str(quad.object) for quad in begun.store}


def test_a_publication_that_was_killed_is_done_again(loaded):
    loaded.publish()
    (loaded.folder / "published" / ".2" / "store").mkdir(parents=True)
    (loaded.folder / ".current").symlink_to("published/2")
    assert loaded.publish() == 2
    assert Snapshots(loaded.folder).current().number == 2


def test_a_snapshot_stays_when_the_writer_is_gone(loaded, graphs):
    loaded.publish()
    loaded.close()
    assert titles(Snapshots(loaded.folder).current()) == {"Un jeu"}
