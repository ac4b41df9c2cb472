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
_SPECIAL = re.compile(f'["\\\\\n\r]|{_NOT_XML.pattern}')
_LANGUAGE = re.compile(r"[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*")
_LINK = re.compile(r"(?:https?|ftp)://(?:[^/?#@]*@)?[^/?#@:\s]|mailto:.", re.IGNORECASE)
"""A scheme that a link may have, and a host where the scheme has one."""


def literal(text: str, *, language: str = "", datatype: str = "") -> str:
    """A literal: plain, with a BCP 47 ``language`` tag, or with a ``datatype`` IRI.

    Raises ``ValueError`` for a language tag that is none.
    """
    if _SPECIAL.search(text):  # most texts have nothing to escape, and there are millions
        text = _NOT_XML.sub("", text).replace("\\", "\\\\").replace('"', '\\"')
        text = text.replace("\n", "\\n").replace("\r", "\\r")
    quoted = f'"{text}"'
    if language:
        return f"{quoted}@{_language_tag(language)}"
    return f"{quoted}^^<{datatype}>" if datatype else quoted


@lru_cache(maxsize=256)
def _language_tag(language: str) -> str:
    if not _LANGUAGE.fullmatch(language):
        raise ValueError(f"{language!r} is no language tag (BCP 47), for example fr")
    return language.lower()


def iri(value: str) -> str:
    """An absolute IRI (RFC 3987) of a scheme that a link may have: http, https, ftp, mailto.

    Raises ``ValueError`` that says what is wrong with it.
    """
    if not _LINK.match(value):
        raise ValueError(f"{value[:200]!r} is no absolute IRI that begins with http: or https:")
    if _NOT_XML.search(value):
        raise ValueError(f"{value[:200]!r} holds a control character")
    ox.NamedNode(value)  # the engine's own check: what passes here is what it will load
    return f"<{value}>"


def repaired(value: str) -> str:
    """``value`` with each character that no IRI may hold percent-encoded, nothing else changed."""
    lone_percent = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", value.strip())
    return re.sub(
        r"[\x00-\x20<>\"{}|\\^`\x7f-\x9f\ud800-\udfff]",
        lambda found: quote(found.group(), errors="replace"),
        lone_percent,
    )
