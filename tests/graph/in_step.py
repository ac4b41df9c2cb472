"""Whether the published journal gives what the published store holds."""

from graph import memory
from graph.journal import MARK
from graph.snapshot import Snapshots


def content(store):
    """The quads of an Oxigraph store, and its named graphs."""
    return {str(quad) for quad in store}, {str(graph) for graph in store.named_graphs()}


def is_in_step(store):
    """Publish; whether the journal was published too, and gives what the snapshot holds."""
    store.publish()
    snapshot = Snapshots(store.folder).current()
    assert (snapshot.folder / MARK).exists()
    read = memory.load(snapshot.folder)
    assert read._mark is not None  # it was the journal that was read
    assert content(read.store) == content(snapshot.store)
    return True


def update(store, text, is_replayable=True):
    store.update(text, "http://a.example/", is_replayable=is_replayable)
