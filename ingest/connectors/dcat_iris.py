"""The IRIs of a feed: compact and whole, relative, and as portals break them."""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urljoin

_CURIE = re.compile(r"([A-Za-z][\w-]*):([^/\s]\S*)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_TWO = re.compile(r"(https?://\S+)\s+\S*https?://\S*(?:\s.*)?", re.DOTALL)
_TWICE = re.compile(r"https?:/*(?=https?://)")
_PAGES = (".html", ".htm", ".php", ".jsp", ".aspx", ".do")
_NO_NAMES = frozenset({"", "resource", "dataset", "distribution", "this", "id", "it"})
"""Fragments that name nothing."""


class Prefixes:
    """Prefixes and their namespaces, both ways."""

    def __init__(self, namespaces: Mapping[str, str], aliases: Mapping[str, str]) -> None:
        """``aliases`` are further prefixes that feeds write, never written here."""
        self.namespaces = dict(namespaces)
        self._read = {**aliases, **namespaces}
        self._compact: dict[str, str] = {}

    @cached_property
    def _prefixes(self) -> dict[str, str]:
        return {namespace: prefix for prefix, namespace in self.namespaces.items()}

    def compact(self, iri: str) -> str:
        """An IRI as a compact one (``dct:title``); as it is, where no prefix fits."""
        found = self._compact.get(iri)
        if found is None:
            end = max(iri.rfind("#"), iri.rfind("/")) + 1
            namespace = iri[:end].replace("https://schema.org/", "http://schema.org/")
            prefix = self._prefixes.get(namespace)
            found = self._compact[iri] = iri if prefix is None else f"{prefix}:{iri[end:]}"
        return found

    def expand(self, curie: str) -> str:
        """The IRI of a compact one whose prefix is known; empty for any other text."""
        found = _CURIE.fullmatch(curie)
        namespace = self._read.get(found[1]) if found else None
        return f"{namespace}{found[2]}" if found and namespace else ""


class Mended(NamedTuple):
    """What an odd IRI is read as; without a ``message`` it was right as it was, but relative."""

    text: str
    message: str = ""
    is_iri: bool = True


def mended(text: str, base: str, prefixes: Prefixes, is_subject: bool) -> Mended | None:
    """How an odd IRI is to be read; ``None`` for one that can be taken as it is.

    A bare word is the name of a node where something is said of it (``is_subject``), and a text
    in an IRI's place where not.
    """
    bare = text.strip()
    if found := _TWO.fullmatch(bare):
        return Mended(found[1], f"two IRIs in one, {bare[:200]!r}; the first is kept")
    if found := _TWICE.match(bare):
        whole = bare[found.end() :]
        return Mended(whole, f"{bare[:200]!r} has its scheme twice; read as {whole}")
    if whole := prefixes.expand(bare):
        return Mended(whole, f"{bare[:200]!r} is a compact IRI, not expanded; read as {whole}")
    if _SCHEME.match(bare):
        return Mended(bare) if bare != text else None
    if is_subject or not bare or (re.search(r"[/#?]|\.\w+$", bare) and " " not in bare):
        return Mended(urljoin(base, bare))
    return Mended(bare, f"{bare[:200]!r} is a text where an IRI belongs; read as one", is_iri=False)


def tail(iri: str) -> str:
    """The part of an IRI that tells it apart from its like: the fragment, the last segment of the
    path, or the values of the query where the path is that of a page; empty where there is none."""
    address, _, fragment = iri.partition("#")
    fragment = unquote(fragment).rpartition("/")[2]
    if fragment.lower() not in _NO_NAMES:
        return fragment
    path, _, query = address.partition("?")
    last = unquote(path.partition("://")[2].rstrip("/").partition("/")[2].rpartition("/")[2])
    if query and (not last or last.lower().endswith(_PAGES)):
        return "_".join(value for _, value in parse_qsl(query))
    return last if last.lower() not in _NO_NAMES else ""
