"""Mapping tables: a TOML file that says, key by key, what a payload becomes.

One table a class of the model; each line is a key of the payload (its path, dotted) and

- ``"title"``: the term that its value is put under,
- ``{ term = "description", read = "html" }``: the same, read by a function of ``readers.py`` first,
- ``{ code = "licence" }``: the method of the connector that reads it (or several, in a list), with
  all other keys that name the same method; it is called once, where one of them holds something
  (``always = true``: also where none does),
- ``{ ignored = "why" }``.

The table ``[members]`` names the keys of the objects that a method reads: ``"tags.name" = "read"``,
or ``{ ignored = "why" }``.

A key that is none of these is an ``Issue``: nothing is lost in silence. A term, reader or method
that does not exist is a ``ConfigError`` when the table is loaded.
"""

import tomllib
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from ingest.isolation import SURPRISES
from ingest.readers import READERS, Reader, plain
from ingest.reading import Node, Reading
from vocab.context import Model, Term
from vocab.errors import ConfigError

Values = dict[str, Any]
"""The values that a method reads, by their keys' full paths; empty ones are left out.

A method takes the reading, the node that is described, and these; it returns nothing."""

EMPTY: tuple[object, ...] = (None, "", [], {})
"""Values that say nothing."""


@dataclass(frozen=True)
class _Put:
    term: Term
    read: Reader


@dataclass(frozen=True)
class _Call:
    methods: tuple[str, ...]


_IGNORED = object()


class _Branch:
    """The rules of an object's keys.

    The entries of a portal have few shapes: what the keys of each come to is found once.
    """

    def __init__(self) -> None:
        self.rules: dict[str, object] = {}
        self.steps = lru_cache(maxsize=1024)(self._steps)

    def _steps(self, prefix: str, keys: tuple[str, ...]) -> list[tuple[str, str, object]]:
        """Each key that is not ignored, its path, and its rule: None where it is unknown."""
        rules = [(key, prefix + key, self.rules.get(key)) for key in keys]
        return [step for step in rules if step[2] is not _IGNORED]


_UNKNOWN = _Branch()
"""The rules of the members of an object that is unknown itself."""


