"""What is wrong with a body of RDF, in words that a person can act on."""

import re
from collections.abc import Mapping

from server.lexing.complaint_words import Complaint

_WHERE = re.compile(r"^Parser error at line [^:]*: ")
_UNDECLARED = re.compile(
    r"(?:The prefix |Unknown prefix )(?P<prefix>[^\s:]*):?(?: has not been .*)?$"
)
_LONGEST = 300
_SAID = (
    (r"Unexpected end(?: of file)?$", "it ends too early: a string, bracket or statement is open"),
    (
        r"No scheme found in an absolute IRI",
        "a relative IRI stands where there is no base: write it whole, or declare a base",
    ),
    (r"Invalid IRI code point '(.*)'", r"an IRI holds “\1”, which no IRI may: percent-encode it"),
    (r"Invalid UTF-8", "it is not UTF-8 here"),
    (
        r"No LoadDocumentCallback",
        "its @context is another document, and none is fetched here: put the context in the body",
    ),
    (
        r"unrecognized entity `(.*?)`",
        r"the entity &\1; is not declared: write the character, or &#…;",
    ),
    (
        r"expected `(.*?)`, but `(.*?)` was found",
        r"the XML is not well-formed: \1 is missing before \2",
    ),
    (r"XML namespaces are required", "its elements have no namespace, and RDF/XML needs them"),
    (r"Unexpected text event: '(.*)", r"text stands where an element is expected: \1"),
    (
        r"Quads must be followed by a dot",
        "a dot is missing at the end of the statement before this",
    ),
)


def of_body(error: SyntaxError, syntax: str, prefixes: Mapping[str, str]) -> Complaint:
    """The complaint for the engine's error with a body in a syntax of this name.

    The column counts characters from 1. RDF/XML's errors, and some of JSON-LD's, have no place.
    """
    text = _WHERE.sub("", str(error.msg or "")).strip()
    text = " ".join(text.split())[:_LONGEST]
    return Complaint(
        f"the body is no {syntax}: {_told(text, prefixes)}", error.lineno, error.offset
    )


def _told(text: str, prefixes: Mapping[str, str]) -> str:
    undeclared = _UNDECLARED.match(text)
    if undeclared:
        prefix = undeclared["prefix"]
        known = f" (for <{prefixes[prefix]}>?)" if prefix in prefixes else ""
        return f"the prefix {prefix}: is not declared{known}"
    for pattern, said in _SAID:
        found = re.search(pattern, text)
        if found:
            return found.expand(said)
    return text or "it cannot be read"
