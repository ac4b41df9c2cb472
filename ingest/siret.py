"""SIREN and SIRET, the numbers of French bodies and of their establishments (INSEE, Sirene).

A SIREN is nine digits, a SIRET the SIREN of the body and five digits more. Both end in Luhn's key
(ISO/IEC 7812-1, annex B).
"""

import re
from typing import NamedTuple

LA_POSTE = "356000000"
"""The body whose establishments ran out of keys: the sum of their digits is a multiple of five."""

_LENGTH = 14
_EXPONENT = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_AROUND = re.compile(r"[\s'’\"]+|[.,]0+$")
"""What a sheet puts around the digits: groups, an apostrophe before a text, ``.0`` of a number."""


class Siret(NamedTuple):
    """The digits of a SIRET, or of the SIREN alone; whether they had to be ``restored``."""

    digits: str
    restored: bool = False

    @property
    def siren(self) -> str:
        """The number of the body that the establishment is of."""
        return self.digits[:9]


def is_siren(digits: str) -> bool:
    """Whether these are the nine digits of a SIREN, their key among them."""
    return len(digits) == 9 and _is_number(digits) and _luhn(digits) % 10 == 0


def is_siret(digits: str) -> bool:
    """Whether these are the 14 digits of a SIRET, its key and its SIREN's among them."""
    if len(digits) != _LENGTH or not is_siren(digits[:9]) or not _is_number(digits):
        return False
    if digits.startswith(LA_POSTE) and sum(map(int, digits)) % 5 == 0:
        return True
    return _luhn(digits) % 10 == 0


def read_siret(written: str) -> Siret:
    """The SIRET that a cell of a sheet holds; leading zeros that a spreadsheet took are put back.

    Raises ``ValueError`` for what is none, and for one that a spreadsheet rounded (``2,13E+13``).
    """
    digits = _AROUND.sub("", written)
    if is_siret(digits):
        return Siret(digits)
    if is_siren(digits):
        return Siret(digits, restored=True)
    # A SIREN begins with two zeros at the most.
    if len(digits) in (12, 13) and is_siret(padded := digits.zfill(_LENGTH)):
        return Siret(padded, restored=True)
    if _EXPONENT.fullmatch(digits):
        raise ValueError(f"{written[:40]!r} was rounded by a spreadsheet, its digits are lost")
    raise ValueError(f"{written[:40]!r} is no SIRET: 14 digits whose Luhn sum ends in 0")


def _is_number(digits: str) -> bool:
    return digits.isascii() and digits.isdigit() and digits.strip("0") != ""


def _luhn(digits: str) -> int:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled)
