"""What a SHACL file asks of a node, made into functions once (SHACL Core, sections 2 to 4).

Just the constraint components that ``vocab/shapes`` uses are known. Every other one is a
``ConfigError``: a rule that is read and never checked would be worse than none.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from graph.data import Data
from graph.datatypes import has_datatype
from vocab.errors import ConfigError
from vocab.ntriples import lexical

SH = "http://www.w3.org/ns/shacl#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

Graph = Mapping[str, Mapping[str, Sequence[str]]]
Check = Callable[[str, Data], bool]
"""Whether a value node (N-Triples text) holds."""
Step = Callable[[str, Data], Sequence[str]]
"""The value nodes of a focus node."""

_NODE_KINDS: dict[str, Callable[[str], bool]] = {
    f"<{SH}IRI>": lambda value: value.startswith("<"),
    f"<{SH}Literal>": lambda value: value.startswith('"'),
    f"<{SH}BlankNodeOrIRI>": lambda value: not value.startswith('"'),
}
_SEVERITIES = {f"<{SH}{name}>": name for name in ("Violation", "Warning", "Info")}
_SAID = frozenset({"message", "name", "description", "severity", "targetClass", "path"})
"""Properties of a shape, in the namespace of SHACL, that are no constraint."""
_VALUES = ("nodeKind", "class", "datatype", "pattern", "or", "node")
_COUNTS = ("minCount", "maxCount", "hasValue")


@dataclass(frozen=True)
class Shape:
    """A node shape, or a property shape where it has a ``path`` (and the text of it, as SPARQL
    writes it: a bare IRI, ``^`` before one that is followed backwards, ``|`` and ``/``).

    ``checks`` are asked of each value node by itself; ``minimum``, ``maximum`` and ``required``
    (``sh:hasValue``) of all of them; ``properties`` are the property shapes of each value node.
    ``severity`` is ``Violation``, ``Warning`` or ``Info``; ``messages`` are by language.
    """

    iri: str
    file: str
    severity: str
    messages: Mapping[str, str]
    path: str = ""
    predicate: str = ""
    """The path, where it is one property followed forwards."""
    step: Step | None = None
    minimum: int = 0
    maximum: int | None = None
    required: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    properties: "tuple[Shape, ...]" = field(default=())

    def holds(self, focus: str, data: Data) -> bool:
        """Whether ``focus`` conforms to the shape, as ``sh:node`` and ``sh:or`` ask."""
        values = (focus,) if self.step is None else self.step(focus, data)
        return (
            self.minimum <= len(values)
            and (self.maximum is None or len(values) <= self.maximum)
            and all(needed in values for needed in self.required)
            and all(check(value, data) for value in values for check in self.checks)
            and all(shape.holds(value, data) for value in values for shape in self.properties)
        )


class Compiler:
    """Makes the shapes of one file. Raises ``ConfigError`` that names the file and what in it."""

    def __init__(self, graph: Graph, file: str) -> None:
        self._graph = graph
        self._file = file
        self._made: dict[str, Shape | None] = {}

    def targets(self) -> Iterable[tuple[str, Shape]]:
        """The node shapes with a target, each with the class (N-Triples text) it is about."""
        for subject in self._graph:
            for target in self._objects(subject, "targetClass"):
                yield target, self.shape(subject)

    def shape(self, subject: str) -> Shape:
        """The shape that a node of the file describes."""
        if subject in self._made:
            made = self._made[subject]
            if made is None:
                raise self._error(subject, "the shape leads back to itself")
            return made
        self._made[subject] = None
        self._made[subject] = made = self._shape(subject)
        return made

    def _shape(self, subject: str) -> Shape:
        for predicate in self._graph.get(subject, ()):
            name = predicate.removeprefix(SH)
            if name != predicate and name not in (*_SAID, *_VALUES, *_COUNTS, "property"):
                raise self._error(subject, f"sh:{name} is no component known here")
        node = self._one(subject, "path")
        path, step = self._path(node) if node else ("", None)
        if step and self._objects(subject, "property"):
            raise self._error(subject, "sh:property beside sh:path: sh:node is what is known here")
        if not step and any(self._objects(subject, name) for name in _COUNTS):
            raise self._error(subject, f"one of {', '.join(_COUNTS)} without sh:path")
        low, high = self._number(subject, "minCount"), self._number(subject, "maxCount")
        severity = self._one(subject, "severity") or f"<{SH}Violation>"
        if severity not in _SEVERITIES:
            raise self._error(subject, f"{severity} is no severity")
        return Shape(
            iri=subject.strip("<>"),
            file=self._file,
            severity=_SEVERITIES[severity],
            messages=dict(map(self._text, self._objects(subject, "message"))),
            path=path,
            predicate=path if node.startswith("<") else "",
            step=step,
            minimum=low or 0,
            maximum=high,
            required=tuple(self._objects(subject, "hasValue")),
            checks=tuple(self._checks(subject)),
            properties=tuple(map(self.shape, self._objects(subject, "property"))),
        )

    def _checks(self, subject: str) -> Iterable[Check]:
        for kind in self._objects(subject, "nodeKind"):
            if kind not in _NODE_KINDS:
                raise self._error(subject, f"sh:nodeKind {kind} is not known here")
            yield _of_test(_NODE_KINDS[kind])
        for wanted in self._objects(subject, "class"):
            yield _of_class(wanted)
        for datatype in self._objects(subject, "datatype"):
            try:
                yield _of_test(has_datatype(datatype.strip("<>")))
            except KeyError as error:
                raise self._error(subject, f"sh:datatype {datatype} is not known here") from error
        for pattern in self._objects(subject, "pattern"):
            yield _of_pattern(lexical(pattern))
        for members in self._objects(subject, "or"):
            yield _of_any([self.shape(member) for member in self._list(members)])
        for node in self._objects(subject, "node"):
            yield self.shape(node).holds

    def _path(self, node: str) -> tuple[str, Step]:
        """A property path (SHACL Core, section 2.3.1): its text, and how it is followed."""
        if node.startswith("<"):
            predicate = node.strip("<>")
            return predicate, lambda focus, data: data.objects(focus, predicate)
        if f"{_RDF}first" in self._graph[node]:
            texts, steps = zip(*map(self._path, self._list(node)), strict=True)
            return "/".join(texts), _in_sequence(steps)
        [(kind, [target])] = self._graph[node].items()
        if kind == f"{SH}inversePath" and target.startswith("<"):
            backwards = target.strip("<>")
            return f"^{backwards}", lambda focus, data: data.subjects(focus, backwards)
        if kind == f"{SH}alternativePath":
            texts, steps = zip(*map(self._path, self._list(target)), strict=True)
            return "|".join(texts), _of_all(steps)
        raise self._error(node, f"{kind} is no path known here")

    def _list(self, node: str) -> Iterable[str]:
        while node != f"<{_RDF}nil>":
            yield self._graph[node][f"{_RDF}first"][0]
            node = self._graph[node][f"{_RDF}rest"][0]

    def _objects(self, subject: str, name: str) -> Sequence[str]:
        return self._graph.get(subject, {}).get(SH + name, ())

    def _one(self, subject: str, name: str) -> str:
        found = self._objects(subject, name)
        if len(found) > 1:
            raise self._error(subject, f"sh:{name} twice")
        return found[0] if found else ""

    def _number(self, subject: str, name: str) -> int | None:
        found = self._one(subject, name)
        return int(lexical(found)) if found else None

    def _text(self, literal: str) -> tuple[str, str]:
        return literal.rpartition('"')[2].removeprefix("@"), lexical(literal)

    def _error(self, subject: str, why: str) -> ConfigError:
        return ConfigError(f"vocab/shapes/{self._file}.ttl: {subject}: {why}")


def _of_test(test: Callable[[str], bool]) -> Check:
    return lambda value, data: test(value)


def _of_class(wanted: str) -> Check:
    return lambda value, data: wanted in data.types(value)


def _of_pattern(pattern: str) -> Check:
    search = re.compile(pattern).search

    def check(value: str, data: Data) -> bool:
        if value.startswith("_"):
            return False
        return bool(search(value[1:-1] if value.startswith("<") else lexical(value)))

    return check


def _of_any(shapes: Sequence[Shape]) -> Check:
    return lambda value, data: any(shape.holds(value, data) for shape in shapes)


def _in_sequence(steps: Sequence[Step]) -> Step:
    def follow(focus: str, data: Data) -> Sequence[str]:
        nodes: Sequence[str] = (focus,)
        for step in steps:
            nodes = list(dict.fromkeys(found for node in nodes for found in step(node, data)))
        return nodes

    return follow


def _of_all(steps: Sequence[Step]) -> Step:
    return lambda focus, data: list(
        dict.fromkeys(found for step in steps for found in step(focus, data))
    )
