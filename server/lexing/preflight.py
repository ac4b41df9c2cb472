"""What a SPARQL query says about itself before the engine sees it, read without parsing it.

The engine applies the union default graph over FROM in silence, and calls any SERVICE: both have
to be known first. In doubt a query calls a SERVICE that nobody knows, and is volatile.
"""

import re
from typing import Literal, NamedTuple

from server.lexing.tokens import (
    BLANK,
    DOT_SEGMENT,
    IRI,
    NOTABLE,
    SPACE,
    STRING,
    ends_in_operand,
    is_absolute,
    written_iri,
)

DEEPEST, MOST_OPERATORS = 200, 1500
"""The engine's parser recurses: 1,000 brackets and 3,000 operators were still read, with 3,000 and
10,000 its stack overflowed."""

Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "UPDATE"]

_FORMS: dict[str, Form] = {
    "select": "SELECT",
    "ask": "ASK",
    "construct": "CONSTRUCT",
    "describe": "DESCRIBE",
    **dict.fromkeys(
        ("insert", "delete", "with", "load", "clear", "drop", "create", "copy", "move", "add"),
        "UPDATE",
    ),
}
_PROLOGUE = re.compile(
    rf"""(?: {SPACE}
           | BASE{SPACE}*+{IRI}
           | PREFIX{SPACE}*+[^\s:<>"'\#{{}}()]*+:{SPACE}*+{IRI}
           | VERSION{SPACE}*+{STRING} )*+
         (?P<word>[a-z]*+)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_TARGET = re.compile(rf"(?:{SPACE}*+SILENT)?+{SPACE}*+(?P<iri>{IRI})", re.VERBOSE | re.IGNORECASE)
_STEPS = {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}
_OPERATORS = b"+-*/|^!&=<>"
_BUT_BRACKETS = bytes(set(range(256)) - set(b"{([])}"))
_KEYWORDS = ("union", "optional", "minus", "filter", "exists", "graph", "select")
_VOLATILE = ("now", "rand", "uuid", "bnode", "service")
_MOST_TOKENS = 20_000
"""Notable tokens read at the most: each takes a microsecond, in the process that serves."""


class Preflight(NamedTuple):
    """What a query says of itself.

    ``form``: its form, or that it is an update, where its first word tells. ``names_dataset``: a
    FROM outside all braces. ``services``: the target of each SERVICE, an absolute IRI, or ``None``
    where it is not written as one. ``is_volatile``: the answer may not be the same twice (SPARQL
    1.1 Query, section 17.4: NOW, RAND, UUID, STRUUID, BNODE, and any SERVICE). ``depth``: how deep
    brackets of all kinds nest. ``operators``: how many operators, and keywords that begin a
    pattern, there are. The last two may be told too high, never above ``DEEPEST`` and
    ``MOST_OPERATORS`` because of it; above those they are no longer counted to the end.
    """

    form: Form | None
    names_dataset: bool
    services: tuple[str | None, ...]
    is_volatile: bool
    depth: int
    operators: int

    @property
    def too_deep(self) -> bool:
        """Whether the engine's stack might overflow."""
        return self.depth > DEEPEST or self.operators > MOST_OPERATORS


def read(text: str) -> Preflight:
    """Read a query's keywords."""
    lowered = text.lower()
    form = form_of(text)
    if not ("from" in lowered or any(word in lowered for word in _VOLATILE)):
        # "replace": half a surrogate, which no decoded request holds, is the engine's to refuse.
        encoded = text.encode("utf-8", "replace")
        operators = len(encoded) - len(encoded.translate(None, _OPERATORS))
        operators += sum([lowered.count(word) for word in _KEYWORDS])
        brackets = encoded.translate(None, _BUT_BRACKETS)
        if operators <= MOST_OPERATORS and len(brackets) <= DEEPEST:
            return Preflight(form, False, (), False, _deepest(brackets), operators)
    said = Reading(text)
    return Preflight(
        form,
        said.names_dataset,
        tuple(said.services),
        said.is_volatile or bool(said.services),
        said.deepest,
        said.operators,
    )


def _deepest(brackets: bytes) -> int:
    nested = deepest = 0
    for bracket in brackets:
        nested += 1 if bracket in b"{([" else -1
        deepest = max(deepest, nested)
    return deepest


def form_of(text: str) -> Form | None:
    """The form that the first word after the prologue tells, ``None`` for any other word."""
    form = _FORMS.get(text[:9].partition(" ")[0].lower())
    if form:
        return form
    opening = _PROLOGUE.match(text)
    assert opening  # it matches nothing at the least
    return _FORMS.get(opening["word"].lower())


class Reading:
    """The notable tokens of a text, or of one group in braces, read in order.

    ``in_doubt``: some of it can be read in two ways, or cannot be read: what follows is then
    searched for the words that matter, wherever they stand. ``end``: the index after the closing
    brace of a group, ``None`` where there is none.
    """

    def __init__(self, text: str, start: int = 0, *, one_group: bool = False) -> None:
        self.names_dataset = self.is_volatile = self.in_doubt = False
        self.services: list[str | None] = []
        self.deepest = self.operators = 0
        self.end: int | None = None
        self._text, self._one_group = text, one_group
        self._depth = self._nested = self._parentheses = 0
        self._declared: set[str] = set()
        self._outside: list[int] = []
        self._read(start)

    def _read(self, start: int) -> None:
        before, candidate, after_operand, count = "", False, False, 0
        for token in NOTABLE.finditer(self._text, start):
            kind, skipped = token.lastgroup, token["skipped"]
            if (before or candidate) and not BLANK.fullmatch(skipped):
                before, candidate = "", False
            word, called = "", False
            if kind == "brackets":
                if candidate and token["brackets"][0] == "{":
                    # service:x { … } calls a service even where service: is a prefix; GRAPH goes
                    # before the braces of a graph.
                    self.services.append(None)
                self._brackets(token["brackets"], token.start("brackets"))
                after_operand = token["brackets"].rstrip()[-1] in ")]}"
            elif kind == "operators":
                self.operators += len(token["operators"])
                after_operand = False
            elif kind == "iri":
                if self._parentheses:
                    is_term = ends_in_operand(skipped)
                    if after_operand if is_term is None else is_term:
                        # ?a<ex:b#c>… is a name, or a comparison and a comment.
                        self._doubt(token.start("iri"))
                after_operand = True
            else:
                count += 1
                after_operand = True
                if kind == "word":
                    word = token["word"].lower()
                    self._word(word, token.end())
                elif kind == "name":
                    called = self._name(token["name"], before)
                elif kind == "unclosed":
                    self._doubt(token.start("unclosed"))
            before, candidate = word, called
            if self.end is not None or self._is_enough(count, token.end()):
                return

    def _is_enough(self, count: int, at: int) -> bool:
        if count > _MOST_TOKENS:
            self.operators = max(self.operators, MOST_OPERATORS + 1)
        if self.deepest <= DEEPEST and self.operators <= MOST_OPERATORS:
            return False
        self._doubt(at)
        return True

    def _brackets(self, brackets: str, start: int) -> None:
        for index, bracket in enumerate(brackets, start):
            step = _STEPS.get(bracket, 0)
            self._nested += step
            if self._nested > self.deepest:
                self.deepest = self._nested
            if bracket == "{":
                # What compares stands in parentheses, and a group in these has its own.
                self._outside.append(self._parentheses)
                self._parentheses, self._depth = 0, self._depth + 1
            elif bracket == "}":
                self._parentheses = self._outside.pop() if self._outside else 0
                self._depth -= 1
                if self._one_group and self._depth == 0:
                    self.end = index + 1
                    return
            elif bracket in "()":
                self._parentheses += step

    def _word(self, word: str, end: int) -> None:
        self.operators += (word in _KEYWORDS) + word.count("-")
        if "from" in word and (self._depth <= 0 or self.in_doubt):
            self.names_dataset = True
        if any(each in word for each in _VOLATILE):
            self.is_volatile = True
            if "service" in word:
                self.services.append(self._target(word, end))

    def _name(self, name: str, before: str) -> bool:
        """Read a name's prefix; whether it is a SERVICE if a group follows."""
        prefix, _, local = name.partition(":")
        if before.endswith("prefix") and not local:
            self._declared.add(prefix)
            return False
        is_known, prefix = prefix in self._declared, prefix.lower()
        if "service" in prefix and not is_known:
            self.services.append(None)
        if "from" in prefix and self._depth <= 0 and not is_known:
            self.names_dataset = True
        return "service" in prefix and not before.endswith("graph")

    def _target(self, word: str, end: int) -> str | None:
        if word.count("service") > 1 or not word.endswith(("service", "servicesilent")):
            return None
        following = _TARGET.match(self._text, end)
        iri = written_iri(following["iri"]) if following else None
        return iri if iri and is_absolute(iri) and not DOT_SEGMENT.search(iri) else None

    def _doubt(self, at: int) -> None:
        if self.in_doubt:
            return
        self.in_doubt = True
        rest = self._text[at:].lower()
        self.names_dataset = self.names_dataset or "from" in rest
        self.is_volatile = self.is_volatile or any(word in rest for word in _VOLATILE)
        if "service" in rest:
            self.services.append(None)
