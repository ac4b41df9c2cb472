"""What a snapshot says, as descriptions in plain text: a root with its parts, and what is beside.

To read a statement costs some forty microseconds, and a sequential dump no less: what no check
reads (columns, issues, derivations) is not followed.
"""

from collections.abc import Iterator
from functools import lru_cache

import pyoxigraph as ox

from graph.iris import Iris

_DCAT, _DCT = "http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/"
_UNFOLLOWED = frozenset(
    (
        "http://www.w3.org/ns/csvw#tableSchema",
        "http://www.w3.org/ns/shacl#result",
        "http://www.w3.org/ns/prov#qualifiedDerivation",
        "http://www.w3.org/ns/dqv#hasQualityMeasurement",
    )
)
_LINKS = _UNFOLLOWED | {_DCAT + name for name in ("accessURL", "downloadURL", "endpointURL")}
"""Properties whose objects nothing is said of."""
_MEMBERS = frozenset(_DCAT + name for name in ("dataset", "service", "record", "servesDataset"))
_BACKWARDS = (ox.NamedNode(_DCAT + "inSeries"), ox.NamedNode(_DCAT + "servesDataset"))
_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_KEPT_NODES = 50_000

Said = dict[str, list[str]]
"""What is said of a subject: predicates' bare IRIs, and objects as N-Triples text."""


class Reader:
    """Reads one store. ``node`` keeps the last 50,000 nodes asked for: most are shared."""

    def __init__(self, store: ox.Store, iris: Iris) -> None:
        self._store = store
        self._described_apart = (iris.dataset_prefix, iris.catalog(""))
        self.node = lru_cache(_KEPT_NODES)(self._node)
        """What all graphs say of an IRI (bare); of a dataset or a catalogue the classes."""

    def _node(self, iri: str) -> Said:
        only = _TYPE if iri.startswith(self._described_apart) else None
        return _grouped(self._store.quads_for_pattern(ox.NamedNode(iri), only, None, None))

    def described(self, root: str, graph: ox.NamedNode) -> dict[str, Said]:
        """A root (bare IRI), its record and their parts within a portal's graph.

        Of a catalogue's members one of each kind stands for all: they have descriptions of their
        own.
        """
        waiting = [root, f"{root}/record"]
        found: dict[str, Said] = {}
        inside = f"<{root}/"
        while waiting:
            iri = waiting.pop()
            quads = self._store.quads_for_pattern(ox.NamedNode(iri), None, None, graph)
            said = _grouped(_sparing(quads))
            if not said:
                continue
            found[f"<{iri}>"] = said
            for predicate, values in said.items():
                if predicate in _UNFOLLOWED:
                    continue
                for value in values:
                    if value.startswith(inside) and value not in found:
                        waiting.append(value[1:-1])
        return found

    def beside(self, description: dict[str, Said]) -> dict[str, Said]:
        """What is said of all that a description refers to and does not describe itself."""
        found: dict[str, Said] = {}
        for said in description.values():
            for predicate, values in said.items():
                if predicate in _LINKS:
                    continue
                for value in values:
                    if value[0] == "<" and value not in description and value not in found:
                        found[value] = self.node(value[1:-1])
        return found

    def leading_to(self, root: str) -> dict[str, Said]:
        """The members of a series, and the services that serve a dataset: their classes, and that
        they lead to it."""
        found: dict[str, Said] = {}
        for predicate in _BACKWARDS:
            for quad in self._store.quads_for_pattern(None, predicate, ox.NamedNode(root), None):
                said = dict(self.node(str(quad.subject)[1:-1]))
                found[str(quad.subject)] = said | {predicate.value: [f"<{root}>"]}
        return found


def _sparing(quads: Iterator[ox.Quad]) -> Iterator[ox.Quad]:
    """The quads, of a catalogue's members one of each kind. Reads to the end: an iterator that is
    left may be dropped by another thread."""
    seen: set[str] = set()
    for quad in quads:
        predicate = quad.predicate.value
        if predicate in _MEMBERS:
            if predicate in seen:
                continue
            seen.add(predicate)
        yield quad


def _grouped(quads: Iterator[ox.Quad]) -> Said:
    said: Said = {}
    for quad in quads:
        said.setdefault(quad.predicate.value, []).append(str(quad.object))
    return said
