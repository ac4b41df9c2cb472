"""Where a query or an update leaves the grammar, for saying so; in time as long as the text."""

import re
from typing import NamedTuple

from server.lexing.grammar import Node, rules
from server.lexing.tokens import IRI, LOCAL, SPACE, STRING

_LEXEME = re.compile(
    rf"""{SPACE}*+
    (?: (?P<IRI>{IRI})
      | (?P<STRING>{STRING})
      | (?P<UNCLOSED>\"\"\".*+|'''.*+|["'][^\n\r]*+)
      | (?P<VARIABLE>[?$][0-9A-Za-z_\x80-\U0010ffff]++)
      | (?P<LANGUAGE>@[A-Za-z]++(?:-{{1,2}}[A-Za-z0-9]++)*+)
      | (?P<BLANK>_{LOCAL})
      | (?P<NAME>(?:[A-Za-z\x80-\U0010ffff][0-9A-Za-z_.\x80-\U0010ffff-]*+)?+{LOCAL})
      | (?P<NUMBER>(?:[0-9]++(?:\.[0-9]++|\.(?=[eE]))?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+)
      | (?P<WORD>[0-9A-Za-z_\x80-\U0010ffff]++)
      | (?P<SIGN>\^\^|\|\||&&|!=|<=|>=|<<\(|\)>>|<<|>>|\{{\||\|\}}|.)
      | )""",
    re.VERBOSE | re.DOTALL,
)
_NAMES = """
STR LANG LANGMATCHES LANGDIR DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN
UCASE LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS
MINUTES SECONDS TIMEZONE TZ NOW UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF STRLANG
STRLANGDIR STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC HASLANG HASLANGDIR REGEX SUBSTR
REPLACE TRIPLE SUBJECT PREDICATE OBJECT ISTRIPLE ADJUST COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT
"""
FUNCTIONS = frozenset(_NAMES.split())
"""The functions and aggregates that have names of their own, in capitals."""


class Lexeme(NamedTuple):
    """A token, its kind, and the index where it begins."""

    kind: str
    text: str
    start: int


class Deviation(NamedTuple):
    """The first token that fits nothing, what would fit, and the brackets open before it."""

    found: Lexeme
    expected: frozenset[str]
    opened: list[Lexeme]


def lexemes(text: str) -> list[Lexeme]:
    """The tokens of a text, ``END`` the last."""
    read = []
    for found in _LEXEME.finditer(text):
        if found.lastgroup:
            part = found[found.lastgroup]
            read.append(Lexeme(found.lastgroup, part, found.end() - len(part)))
    return [*read, Lexeme("END", "", len(text.rstrip()))]


def deviation(read: list[Lexeme], rule: str) -> Deviation | None:
    """Where tokens leave the rule ``query`` or ``update``.

    ``None`` where they do not, or where they nest too deep to be followed.
    """
    follower = _Follower(read)
    try:
        follower.follow(rules()[rule], 0)
    except _Left:
        pass
    except RecursionError:
        return None
    if follower.is_whole:
        return None
    at = follower.furthest
    return Deviation(read[at], frozenset(follower.expected), _opened(read[:at]))


def _opened(read: list[Lexeme]) -> list[Lexeme]:
    opened: list[Lexeme] = []
    for lexeme in read:
        if lexeme.kind != "SIGN":
            continue
        if lexeme.text in ("{", "(", "[", "{|", "<<("):
            opened.append(lexeme)
        elif lexeme.text in ("}", ")", "]", "|}", ")>>") and opened:
            opened.pop()
    return opened


class _Left(Exception):
    """What began to fit did not go on fitting."""


class _Follower:
    def __init__(self, read: list[Lexeme]) -> None:
        self._read = read
        self.furthest, self.expected = 0, set[str]()
        self.is_whole = False
        self._rules = rules()

    def follow(self, node: Node, at: int) -> int:
        """The index after what fits, -1 where the first token does not."""
        kind = node.kind
        if kind in ("literal", "kind"):
            return self._token(node, at)
        if kind == "rule":
            return self.follow(self._rules[node.name], at)
        if kind == "one":
            for part in node.parts:
                after = self.follow(part, at)
                if after >= 0:
                    return after
            return -1
        if kind == "all":
            return self._all(node, at)
        after = self.follow(node.parts[0], at)
        if kind == "?" or after < 0:
            return after if after >= 0 else (-1 if kind == "+" else at)
        while after > at:
            at, after = after, self.follow(node.parts[0], after)
        return at

    def _all(self, node: Node, at: int) -> int:
        start = at
        for part in node.parts:
            after = self.follow(part, at)
            if after < 0:
                if at > start:
                    raise _Left
                return -1
            at = after
        return at

    def _token(self, node: Node, at: int) -> int:
        found = self._read[at]
        if _fits(node, found):
            self.is_whole = found.kind == "END"
            return at + (found.kind != "END")
        if at > self.furthest:
            self.furthest, self.expected = at, set()
        if at == self.furthest:
            self.expected.add(node.name)
        return -1


def _fits(node: Node, found: Lexeme) -> bool:
    if node.kind == "literal":
        if node.name[0].isalpha():
            word = found.text if node.name.islower() else found.text.upper()
            return found.kind == "WORD" and word == node.name
        return found.kind == "SIGN" and found.text == node.name
    if node.name == "FUNCTION":
        return found.kind == "WORD" and found.text.upper() in FUNCTIONS
    if node.name == "NAMESPACE":
        return found.kind == "NAME" and found.text.endswith(":")
    return found.kind == node.name
