"""What is wrong with a query or an update, in words that a person can act on.

The engine's own word for it is the list of all that it tried where it had got furthest. So its
tokens are read again, against the grammar.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from itertools import pairwise
from typing import Literal

from server.lexing.complaint_words import (
    Complaint,
    expectation,
    misspelled,
    piece,
    quoted,
    sentence,
)
from server.lexing.preflight import form_of
from server.lexing.recognition import Deviation, Lexeme, deviation, lexemes
from server.lexing.tokens import is_absolute, written_iri

Kind = Literal["query", "update"]

_POSITION = re.compile(r"error at (\d+):(\d+)")
_LIKE_IRI = re.compile(r"<([^>\r\n]*)>")
_STANDARD = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "owl": "http://www.w3.org/2002/07/owl#",
}
_LARGEST = 200_000
"""Characters that are read again at the most, at some microseconds a token."""
_CLOSING = {"{": "}", "(": ")", "[": "]", "{|": "|}", "<<(": ")>>"}


def of_query(
    error: str, text: str, prefixes: Mapping[str, str], *, has_base: bool = False
) -> Complaint:
    """The complaint for the engine's ``error`` with a query; ``prefixes`` are offered if missing.

    ``has_base``: whether the engine was given a base for relative IRIs.
    """
    return _complaint(error, text, "query", prefixes, has_base)


def of_update(
    error: str, text: str, prefixes: Mapping[str, str], *, has_base: bool = False
) -> Complaint:
    """The same for an update."""
    return _complaint(error, text, "update", prefixes, has_base)


def find(text: str, kind: Kind, prefixes: Mapping[str, str]) -> Complaint | None:
    """What can be told to be wrong without asking the engine; ``None`` where nothing can be."""
    if len(text) > _LARGEST:
        return None
    found = _first(text, lexemes(text), kind, prefixes)
    return found and _at(text, *found)


def _complaint(
    error: str, text: str, kind: Kind, prefixes: Mapping[str, str], has_base: bool
) -> Complaint:
    read = lexemes(text) if len(text) <= _LARGEST else []
    found = read and (
        _first(text, read, kind, prefixes)
        or _bad_iri(read, has_base)
        or (_not_for_updates(read) if kind == "update" else None)
    )
    if found:
        return _at(text, *found)
    where = _POSITION.match(error)
    line, column = (int(where[1]), int(where[2])) if where else (None, None)
    if "<unreported>" in error:
        said = "a label of a blank node stands in two patterns: use a variable instead"
    elif not where:
        said = error.strip().split("\n")[0][:200] or f"the {kind} cannot be read"
    else:
        said = sentence(error) or (
            f"the {kind} is written as the grammar has it, yet something up to here cannot be: a"
            " function with too few or too many arguments, a row of VALUES that is too short or too"
            " long, or AS with a variable that already has a value"
        )
    return Complaint(said, line, column)


def _first(
    text: str, read: list[Lexeme], kind: Kind, prefixes: Mapping[str, str]
) -> tuple[str, int] | None:
    """What is wrong at the earliest place, and the index of the place."""
    form = form_of(text)
    if kind == "query" and form == "UPDATE":
        start = _first_word(read)
        return (
            f"this is an update ({start.text.upper()}), not a query: it is sent as update=, by"
            " POST",
            start.start,
        )
    if kind == "update" and form not in (None, "UPDATE"):
        return f"this is a query ({form}), not an update: it is sent as query=", _first_word(
            read
        ).start
    if kind == "query" and len(read) == 1:
        return "the query is empty", 0
    said: list[tuple[str, int]] = []
    left = deviation(read, kind)
    if left:
        said.append((_deviated(text, left, kind), left.found.start))
    undeclared = _undeclared(read, prefixes)
    if undeclared:
        said.append(undeclared)
    if left and not {"NAME", "END"} & left.expected:
        said = said[:1]  # no name may stand there, so it is not its prefix that is wrong
    # At one place, the name is wrong rather than that it stands there.
    return min(reversed(said), key=lambda each: each[1], default=None)


def _first_word(read: list[Lexeme]) -> Lexeme:
    words = (
        lexeme
        for lexeme in read
        if lexeme.kind == "WORD" and lexeme.text.upper() not in ("BASE", "PREFIX", "VERSION")
    )
    return next(words, read[0])


def _undeclared(read: list[Lexeme], prefixes: Mapping[str, str]) -> tuple[str, int] | None:
    declared: set[str] = set()
    for before, lexeme in pairwise([read[-1], *read]):
        if lexeme.kind != "NAME":
            continue
        prefix = lexeme.text.partition(":")[0]
        if before.kind == "WORD" and before.text.upper() == "PREFIX":
            declared.add(prefix)
        elif prefix not in declared:
            return _without_prefix(prefix, lexeme.text, declared, prefixes), lexeme.start
    return None


def _without_prefix(prefix: str, name: str, declared: set[str], prefixes: Mapping[str, str]) -> str:
    said = f"the prefix {prefix}: of {quoted(name)} is not declared"
    known = {each.lower(): each for each in declared}
    if prefix.lower() in known:
        return f"{said}: {known[prefix.lower()]}: is, and capitals matter"
    space = prefixes.get(prefix) or _STANDARD.get(prefix)
    if space:
        return f"{said}: add PREFIX {prefix}: <{space}> at the beginning"
    close = get_close_matches(prefix, declared, 1)
    if close and prefix:
        return f"{said}: is {close[0]}: meant?"
    return f"{said}: add PREFIX {prefix}: <…> at the beginning"


def _deviated(text: str, left: Deviation, kind: Kind) -> str:
    found, expected = left.found, left.expected
    if found.kind == "UNCLOSED":
        return _unclosed(found.text)
    if found.text in ("<", "<<"):
        like = _LIKE_IRI.match(text, found.start)
        if like:
            return f"{quoted(like[0])} is no IRI: {_why_none(like[1])}"
    inner = left.opened[-1] if left.opened else None
    if found.kind == "END" and inner:
        line, column = _position(text, inner.start)
        closing = _CLOSING[inner.text]
        return f"the {kind} ends where {closing} is missing, for {inner.text} of {line}:{column}"
    if found.text in _CLOSING.values():
        if not inner:
            return f"this {found.text} closes nothing"
        if _CLOSING[inner.text] != found.text:
            line, column = _position(text, inner.start)
            return (
                f"{_CLOSING[inner.text]} is missing before this {found.text}, for"
                f" {inner.text} of {line}:{column}"
            )
    if found.kind == "END":
        return f"the {kind} ends too early{expectation(expected)}"
    said = f"{quoted(found.text)} is not expected here, in {piece(text, found.start)}"
    return f"{said}{misspelled(found.text, expected) or expectation(expected)}"


def _unclosed(token: str) -> str:
    quote = token[:3] if token[:3] in ('"""', "'''") else token[0]
    escape = re.search(r"\\(?![tbnrf\"'\\uU]).", token, re.DOTALL)
    if quote in token[len(quote) :] and "\\" in token:
        shown = quoted(escape[0]) if escape else "an escape"
        return f"the string that begins here holds {shown}, which is no escape of SPARQL"
    lines = "" if len(quote) == 3 else f"; a string of several lines stands in {quote * 3}"
    return f"the string that begins here is not closed by {quote}{lines}"