class MappingTable:
    """One table file of a connector, checked against the model and the connector's methods."""

    def __init__(self, file: str, model: Model, methods: object) -> None:
        """``methods`` is the object whose methods the table names. Raises ``ConfigError`` that
        names the file, the key and what would be valid."""
        self.file = f"ingest/connectors/{file}"
        self._model = model
        self._methods = methods
        source = files("ingest").joinpath(f"connectors/{file}").read_bytes()
        try:
            self.tables: dict[str, Any] = tomllib.loads(source.decode())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{self.file}: {error}") from error
        self._members = _by_owner(self.tables.get("members", {}))
        self._always: dict[str, dict[str, None]] = {name: {} for name in model.classes}
        self._bound: dict[str, Callable[[Reading, Node, Values], None]] = {}
        for name in self.tables:
            if name[:1].isupper():
                model.properties(name)  # a misspelt class is a ConfigError
        self._trees = {
            name: self._tree(name, table)
            for name, table in self.tables.items()
            if name in model.classes
        }

    def _tree(self, class_name: str, table: dict[str, Any]) -> _Branch:
        tree = _Branch()
        for key, entry in table.items():
            *path, last = key.split(".")
            branch = tree
            for step in path:
                inner = branch.rules.setdefault(step, _Branch())
                if not isinstance(inner, _Branch):
                    raise ConfigError(f"{self.file} [{class_name}] {key}: {step} is mapped whole")
                branch = inner
            if last in branch.rules:
                raise ConfigError(f"{self.file} [{class_name}] {key}: its members are mapped")
            branch.rules[last] = self._rule(class_name, key, entry)
        return tree

    def _rule(self, class_name: str, key: str, entry: Any) -> object:
        where = f"{self.file} [{class_name}] {key}"
        match entry:
            case str(name) | {"term": str(name)} if set(entry) <= {"term", "read"} or name == entry:
                reader = entry.get("read", "plain") if isinstance(entry, dict) else "plain"
                if reader not in READERS:
                    raise ConfigError(f"{where}: no reader {reader!r}; valid: {', '.join(READERS)}")
                try:
                    return _Put(self._model.term(name, of=class_name), READERS[reader])
                except ConfigError as error:
                    raise ConfigError(f"{where}: {error}") from error
            case {"code": str() | list()} if set(entry) <= {"code", "always"}:
                methods = entry["code"] if isinstance(entry["code"], list) else [entry["code"]]
                for method in methods:
                    if not callable(getattr(self._methods, str(method), None)):
                        kind = type(self._methods).__name__
                        raise ConfigError(f"{where}: {kind} has no method {method!r}")
                    self._bound[method] = getattr(self._methods, method)
                    if entry.get("always"):
                        self._always[class_name][method] = None
                return _Call(tuple(methods))
            case {"ignored": str()} if len(entry) == 1:
                return _IGNORED
        raise ConfigError(f"{where}: {entry!r} is neither term, code nor ignored")

    def apply(
        self, class_name: str, payload: Values, node: Node, reading: Reading, prefix: str = ""
    ) -> None:
        """Describe ``node`` by ``payload``: every key of it is mapped, ignored, or an issue.

        ``prefix`` is where in the record the payload stands, for the issues' keys.
        """
        calls: dict[str, Values] = {method: {} for method in self._always[class_name]}
        self._walk(self._trees[class_name], payload, prefix, node, reading, calls)
        for method, values in calls.items():
            mark = len(reading.lines)
            try:  # as in reading.isolated(), which would take longer than most methods do
                self._bound[method](reading, node, values)
            except SURPRISES as error:
                reading.surprised(mark, ", ".join(values) or method, values, error)

    def audit(self, key: str, member: Any, reading: Reading) -> None:
        """Note the keys of an object that ``[members]`` neither has read nor ignores."""
        known = self._members.get(key, frozenset())
        if not isinstance(member, dict) or member.keys() <= known:
            return
        for name, value in member.items():
            if name not in known and not is_empty(value):
                path = f"{key}.{name}"
                message = f"{path}: no key that {self.file} maps or ignores by name"
                reading.issue("unknown-key", path, value, message)

    def _walk(
        self,
        branch: _Branch,
        payload: Values,
        prefix: str,
        node: Node,
        reading: Reading,
        calls: dict[str, Values],
    ) -> None:
        for key, path, rule in branch.steps(prefix, tuple(payload.keys())):
            value = payload[key]
            if value is None or (not value and is_empty(value)):
                continue
            if isinstance(rule, _Call):
                for method in rule.methods:
                    if method in calls:
                        calls[method][path] = value
                    else:
                        calls[method] = {path: value}
            elif isinstance(rule, _Put):
                if isinstance(value, str) and rule.read is plain:
                    if text := value.strip():
                        node.put(rule.term, text, path)
                    continue
                for item in value if isinstance(value, list) else (value,):
                    _put(rule, item, path, node, reading)
            elif isinstance(value, dict):
                members = rule if isinstance(rule, _Branch) else _UNKNOWN
                self._walk(members, value, f"{path}.", node, reading, calls)
            elif rule is None:
                message = f"{path}: no key that {self.file} maps or ignores by name"
                reading.issue("unknown-key", path, value, message)
            elif isinstance(rule, _Branch):
                valid = ", ".join(rule.rules)
                reading.issue("shape", path, value, f"{path}: an object is expected, of {valid}")


def _by_owner(members: dict[str, Any]) -> dict[str, AbstractSet[str]]:
    """The names of members by the key of the object that they are in."""
    split = [path.rpartition(".") for path in members]
    return {owner: {name for each, _, name in split if each == owner} for owner, _, _ in split}


def is_empty(value: object) -> bool:
    """Whether a value says nothing: null, an empty text, list or object."""
    return not value and not isinstance(value, (int, float))


def _put(rule: _Put, item: Any, path: str, node: Node, reading: Reading) -> None:
    if isinstance(item, str):
        text = item.strip()
    elif isinstance(item, (int, float)):
        text = str(item)
    else:
        if not is_empty(item):
            reading.issue("shape", path, item, f"{path}: text is expected, not an object")
        return
    if rule.read is not plain:
        for part in rule.read(text, reading.context.portal):
            node.put(rule.term, part, path)
    elif text:
        node.put(rule.term, text, path)
