"""A portal's record, what a connector does with it, and the description that comes of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from graph.difference import Description
from graph.iris import Iris
from graph.issues import Issue, Kind
from vocab.context import Model, Term
from vocab.errors import ConfigError
from vocab.ntriples import RDF_TYPE, iri, repaired

if TYPE_CHECKING:
    from ingest.fetch import Fetcher
    from ingest.portals import Portal


@dataclass(frozen=True)
class Record:
    """One entry of a portal's catalogue: its identifier there, and its payload as JSON values."""

    id: str
    payload: dict[str, Any]


class Connector(Protocol):
    """One type of portal."""

    def records(self, portal: "Portal", fetcher: "Fetcher") -> Iterator[Record | Issue]:
        """Walk the portal to its end. Raises ``SourceError`` where that cannot be done.

        An ``Issue`` in a record's place is an entry that could not become a record.
        """

    def describe(self, record: Record, reading: "Reading") -> None:
        """Write the record's dataset into ``reading``. Pure: no I/O, never raises for a payload."""

    def services(self, portal: "Portal", catalog: "Node") -> None:
        """Write the portal's own data services beside its ``catalog``."""


_SURPRISES = (
    TypeError,
    ValueError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
"""What reading a payload of any shape may raise."""


class Dropped(Exception):
    """A part of a description cannot stand, and an issue says why: see ``Reading.droppable``."""


@dataclass
class Context:
    """What all records of one harvest of a portal share; ``moment`` is when it started (UTC)."""

    portal: "Portal"
    iris: Iris
    model: Model
    moment: datetime
    graph: str = field(init=False)
    run: str = field(init=False)
    """The IRI of the harvest."""
    shared_seen: set[str] = field(default_factory=set)
    """Statements of shared graphs that were given already, so that each is written once."""
    named: set[str] = field(default_factory=set)
    """Shared nodes that have their name."""

    def __post_init__(self) -> None:
        self.graph = self.iris.graph(self.portal.name)
        self.run = self.iris.run(self.portal.name, self.moment)

    @property
    def today(self) -> date:
        """The day of the harvest, on the portal's clock."""
        return self.moment.astimezone(self.portal.timezone).date()


class Reading:
    """What one record gives: N-Quads lines of the portal's graph and of the shared ones, and the
    issues met. ``root`` is the IRI of the dataset (or of the catalogue), ``identifier`` the
    portal's own name of it."""

    def __init__(self, context: Context, root: str, identifier: str) -> None:
        self.context = context
        self.root = root
        self.identifier = identifier
        self.language = context.portal.language
        self.lines: list[str] = []
        self.marks: list[str] = []
        self.shared: list[str] = []
        self.issues: list[Issue] = []
        self._single: dict[tuple[str, str], int] = {}
        self._end = f" <{context.graph}> .\n"

    def node(self, target: str, *classes: str, graph: str = "") -> "Node":
        """A node of a minted IRI, in the portal's graph or in a shared one (``agents`` …)."""
        node = Node(self, target, graph)
        for name in classes:
            node.state(RDF_TYPE, f"<{self.context.model.expand(name)}>")
        return node

    def has(self, node: "Node", term: str) -> bool:
        """Whether ``node`` has any value for the term."""
        start = f"<{node.iri}> {self.context.model.terms[term].predicate} "
        return any(line.startswith(start) for line in self.lines)

    def says(self, node: "Node", term: Term) -> bool:
        """Whether ``node`` has its value for a term that may have one only."""
        return (node.iri, term.iri) in self._single

    def note_single(self, node: "Node", term: Term) -> None:
        """``node`` has its one value for the term now: the statement written last."""
        self._single[node.iri, term.iri] = len(self.lines) - 1

    def write(self, subject: str, predicate: str, target: str, graph: str) -> None:
        """Add a statement whose terms are N-Triples text; ``graph`` empty: the portal's own."""
        if not graph:
            self.lines.append(f"{subject} {predicate} {target}{self._end}")
            return
        line = f"{subject} {predicate} {target} <{self.context.iris.graph(graph)}> .\n"
        if line not in self.context.shared_seen:
            self.context.shared_seen.add(line)
            self.shared.append(line)

    @contextmanager
    def isolated(self, key: str, value: object) -> Iterator[None]:
        """What is read inside goes in whole or not at all: a payload's shape can be anything, and
        any surprise of it becomes an issue."""
        mark = len(self.lines)
        try:
            yield
        except _SURPRISES as error:
            self._take_back(mark)
            why = f"{type(error).__name__}: {str(error)[:200]}"
            self.issue("shape", key, value, f"{key}: not in the shape expected ({why})")

    @contextmanager
    def droppable(self, key: str, value: object) -> Iterator[None]:
        """``isolated``, around a part that may also turn out to be none (``Dropped``)."""
        mark = len(self.lines)
        try:
            with self.isolated(key, value):
                yield
        except Dropped:
            self._take_back(mark)

    def _take_back(self, mark: int) -> None:
        del self.lines[mark:]
        self._single = {said: line for said, line in self._single.items() if line < mark}

    def issue(self, kind: Kind, key: str, value: object, message: str) -> None:
        """Note what did not hold."""
        issue = Issue(kind, key, _shown(value), message)
        if issue not in self.issues:
            self.issues.append(issue)

    def mark(self, node: "Node", term: str, value: str) -> None:
        """Add a statement about the describing itself: see ``Description.marks``."""
        of = self.context.model.terms[term]
        [target] = of.nodes(value)
        self.marks.append(f"<{node.iri}> {of.predicate} {target}{self._end}")

    def finished(self) -> Description:
        """The description, its issues with it."""
        for number, issue in enumerate(self.issues, start=1):
            for statement in issue.statements(self.context.iris, self.root, number):
                self.write(*statement, "")
        return Description("".join(self.lines).encode(), "".join(self.marks).encode())


def _shown(value: object) -> str:
    try:
        return "" if value is None else str(value)
    except RecursionError:
        return "…"


class Node:
    """A subject being described. Every value goes in through a term of the model."""

    __slots__ = ("_graph", "_reading", "_subject", "iri")

    def __init__(self, reading: Reading, target: str, graph: str = "") -> None:
        self.iri = target
        self._subject = f"<{target}>"
        self._reading = reading
        self._graph = graph

    @property
    def context(self) -> Context:
        """What all records of the harvest share."""
        return self._reading.context

    def part(self, term: str, path: str, *classes: str) -> "Node":
        """A part of the root, ``root/path``, that this node leads to by ``term``."""
        target = f"{self._reading.root}/{path}"
        self.link(term, target)
        return self._reading.node(target, *classes)

    def state(self, predicate: str, target: str) -> None:
        """Add a statement: predicate and object as N-Triples text."""
        self._reading.write(self._subject, predicate, target, self._graph)

    def link(self, term: str, target: str) -> None:
        """Add a statement about an IRI of ours, or of a code list."""
        self.state(self._reading.context.model.terms[term].predicate, f"<{target}>")

    def add(self, term: str, value: str, key: str = "", language: str = "") -> bool:
        """Add a source's ``value``; whether it could be read (an issue of ``key`` where not).

        A text is in ``language``, in the record's own where none is given.
        """
        return self.put(self._reading.context.model.terms[term], value, key, language)

    def name(self, term: str, value: str) -> None:
        """Name a shared node, once: two spellings that make one IRI make one node."""
        named = self._reading.context.named
        if self.iri not in named:
            named.add(self.iri)
            self.add(term, value, language=self._reading.context.portal.language)

    def put(self, term: Term, value: str, key: str, language: str = "") -> bool:
        """``add`` for a term that is at hand."""
        reading = self._reading
        if term.is_single and reading.says(self, term):
            message = f"{key}: one value is allowed, the first is kept"
            reading.issue("duplicate", key, value, message)
            return False
        if term.is_iri and term.code_list is None:
            return self._refer(term, value, key)
        try:
            targets = term.nodes(value, language or reading.language)
        except ConfigError:
            raise
        except ValueError as error:
            kind: Kind = "unknown-value" if term.code_list is not None else "invalid-value"
            reading.issue(kind, key, value, f"{key}: {error}")
            return False
        for target in targets[:1] if term.is_single else targets:
            self.state(term.predicate, target)
        if term.is_single:
            reading.note_single(self, term)
        return True

    def _refer(self, term: Term, value: str, key: str) -> bool:
        """Add a portal's IRI: repaired where that is possible, never one of our own names."""
        reading, address = self._reading, value.strip()
        try:
            target = iri(address)
        except ValueError as error:
            try:
                target = iri(repaired(address))
            except ValueError:
                reading.issue("invalid-value", key, value, f"{key}: {error}")
                return False
            reading.issue("repaired-iri", key, value, f"{key}: {error}; read as {target}")
        if target.startswith(f"<{reading.context.iris.base}"):
            message = f"{key}: an IRI under {reading.context.iris.base} is not the portal's to use"
            reading.issue("invalid-value", key, value, message)
            return False
        self.state(term.predicate, target)
        if term.is_single:
            reading.note_single(self, term)
        if term.range:
            reading.write(target, RDF_TYPE, f"<{term.range}>", self._graph)
        return True
