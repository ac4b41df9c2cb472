"""The model: the terms of ``contexts/dcat-ap.jsonld``, read by ingest, published by the server."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache, partial
from importlib.resources import files
from typing import Any, Protocol

from vocab import dates
from vocab.codelist import CodeList
from vocab.errors import ConfigError
from vocab.formats import Formats
from vocab.keys import Keys
from vocab.ntriples import XSD, iri, literal
from vocab.themes import PortalThemes

STORED = {XSD + "nonNegativeInteger": XSD + "integer"}
"""Datatypes that the engine keeps as another one; ``graph/writing.py`` writes the true one."""
CONTEXT_FILE = "contexts/dcat-ap.jsonld"


_DURATION = re.compile(r"-?P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")


class Objects(Protocol):
    """What the values of a term mean."""

    def __call__(self, value: str, language: str = "fr") -> tuple[str, ...]:
        """The objects that ``value`` means, as N-Triples text; more than one from a code list.

        Raises ``ValueError`` with what would be valid.
        """


@dataclass(frozen=True)
class Term:
    """One property of the model: its predicate, and how a source's value becomes its object."""

    name: str
    iri: str
    is_iri: bool = False
    is_text: bool = False
    datatype: str = ""
    is_date: bool = False
    is_single: bool = False
    range: str = ""
    code_list: CodeList | None = None
    predicate: str = field(init=False)
    """The property's IRI as N-Triples text."""
    is_reference: bool = field(init=False)
    """Whether its objects are IRIs of the source's own, of no code list."""
    nodes: Objects = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "predicate", f"<{self.iri}>")
        object.__setattr__(self, "is_reference", self.is_iri and self.code_list is None)
        object.__setattr__(self, "nodes", _reader(self))


def _reader(term: Term) -> Objects:
    """How a term's values are read: by what it is, told once and not for every value."""
    if term.code_list is not None:
        return lru_cache(maxsize=4096)(partial(_concepts, term.code_list))
    if term.is_text:
        return _texts
    if term.is_iri:
        return _iris
    if term.is_date:
        return _dates
    return partial(_typed, term.datatype) if term.datatype else _literals


def _concepts(code_list: CodeList, value: str, language: str = "fr") -> tuple[str, ...]:
    found = code_list.find(value)
    if not found:
        raise ValueError(f"{value[:200]!r} is not in the code list {code_list.name}")
    return tuple(f"<{concept}>" for concept in found)


def _texts(value: str, language: str = "fr") -> tuple[str, ...]:
    return (literal(value, language),)


def _iris(value: str, language: str = "fr") -> tuple[str, ...]:
    return (iri(value),)


@lru_cache(maxsize=65536)
def _dates(value: str, language: str = "fr") -> tuple[str, ...]:
    lexical, datatype = dates.parse(value)
    return (literal(lexical, datatype=datatype),)


def _typed(datatype: str, value: str, language: str = "fr") -> tuple[str, ...]:
    return (literal(checked(value, datatype), datatype=STORED.get(datatype, datatype)),)


def _literals(value: str, language: str = "fr") -> tuple[str, ...]:
    return (literal(value),)


def checked(value: str, datatype: str) -> str:
    """``value`` as a lexical form of the XSD ``datatype``. Raises ``ValueError``."""
    value = value.strip()
    if datatype in (XSD + "integer", XSD + "nonNegativeInteger"):
        if not re.fullmatch(r"[+-]?\d{1,18}", value):
            raise ValueError(f"{value[:80]!r} is no whole number")
        if int(value) < 0 and datatype.endswith("nonNegativeInteger"):
            raise ValueError(f"{value!r} is below zero")
        return str(int(value))
    if datatype == XSD + "decimal":
        try:
            decimal = Decimal(value.replace(",", "."))
        except InvalidOperation as error:
            raise ValueError(f"{value!r} is no decimal number") from error
        if not decimal.is_finite():
            raise ValueError(f"{value!r} is no decimal number")
        return f"{decimal.normalize():f}"
    if datatype == XSD + "hexBinary":
        if not re.fullmatch(r"([0-9a-fA-F]{2})+", value):
            raise ValueError(f"{value[:80]!r} is no xsd:hexBinary: pairs of hexadecimal digits")
        return value.upper()
    if datatype == XSD + "duration" and not _DURATION.fullmatch(value):
        raise ValueError(f"{value[:80]!r} is no xsd:duration, for example P1Y, P1M, PT1H")
    return value


