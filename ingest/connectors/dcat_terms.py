"""What a feed says of a node, put through the terms of the model, class by class.

A property that the model has for the class is put under its term; ``dcat.toml`` names those that
are called otherwise, are read by a method, or are ignored. Any other one is an issue.

What is said of nodes that have IRIs of their own (documents, standards, concepts) is read for
their labels alone: they are described where they live.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from ingest.connectors.dcat_graph import TYPE
from ingest.connectors.dcat_iris import Prefixes
from ingest.connectors.dcat_resource import Resource, coded, shown
from ingest.connectors.dcat_values import Value
from ingest.isolation import SURPRISES
from ingest.mapping import MappingTable
from ingest.readers import READERS, Reader, plain
from ingest.reading import Node, Reading
from vocab.context import Model, Term
from vocab.ntriples import XSD

_RELATIVES = frozenset(
    {"hasVersion", "inSeries", "isReferencedBy", "isVersionOf", "relation", "source"}
)
"""Terms that lead from one dataset to another: to ours, where the feed describes it."""
_DESCRIBED = frozenset({"hasVersion", "inSeries", "servesDataset", "source"})
"""Those that have to lead to a whole Dataset or DatasetSeries (DCAT-AP 3.0.1, ranges)."""
_TAG = re.compile(r"[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*")
_WHOLE = frozenset({f"{XSD}integer", f"{XSD}nonNegativeInteger"})


def put(
    reading: Reading, node: Node, term: Term, resource: Resource, key: str, value: Value,
    read: Reader = plain,
) -> bool:  # fmt: skip
    """Put a value under a term of the model; what the term has no place for is an issue. Whether
    the node has it now."""
    path = resource.path + key
    if term.code_list is not None:
        text = coded(term.code_list, resource, value, key) or shown(resource, value, key)
        return bool(text) and node.put(term, text, path)
    if term.is_iri:
        return _refer(reading, node, term, resource, key, value)
    text = shown(resource, value, key)
    if not text:
        return False
    language = _language(reading, path, value.tag) if value.kind == "text" and value.tag else ""
    if read is not plain:
        text = " ".join(read(text, reading.context.portal))
    return node.put(term, _whole(text) if term.datatype in _WHOLE else text, path, language)


def _language(reading: Reading, path: str, tag: str) -> str:
    language = tag.replace("_", "-")
    if _TAG.fullmatch(language):
        return language
    message = f"{path}: {tag!r} is no language tag (BCP 47); left out"
    reading.issue("invalid-value", path, tag, message)
    return ""


def _whole(text: str) -> str:
    """A whole number that is written as a decimal (``8946.0``, as CKAN does) as one."""
    if text.isdecimal():
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return f"{number:.0f}" if number.is_finite() and number == number.to_integral_value() else text


def _refer(
    reading: Reading, node: Node, term: Term, resource: Resource, key: str, value: Value
) -> bool:
    path, text = resource.path + key, value.text.strip()
    if value.kind == "dataset" and term.name in _RELATIVES:
        iris, portal = reading.context.iris, reading.context.portal
        if value.tag != reading.identifier:
            node.link(term.name, iris.dataset(portal.name, value.tag))
        return True
    if value.kind == "iri" and term.name in _DESCRIBED:
        message = f"{path}: a dataset that the feed does not describe; kept as dct:relation"
        reading.issue("missing", path, text, message)
        return node.put(reading.terms["relation"], text, path)
    if value.kind == "node":
        label = shown(resource, value, key)
        message = f"{path}: a node without an IRI, {label!r}; left out"
        reading.issue("unknown-value", path, label, message)
        return False
    if not text or not node.put(term, text, path):
        return False
    if value.kind in ("text", "typed"):
        message = f"{path}: a literal where an IRI belongs; read as one"
        reading.issue("repaired-iri", path, "", message)
    return True


@dataclass(frozen=True)
class _Put:
    term: Term
    read: Reader = plain


@dataclass(frozen=True)
class _Call:
    method: str


_Rule = _Put | _Call | None
"""How a property is read; ``None``: ignored by name."""
Method = Callable[[Reading, Node, Resource], None]
"""A method that the table names: it describes the node by what the feed says of the resource."""


@dataclass
class _Class:
    """How the properties of one class of the model are read."""

    rules: dict[str, _Rule]
    always: dict[str, None]
    """The methods that are called whatever a node has."""


class Terms:
    """What becomes of each property, by class: the model's own, and ``dcat.toml``."""

    def __init__(self, model: Model, methods: object) -> None:
        """Raises ``ConfigError`` where the table says what the model or ``methods`` do not have."""
        table = MappingTable("dcat.toml", model, methods)
        self._file, tables = table.file, table.tables
        self.prefixes = Prefixes({**model.prefixes, **tables["prefixes"]}, tables["aliases"])
        self._methods: dict[str, Method] = {}
        self._classes = {
            name: self._of_class(model, methods, name, tables.get(name, {}))
            for name in model.classes
        }
        self._read: dict[str, dict[str, Any]] = tables["nodes"]

    def _of_class(self, model: Model, methods: object, name: str, table: dict[str, Any]) -> _Class:
        found = _Class({TYPE: None}, {})
        for term in map(model.terms.__getitem__, model.properties(name)):
            key = self.prefixes.compact(term.iri)
            if key not in found.rules or term.code_list is not None:
                found.rules[key] = _Put(term)
        for key, entry in table.items():
            match entry:
                case str():
                    found.rules[key] = _Put(model.terms[entry])
                case {"term": term, "read": reader}:
                    found.rules[key] = _Put(model.terms[term], READERS[reader])
                case {"code": method}:
                    found.rules[key] = _Call(method)
                    self._methods[method] = getattr(methods, method)
                    if entry.get("always"):
                        found.always[method] = None
                case _:
                    found.rules[key] = None
        return found

    def apply(self, class_name: str, resource: Resource, node: Node, reading: Reading) -> None:
        """Describe ``node`` as one of a class, by all that the feed says of ``resource``."""
        of = self._classes[class_name]
        rules, calls = of.rules, of.always.copy()
        for key, values in resource.properties.items():
            if key not in rules:
                if not key.startswith("hydra:"):
                    self._unknown(reading, resource, key)
                continue
            rule = rules[key]
            if isinstance(rule, _Call):
                calls[rule.method] = None
            elif rule is not None:
                for value in values:
                    put(reading, node, rule.term, resource, key, value, rule.read)
        for method in calls:
            mark = len(reading.lines)
            try:  # as in reading.isolated(), which takes longer
                self._methods[method](reading, node, resource)
            except SURPRISES as error:
                reading.surprised(mark, resource.path + method, resource.name, error)

    def audit(self, kind: str, resource: Resource, reading: Reading) -> None:
        """Note the properties of a node that no method for such nodes reads, nor ignores by name
        (``[nodes.KIND]``)."""
        known = self._read[kind]
        for key in resource.properties:
            if key not in known and key != TYPE:
                self._unknown(reading, resource, key)

    def _unknown(self, reading: Reading, resource: Resource, key: str) -> None:
        path = resource.path + key
        value = next(iter(resource.values(key)), Value(""))
        message = f"{path}: no property that the model has there, or {self._file} names"
        reading.issue("unknown-key", path, shown(resource, value, key), message)
