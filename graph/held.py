"""What a portal's graph holds of one resource, and of foreign nodes for its sake."""

from collections.abc import Iterator

import pyoxigraph as ox

from graph.difference import Difference
from graph.iris import Iris
from graph.tree import parts

_DCAT = "http://www.w3.org/ns/dcat#"
_MEMBERSHIP = frozenset(
    ox.NamedNode(_DCAT + name) for name in ("dataset", "service", "record", "servesDataset")
)
"""Statements of a catalogue and its services that come and go with each record."""


def held(store: ox.Store, iris: Iris, root: str, graph: ox.NamedNode) -> Iterator[ox.Quad]:
    """The quads that a description of ``root`` gave: its parts, and its membership."""
    if root.startswith(iris.catalog("")):
        for quad in parts(store, root, graph):
            if quad.predicate not in _MEMBERSHIP or str(quad.object).startswith(f"<{root}/"):
                yield quad
        return
    yield from parts(store, root, graph)
    for member in (ox.NamedNode(root), ox.NamedNode(f"{root}/record")):
        for predicate in _MEMBERSHIP:
            for quad in store.quads_for_pattern(None, predicate, member, graph):
                # A record may speak of another as well: that comes and goes with its own.
                if str(quad.subject).startswith(f"<{iris.catalog('')}"):
                    yield quad


def orphans(
    store: ox.Store, iris: Iris, graph: ox.NamedNode, difference: Difference
) -> Iterator[ox.Quad]:
    """The statements about foreign nodes that lose their last reference in the graph."""
    gone, wanted = set(difference.gone), {quad.object for quad in difference.new}
    for target in {quad.object for quad in gone} - wanted:
        if not isinstance(target, ox.NamedNode) or target.value.startswith(iris.base):
            continue
        references = store.quads_for_pattern(None, None, target, graph)
        if all(quad in gone for quad in references):
            yield from store.quads_for_pattern(target, None, None, graph)
