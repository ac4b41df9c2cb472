"""The words of complaints: what was expected, a piece of the text, the engine's own sentences."""

import re

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
_MOST = 7
_LONGEST = 40
_ITEM = re.compile(r"expected (?:one of )?(.*)", re.DOTALL)
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
    "Variables are not allowed in DELETE DATA": "variables may not stand in DELETE DATA: use"
    " DELETE WHERE { … }",
    "Blank nodes are not allowed in DELETE DATA": "blank nodes may not stand in DELETE DATA",
}


def expectation(expected: frozenset[str]) -> str:
    """What could have stood there, as the end of a message; empty if that would be a long list."""
    names = sorted({_KINDS.get(each, "a" if each == "A" else each) for each in expected})
    terms = {"an IRI", "a variable"} & set(names)
    if len(names) > _MOST:
        closing = [each for each in names if each in ("}", ")", "]", "the end")]
        return f": {' or '.join(sorted(terms))} could" if terms and not closing else ""
    words = sorted(names, key=lambda each: (each.startswith(("a ", "an ", "the ")), each))
    listed = ", ".join(words[:-1]) + (" or " if len(words) > 1 else "") + words[-1]
    return f": {listed} is"


def quoted(text: str) -> str:
    """A token, cut where it is long."""
    line = text.split("\n")[0].strip("\r")
    return line if len(line) <= _LONGEST and line == text else f"{line[:_LONGEST]}…"


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
    for engine, ours in _SENTENCES.items():
        if listed and engine in listed[1]:
            return ours
    found = re.search(r"[A-Z_a-z][A-Za-z?_*:'. ]* (?:is|are|not|already|cannot|in) [^\[\]\",]+", error)
    return found[0].strip() if found else None
