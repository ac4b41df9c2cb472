"""A feed's triples by node, and what of them makes one record.

A record is the concise bounded description of a dataset: its own triples, and those of the nodes
that it leads to and that are no records themselves. Blank nodes are named by what is said of them,
so that neither their labels nor the order of the feed are seen in a record's digest.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from graph.issues import Issue
from ingest.connectors.dcat_iris import Mended, Prefixes, mended
from ingest.connectors.dcat_values import (
    Properties,
    Said,
    add,
    blank_names,
    decoded,
    encoded,
    target,
)

TYPE, TOPIC, SERVES = "rdf:type", "foaf:primaryTopic", "dcat:servesDataset"
DATASET, SERVICE = "dcat:dataset", "dcat:service"
_GIVES_ACCESS = "dcat:accessService"
_INVERSES = {
    "dcat:isDistributionOf": "dcat:distribution",
    "dcat:seriesMember": "dcat:inSeries",
    "foaf:isPrimaryTopicOf": TOPIC,
}
"""Properties whose statement is read from the other side."""
_DCAT = "http://www.w3.org/ns/dcat#"
_RECORDS = {f"<{dcat}{name}" for dcat in (_DCAT, "dcat:") for name in ("Dataset", "DatasetSeries")}
_SERVICES = {f"<{_DCAT}DataService", "<dcat:DataService"}
_CATALOGS = {f"<{_DCAT}Catalog", "<dcat:Catalog"}
_APART = _CATALOGS | {"<http://www.w3.org/2004/02/skos/core#ConceptScheme"}
"""Classes of nodes that are larger than any record of them."""
_ENDS = frozenset({TYPE, TOPIC, SERVES, "foaf:isPrimaryTopicOf", "dcat:seriesMember"})
"""Properties that lead out of a record."""
_OF_OTHERS = frozenset({TOPIC, SERVES})
"""Properties of a record's parts that say more than what is about the record."""
_UNSAID = frozenset({TYPE, *_INVERSES.values()})
"""Properties that a node may have without being described."""
_DEPTH, _WIDTH = 6, 2000
"""Steps from a dataset to the last node of its record, and nodes of a record, at the most."""


