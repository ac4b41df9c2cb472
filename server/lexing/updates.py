"""What a SPARQL update says of itself before the engine sees it, read by its clauses.

It is read as SPARQL 1.1 Update, section 3, has it. What is not written so may write to anything.
"""

from collections.abc import Callable
from typing import NamedTuple

from server.lexing import preflight
from server.lexing.tokens import DOT_SEGMENT, is_absolute
from server.lexing.update_clauses import Clause, NotUnderstood
from server.lexing.update_reading import UpdateReading

_UNSETTLED = ("limit", "offset", "sample", "group_concat")
"""What they choose is the store's to say: another one of the same quads may choose otherwise."""

_ANY_BASE = "http://localhost/"
"""For reading where the clauses are: what their relative IRIs mean is no matter then."""


class Update(NamedTuple):
    """What an update says of itself.

    ``understood``: whether it could be read; the rest is else what is to be feared.
    ``targets``: the named graphs that it may write to, or empty, or create. ``writes_default``:
    whether it may write to the default graph. ``writes_any``: whether it may write to graphs that
    it does not name. ``loads``: what each LOAD reads that is not SILENT, an absolute IRI, or
    ``None`` where in doubt.
    ``services``: as in ``Preflight``. ``is_replayable``: whether it does the same on any store that
    holds the same quads. ``has_using``: USING or WITH stands somewhere. ``depth``, ``operators``:
    as in ``Preflight``.
    """

    understood: bool
    targets: frozenset[str]
    writes_default: bool
    writes_any: bool
    loads: tuple[str | None, ...]
    services: tuple[str | None, ...]
    is_replayable: bool
    has_using: bool
    depth: int
    operators: int

    @property
    def too_deep(self) -> bool:
        """Whether the engine's stack might overflow."""
        return self.depth > preflight.DEEPEST or self.operators > preflight.MOST_OPERATORS


def read_update(text: str, base: str | None = None) -> Update:
    """Read an update whose relative IRIs are relative to ``base``, unless it has a BASE."""
    try:
        read = UpdateReading(text, base)
    except NotUnderstood:
        return _feared(text)
    writes = [clause.writes for clause in read.clauses]
    patterns = "".join(text[each.pattern[0] : each.pattern[1]].lower() for each in read.clauses)
    return Update(
        understood=True,
        targets=frozenset(graph for each in writes for graph in each.graphs),
        writes_default=any(each.default for each in writes),
        writes_any=any(each.any for each in writes),
        loads=tuple(
            _settled(clause.load)
            for clause in read.clauses
            if clause.load is not None and not clause.is_silent
        ),
        services=tuple(read.services),
        is_replayable=not (
            read.is_volatile
            or read.services
            or any(clause.load is not None or clause.writes.blank for clause in read.clauses)
            or any(word in patterns for word in _UNSETTLED)
        ),
        has_using=any(clause.has_using for clause in read.clauses),
        depth=read.deepest,
        operators=read.operators,
    )


def as_run(text: str, base: str, may_load: Callable[[str | None], bool]) -> str:
    """The update as the engine is to run it.

    A LOAD SILENT that may not load fails, and that is its success (SPARQL 1.1 Update, section
    3.1.4): nobody is called. CLEAR leaves a graph that is not there as empty as it was (3.1.3),
    which the engine takes for a failure. What cannot be read stays as it is.
    """
    try:
        clauses = UpdateReading(text, base).clauses
    except NotUnderstood:
        return text
    parts, done = [], 0
    for clause in clauses:
        if clause.clear is not None:
            parts += [text[done : clause.clear], "SILENT "]
            done = clause.clear
        elif clause.is_silent and clause.load and not may_load(_settled(clause.load)):
            parts += [text[done : clause.start], "INSERT DATA {} "]
            done = clause.end
    return "".join([*parts, text[done:]])


def _settled(iri: str) -> str | None:
    """An IRI that is read as it is called: the engine leaves dots, a server may resolve them."""
    return None if DOT_SEGMENT.search(iri) else iri


def _feared(text: str) -> Update:
    said, lowered = preflight.Reading(text), text.lower()
    return Update(
        understood=False,
        targets=frozenset(),
        writes_default=True,
        writes_any=True,
        loads=(None,) if "load" in lowered else (),
        services=tuple(said.services),
        is_replayable=False,
        has_using="using" in lowered or "with" in lowered,
        depth=said.deepest,
        operators=said.operators,
    )


def with_using(text: str, default_graphs: list[str], named_graphs: list[str]) -> str:
    """The update with a dataset for its patterns (SPARQL 1.1 Protocol, section 2.2.3).

    ``USING`` and ``USING NAMED`` stand before each WHERE; ``DELETE WHERE``, which may not have
    them, becomes ``DELETE`` and ``WHERE``. An update of no pattern stays as it is. Raises
    ``ValueError`` for an IRI that is none or relative, and for an update that has USING or WITH,
    or cannot be read.
    """
    using = "".join(
        [f"USING <{_graph(iri)}> " for iri in default_graphs]
        + [f"USING NAMED <{_graph(iri)}> " for iri in named_graphs]
    )
    clauses = UpdateReading(text, _ANY_BASE).clauses
    if any(clause.has_using for clause in clauses):
        raise ValueError("the update has USING or WITH, and the request names graphs to use")
    parts, done = [], 0
    for clause in clauses:
        if clause.where is None or not using:
            continue
        parts += [text[done : clause.where], _pattern_of(clause, text), using]
        done = clause.where
    return "".join([*parts, text[done:]])


def with_one_prologue(text: str) -> str:
    """The update with the prefixes of later operations declared before the first one.

    SPARQL 1.1 Update, rule 29, has a prologue after each ``;``, and the engine reads none there.
    What has a BASE there, gives a prefix another sense, or cannot be read stays as it is.
    """
    try:
        read = UpdateReading(text, _ANY_BASE)
    except NotUnderstood:
        return text
    if read.is_redefined or not read.later_prologues:
        return text
    parts, rest, done = [text[: read.first]], [], read.first
    for start, end in read.later_prologues:
        parts += [text[start:end], "\n"]
        rest.append(text[done:start])
        done = end
    return "".join([*parts, *rest, text[done:]])


def _pattern_of(clause: Clause, text: str) -> str:
    if not clause.is_delete_where:
        return " "
    return f" {text[clause.pattern[0] : clause.pattern[1]]} "


def _graph(iri: str) -> str:
    if not is_absolute(iri):
        raise ValueError(f"{iri!r} names no graph: it is no absolute IRI")
    return iri
