"""The description that comes of a record: N-Quads lines, each said through a term of the model."""

from collections.abc import Callable

from graph.difference import Description, Entry
from graph.issues import Issue, Kind
from ingest import deriving
from ingest.deriving import Derivation
from ingest.isolation import Part
from ingest.record import Context
from vocab.context import Term
from vocab.ntriples import RDF_TYPE, iri, lexical, repaired


class Reading:
    """What one record gives: N-Quads lines of the portal's graph and of the shared ones, and the
    issues met. ``root`` is the IRI of the dataset (or of the catalogue), ``identifier`` the
    portal's own name of it."""

    def __init__(self, context: Context, root: str, identifier: str) -> None:
        self.context = context
        self.root = root
        self.identifier = identifier
        self.language = context.portal.language
        self.digest = ""
        """The digest of the payload and mapping that it is read from."""
        self.membership = "dataset"
        """The term by which the catalogue lists ``root``: ``dataset`` or ``service``."""
        self.body = ("", "")
        """The name and the SIREN of the body that the record is of, where a connector tells."""
        self.has_place = self.has_territory = False
        """Whether the source says anything of a place, and whether a territory was told of it."""
        self.boxes: list[tuple[str, tuple[float, float, float, float]]] = []
        """The bounding boxes met, each by its key: west, south, east and north in degrees."""
        self.terms = context.model.terms
        self.classes = context.model.class_nodes
        self.lines: list[str] = []
        self.marks: list[str] = []
        self.shared: list[str] = []
        self.issues: list[Issue] = []
        self.single: dict[tuple[str, str], int] = {}
        """The lines of the terms that may have one value, by the node's IRI and the term's; and of
        what is said once, by the line."""
        self.owner = root if root.startswith(context.iris.catalog("")) else f"{root}/record"
        """The IRI of what speaks about the describing: the CatalogRecord, where there is one."""
        self.end = f" <{context.graph}> .\n"

    def node(self, target: str, *classes: str, graph: str = "") -> "Node":
        """A node of a minted IRI, in the portal's graph or in a shared one (``agents`` …)."""
        node = Node(self, target, graph)
        for name in classes:
            node.state(RDF_TYPE, self.classes[name])
        return node

    def has(self, node: "Node", term: str) -> bool:
        """Whether ``node`` has any value for the term."""
        start = f"<{node.iri}> {self.terms[term].predicate} "
        return any(line.startswith(start) for line in reversed(self.lines))

    def says(self, node: "Node", term: Term) -> bool:
        """Whether ``node`` has its value for a term that may have one only."""
        return (node.iri, term.iri) in self.single

    def share(self, line: str) -> None:
        """Add a statement of a shared graph, a whole line, once in a harvest."""
        if line not in self.context.shared_seen:
            self.context.shared_seen.add(line)
            self.shared.append(line)

    def isolated(self, key: str, value: object) -> Part:
        """What is read inside goes in whole or not at all: a payload's shape can be anything, and
        any surprise of it becomes an issue."""
        return Part(self, key, value)

    def droppable(self, key: str, value: object) -> Part:
        """``isolated``, around a part that may also turn out to be none (``Dropped``)."""
        return Part(self, key, value, is_droppable=True)

    def surprised(self, mark: int, key: str, value: object, error: BaseException) -> None:
        """Take back all lines from ``mark`` on, and say what ``error`` a part was met by."""
        self.take_back(mark)
        why = f"{key}: not in the shape expected ({type(error).__name__}: {str(error)[:200]})"
        self.issue("shape", key, value, why)

    def take_back(self, mark: int) -> None:
        """Take back all lines from ``mark`` on."""
        del self.lines[mark:]
        self.single = {said: line for said, line in self.single.items() if line < mark}

    def derive(
        self,
        term: str,
        target: str,
        key: str,
        text: str,
        rule: str,
        confidence: float = 1.0,
        node: "Node | None" = None,
    ) -> None:
        """Say how ``target``, an IRI, was read as a value of ``term``; a text that is this very IRI
        was not. The record leads there, or ``node``, a column."""
        if text != target:
            source = Derivation(self.terms[term].iri, target, key, text, rule, confidence)
            line = deriving.line(self, source, node.iri if node else self.owner)
            if self.single.setdefault((line, ""), len(self.lines)) == len(self.lines):
                self.lines.append(line)

    def reference(self, key: str, value: str) -> str:
        """A portal's IRI as N-Triples text: repaired where that is possible, never one of our own
        names. Empty, and an issue, where it is none."""
        address = value.strip()
        try:
            target = iri(address)
        except ValueError as error:
            try:
                target = iri(repaired(address))
            except ValueError:
                self.issue("invalid-value", key, value, f"{key}: {error}")
                return ""
            self.issue("repaired-iri", key, value, f"{key}: {error}; read as {target}")
        base = self.context.iris.base
        if target.startswith(base, 1):
            message = f"{key}: an IRI under {base} is not the portal's to use"
            self.issue("invalid-value", key, value, message)
            return ""
        return target

    def issue(self, kind: Kind, key: str, value: object, message: str) -> None:
        """Note what did not hold."""
        issue = Issue(kind, key, _shown(value), message)
        if issue not in self.issues:
            self.issues.append(issue)

    def mark(self, node: "Node", term: str, value: str) -> None:
        """Add a statement about the describing itself: see ``Description.marks``."""
        of = self.terms[term]
        [target] = of.nodes(value)
        self.marks.append(f"<{node.iri}> {of.predicate} {target}{self.end}")

    def finished(self) -> Description:
        """The description, its issues with it."""
        for number, issue in enumerate(self.issues, start=1):
            statements = issue.statements(self.context.iris, self.root, number)
            self.lines.extend(f"{' '.join(statement)}{self.end}" for statement in statements)
        # Line by line: ASCII, as most lines are, is copied, and the whole has an accent somewhere.
        content = b"".join(map(str.encode, self.lines))
        return Description(content, "".join(self.marks).encode(), self._entry())

    def _entry(self) -> Entry:
        """What the register holds: of several titles the French one."""
        return Entry(
            self.root,
            self.digest,
            self._text("title") or self.root,
            len(self.issues),
            self._text("modified"),
            self._text("description") if self.owner == self.root else "",
            self.membership,
        )

    def _text(self, term: str) -> str:
        """The root's value for a term: of several the French one, empty where there is none."""
        of = self.terms[term]
        start, french = f"<{self.root}> {of.predicate} ", f"@fr{self.end}"
        if of.is_single:
            place = self.single.get((self.root, of.iri))
            found = "" if place is None else self.lines[place]
        else:
            said = (line for line in self.lines if line.startswith(start))
            found = next(said, "")
            if not found.endswith(french):
                found = next((line for line in said if line.endswith(french)), found)
        return lexical(found[len(start) : -len(self.end)] or '""')


