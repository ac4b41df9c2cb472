"""The rules of ``vocab/shapes`` (SHACL Core), checked over descriptions held as plain text.

An evaluator of our own, for the whole graph: a description is checked beside a background that is
read once, and where a general engine reads a whole graph anew for each answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import NamedTuple

import pyoxigraph as ox

from graph.constraints import Compiler, Shape
from graph.data import TYPE, Backwards, Data, Description
from vocab.errors import ConfigError

__all__ = ["FILES", "HIGH_VALUE", "Description", "Finding", "Shapes", "high_value"]

FILES = ("mandatory", "recommended", "range", "vocabularies", "dates")
"""The files that every description is checked by; ``hvd`` is for high-value datasets alone."""
BASE = "http://localhost:8000/"
HIGH_VALUE = "<http://data.europa.eu/eli/reg_impl/2023/138/oj>"
"""The regulation on high-value datasets (Implementing Regulation (EU) 2023/138), its ELI."""
_LEGISLATION = "http://data.europa.eu/r5r/applicableLegislation"
_DCAT = "http://www.w3.org/ns/dcat#"
_SERVES = f"{_DCAT}servesDataset"
_DATASETS = frozenset({f"<{_DCAT}Dataset>", f"<{_DCAT}DatasetSeries>"})
_APART = _DATASETS | {f"<{_DCAT}Catalog>", f"<{_DCAT}CatalogRecord>"}


class Finding(NamedTuple):
    """One validation result: ``focus`` and ``value`` as N-Triples text (``value`` empty where a
    number of values is wrong), ``path`` the predicate's bare IRI (``^`` before it where it is
    followed backwards, empty for a rule about the focus node as such), ``severity`` Violation,
    Warning or Info, ``shape`` the rule's IRI, ``file`` the name of its file."""

    focus: str
    path: str
    value: str
    severity: str
    shape: str
    message: str
    file: str


class Shapes:
    """Shapes files of ``vocab/shapes``, compiled."""

    def __init__(self, *names: str, base: str = BASE, language: str = "en") -> None:
        """Raises ``ConfigError`` for a file that is not there, or says what is not known here."""
        self._language = language
        self._by_class: dict[str, list[_Rule]] = {}
        for name in names or FILES:
            graph = _parsed(name, base)
            for target, shape in Compiler(graph, name).targets():
                self._by_class.setdefault(target, []).append(_Rule(shape))
        self._backwards = Backwards({})

    def validate(self, description: Description, background: Description) -> Iterator[Finding]:
        """What does not hold of the nodes of ``description``.

        The background is read, for the classes and properties of what the description refers to
        (agents, places, concepts; of other datasets and the catalogue the class is enough), and
        its own nodes are not checked: give it as the description, once, to check them. Give the
        same mapping each time: what is read of it backwards is kept.
        """
        if self._backwards.background is not background:
            self._backwards = Backwards(background)
        data = Data(description, background, self._backwards)
        for focus in description:
            for kind in data.types(focus):
                for rule in self._by_class.get(kind, ()):
                    for shape, value in rule.findings(focus, data):
                        yield self._finding(focus, shape, value)

    def _finding(self, focus: str, shape: Shape, value: str) -> Finding:
        said = shape.messages.get(self._language) or next(iter(shape.messages.values()), "")
        return Finding(focus, shape.path, value, shape.severity, shape.iri, said, shape.file)


def high_value(description: Description) -> Description:
    """The part of a description that ``Shapes("hvd")`` is for, empty where there is none: datasets
    and series under the regulation, services of them, and what these refer to, in turn; no other
    dataset, no catalogue and no record."""
    roots = [
        focus
        for focus, said in description.items()
        if HIGH_VALUE in said.get(_LEGISLATION, ()) and not _DATASETS.isdisjoint(said.get(TYPE, ()))
    ]
    known = set(roots)
    services = [
        focus
        for focus, said in description.items()
        if roots and not known.isdisjoint(said.get(_SERVES, ()))
    ]
    part: dict[str, Mapping[str, Sequence[str]]] = {}
    waiting = roots + services
    while waiting:
        focus = waiting.pop()
        said = description.get(focus)
        if said is None or focus in part:
            continue
        if focus in known or _APART.isdisjoint(said.get(TYPE, ())):
            part[focus] = said
            waiting += (each for objects in said.values() for each in objects)
    return part


class _Rule:
    """A node shape with a target. Its property shapes are found by what a node says, but for those
    that ask for something: most are about properties that most nodes do not have."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._if_said: dict[str, list[Shape]] = {}
        self._always: list[Shape] = []
        for each in shape.properties:
            if each.minimum or each.required or not each.predicate:
                self._always.append(each)
            else:
                self._if_said.setdefault(each.predicate, []).append(each)

    def findings(self, focus: str, data: Data) -> Iterator[tuple[Shape, str]]:
        """The shapes that do not hold of a focus node, each with the value where one is wrong."""
        for check in self._shape.checks:
            if not check(focus, data):
                yield self._shape, focus
        for shape in self._always:
            yield from _broken(shape, focus, data)
        for predicate in data.predicates(focus):
            for shape in self._if_said.get(predicate, ()):
                yield from _broken(shape, focus, data)


def _broken(shape: Shape, focus: str, data: Data) -> Iterator[tuple[Shape, str]]:
    assert shape.step is not None
    values = shape.step(focus, data)
    if len(values) < shape.minimum:
        yield shape, ""
    if shape.maximum is not None and len(values) > shape.maximum:
        yield shape, ""
    for needed in shape.required:
        if needed not in values:
            yield shape, ""
    for value in values:
        for check in shape.checks:
            if not check(value, data):
                yield shape, value


def _parsed(name: str, base: str) -> dict[str, dict[str, list[str]]]:
    """A file as plain text terms. Raises ``ConfigError`` where it is none or is not there."""
    path = files("vocab").joinpath(f"shapes/{name}.ttl")
    graph: dict[str, dict[str, list[str]]] = {}
    try:
        for triple in ox.parse(path.read_bytes(), ox.RdfFormat.TURTLE, base_iri=base):
            said = graph.setdefault(str(triple.subject), {})
            said.setdefault(triple.predicate.value, []).append(str(triple.object))
    except (OSError, SyntaxError) as error:
        raise ConfigError(f"vocab/shapes/{name}.ttl: {error}") from error
    return graph
