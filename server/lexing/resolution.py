"""Relative IRIs against a base (RFC 3986, section 5.2; RFC 3987, section 6.5)."""

import re

# RFC 3986, appendix B.
_PARTS = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*+):)?+(?://(?P<authority>[^/?#]*+))?+"
    r"(?P<path>[^?#]*+)(?:\?(?P<query>[^#]*+))?+(?:#(?P<fragment>.*+))?+",
    re.DOTALL,
)


_DOTS = re.compile(r"/\.\.?(?:[/?#]|$)")


def resolve(iri: str, reference: str | None) -> str | None:
    """The absolute IRI that ``iri`` means, ``None`` where that is in doubt.

    An absolute one stays as it is, dots too, as the engine has it. In doubt is a relative one
    without base, or where the base has dots, or that begins with an authority, or has dots where
    the base has no authority.
    """
    parts = _split(iri)
    if parts["scheme"] is not None:
        return iri
    if not reference or parts["authority"] is not None or _DOTS.search(reference):
        return None
    whole = _split(reference)
    if whole["scheme"] is None or (whole["authority"] is None and ".." in iri):
        return None
    parts = _against(parts, whole)
    path = parts["path"] or ""
    return None if parts["authority"] is None and path.startswith("//") else _joined(parts)


def _split(iri: str) -> dict[str, str | None]:
    found = _PARTS.match(iri)
    assert found  # it matches nothing at the least
    return found.groupdict()


def _against(parts: dict[str, str | None], base: dict[str, str | None]) -> dict[str, str | None]:
    path = parts["path"] or ""
    whole = {**parts, "scheme": base["scheme"]}
    whole["authority"] = base["authority"]
    before = base["path"] or ""
    if not path:
        query = base["query"] if parts["query"] is None else parts["query"]
        return {**whole, "path": before, "query": query}
    if not path.startswith("/"):
        if base["authority"] is not None and not before:
            path = f"/{path}"
        else:
            path = before[: before.rfind("/") + 1] + path
    return {**whole, "path": _without_dots(path)}


def _without_dots(path: str) -> str:
    """RFC 3986, section 5.2.4."""
    if "." not in path:
        return path
    segments = path.split("/")
    kept: list[str] = []
    for number, segment in enumerate(segments):
        is_last = number == len(segments) - 1
        if segment == "..":
            if len(kept) > (1 if path.startswith("/") else 0):
                kept.pop()
        elif segment != ".":
            kept.append(segment)
            continue
        if is_last:
            kept.append("")
    return "/".join(kept)


def _joined(parts: dict[str, str | None]) -> str:
    scheme = f"{parts['scheme']}:" if parts["scheme"] is not None else ""
    authority = f"//{parts['authority']}" if parts["authority"] is not None else ""
    query = f"?{parts['query']}" if parts["query"] is not None else ""
    fragment = f"#{parts['fragment']}" if parts["fragment"] is not None else ""
    return f"{scheme}{authority}{parts['path'] or ''}{query}{fragment}"
