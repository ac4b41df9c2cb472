"""Dates as portals write them, as the XSD literals that DCAT allows (XML Schema 1.1-2, 3.3)."""

import re
from datetime import datetime

from vocab.ntriples import XSD

EARLIEST = 1000
"""The first year that is taken for a date and not for a slip of the keyboard (0004-11-21)."""

_ISO = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})"
    r"(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?)?)?"
)
# 19/12/2019, 19-12-2019, and DKAN's "jeu, 19/12/2019 - 03:00" (the hour has no zone: left out)
_FRENCH = re.compile(
    r"(?:\w{3,9}\.?,? )?(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?: ?[-à]? ?\d{2}:\d{2})?"
)


def parse(text: str) -> tuple[str, str]:
    """The lexical form and the XSD datatype IRI of a date: dateTime, date, gYearMonth or gYear.

    Raises ``ValueError`` where it is none, does not exist, or lies before the year 1000.
    """
    found = _ISO.fullmatch(text.strip())
    if found is None:
        day_first = _FRENCH.fullmatch(text.strip())
        if day_first is None:
            raise ValueError(f"{text[:80]!r} is no date: 2024-05-31, 2024-05, 2024, 31/05/2024")
        day, month, year = day_first.groups()
        _exist(text, int(year), int(month), int(day))
        return parse(f"{year}-{int(month):02}-{int(day):02}")
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    if int(year) < EARLIEST:
        raise ValueError(f"{text[:80]!r} lies before the year {EARLIEST}")
    if not month:
        return year, XSD + "gYear"
    _exist(text, int(year), int(month), int(day or 1))
    if not day:
        return f"{year}-{month}", XSD + "gYearMonth"
    if not hour:
        return f"{year}-{month}-{day}", XSD + "date"
    _exist(text, int(year), int(month), int(day), int(hour), int(minute), int(second or 0))
    if zone and zone != "Z":
        zone = f"{zone[:3]}:{zone[-2:]}"
        if zone[1:] > "14:00" or int(zone[4:]) > 59:
            raise ValueError(f"{text[:80]!r} has a time zone that is none")
        # The canonical form, which the store writes: a difference would never be empty otherwise.
        zone = "Z" if zone[1:] == "00:00" else zone
    fraction = (fraction or "").rstrip("0").rstrip(".")
    time = f"{hour}:{minute}:{second or '00'}{fraction}"
    return f"{year}-{month}-{day}T{time}{zone or ''}", XSD + "dateTime"


def moment(at: datetime) -> str:
    """A moment of UTC as the canonical lexical form of an xsd:dateTime."""
    fraction = f".{at.microsecond:06}".rstrip("0").rstrip(".")
    return f"{at:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def _exist(text: str, *numbers: int) -> None:
    try:
        datetime(*numbers)  # type: ignore[arg-type]
    except ValueError as error:
        raise ValueError(f"{text[:80]!r} does not exist in the calendar ({error})") from error
