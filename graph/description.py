"""What is given of a resource: itself, its parts, and enough of its neighbours to read it."""

from collections.abc import Iterator

import pyoxigraph as ox

from graph.tree import parts

_DCAT = "http://www.w3.org/ns/dcat#"
_RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_TITLE = ox.NamedNode("http://purl.org/dc/terms/title")
_LISTINGS = tuple(ox.NamedNode(_DCAT + name) for name in ("dataset", "service"))
_MEMBERS = frozenset(
    (
        *_LISTINGS,
        *(ox.NamedNode(_DCAT + name) for name in ("record", "servesDataset")),
        ox.NamedNode("http://www.w3.org/ns/prov#qualifiedDerivation"),
    )
)
_RESOURCES = frozenset(ox.NamedNode(_DCAT + name) for name in ("Dataset", "Catalog"))


def describe(store: ox.Store, iri: str) -> list[ox.Triple]:
    """The triples of a resource and its parts, of the agents, places and concepts they refer to,
    and the catalogue that lists it; empty where the store knows nothing of it.

    Members of a catalogue are named, not described, and so is what values were derived from:
    they have pages of their own.
    """
    root = ox.NamedNode(iri)
    found = {quad.triple: None for quad in parts(store, iri)}
    if not found:
        return []
    subjects = {triple.subject for triple in found}
    for listing in _LISTINGS:
        for link in store.quads_for_pattern(None, listing, root):
            if str(root).startswith(f"{str(link.subject)[:-1]}/"):
                continue  # a catalogue's own service is a part of it, and no record
            found[link.triple] = None
            found |= dict.fromkeys(_named(store, link.subject))
    neighbours = {
        triple.object: None
        for triple in found
        if isinstance(triple.object, ox.NamedNode)
        and triple.object not in subjects
        and triple.predicate not in _MEMBERS
    }
    for neighbour in neighbours:
        found |= dict.fromkeys(_named(store, neighbour))
    return list(found)


def _named(store: ox.Store, node: ox.NamedNode | ox.BlankNode | ox.Triple) -> Iterator[ox.Triple]:
    """All that is said of an agent, a place or a concept; of a dataset its class and title."""
    quads = [quad.triple for quad in store.quads_for_pattern(node, None, None)]
    if any(triple.object in _RESOURCES for triple in quads if triple.predicate == _RDF_TYPE):
        quads = [triple for triple in quads if triple.predicate in (_RDF_TYPE, _TITLE)]
    yield from quads


def export(
    store: ox.Store, portal_graph: ox.NamedNode, shared: list[ox.NamedNode]
) -> Iterator[ox.Quad]:
    """A portal's graph, with what the shared graphs say of all that it refers to, and of what
    that refers to in turn."""
    yield from store.quads_for_pattern(None, None, None, portal_graph)
    subjects = {
        quad.subject
        for graph in shared
        for quad in store.quads_for_pattern(None, None, None, graph)
    }
    waiting = [
        subject
        for subject in subjects
        if next(store.quads_for_pattern(None, None, subject, portal_graph), None) is not None
    ]
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        for graph in shared:
            for quad in store.quads_for_pattern(node, None, None, graph):
                yield quad
                target = quad.object
                if target in subjects and target not in seen and isinstance(target, ox.NamedNode):
                    seen.add(target)
                    waiting.append(target)
