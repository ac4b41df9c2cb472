"""Bodies that publish: their SIRENs, names, aliases and successions.

``vocab/bodies/README.md`` says what the files hold and where each number was found; communes, EPCI
and their territories are those of the *code officiel géographique*.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from vocab.codelist import fold
from vocab.errors import ConfigError
from vocab.gazetteer import Territory, gazetteer
from vocab.territory_names import exact_key

_EPCI = {
    "CC": "Communauté de communes",
    "CA": "Communauté d'agglomération",
    "CU": "Communauté urbaine",
}
_GENERIC = re.compile(r"\b(?:agglom|agglo\b|communaut|m[ée]tropole)", re.IGNORECASE)
_VOWEL = re.compile(r"[aeiouyàâäéèêëîïôöùûüœæ]", re.IGNORECASE)
_SMALL = frozenset(["de", "du", "des", "d", "la", "le", "les", "l", "et", "en"])
_KIND_OF_EPCI = frozenset({
    "communaute", "communes", "agglomeration", "agglo", "urbaine", "metropole", "eurometropole",
    "cc", "ca", "cu", "ept",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Body:
    """A body of public or private law. ``type`` is a notation of the code list publisher-type,
    ``kind`` one of bodies.csv or a level of the COG, ``territory`` a place, ``level/code``."""

    siren: str
    name: str
    type: str
    kind: str = ""
    territory: str = ""


@dataclass(frozen=True, slots=True)
class Succession:
    """The body that took another's place, and the day (ISO 8601) since which it has."""

    successor: str
    date: str


def core(name: str) -> str:
    """The words that tell a territory from others: folded, without articles and prepositions."""
    return " ".join(word for word in fold(name).split() if word not in _SMALL)


def core_of_epci(name: str) -> str:
    """``core``, without the words for what an EPCI is, nor what is between parentheses."""
    words = core(re.sub(r"\([^)]*\)", " ", name)).split()
    return " ".join(word for word in words if word not in _KIND_OF_EPCI)


class Bodies:
    """The bodies known. Raises ``ConfigError`` where a file says what cannot be."""

    @cached_property
    def named(self) -> Mapping[str, Body]:
        """The bodies of ``bodies.csv``, by SIREN."""
        found: dict[str, Body] = {}
        for row in _rows("bodies/bodies.csv"):
            if row["siren"] in found:
                raise ConfigError(f"vocab/bodies/bodies.csv: {row['siren']} is there twice")
            keys = ("siren", "name", "type", "kind", "territory")
            found[row["siren"]] = Body(*(row[key] for key in keys))
        return found

    @cached_property
    def successions(self) -> Mapping[str, Succession]:
        """Which body took another's place, by the SIREN of the one that is no more."""
        return {
            row["siren"]: Succession(row["successor"], row["date"])
            for row in _rows("bodies/successors.csv")
        }

    @cached_property
    def aliases(self) -> Mapping[tuple[str, str], str]:
        """SIRENs by portal (empty: any) and folded name; empty for a name that is a homonym of a
        territory's and tells nobody."""
        found = {("", fold(body.name)): body.siren for body in self.named.values()}
        for row in _rows("bodies/aliases.csv"):
            key = row["portal"], fold(row["alias"])
            if found.setdefault(key, row["siren"]) != row["siren"]:
                raise ConfigError(f"vocab/bodies/aliases.csv: {row['alias']!r} is two bodies'")
            if row["siren"] and self.get(row["siren"]) is None:
                raise ConfigError(f"vocab/bodies/aliases.csv: no body {row['siren']!r} is known")
        return found

    def get(self, siren: str) -> Body | None:
        """The body with this SIREN, where it is known."""
        if siren in self.named:
            return self.named[siren]
        territory = gazetteer().by_siren(siren)
        return None if territory is None else self.of(territory)

    def of(self, territory: Territory) -> Body | None:
        """The commune, EPCI or EPT that a territory is of."""
        if not territory.siren or territory.level not in ("commune", "epci", "ept"):
            return None
        if territory.siren in self.named:
            return self.named[territory.siren]
        name = _commune(territory.name)
        if territory.level != "commune":
            name = _epci(territory.name, territory.nature)
        return Body(territory.siren, name, "LocalAuthority", territory.level, territory.key)

    def communes(self, name: str) -> list[Territory]:
        """The communes of today that have exactly this name, whatever its case and accents."""
        found = gazetteer().by_name(name, "commune")
        key = exact_key(name)
        return [
            each
            for each in found
            if each.level == "commune" and each.siren and exact_key(each.name) == key
        ]

    @cached_property
    def epci(self) -> Mapping[str, list[Territory]]:
        """EPCI, and the EPT of the Grand Paris, by ``core_of_epci`` of their names."""
        found: dict[str, list[Territory]] = {}
        for each in gazetteer():
            if each.level in ("epci", "ept"):
                found.setdefault(core_of_epci(each.name), []).append(each)
        return found

    def of_territory(self, kind: str) -> Mapping[str, Body]:
        """The bodies of one kind (region, departement, ddt, dreal) by the ``core`` of the
        territory's name, and by its code."""
        if kind not in self._by_territory:
            self._by_territory[kind] = dict(self._of_territory(kind))
        return self._by_territory[kind]

    def __init__(self) -> None:
        self._by_territory: dict[str, dict[str, Body]] = {}

    def _of_territory(self, kind: str) -> Iterator[tuple[str, Body]]:
        for body in self.named.values():
            if body.kind == kind and (territory := gazetteer().by_key(body.territory)) is not None:
                yield core(territory.name), body
                if territory.level != "region":
                    yield territory.code.lower(), body


@cache
def known_bodies() -> Bodies:
    """The bodies known, the same object each time."""
    return Bodies()


def _commune(name: str) -> str:
    """The name of a commune as a body: Commune d'Agen, du Havre, des Lilas, de La Rochelle."""
    for article, contracted in (("Le ", "du "), ("Les ", "des ")):
        if name.startswith(article):
            return f"Commune {contracted}{name.removeprefix(article)}"
    return f"Commune d'{name}" if _VOWEL.match(name) else f"Commune de {name}"


def _epci(name: str, nature: str) -> str:
    """The name of an EPCI written out: CC du Pays Rhénan, Communauté de communes du Pays Rhénan."""
    short, _, rest = name.partition(" ")
    if short not in _EPCI or short != nature:
        return name
    rest = re.sub(r"\s*\([^)]*\)", "", rest).strip()
    return rest if _GENERIC.search(rest) else f"{_EPCI[short]} {rest}"


def _rows(path: str) -> Iterable[dict[str, str]]:
    text = files("vocab").joinpath(path).read_text("utf-8")
    return csv.DictReader(io.StringIO(text))
