"""Make ``vocab/places/cog-YYYY.csv``: the territories of the code officiel géographique, one a row.

Run it with the folder of the unpacked npm package ``@etalab/decoupage-administratif`` (6.0.0 for
2026; ``npm pack`` gets it), and with that of its version 0.7.0, the last that held the history of
the communes: it names those that a merger took away.

    python tools/cog.py package-6.0.0/package package-0.7.0/package vocab/places
"""

import csv
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

COLUMNS = (
    "level", "code", "name", "nature", "siren", "population", "seat", "arrondissement",
    "departement", "region", "epci", "ept", "commune", "postcodes",
)  # fmt: skip
FRANCE = "FRA"
Row = dict[str, str]
Entry = dict[str, Any]


class Package:
    """The tables of an unpacked package."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def table(self, name: str) -> list[Entry]:
        """The rows of ``data/NAME.json``."""
        found: list[Entry] = json.loads((self._folder / f"data/{name}.json").read_text("utf-8"))
        return found

    @property
    def vintage(self) -> str:
        """The year that the package's own table of versions gives for it."""
        version = json.loads((self._folder / "package.json").read_text("utf-8"))["version"]
        readme = (self._folder / "README.md").read_text("utf-8")
        found = re.search(rf"^\| (\d{{4}})\s*\| {re.escape(version)}\s*\|", readme, re.MULTILINE)
        if found is None:
            raise ValueError(f"README.md gives no year for version {version}")
        return found.group(1)


def row(level: str, entry: Entry, **others: object) -> Row:
    """One territory: what every table says in the same way, and ``others``."""
    found = {
        "level": level,
        "code": entry["code"],
        "name": entry["nom"],
        "siren": entry.get("siren", ""),
        "population": entry.get("population", ""),
        "seat": entry.get("chefLieu", ""),
        "arrondissement": entry.get("arrondissement", ""),
        "departement": entry.get("departement", ""),
        "region": entry.get("region", ""),
        "postcodes": " ".join(entry.get("codesPostaux", ())),
    }
    return {name: str(value) for name, value in (found | others).items()}


class Territories:
    """The rows of the table, the largest territories first."""

    def __init__(self, package: Package, history: Package) -> None:
        self._package = package
        self._history = history
        communes = package.table("communes")
        self._by_type: dict[str, list[Entry]] = defaultdict(list)
        for commune in communes:
            self._by_type[commune["type"]].append(commune)
        self._overseas = {
            each["code"] for each in package.table("departements") if each["zone"] == "com"
        }
        """The collectivités d'outre-mer, which the package lists as départements and régions."""
        self._communes = {each["code"]: each for each in self._by_type["commune-actuelle"]}
        self._unions = {name: self._members(name) for name in ("epci", "ept")}
        self._people: Counter[tuple[str, str]] = Counter()
        """The municipal population of each territory, by the column and the code of it."""
        for commune in self._communes.values():
            for name in ("country", "region", "departement", "arrondissement"):
                code = FRANCE if name == "country" else commune.get(name, "")
                self._people[name, code] += commune.get("population", 0)

    def _members(self, name: str) -> dict[str, str]:
        return {
            member["code"]: union["code"]
            for union in self._package.table(name)
            for member in union["membres"]
        }

    def __iter__(self) -> Iterator[Row]:
        yield self._whole("country", {"code": FRANCE, "nom": "France"})
        for region in self._package.table("regions"):
            if region["code"] not in self._overseas:
                yield self._whole("region", region)
        for departement in self._package.table("departements"):
            found = self._whole("departement", departement)
            if departement["code"] in self._overseas:
                # What the package gives as the seat of the French Southern Territories is wrong.
                found |= {"level": "collectivite", "region": "", "seat": ""}
            yield found
        yield from self._of_unions("epci")
        yield from self._of_unions("ept")
        for each in self._package.table("arrondissements"):
            yield self._whole("arrondissement", each)
        yield from self._of_communes()
        for level in ("arrondissement-municipal", "commune-deleguee", "commune-associee"):
            for each in self._by_type[level]:
                yield self._part(level, each, each.get("commune") or each["chefLieu"])
        yield from self._former()

    def _whole(self, level: str, entry: Entry, **others: object) -> Row:
        """A territory whose population is that of its communes, where any of them has one."""
        return row(level, entry, population=self._people[level, entry["code"]] or "", **others)

    def _of_unions(self, level: str) -> Iterator[Row]:
        for union in self._package.table(level):
            members = [self._communes[member["code"]] for member in union["membres"]]
            nature = "" if union["type"] == "EPT" else union["type"]
            yield row(
                level,
                union,
                siren=union["code"],
                nature=nature,
                population=sum(member["population"] for member in members),
                departement=" ".join(_ranked(members, "departement")),
                region=" ".join(_ranked(members, "region")),
            )

    def _of_communes(self) -> Iterator[Row]:
        for code, commune in self._communes.items():
            region = "" if commune["departement"] in self._overseas else commune["region"]
            unions = {name: members.get(code, "") for name, members in self._unions.items()}
            yield row("commune", commune, region=region, **unions)

    def _part(self, level: str, entry: Entry, whole: str) -> Row:
        """A part of a commune of today, or one that became a part of it."""
        commune = self._communes[whole]
        return row(
            level,
            entry,
            commune=whole,
            seat="",
            arrondissement=commune["arrondissement"],
            departement=commune["departement"],
            region=commune["region"],
            epci=self._unions["epci"].get(whole, ""),
            ept=self._unions["ept"].get(whole, ""),
        )

    def _former(self) -> Iterator[Row]:
        """The communes that a merger left no trace of but a code: named by the history."""
        states = self._history.table("historique-communes")
        names = {each["code"]: each["nom"] for each in states}
        known = {each["code"] for found in self._by_type.values() for each in found}
        for commune in self._communes.values():
            for code in commune.get("anciensCodes", ()):
                if code not in known:
                    entry = {"code": code, "nom": names[code]}
                    yield self._part("commune", entry, commune["code"])


def _ranked(communes: Iterable[Entry], name: str) -> list[str]:
    """The départements or régions of communes, the most populated first."""
    people: Counter[str] = Counter()
    for commune in communes:
        people[commune[name]] += commune["population"] + 1
    return [code for code, _ in people.most_common()]


def main(package: Path, history: Path, folder: Path) -> None:
    """Write the table of the package's vintage into ``folder``."""
    source = Package(package)
    path = folder / f"cog-{source.vintage}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(Territories(source, Package(history)))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
