"""The tokens of SPARQL (SPARQL 1.1 Query, section 19.8), for reading without parsing.

The engine reads no tokens first: it tries one rule after another, and takes what fits. So a run of
letters may be a keyword, the prefix of a name, or several keywords that nothing separates, and what
is a string or a comment is so only where the engine cannot read it otherwise. Every quantifier is
possessive, so that reading takes time in proportion to the length, whatever the text holds.
"""

import re

# Every character outside ASCII is one of a name: the engine takes fewer, and refuses the rest.
_LETTER = r"[0-9A-Za-z_\x80-\U0010ffff]"
_IN_NAME = r"[0-9A-Za-z_.\x80-\U0010ffff-]"
SPACE = r"(?:[ \t\r\n]|\#[^\n\r]*+)"
# Escapes as the engine takes them: a string with another one is no string to it, and it may then
# find an empty string where three quotes stand.
_ESCAPE = r"""\\(?:[tbnrf"'\\]
               |u(?![dD][89A-Fa-f])[0-9A-Fa-f]{4}
               |U(?!0000[dD][89A-Fa-f])(?:000[0-9A-Fa-f]|0010)[0-9A-Fa-f]{4})"""
IRI = r"""<(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>"""
STRING = rf"""(?:\"\"\"(?:"{{0,2}}+(?:[^"\\]|{_ESCAPE}))*+\"\"\"
                |'''(?:'{{0,2}}+(?:[^'\\]|{_ESCAPE}))*+'''
                |"(?!"")(?:[^"\\\n\r]|{_ESCAPE})*+"
                |'(?!'')(?:[^'\\\n\r]|{_ESCAPE})*+')"""
_UNCLOSED = r"""\"\"\".*+|'''.*+|["'][^\n\r]*+"""
_VARIABLE = rf"[?$]{_LETTER}++"
_LANGUAGE = r"@[A-Za-z]++(?:-[A-Za-z0-9]++)*+"
_PERCENT = r"%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?\#@%-]"
LOCAL = rf":(?:(?:{_LETTER}|:|{_PERCENT})(?:{_IN_NAME}|:|{_PERCENT})*+)?+"

TOKEN = re.compile(
    rf"""{SPACE}*+
    (?: (?P<iri>{IRI})
      | (?P<string>{STRING})
      | (?P<unclosed>{_UNCLOSED})
      | (?P<variable>{_VARIABLE})
      | (?P<language>{_LANGUAGE})
      | (?P<name>{_IN_NAME}*+{LOCAL})
      | (?P<word>{_IN_NAME}++)
      | (?P<sign>.)
      | )""",
    re.VERBOSE | re.DOTALL,
)
"""The next token, after any space: an ``iri``, a ``string``, what opens as one and does not close
or holds an escape that there is not (``unclosed``), a ``variable``, a ``language``, a prefixed
``name`` or label of a blank node, a ``word`` (keyword or number), or a ``sign`` of one character.
None of them: the end."""

# A name is passed over unless its prefix might hold a keyword, or it is a blank node's. No group
# is named in here: one within what repeats possessively may get a wrong span.
# An IRI with an authority is one: no comparison goes on like it, for it would divide by nothing.
_PLAIN = rf"""<[A-Za-z][A-Za-z0-9+.-]*+://[^<>"{{}}|^`\\\x00-\x20]*+>
            | <[^<>"{{}}|^`\\\x00-\x20'\#(]*+>
            | {STRING} | {_VARIABLE} | {_LANGUAGE}
            | (?!_:|{_IN_NAME}*?(?i:service|from))(?:[A-Za-z_\x80-\U0010ffff]{_IN_NAME}*+)?+{LOCAL}
            | (?:[0-9]++(?:\.[0-9]++)?+|a|true|false|UNDEF)(?!{_LETTER}|[.:-])"""
_BETWEEN = r"[.;,]|\^\^"

NOTABLE = re.compile(
    rf"""(?P<skipped>(?:{SPACE}|{_BETWEEN}|{_PLAIN})*+)
    (?: (?P<iri>{IRI})
      | (?P<unclosed>{_UNCLOSED})
      | (?P<name>{_IN_NAME}*+{LOCAL})
      | (?P<word>{_IN_NAME}++)
      | (?P<brackets>[][{{}}()](?:[][{{}}()]|[ \t\r\n])*+)
      | (?P<operators>[+*/|^!&=>]++|<)
      | (?P<sign>.)
      | )""",
    re.VERBOSE | re.DOTALL,
)
"""The next token that may matter, many at a step: data between is passed over (``skipped``).
Several ``brackets``, and several ``operators``, are one token."""

BLANK = re.compile(rf"{SPACE}*+", re.VERBOSE)
"""Nothing but space and comments, in a full match."""

NO_TERM = re.compile(rf"(?:{SPACE}|{_BETWEEN})*+", re.VERBOSE)
"""Nothing but space, comments and signs between terms, in a full match."""

_PASSED = re.compile(rf"{SPACE}|{_BETWEEN}|{_PLAIN}", re.VERBOSE | re.DOTALL)


def ends_in_operand(skipped: str) -> bool | None:
    """Whether a term stands last in what was passed over; ``None`` where no token does."""
    last = None
    for passed in _PASSED.findall(skipped):
        if not BLANK.fullmatch(passed):
            last = passed not in (".", ";", ",", "^^")
    return last


_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_ABSOLUTE = re.compile(r"""[A-Za-z][A-Za-z0-9+.-]*+:[^<>"{}|^`\\\x00-\x20\x7f-\x9f]*+""")
DOT_SEGMENT = re.compile(r"/(?:\.|%2[eE]){1,2}(?:[/?#]|$)")
"""A path's ``.`` or ``..``, which the engine, or its HTTP client, takes away (RFC 3986, 5.2.4)."""


def written_iri(token: str) -> str | None:
    """What stands between ``<`` and ``>``, its escapes resolved; ``None`` where one names nothing.

    It may be relative (SPARQL 1.1 Query, section 4.1.1).
    """
    if "\\" not in token:
        return token[1:-1]
    try:
        iri = _ESCAPED.sub(
            lambda hexadecimal: chr(int(hexadecimal[1] or hexadecimal[2], 16)), token
        )
        iri.encode()
    except (ValueError, OverflowError):
        return None
    return iri[1:-1]


def is_absolute(iri: str) -> bool:
    """Whether an IRI begins with a scheme and holds only what an IRI may (RFC 3987)."""
    return _ABSOLUTE.fullmatch(iri) is not None
