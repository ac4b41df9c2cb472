"""Content negotiation (RFC 9110, section 12.5.1): quality, specificity, and q=0 for never."""

import re
from collections.abc import Sequence

_RANGE = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*+"?)++')
_PARAMETER = re.compile(r'\s*;\s*([^=\s;]+)\s*=\s*("[^"]*"|[^;\s]*)')


def choose(accept: str | None, offered: Sequence[str]) -> str | None:
    """The best of the ``offered`` media types for an Accept header, ``None`` where none will do.

    ``offered`` is in our order of preference: the first wins among equals, and where the header
    is missing or empty.
    """
    ranges = [_range(part) for part in _RANGE.findall(accept or "") if part.strip()]
    if not ranges:
        return offered[0]
    best, best_quality = None, 0.0
    for media_type in offered:
        quality = _quality(media_type, ranges)
        if quality > best_quality:
            best, best_quality = media_type, quality
    return best


def _range(part: str) -> tuple[str, float]:
    name, _, rest = part.partition(";")
    parameters = {key.lower(): value for key, value in _PARAMETER.findall(f";{rest}")}
    try:
        quality = min(1.0, max(0.0, float(parameters.get("q", "1"))))
    except ValueError:
        quality = 0.0
    return name.strip().lower(), quality


def _quality(media_type: str, ranges: list[tuple[str, float]]) -> float:
    """The quality that the most specific matching range gives."""
    kind = media_type.partition("/")[0]
    for pattern in (media_type, f"{kind}/*", "*/*"):
        found = [quality for name, quality in ranges if name == pattern]
        if found:
            return max(found)
    return 0.0
