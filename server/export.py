"""The snapshot as RDF files."""

from collections.abc import Iterator
from typing import BinaryIO

import pyoxigraph as ox

from graph.description import export
from graph.iris import Iris
from graph.snapshot import Snapshot
from graph.writing import Syntax
from vocab.context import Model
from vocab.errors import ConfigError

_SHARED = ("agents", "places", "vocab")


def write_export(
    snapshot: Snapshot,
    iris: Iris,
    portal: str | None,
    syntax: Syntax,
    model: Model,
    output: BinaryIO,
) -> None:
    """Write all graphs, or a portal's with what the shared graphs say of all that it refers to.

    Raises ``ConfigError`` for a portal that the store does not hold.
    """
    store = snapshot.store
    keeps_graphs = syntax.format.supports_datasets and syntax.name != "jsonld"
    if portal is None and keeps_graphs:
        store.dump(output, syntax.format, prefixes=model.prefixes)
        return
    quads = store.quads_for_pattern(None, None, None, None) if portal is None else None
    if portal is not None:
        graph = ox.NamedNode(iris.graph(portal))
        if not store.contains_named_graph(graph):
            raise ConfigError(f"the store holds no portal {portal!r}")
        quads = export(store, graph, [ox.NamedNode(iris.graph(name)) for name in _SHARED])
    assert quads is not None
    written: Iterator[ox.Quad] | Iterator[ox.Triple] = quads
    if not keeps_graphs:
        written = (quad.triple for quad in quads)
    ox.serialize(written, output, syntax.format, prefixes=model.prefixes)
