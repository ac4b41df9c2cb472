"""RDF terms written as N-Triples text (RDF 1.1 N-Triples, section 7).

Terms are kept as text from the source to the store's bulk loader: building term objects for
every value costs four times more, and both the loader and the SPARQL parser read this text.
"""

import re
from functools import lru_cache
from urllib.parse import quote

import pyoxigraph as ox

XSD = "http://www.w3.org/2001/XMLSchema#"
RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"

# What XML 1.0 (section 2.2) cannot carry would break RDF/XML and the XML results: left out.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = {"n": "\n", "r": "\r"}
_LANGUAGE = re.compile(r"[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*")
_LINK = re.compile(r"(?:https?|ftp)://(?:[^/?#@]*@)?[^/?#@:\s]|mailto:.", re.IGNORECASE)
"""A scheme that a link may have, and a host where the scheme has one."""
_PLAIN = re.compile(
    r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:[/?][A-Za-z0-9._~!$&'()*+,;=:@/?-]*)?"
)
"""Links that every check passes: most are, and one pattern is a quarter of the checks' time."""


def literal(text: str, language: str = "", datatype: str = "") -> str:
    """A literal: plain, with a BCP 47 ``language`` tag, or with a ``datatype`` IRI.

    Raises ``ValueError`` for a language tag that is none.
    """
    # Most texts have nothing to escape, and there are millions. What is printable is allowed, and
    # str knows that twice as fast as a pattern finds what is not.
    if '"' in text or "\\" in text or not text.isprintable():
        text = text.replace("\\", "\\\\").replace('"', '\\"')
        text = text.replace("\n", "\\n").replace("\r", "\\r")
        if not text.isprintable():
            text = _NOT_XML.sub("", text)
    if language:
        return f'"{text}"@{_language_tag(language)}'
    return f'"{text}"^^<{datatype}>' if datatype else f'"{text}"'


@lru_cache(maxsize=256)
def _language_tag(language: str) -> str:
    if not _LANGUAGE.fullmatch(language):
        raise ValueError(f"{language!r} is no language tag (BCP 47), for example fr")
    return language.lower()


def lexical(node: str) -> str:
    """The lexical form of a literal that ``literal`` wrote."""
    body = node[1 : node.rindex('"')]
    if "\\" not in body:
        return body
    return re.sub(r"\\(.)", lambda found: _ESCAPED.get(found.group(1), found.group(1)), body)


def iri(value: str) -> str:
    """An absolute IRI (RFC 3987) of a scheme that a link may have: http, https, ftp, mailto.

    Raises ``ValueError`` that says what is wrong with it.
    """
    if not _PLAIN.fullmatch(value):
        _check(value)
    return f"<{value}>"


def _check(value: str) -> None:
    if not _LINK.match(value):
        raise ValueError(f"{value[:200]!r} is no absolute IRI that begins with http: or https:")
    if _NOT_XML.search(value):
        raise ValueError(f"{value[:200]!r} holds a control character")
    ox.NamedNode(value)  # the engine's own check: what passes here is what it will load


def repaired(value: str) -> str:
    """``value`` with each character that no IRI may hold percent-encoded, nothing else changed."""
    lone_percent = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", value.strip())
    return re.sub(
        r"[\x00-\x20<>\"{}|\\^`\x7f-\x9f\ud800-\udfff]",
        lambda found: quote(found.group(), errors="replace"),
        lone_percent,
    )