class Model:
    """The terms and classes of the context, under one base IRI (``BASE`` of the store)."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.document: dict[str, Any] = json.loads(
            files("vocab").joinpath(CONTEXT_FILE).read_text("utf-8")
        )
        self._context: dict[str, Any] = self.document["@context"]
        self._code_lists: dict[str, CodeList] = {}
        self._expanded: dict[str, str] = {}
        self._themes: dict[str, PortalThemes] = {}
        notes: dict[str, dict[str, Any]] = self.document["terms"]
        self.terms: Mapping[str, Term] = {
            name: self._term(name, entry, notes.get(name, {}))
            for name, entry in self._context.items()
            if isinstance(entry, dict) and "@id" in entry  # not the reverse ones, of frames
        }
        self.classes: Mapping[str, Mapping[str, list[str]]] = self.document["classes"]
        self._check()

    def _term(self, name: str, entry: dict[str, str], notes: dict[str, Any]) -> Term:
        coercion = entry.get("@type", "")
        return Term(
            name=name,
            iri=self.expand(entry["@id"]),
            is_iri=coercion == "@id",
            is_text=entry.get("@container") == "@language",
            datatype="" if coercion in ("", "@id") else self.expand(coercion),
            is_date="datatypes" in notes,
            is_single=notes.get("max") == 1,
            range=self.expand(notes["range"]) if "range" in notes else "",
            code_list=self.code_list(notes["codeList"]) if "codeList" in notes else None,
        )

    def _check(self) -> None:
        listed = [name for groups in self.classes.values() for name in _flat(groups.values())]
        for name in (*self.document["terms"], *listed):
            if name not in self.terms:
                raise ConfigError(f"vocab/{CONTEXT_FILE}: {name!r} is no term of the context")

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes of the context and their namespaces, for syntaxes that have prefixes."""
        return {
            name: entry
            for name, entry in self._context.items()
            if isinstance(entry, str) and entry.endswith(("#", "/"))
        }

    @cached_property
    def class_nodes(self) -> dict[str, str]:
        """The classes' IRIs as N-Triples text, by the names that the context gives them."""
        names = (name for name, entry in self._context.items() if isinstance(entry, str))
        return {name: f"<{self.expand(name)}>" for name in names if name[0].isupper()}

    def code_list(self, name: str) -> CodeList:
        """The code list of this name, the same object each time."""
        if name not in self._code_lists:
            self._code_lists[name] = CodeList(name, self.base)
        return self._code_lists[name]

    def themes_of(self, portal: str) -> PortalThemes:
        """What the themes of a portal mean where its own list says it, the same object each time.

        Raises ``ConfigError``.
        """
        if portal not in self._themes:
            self._themes[portal] = PortalThemes(portal, self.code_list("data-theme"))
        return self._themes[portal]

    @cached_property
    def formats(self) -> Formats:
        """What a declared format means."""
        return Formats(self.code_list("file-type"), self.code_list("media-type"))

    @cached_property
    def keys(self) -> Keys:
        """What the columns of tables can be joined on."""
        return Keys(self.code_list("key"), self.code_list("datatype"))

    def expand(self, compact: str) -> str:
        """The IRI of a compact IRI of the context (``dct:title``) or of a class (``Dataset``)."""
        if compact in self._expanded:
            return self._expanded[compact]
        prefix, colon, local = compact.partition(":")
        found = self._context.get(prefix)
        if not isinstance(found, str):
            raise ConfigError(f"vocab/{CONTEXT_FILE}: {compact!r} begins with no known prefix")
        self._expanded[compact] = found + local if colon else self.expand(found)
        return self._expanded[compact]

    def term(self, name: str, of: str = "") -> Term:
        """The term ``name``; with ``of``, one that a class of the model has.

        Raises ``ConfigError`` that lists the valid names.
        """
        valid = self.properties(of) if of else list(self.terms)
        if name not in valid:
            raise ConfigError(
                f"{name!r} is no term{f' of {of}' if of else ''}; valid: {', '.join(sorted(valid))}"
            )
        return self.terms[name]

    def properties(self, class_name: str) -> list[str]:
        """The names of a class's properties. Raises ``ConfigError`` for an unknown class."""
        if class_name not in self.classes:
            valid = ", ".join(sorted(self.classes))
            raise ConfigError(f"{class_name!r} is no class of the model; valid: {valid}")
        return _flat(self.classes[class_name].values())


def _flat(groups: Iterable[Iterable[str]]) -> list[str]:
    return [name for group in groups for name in group]
