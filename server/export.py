"""The snapshot as RDF files."""

from typing import BinaryIO

import pyoxigraph as ox

from graph.description import export
from graph.iris import Iris
from graph.snapshot import Snapshot
from graph.writing import RestoringWriter, Syntax, restored
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
    if portal is None and syntax.name == "nq":
        file = RestoringWriter(output)
        store.dump(file, syntax.format)  # type: ignore[arg-type]  # write and flush are enough
        file.flush()
        return
    quads = store.quads_for_pattern(None, None, None, None)
    if portal is not None:
        graph = ox.NamedNode(iris.graph(portal))
        if not store.contains_named_graph(graph):
            raise ConfigError(f"the store holds no portal {portal!r}")
        quads = export(store, graph, [ox.NamedNode(iris.graph(name)) for name in _SHARED])
    if syntax.name in ("nq", "trig"):
        named = (_named(restored(quad.triple), quad.graph_name) for quad in quads)
        ox.serialize(named, output, syntax.format, prefixes=model.prefixes)
    else:
        triples = (restored(quad.triple) for quad in quads)
        ox.serialize(triples, output, syntax.format, prefixes=model.prefixes)


def _named(triple: ox.Triple, graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)
