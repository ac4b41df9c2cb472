"""Which territory a text names: its code, its IRI, or its name within the territory of a body.

Pure look-ups in the gazetteer (``vocab/gazetteer.py``); ``spatial.py`` says them of a dataset. An
answer is given where one territory is meant only: none is better than a wrong one.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from vocab.gazetteer import Territory, gazetteer
from vocab.territory_names import exact_key

_ZONE = re.compile(r"fr[:/]([a-z-]+)[:/](\w{2,9})(?:@.*)?", re.ASCII)
_REFERENCE = re.compile(r"fr_(\d\d)_(\w{2,9})", re.ASCII)
_REFERENCE_LEVELS = {"40": "region", "60": "departement", "70": "epci", "80": "commune"}
_LEVELS = frozenset(("commune", "epci", "departement", "region", "arrondissement"))
_SAME_EXTENT = (("75", "75056"),)
"""Départements and the one commune that each is: the commune is meant."""
_STATE_SERVICE = re.compile(
    r"(?:ddtm?|ddpp|ddcs|ddets|prefecture|directions? departementales?"
    r" (?:des|de la) (?:territoires|protection des populations)(?: et de la mer)?)"
    r" (?:de la |de l |des |du |de |d )?(?=\S)"
)
_REGIONAL = re.compile(r"(?:dreal|draaf|drac|dreets|ars|agence regionale|directions? regionales?) ")
_STANDS_OUT = 50
"""How many times the people of all others of its name a territory has that is meant alone."""
_IS_KNOWN = 20_000
"""The people of the smallest territory that stands out of others of its name."""


class Located(NamedTuple):
    """A territory that a text names, by a ``rule`` (a notation of the code list rule), with a
    ``confidence`` from 0 to 1."""

    territory: Territory
    rule: str
    confidence: float


@lru_cache(maxsize=16384)
def locate(text: str, body: str = "", siren: str = "", portal: str = "") -> Located | None:
    """The territory that ``text`` names, in a source's record of a ``body`` with a ``siren`` and
    in a catalogue of the territory ``portal`` (``level/code``); ``None`` where that is not sure."""
    text = text.strip()
    if found := by_code(text):
        return Located(found, "place-code", 1.0)
    if text.startswith(("http://", "https://")):
        known = gazetteer().by_iri(text)
        return Located(known, "place-iri", 1.0) if known else None
    around = [each for each in (body_territory(body, siren), _portal(portal)) if each]
    parts = {exact_key(part): part for part in re.split(r"[,;]", text)}
    return _by_name(next(iter(parts.values())) if len(parts) == 1 else text, around)


def by_code(text: str) -> Territory | None:
    """The territory of an explicit code: ``fr:commune:13055`` and ``fr/commune/13055@1943-01-01``
    (udata), ``fr_80_13055`` and ``world_fr`` (Opendatasoft), ``country:fr``."""
    text = text.strip().lower()
    if text in ("world_fr", "country:fr", "country/fr"):
        return gazetteer().by_code("country", "FRA")
    if found := _ZONE.fullmatch(text):
        level, code = found.groups()
    elif found := _REFERENCE.fullmatch(text):
        level, code = _REFERENCE_LEVELS.get(found.group(1), ""), found.group(2)
    else:
        return None
    level = "departement" if level == "collectivite" else level
    return gazetteer().by_code(level, code) if level in _LEVELS else None


@lru_cache(maxsize=16384)
def body_territory(name: str, siren: str = "") -> Territory | None:
    """The territory of a body: by its SIREN, or a name that says whose it is (« Ville de Nevers »,
    « DDT Drôme »); ``None`` for a body of no territory or of one of several."""
    places = gazetteer()
    if siren and (found := places.by_siren(siren)):
        return found
    folded = exact_key(name)
    if service := _STATE_SERVICE.match(folded):
        rest = folded[service.end() :]
        known = places.by_code("departement", rest) if rest.isdigit() else None
        found_all = (known,) if known else places.by_name(rest, "departement")
    elif _REGIONAL.match(folded):
        found_all = _named_last(folded, "region")
    else:
        found_all = _collapsed(places.by_name(name))
        found_all = found_all or places.by_name(name, "epci")
    return found_all[0] if len(found_all) == 1 else None


def _named_last(folded: str, level: str) -> tuple[Territory, ...]:
    """The territory of a level whose name a folded name ends with."""
    words = folded.split()
    for start in range(1, len(words)):
        if found := gazetteer().by_name(" ".join(words[start:]), level):
            return found
    return ()


def _portal(key: str) -> Territory | None:
    level, _, code = key.partition("/")
    return None if level in ("", "country") else gazetteer().by_code(level, code)


def _by_name(name: str, around: Sequence[Territory]) -> Located | None:
    places = gazetteer()
    found = _collapsed(places.by_name(name) or places.by_name(name, "epci"))
    if not found:
        return None
    for depth, each in enumerate(around):
        for width, wider in enumerate(_widened(each)):
            if wider in found:
                return Located(wider, "place-name", 0.95)
            inside = [other for other in found if _overlap(other, wider)]
            if len(inside) == 1:
                return Located(
                    inside[0], "place-name", round(0.95 - 0.05 * min(width + depth, 3), 2)
                )
            if inside:
                break
    if len(found) == 1:
        return Located(found[0], "place-name", 0.75 if around else 0.9)
    first, *others = sorted(found, key=lambda each: -(each.population or 0))
    people = first.population or 0
    stands_out = all(people >= _STANDS_OUT * (other.population or 0) for other in others)
    if people >= _IS_KNOWN and stands_out and not around:
        return Located(first, "place-name", 0.7)
    return None


def _widened(territory: Territory) -> Iterator[Territory]:
    """A territory and those around it, the smallest first; never all of France."""
    yield territory
    for level, codes in (
        ("epci", [territory.epci]),
        ("departement", territory.departements),
        ("region", territory.regions),
    ):
        for code in codes:
            if code and (found := gazetteer().by_code(level, code)):
                yield found


def _overlap(one: Territory, other: Territory) -> bool:
    places = gazetteer()
    return places.is_within(one, other) or places.is_within(other, one)


def _collapsed(found: Iterable[Territory]) -> tuple[Territory, ...]:
    """Without a territory that has the extent of another of its name: a département that is one
    commune, or that is a whole région."""
    kept = tuple(found)
    keys = {each.key for each in kept}
    regions = {each.code for each in kept if each.level == "region"}
    return tuple(
        each
        for each in kept
        if each.level != "departement"
        or not (
            each.region in regions
            or any(
                each.code == code and f"commune/{commune}" in keys for code, commune in _SAME_EXTENT
            )
        )
    )