def _why_none(inside: str) -> str:
    for character, name in ((" ", "a space"), ("\\", "a backslash"), ("\t", "a tab")):
        if character in inside:
            return f"it holds {name}"
    wrong = re.search(r"""[<>"{}|^`\x00-\x20]""", inside)
    return f"it holds {wrong[0]}" if wrong else "it holds what no IRI may"


def _bad_iri(read: list[Lexeme], has_base: bool) -> tuple[str, int] | None:
    has_base = has_base or any(
        lexeme.kind == "WORD" and lexeme.text.upper() == "BASE" for lexeme in read
    )
    for lexeme in read:
        if lexeme.kind != "IRI":
            continue
        iri = written_iri(lexeme.text)
        if iri is None or re.search(r"""[<>"{}|^`\\\x00-\x20]|%(?![0-9A-Fa-f]{2})""", iri):
            return f"{quoted(lexeme.text)} is no IRI", lexeme.start
        if not has_base and not is_absolute(iri):
            return f"{quoted(lexeme.text)} is a relative IRI, and there is no BASE", lexeme.start
    return None


def _not_for_updates(read: list[Lexeme]) -> tuple[str, int] | None:
    """A blank node in DELETE; a prologue after the first operation, which the engine reads not."""
    braces, within = 0, False
    for before, lexeme in pairwise([read[-1], *read]):
        word = lexeme.text.upper() if lexeme.kind == "WORD" else ""
        if word == "DELETE":
            within, braces = True, 0
        elif word in ("PREFIX", "BASE") and before.text == ";":
            return f"{word} is read before the first operation only: move it there", lexeme.start
        elif lexeme.text in ("{", "}") and within:
            braces += 1 if lexeme.text == "{" else -1
            within = braces > 0
        elif within and (lexeme.kind == "BLANK" or lexeme.text == "["):
            shown = lexeme.text if lexeme.kind == "BLANK" else "[ ]"
            return f"a blank node, {shown}, may not stand in DELETE: use a variable", lexeme.start
    return None


def _at(text: str, message: str, index: int) -> Complaint:
    return Complaint(message, *_position(text, index))


def _position(text: str, index: int) -> tuple[int, int]:
    """Line and column from 1, in characters; CRLF ends one line."""
    before = text[:index].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
