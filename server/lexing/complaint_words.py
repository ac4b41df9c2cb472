"""The words of complaints: what was expected, a piece of the text, the engine's own sentences."""

import re
from difflib import get_close_matches
from typing import NamedTuple

from server.lexing.recognition import FUNCTIONS

_KINDS = {
    "IRI": "an IRI",
    "NAME": "an IRI",
    "VARIABLE": "a variable",
    "STRING": "a string",
    "NUMBER": "a number",
    "BLANK": "a blank node",
    "LANGUAGE": "a language tag",
    "FUNCTION": "a function",
    "NAMESPACE": "a prefix and a colon",
    "END": "the end",
}
_STRANGE = "\u00a0\u00ad\u200b\u200c\u200d\u2007\u2009\u202f\u2060\u3000\ufeff"
_MOST = 7
_LONGEST = 40
_ITEM = re.compile(r"expected (?:one of )?(.*)", re.DOTALL)
_SENTENCE = re.compile(r"[A-Za-z_\\][\w\\?*:'./-]*(?: [\w\\?*:'./()-]+)+")
_SENTENCES = {
    "The SELECT contains a variable that is unbound": "a variable that SELECT gives back is neither"
    " in GROUP BY nor in an aggregate",
    "SELECT * is not authorized with GROUP BY": "SELECT * cannot stand with GROUP BY: name the"
    " variables",
    "The SELECT overrides an existing variable using an expression": "a variable after AS is"
    " already used in the pattern: take another name",
    "Duplicated variable name in SELECT": "a variable stands twice in SELECT",
    "Variables are not allowed in INSERT DATA": "variables may not stand in INSERT DATA: use"
    " INSERT { … } WHERE { … }",
    "Variables and blank nodes are not allowed in DELETE DATA": "neither variables nor blank nodes"
    " may stand in DELETE DATA: use DELETE WHERE { … }",
}


_INSTEAD = {
    "AND": "is && meant?",
    "OR": "is || meant?",
    "==": "is = meant?",
    "=": "is = or >= meant?",
    ">": "is >= or != meant?",
    "COUNT": "an expression in SELECT is written (COUNT(…) AS ?name)",
    ",": "variables are separated by spaces",
    "#": "a comment ends with its line",
    "\\": "\\u… may stand in IRIs and strings only",
    "FROM": "FROM stands before WHERE",
}


class Complaint(NamedTuple):
    """What is wrong, and where: line and column, in characters, from 1; ``None`` if unknown."""

    message: str
    line: int | None = None
    column: int | None = None


def misspelled(found: str, expected: frozenset[str]) -> str:
    """What was perhaps meant, as the end of a message; empty if there is no telling."""
    upper = found.upper()
    if found[0] in "“”„«»‘’" or found[-1] in "“”„«»‘’":
        return ": strings stand between \" or '"
    strange = next((each for each in found if each in _STRANGE), None)
    if strange:
        return f": it holds U+{ord(strange):04X}, which looks like nothing or like a space"
    if upper in _INSTEAD and upper not in expected:
        return f": {_INSTEAD[upper]}"
    if found.lower() in expected:
        return f": is {found.lower()} meant?"
    words = {each for each in expected if each.isalpha() and len(each) > 1} - set(_KINDS)
    if "FUNCTION" in expected:
        words |= FUNCTIONS
    close = get_close_matches(upper, sorted(words), 1, 0.7) if found[0].isalpha() else []
    return f": is {close[0]} meant?" if close else ""


def expectation(expected: frozenset[str]) -> str:
    """What could have stood there, as the end of a message; empty if that would be a long list."""
    names = sorted({_KINDS.get(each, each) for each in expected})
    if len(names) > _MOST:
        names = [each for each in names if each in ("}", ")", "]", "the end")]
        terms = not names and {"IRI", "VARIABLE"} <= expected
        return ": expected a term, such as a variable or an IRI" if terms else ""
    words = sorted(names, key=lambda each: (each.startswith(("a ", "an ", "the ")), each))
    shown = [f"“{each}”" if each in (",", ".", ";", "a") else each for each in words]
    return f": expected {', '.join(shown[:-1])}{' or ' if len(shown) > 1 else ''}{shown[-1]}"


def quoted(text: str) -> str:
    """A token, cut where it is long."""
    line = text.split("\n")[0].strip("\r")
    return line if line and len(line) <= _LONGEST and line == text else f"{line[:_LONGEST]}…"


def piece(text: str, index: int) -> str:
    """The piece of its line that an index stands in."""
    start = max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1
    end = len(text[index:].split("\n")[0].split("\r")[0]) + index
    first, last = max(start, index - _LONGEST // 2), min(end, index + _LONGEST // 2)
    before, after = "…" if first > start else "", "…" if last < end else ""
    return f"“{before}{text[first:last].strip()}{after}”"


def sentence(error: str) -> str | None:
    """The engine's own sentence, where one stands among what it expected."""
    listed = _ITEM.search(error)
    items = listed[1].split(", ") if listed else []
    for item in items:
        if item in _SENTENCES:
            return _SENTENCES[item]
    return next((item.strip() for item in items if _SENTENCE.fullmatch(item.strip())), None)
