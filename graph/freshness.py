"""How fresh a dataset is: since it was last changed, and beside the frequency that it states."""

from calendar import monthrange
from datetime import date
from typing import Literal

AGES = (("30 days", 30), ("1 year", 365))
"""Days since the last change, at the most."""
OLDER = "older"
Punctuality = Literal["in time", "late", "no interval", "unknown"]
_AUTHORITY = "http://publications.europa.eu/resource/authority/frequency/"
_DAYS = {
    **dict.fromkeys(
        ("1MIN", "5MIN", "10MIN", "15MIN", "30MIN", "HOURLY", "BIHOURLY", "TRIHOURLY", "12HRS",
         "CONT", "UPDATE_CONT", "DAILY", "DAILY_2"), 1),
    "WEEKLY_3": 4, "WEEKLY_2": 5, "WEEKLY": 7, "BIWEEKLY": 14,
    "MONTHLY_3": 12, "MONTHLY_2": 16, "MONTHLY": 31, "BIMONTHLY": 62, "QUARTERLY": 92,
    "ANNUAL_3": 123, "ANNUAL_2": 184, "ANNUAL": 366, "BIENNIAL": 731, "TRIENNIAL": 1096,
    "QUADRENNIAL": 1461, "QUINQUENNIAL": 1827, "DECENNIAL": 3653, "BIDECENNIAL": 7305,
    "TRIDECENNIAL": 10958,
}  # fmt: skip
"""The longest that two changes are apart, in days, by the code of the EU's table of frequencies; a
dataset that changes more often than daily is given a day. Irregular, as needed, never, not planned,
other and unknown promise nothing."""


def age(modified: str, today: date) -> str:
    """The age of a change (an XSD date of any precision): 30 days, 1 year, older; unknown where
    none is stated. What lies ahead was changed lately."""
    if (changed := _day(modified)) is None:
        return "unknown"
    return next((name for name, days in AGES if (today - changed).days <= days), OLDER)


def punctuality(modified: str, frequency: str, today: date) -> Punctuality:
    """Whether the last change is no longer ago than the stated frequency (its IRI) promises."""
    days = _DAYS.get(frequency.removeprefix(_AUTHORITY))
    if days is None:
        return "no interval"
    if (changed := _day(modified)) is None:
        return "unknown"
    return "in time" if (today - changed).days <= days else "late"


def _day(modified: str) -> date | None:
    """The last day that an XSD dateTime, date, gYearMonth or gYear may mean."""
    try:
        parts = [int(part) for part in modified[:10].split("-")]
        year, month = parts[0], parts[1] if len(parts) > 1 else 12
        day = parts[2] if len(parts) > 2 else monthrange(year, month)[1]
        return date(year, month, day)
    except ValueError:
        return None
