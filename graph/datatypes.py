"""The lexical forms of the XSD datatypes that our shapes ask for (XML Schema 1.1, part 2)."""

import re
from collections.abc import Callable
from datetime import date

from vocab.context import STORED
from vocab.ntriples import XSD

_ZONE = r"(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
_YEAR = r"-?(?:[1-9]\d{4,}|\d{4})"
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = rf"({_YEAR})-({_MONTH})-(0[1-9]|[12]\d|3[01])"
_CLOCK = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_PATTERNS = {
    "date": _DAY + _ZONE,
    "dateTime": _DAY + "T" + _CLOCK + _ZONE,
    "gYear": _YEAR + _ZONE,
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
    "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
    "integer": r"[+-]?\d+",
    "nonNegativeInteger": r"\+?\d+|-0+",
    "hexBinary": r"(?:[0-9a-fA-F]{2})*",
    "duration": r"-?P(?=\d|T\d)(?:\d+Y)?(?:\d+M)?(?:\d+D)?"
    r"(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?",
}


def has_datatype(datatype: str) -> Callable[[str], bool]:
    """A test of literals (N-Triples text): of that datatype, and one of its lexical forms.

    The engine keeps xsd:nonNegativeInteger as xsd:integer, and what is published has the former
    again (``graph/writing.py``): a number of either type is one, if it is not below zero. White
    space around a form is refused, as other engines do. Raises ``KeyError`` for a datatype that is
    not known.
    """
    match = re.compile(_PATTERNS[datatype.removeprefix(XSD)]).fullmatch
    ends = tuple(f'"^^<{each}>' for each in {datatype, STORED.get(datatype, datatype)})
    is_day = datatype in (XSD + "date", XSD + "dateTime")

    def test(value: str) -> bool:
        if not value.endswith(ends) or not value.startswith('"'):
            return False
        found = match(value[1 : value.rindex('"')])
        return found is not None and (not is_day or _is_day(*found.groups()))

    return test


def _is_day(year: str, month: str, day: str) -> bool:
    """Whether the month has that day: a year of the Gregorian calendar tells, 4 digits or not."""
    if day <= "28":
        return True
    try:
        date(int(year) % 400 + 400, int(month), int(day))
    except ValueError:
        return False
    return True