class Graph:
    """The triples of one page of a feed. ``base`` is what its relative IRIs are relative to."""

    def __init__(self, prefixes: Prefixes, base: str) -> None:
        self.nodes: dict[str, Properties] = {}
        self.repairs: dict[str, list[Issue]] = {}
        """What was repaired in the feed's text, by the node that it stands in (empty: none)."""
        self.prefixes = prefixes
        self._base = base
        self._iris: set[str] = set()
        """Every IRI, as it stands in the feed."""
        self._mended: dict[str, Mended] = {}
        self._names: dict[str, str] = {}
        self._topics: dict[str, set[str]] = {}
        self._access: set[str] = set()
        """The services that a distribution leads to."""
        self._told: set[str] = set()

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """Add triples; which graph of a dataset they stand in is of no account."""
        nodes, iris, compact = self.nodes, self._iris, self.prefixes.compact
        for quad in quads:
            subject, term = quad.subject, quad.object
            name = subject.value if isinstance(subject, ox.NamedNode) else str(subject)
            if isinstance(term, ox.NamedNode):
                text = term.value
                iris.add(text)
                said = f"<{text}"
            else:
                said = encoded(term)
            of = nodes.get(name)
            if of is None:
                of = nodes[name] = {}
                iris.add(name)
            key = compact(quad.predicate.value)
            if key in of:
                add(of, key, (said,))
            else:
                of[key] = (said,)

    def clear(self) -> None:
        """Forget the triples, and keep what was noted."""
        self.nodes.clear()
        self._iris.clear()

    def settle(self) -> None:
        """Read what needs all triples: odd IRIs, statements from the other side, blank nodes."""
        for text in filter(_is_odd, self._iris):
            self._mend(text)
        for key, inverse in _INVERSES.items():
            for name in [name for name, of in self.nodes.items() if key in of]:
                for value in self.nodes[name][key]:
                    other = self.nodes.setdefault(self._target(value), {})
                    said = name if name.startswith("_:") else f"<{name}"
                    add(other, inverse, (said,))
        for name, of in self.nodes.items():
            for value in of.get(TOPIC, ()):
                self._topics.setdefault(self._target(value), set()).add(name)
            self._access.update(map(self._target, of.get(_GIVES_ACCESS, ())))
        self._names = blank_names(self.nodes)

    def _mend(self, text: str) -> None:
        is_described = bool(self.nodes.get(text, {}).keys() - {TYPE})
        found = mended(text, self._base, self.prefixes, is_described)
        if found is None:
            return
        self._mended[text] = found
        if not found.is_iri:
            return
        repairs = self.repairs.pop(text, [])
        if text in self.nodes:
            if found.message:
                repairs.append(
                    Issue("repaired-iri", "rdf:about", text, f"rdf:about: {found.message}")
                )
            for key, values in self.nodes.pop(text).items():
                add(self.nodes.setdefault(found.text, {}), key, values)
        if repairs:
            self.repairs.setdefault(found.text, []).extend(repairs)

    def _target(self, value: Said) -> str:
        name = target(value)
        found = self._mended.get(name) if self._mended else None
        return found.text if found is not None and found.is_iri else name

    # --- what is in it --------------------------------------------------------------------------

    def texts(self, name: str, *keys: str) -> list[str]:
        """The texts, and the names of the nodes, that a node has for these properties."""
        of = self.nodes.get(name, {})
        return [
            self._target(value) if value[0] in "<_" else decoded(value).text
            for key in keys
            for value in of.get(key, ())
        ]

    def datasets(self) -> Iterator[str]:
        """The names of the nodes that are records: said to be a Dataset or a DatasetSeries, or
        listed by a catalogue; and described, that is with more than their class."""
        listed = self.listed()
        for name, of in self.nodes.items():
            classes = of.get(TYPE, ())
            is_record = listed.get(name, SERVICE) != SERVICE or not _RECORDS.isdisjoint(classes)
            if is_record and _CATALOGS.isdisjoint(classes) and not of.keys() <= _UNSAID:
                yield name

    def services(self) -> Iterator[str]:
        """The names of the services that no distribution leads to: records of their own."""
        listed = self.listed()
        for name, of in self.nodes.items():
            is_service = listed.get(name) == SERVICE or not _SERVICES.isdisjoint(of.get(TYPE, ()))
            if is_service and name not in self._access and not of.keys() <= _UNSAID:
                yield name

    def listed(self) -> dict[str, str]:
        """What the catalogues, and the topics of the records, say that the feed describes; and
        the property that says so."""
        found = dict.fromkeys(self._topics, TOPIC)
        for of in self.nodes.values():
            for key in (SERVICE, DATASET):
                if key in of:
                    found.update((self._target(value), key) for value in of[key])
        return found

    def is_described(self, name: str) -> bool:
        """Whether anything is said of a node beside its class."""
        return not self.nodes.get(name, {}).keys() <= _UNSAID

    def stable_name(self, name: str) -> str:
        """The IRI of a node; of a blank node a name by what is said of it."""
        return self._names.get(name, name)

    # --- a record -------------------------------------------------------------------------------

    def record(self, root: str, datasets: Mapping[str, str]) -> dict[str, Any]:
        """The record of a dataset as JSON values: its nodes by name, sorted.

        ``datasets`` gives the identifiers of the feed's records, datasets and services, by their
        stable names; they are named in a record, and not described.
        """
        entries = self._topics.get(root, set()) - {root}
        issues: list[Issue] = []
        nodes: dict[str, Properties] = {}
        seen = {root, *entries}
        queue = deque((name, 0) for name in sorted(seen))
        while queue:
            name, depth = queue.popleft()
            of = self.nodes.get(name, {})
            if name in self.repairs:
                issues += self.repairs[name]
                self._told.add(name)
            nodes[self.stable_name(name)] = self._properties(name, root, datasets, issues)
            for part in self._parts(of) if depth < _DEPTH else ():
                if part not in seen and self.stable_name(part) not in datasets:
                    seen.add(part)
                    queue.append((part, depth + 1))
            if len(nodes) > _WIDTH:
                message = f"a record of more than {_WIDTH} nodes; those after them are left out"
                issues.append(Issue("shape", "rdf:about", root, message))
                break
        return {
            "root": self.stable_name(root),
            "nodes": nodes,
            "entries": sorted(map(self.stable_name, entries)),
            "repairs": sorted({(each.kind, each.key, each.value, each.message) for each in issues}),
        }

    def repairs_of_no_record(self) -> Iterator[Issue]:
        """What was repaired in the text and stands in none of the records given so far."""
        for name, issues in self.repairs.items():
            if name not in self._told:
                yield from issues

    def _parts(self, of: Properties) -> Iterator[str]:
        for key, values in of.items():
            if key in _ENDS or key.startswith("skos:"):
                continue
            for value in values:
                if value[0] in "<_":
                    name = self._target(value)
                    part = self.nodes.get(name)
                    if part is not None and _APART.isdisjoint(part.get(TYPE, ())):
                        yield name

    def _properties(
        self, name: str, root: str, datasets: Mapping[str, str], issues: list[Issue]
    ) -> Properties:
        found: Properties = {}
        for key, values in sorted(self.nodes.get(name, {}).items()):
            is_of_others = key in _OF_OTHERS and name != root
            if len(values) == 1 and not is_of_others:
                [value] = values
                kept = self._kept(key, value, datasets, issues) if value[0] in "<_" else value
                found[key] = (kept,)
                continue
            several = {
                self._kept(key, value, datasets, issues) if value[0] in "<_" else value
                for value in values
            }
            if is_of_others:
                own = self.stable_name(root)
                several = {value for value in several if decoded(value).text == own}
            if several:
                found[key] = sorted(several)
        return found

    def _kept(
        self, key: str, value: Said, datasets: Mapping[str, str], issues: list[Issue]
    ) -> Said:
        """A node as a record names it."""
        name = target(value)
        found = self._mended.get(name) if self._mended and key != TYPE else None
        if found is not None:
            if found.message:
                message = f"{key}: {found.message}"
                issues.append(Issue("repaired-iri", key, name, message))
            if not found.is_iri:
                return f'"{found.text}'
            value, name = f"<{found.text}", found.text
        if name in self._names:
            value = name = self._names[name]
        identifier = datasets.get(name)
        return value if identifier is None else f"={identifier}\n{name}"


def _is_odd(text: str) -> bool:
    """Whether an IRI is worth a closer look: relative, a CURIE, two in one, a scheme twice."""
    is_plain = text.startswith("http") and " " not in text and "\n" not in text
    return not (is_plain or text.startswith("_:")) or "http" in text[4:16]
