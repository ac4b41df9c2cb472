"""Content negotiation (RFC 9110, section 12.5.1): quality, specificity, and q=0 for never."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

_PART = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*+"?)++')
_PARAMETER = re.compile(r'\s*;\s*([^=\s;]+)\s*=\s*("(?:[^"\\]|\\.)*+"?|[^;\s]*)')
_NUMBER = re.compile(r"\d?(?:\.\d{0,9})?")
_MOST = 100
"""As many ranges as are read of one header: a longer list is an attack, not a wish."""
_KEPT = 1024
"""Headers up to this length, in characters, have their choice kept."""
_INVALID = 0.0001
"""The weight of what is no weight: below every weight that can be written, and not 0."""
_HINTS = frozenset(("charset", "profile", "version"))
"""Parameters that take nothing out of a range: all our text is UTF-8, a profile leaves the meaning
of a representation as it is (RFC 6906, section 3.1), and the version of RDF and SPARQL 1.2 is an
announcement, which makes no other syntax of one."""


class Range(NamedTuple):
    """One element of a weighted list: a name in lower case, its parameters, its weight."""

    name: str
    parameters: tuple[tuple[str, str], ...]
    quality: float


def choose(accept: str | None, offered: Sequence[str]) -> str | None:
    """The best of the ``offered`` media types for an Accept header, ``None`` where none will do.

    ``offered`` is in our order of preference: the first wins among equals, and where the header
    is missing or empty.
    """
    if not accept:
        return offered[0]
    pick = _chosen if len(accept) <= _KEPT else _chosen.__wrapped__
    return pick(accept, tuple(offered))


def weighted(header: str) -> list[Range]:
    """The elements of a list with weights (RFC 9110, section 12.4.2), empty ones left out.

    What stands behind the weight was once an extension of the list (RFC 7231, section 5.3.2) and
    says nothing of the media type: it is left out.
    """
    parts = (match[0] for match in islice(_PART.finditer(header), _MOST))
    return [_range(part) for part in parts if part.strip()]


@lru_cache(maxsize=1024)
def _chosen(accept: str, offered: tuple[str, ...]) -> str | None:
    ranges = weighted(accept)
    if not ranges:
        return offered[0]
    best, best_quality = None, 0.0
    for media_type in offered:
        quality = _quality(_range(media_type), ranges)
        if quality > best_quality:
            best, best_quality = media_type, quality
    return best


def _range(part: str) -> Range:
    name, _, rest = part.partition(";")
    parameters, quality = [], 1.0
    for key, value in _PARAMETER.findall(f";{rest}"):
        if key.lower() == "q":
            quality = _weight(value)
            break
        parameters.append((key.lower(), _unquoted(value).lower()))
    return Range(name.strip().lower(), tuple(parameters), quality)


def _weight(text: str) -> float:
    """A weight. More digits than three, or more than 1, are understood as they are meant."""
    if not _NUMBER.fullmatch(text) or text in ("", "."):
        return _INVALID
    return min(1.0, float(text))


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value.strip('"')) if value.startswith('"') else value


def _quality(offer: Range, ranges: list[Range]) -> float:
    """The weight that the most specific of the matching ranges gives."""
    found = [
        (specificity, each.quality)
        for each in ranges
        if (specificity := _specificity(offer, each)) is not None
    ]
    return max(found)[1] if found else 0.0


def _specificity(offer: Range, asked: Range) -> tuple[int, int] | None:
    """How closely a range describes what is offered, ``None`` where it does not."""
    kind = offer.name.partition("/")[0]
    names = ("*/*", f"{kind}/*", offer.name)
    if asked.name not in names:
        return None
    told = [each for each in asked.parameters if each[0] not in _HINTS]
    if any(each not in offer.parameters for each in told):
        return None
    return names.index(asked.name), len(asked.parameters)
