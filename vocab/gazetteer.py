"""The territories of France: ``places/cog-YYYY.csv``, found by code, SIREN, IRI and name.

The code officiel géographique of one vintage (``places/SOURCE.md``), made by ``tools/cog.py``.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from importlib.resources import files
from typing import NamedTuple

from vocab.errors import ConfigError
from vocab.territory_names import exact_key, loose_key, split_level

LEVELS = (
    "country", "region", "departement", "collectivite", "epci", "ept", "arrondissement",
    "commune", "arrondissement-municipal", "commune-deleguee", "commune-associee",
)  # fmt: skip
"""The levels of territories, the largest first; each is a segment of their IRIs."""
_STANDS_IN = {
    "commune": ("arrondissement-municipal", "commune-deleguee", "commune-associee"),
    "departement": ("collectivite",),
    "region": ("collectivite",),
    "epci": ("ept",),
}
"""Where a code may be found that a source gives for one of another level."""
_NAMED = tuple(level for level in LEVELS if level not in ("epci", "ept", "arrondissement"))
"""What a name alone may mean: « Arles » is never its arrondissement, nor the EPCI around it."""
_WIDTHS = {"commune": 5, "departement": 2, "region": 2}
"""The digits of a code, of which spreadsheets eat the first."""
_INSEE = re.compile(r"https?://id\.insee\.fr/geo/([A-Za-z]+)/(\w{2,9})")
_SEGMENTS = {
    "commune": "commune",
    "departement": "departement",
    "region": "region",
    "arrondissement": "arrondissement",
    "arrondissementMunicipal": "arrondissement-municipal",
    "communeDeleguee": "commune-deleguee",
    "communeAssociee": "commune-associee",
    "collectiviteDOutreMer": "collectivite",
    "intercommunalite": "epci",
}


class Territory(NamedTuple):
    """One territory of a level. Codes are INSEE's; that of an EPCI is its SIREN.

    An EPCI may be of several départements and régions, the most populated first. A part of a
    commune (``arrondissement-municipal``) and a commune that became one have its code in
    ``commune``. ``seat`` is the commune of a chef-lieu, ``population`` the municipal one.
    """

    level: str
    code: str
    name: str
    nature: str
    siren: str
    population: int | None
    seat: str
    arrondissement: str
    departements: tuple[str, ...]
    regions: tuple[str, ...]
    epci: str
    ept: str
    commune: str
    postcodes: tuple[str, ...]

    @property
    def key(self) -> str:
        """``level/code``, the end of its IRI and the way that portals.toml names it."""
        return f"{self.level}/{self.code}"

    @property
    def departement(self) -> str:
        """The code of the département: that with the most people; empty where there is none."""
        return self.departements[0] if self.departements else ""

    @property
    def region(self) -> str:
        """The code of the région: that with the most people; empty where there is none."""
        return self.regions[0] if self.regions else ""

    @property
    def successor(self) -> str:
        """The code of the commune that a former commune became a part of; else empty."""
        return "" if self.level == "arrondissement-municipal" else self.commune


@cache
def gazetteer() -> "Gazetteer":
    """The one gazetteer of the process: its table is read at the first look-up."""
    return Gazetteer()


class Gazetteer:
    """The look-ups. Each index is made when it is first asked."""

    @cached_property
    def vintage(self) -> str:
        """The year of the table. Raises ``ConfigError`` where there is none."""
        names = sorted(each.name for each in files("vocab").joinpath("places").iterdir())
        years = [each[1] for name in names if (each := re.match(r"cog-(\d{4})\.csv", name))]
        if not years:
            raise ConfigError("vocab/places: there is no cog-YYYY.csv; tools/cog.py makes it")
        return years[-1]

    @cached_property
    def _territories(self) -> dict[tuple[str, str], Territory]:
        sirens = {(level, code): siren for level, code, siren in _table("sirens.csv")}
        shared: dict[str, str] = {}
        found: dict[tuple[str, str], Territory] = {}
        for cells in _table(f"cog-{self.vintage}.csv"):
            level, code, name, nature, siren, people, seat, *parents = [
                shared.setdefault(cell, cell) for cell in cells
            ]
            arrondissement, departements, regions, epci, ept, commune, postcodes = parents
            found[level, code] = Territory(
                level, code, name, nature, siren or sirens.get((level, code), ""),
                int(people) if people else None, seat, arrondissement,
                _several(departements), _several(regions), epci, ept, commune, _several(postcodes),
            )  # fmt: skip
        return found

    def __iter__(self) -> Iterator[Territory]:
        return iter(self._territories.values())

    def __len__(self) -> int:
        return len(self._territories)

    def by_code(self, level: str, code: str) -> Territory | None:
        """The territory with a code. A code of a commune also finds an arrondissement municipal
        and a former commune, one of a département or région an overseas collectivité."""
        code = code.strip().upper().zfill(_WIDTHS.get(level, 0))
        for each in (level, *_STANDS_IN.get(level, ())):
            if found := self._territories.get((each, code)):
                return found
        return None

    def by_key(self, key: str) -> Territory | None:
        """The territory that ``level/code`` names."""
        level, _, code = key.partition("/")
        return self.by_code(level, code)

    @cached_property
    def _by_siren(self) -> dict[str, Territory]:
        return {each.siren: each for each in self if each.siren}

    def by_siren(self, siren: str) -> Territory | None:
        """The territory that a commune, EPCI, EPT, département or région with a SIREN has."""
        return self._by_siren.get(siren)

    def by_postcode(self, postcode: str) -> tuple[Territory, ...]:
        """The communes, and arrondissements municipaux, that a postcode delivers to."""
        return tuple(self._by_postcode.get(postcode.strip(), ()))

    @cached_property
    def _by_postcode(self) -> dict[str, list[Territory]]:
        found: dict[str, list[Territory]] = defaultdict(list)
        for each in self:
            for postcode in each.postcodes:
                found[postcode].append(each)
        return found

    @cached_property
    def _matches(self) -> dict[tuple[str, str], tuple[str, ...]]:
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for level, code, match in _table("matches.csv"):
            found[level, code] = (*found.get((level, code), ()), match)
        return found

    def matches(self, territory: Territory) -> tuple[str, ...]:
        """The IRIs by which others name a territory: NUTS, EU tables, Wikidata, GeoNames."""
        return self._matches.get((territory.level, territory.code), ())

    @cached_property
    def _by_match(self) -> dict[str, tuple[str, str]]:
        return {_plain(match): where for where, found in self._matches.items() for match in found}

    def by_iri(self, iri: str) -> Territory | None:
        """The territory that an IRI of INSEE (of the form with a code) or a match names."""
        if found := _INSEE.fullmatch(iri):
            level = _SEGMENTS.get(found.group(1), "")
            return self.by_code(level, found.group(2)) if level else None
        where = self._by_match.get(_plain(iri))
        return self._territories[where] if where else None

    @cached_property
    def _by_exact(self) -> dict[str, list[Territory]]:
        found: dict[str, list[Territory]] = defaultdict(list)
        for each in self:
            found[exact_key(each.name)].append(each)
        for alias, level, code in _table("aliases.csv"):
            found[exact_key(alias)].append(self._territories[level, code])
        return found

    @cached_property
    def _by_loose(self) -> dict[tuple[str, str], list[Territory]]:
        found: dict[tuple[str, str], list[Territory]] = defaultdict(list)
        for each in self:
            found[each.level, loose_key(each.name, each.level)].append(each)
        return found

    def by_name(
        self, name: str, level: str = "", within: Territory | None = None
    ) -> tuple[Territory, ...]:
        """The territories of a name: of a ``level``, or one that the name itself says (« Ville
        de », « Département des »), and within another. Those with the very name first; where
        there are none, those whose name differs by its article, or by what kind of EPCI it is
        where the level is asked or said. An arrondissement only where that is asked. A
        former commune only where no territory of today has the name."""
        said, rest = split_level(name)
        if level and said != level:
            said, rest = "", name
        for level_of, words in ((level, name), (level or said, rest)):
            exact = self._by_exact.get(exact_key(words), ())
            if found := self._kept(exact, level_of, within):
                return found
        level = level or said
        loose = (
            each
            for level_of in ((level,) if level else _NAMED)
            if (key := loose_key(rest, level_of))
            for each in self._by_loose.get((level_of, key), ())
        )
        return self._kept(loose, level, within)

    def _kept(
        self, found: Iterable[Territory], level: str, within: Territory | None
    ) -> tuple[Territory, ...]:
        levels = (level, *_STANDS_IN.get(level, ())) if level else (*_NAMED, "epci", "ept")
        kept = [
            each
            for each in dict.fromkeys(found)
            if each.level in levels and (within is None or self.is_within(each, within))
        ]
        today = [each for each in kept if not each.successor]
        return tuple(today or [each for each in kept if each.level != "commune"] or kept)

    def is_within(self, inner: Territory, outer: Territory) -> bool:
        """Whether a territory is another or lies in it; an EPCI is in each of its départements
        and régions, in which it may lie in part only."""
        if inner == outer or outer.level == "country":
            return True
        code = outer.code
        match outer.level:
            case "region":
                return code in inner.regions
            case "departement" | "collectivite":
                return code in inner.departements
            case "epci":
                return code == inner.epci
            case "ept":
                return code == inner.ept
            case "arrondissement":
                return code == inner.arrondissement
            case "commune":
                return code == inner.commune
        return False


def _table(name: str) -> Iterator[list[str]]:
    """The rows of a table of ``vocab/places`` without its header."""
    text = files("vocab").joinpath(f"places/{name}").read_text("utf-8")
    rows = csv.reader(io.StringIO(text))
    next(rows)
    return rows


def _several(cell: str) -> tuple[str, ...]:
    return tuple(cell.split()) if cell else ()


def _plain(iri: str) -> str:
    """An IRI of a match as it is compared: many write the page of a thing for the thing."""
    iri = iri.strip().replace("https://", "http://").rstrip("/")
    iri = iri.replace("//www.wikidata.org/wiki/", "//www.wikidata.org/entity/")
    iri = iri.replace("//www.geonames.org/", "//sws.geonames.org/")
    if found := re.match(r"(http://sws\.geonames\.org/\d+)/", iri):
        return found.group(1)
    return iri