def _shown(value: object) -> str:
    try:
        return "" if value is None else str(value)
    except RecursionError:
        return "…"


class Node:
    """A subject being described. Every value goes in through a term of the model."""

    __slots__ = ("_end", "_reading", "_say", "_subject", "iri")

    def __init__(self, reading: Reading, target: str, graph: str = "") -> None:
        self.iri = target
        self._reading = reading
        self._subject = f"<{target}>"
        self._say: Callable[[str], None] = reading.share if graph else reading.lines.append
        self._end = f" <{reading.context.iris.graph(graph)}> .\n" if graph else reading.end

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
        self._say(f"{self._subject} {predicate} {target}{self._end}")

    def link(self, term: str, target: str) -> None:
        """Add a statement about an IRI of ours, or of a code list."""
        predicate, say = self._reading.terms[term].predicate, self._say
        say(f"{self._subject} {predicate} <{target}>{self._end}")

    def add(self, term: str, value: str, key: str = "", language: str = "") -> bool:
        """Add a source's ``value``; whether it could be read (an issue of ``key`` where not).

        A text is in ``language``, in the record's own where none is given.
        """
        return self.put(self._reading.terms[term], value, key, language)

    def name(self, term: str, value: str) -> None:
        """Name a shared node, once: two spellings that make one IRI make one node."""
        named = self._reading.context.named
        if self.iri not in named:
            named.add(self.iri)
            self.add(term, value, language=self._reading.context.portal.language)

    def put(self, term: Term, value: str, key: str, language: str = "") -> bool:
        """``add`` for a term that is at hand."""
        reading, is_single = self._reading, term.is_single
        if is_single and (self.iri, term.iri) in reading.single:
            message = f"{key}: one value is allowed, the first is kept"
            reading.issue("duplicate", key, value, message)
            return False
        if term.is_reference:
            target = reading.reference(key, value)
            if not target:
                return False
            self._say(f"{self._subject} {term.predicate} {target}{self._end}")
            if term.range:
                self._say(f"{target} {RDF_TYPE} <{term.range}>{self._end}")
        else:
            nodes, say = term.nodes, self._say
            try:
                targets = nodes(value, language or reading.language)
            except ValueError as error:
                kind: Kind = "unknown-value" if term.code_list is not None else "invalid-value"
                reading.issue(kind, key, value, f"{key}: {error}")
                return False
            for target in targets:
                say(f"{self._subject} {term.predicate} {target}{self._end}")
                if is_single:
                    break
        if is_single:
            reading.single[self.iri, term.iri] = len(reading.lines) - 1
        if key and term.code_list is not None:
            for target in targets[:1] if is_single else targets:
                reading.derive(term.name, target[1:-1], key, value, "code-list")
        return True
