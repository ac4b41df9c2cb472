"""Write vocab/codes/unresolved.md: what the captured payloads say that no code list knows.

    python tools/unresolved.py ../shared/portals

Every payload is walked and described as a harvest does it, and each value of a licence, frequency,
theme or format is counted once a record: resolved where a derivation says which concept was read,
unresolved where an Issue says that the code list has none. A value that is the concept's own IRI
is in neither count. ``tally`` does the counting, for a test as well.
"""

import logging
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from graph.iris import Iris
from ingest.answer import SourceError
from ingest.connectors import CONNECTORS
from ingest.deriving import Derivation
from ingest.fetch import Fetcher
from ingest.portals import Portal, bundled_registry, load_portals
from ingest.raw import RawAnswers
from ingest.reading import Reading
from ingest.record import Connector, Context, Record
from vocab.codelist import CodeList
from vocab.context import Model

log = logging.getLogger("jointure.unresolved")
BASE = "http://localhost:8000/"
TARGET = Path(__file__).parents[1] / "vocab" / "codes" / "unresolved.md"
LICENCE_TYPE = "http://purl.org/adms/licencetype/"
LISTS = {
    "license": "licence",
    "accrualPeriodicity": "frequency",
    "theme": "theme",
    "format": "format",
}
"""The lists that are reported, by the terms that they are the values of."""
TARGETS = {"licence": 0.99, "frequency": 0.95, "theme": 0.90, "format": 0.98}
WHOLE = "udata/export-dataset-20260116.csv.gz"
_NAMED = re.compile(r"code lists? (licence|frequency|data-theme|file-type)")
_OF_LIST = {"data-theme": "theme", "file-type": "format"}
_READ = re.compile(r"qualifiedDerivation> <([^>]+)>")
_SHOWN = 60
"""Unresolved values that the report shows of each list."""


class Resolved(NamedTuple):
    """A value of a list, and the concept that it was read as."""

    list: str
    value: str
    concept: str


@dataclass
class Tally:
    """How often each value came: resolved, unresolved, and of the words that say nothing."""

    resolved: Counter[Resolved] = field(default_factory=Counter)
    unresolved: Counter[tuple[str, str]] = field(default_factory=Counter)
    nothing: Counter[tuple[str, str]] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    """Values that were resolved, by list: one that means two concepts is one value."""

    def share(self, name: str) -> float:
        """The share of the values present that were resolved."""
        rest = sum(count for (of, _), count in self.unresolved.items() if of == name)
        return self.seen[name] / max(1, self.seen[name] + rest)


def sources(folder: Path) -> Iterator[tuple[str, str]]:
    """The captured payloads: the registry's portal that reads each, and its path."""
    found = [("paris", f"opendatasoft/paris-v2.1-2023-10-0{day}.json") for day in (3, 4)]
    found.append(("culture", "opendatasoft/culture-v1-search.json"))
    found += [("datasud", f"ckan/datasud-package_search-{year}.json") for year in (2021, 2025)]
    found.append(("datagouv", "udata/datasets-api1.jsonl"))
    for kind, name, pattern in (
        ("datagouv", "udata", "export-dataset-*.csv"),
        ("grenoble", "opendatasoft", "*-dcat-export.rdf"),
        ("grenoble", "dcat", "*.*"),
        ("grenoble", "dcat/malformed", "*.*"),
        ("geoplateforme", "csw", "*/*.xml"),
        ("brocas", "scdl", "*.csv"),
    ):
        paths = sorted((folder / name).glob(pattern))
        found += [(kind, str(path.relative_to(folder))) for path in paths]
    yield from found
    yield "datagouv", WHOLE


def tally(folder: Path, paths: Iterable[tuple[str, str]]) -> Tally:
    """Describe every record of the payloads, and count what became of its values."""
    found, model = Tally(), Model(BASE)
    connectors = {name: make(model) for name, make in CONNECTORS.items()}
    registry = load_portals(bundled_registry(), CONNECTORS)
    with _told_to(found.nothing):
        for name, path in paths:
            url = f"file:{(folder / path).resolve()}"
            portal = replace(registry[name], url=url, site=registry[name].root, filter="")
            context = Context(portal, Iris(BASE), model, datetime.now(UTC))
            derived: dict[str, Derivation] = {}
            for record in _records(portal, connectors[portal.type]):
                root = context.iris.dataset(portal.name, record.id)
                reading = Reading(context, root, record.id)
                connectors[portal.type].describe(record, reading)
                _count(found, reading, derived)
    return found


@contextmanager
def _told_to(counts: Counter[tuple[str, str]]) -> Iterator[None]:
    """Count the values that are passed over because they say nothing, which no reading tells."""
    says_nothing = CodeList.says_nothing

    def counted(self: CodeList, value: str) -> bool:
        if is_nothing := says_nothing(self, value):
            counts[_OF_LIST.get(self.name, self.name), value] += 1
        return is_nothing

    CodeList.says_nothing = counted  # type: ignore[method-assign]
    try:
        yield
    finally:
        CodeList.says_nothing = says_nothing  # type: ignore[method-assign]


def _records(portal: Portal, connector: Connector) -> Iterator[Record]:
    with tempfile.TemporaryDirectory() as folder:
        raw = RawAnswers(Path(folder), portal.url, datetime.now(UTC))
        with Fetcher(portal, raw) as fetcher:
            try:
                for entry in connector.records(portal, fetcher):
                    if isinstance(entry, Record):
                        yield entry
            except SourceError as error:  # a page of a listing whose others were not captured
                log.warning("%s", error)


def _count(found: Tally, reading: Reading, derived: dict[str, Derivation]) -> None:
    """Add what a reading says; ``derived`` holds the derivations of the portal by their IRIs."""
    derivations = reading.context.derivations
    if len(derivations) > len(derived):
        derived.update({iri: each for each, iri in derivations.items()})
    names = {reading.terms[term].iri: of for term, of in LISTS.items()}
    said = set()
    for line in reading.lines:
        if not (match := _READ.search(line)):
            continue
        each = derived[match[1]]
        of = "licence" if each.value.startswith(LICENCE_TYPE) else names.get(each.property, "")
        if of and each.rule != "portal-entry" and "/concept/theme-" not in each.value:
            found.resolved[Resolved(of, each.text, each.value)] += 1
            said.add((of, each.key, each.text))
    found.seen.update(of for of, _, _ in said)
    for issue in reading.issues:
        if issue.kind == "unknown-value" and (named := _NAMED.search(issue.message)):
            found.unresolved[_OF_LIST.get(named[1], named[1]), issue.value] += 1


def report(found: Tally) -> str:
    """The tally as Markdown, the most frequent first."""
    lines = [
        "# What the captured payloads say that no code list knows",
        "",
        "Written by `tools/unresolved.py`, which says how it counts: each value once a record,",
        "of all payloads of `../shared/portals`, the whole export of data.gouv.fr with them.",
        "What says nothing (`vocab/absent.csv`: placeholders, the kind of a link) is no value.",
        "A licence that is named by its type alone, « Other (Attribution) », counts as resolved:",
        "to the type, on a `dct:rights`; never to a licence.",
        "",
        "| list | resolved | unresolved | share | target | says nothing |",
        "|---|---|---|---|---|---|",
    ]
    for name, target in TARGETS.items():
        rest = sum(count for (of, _), count in found.unresolved.items() if of == name)
        nothing = sum(count for (of, _), count in found.nothing.items() if of == name)
        share = f"{found.share(name):.2%} | {target:.0%}"
        lines.append(f"| {name} | {found.seen[name]:,} | {rest:,} | {share} | {nothing:,} |")
    by_type = sum(n for each, n in found.resolved.items() if each.concept.startswith(LICENCE_TYPE))
    named = (found.seen["licence"] - by_type) / max(1, found.seen["licence"])
    lines += ["", f"Of the licences resolved {by_type:,} are types; {named:.2%} are licences."]
    for title, counts in (("Unresolved", found.unresolved), ("Says nothing", found.nothing)):
        for name in TARGETS:
            values = [(value, n) for (of, value), n in counts.items() if of == name]
            values.sort(key=lambda each: (-each[1], each[0]))
            if values:
                lines += ["", f"## {title}: {name}, {len(values)} values", ""]
                lines += [f"- {n:,} × `{_cell(value)}`" for value, n in values[:_SHOWN]]
    return "\n".join(lines) + "\n"


def _cell(value: str) -> str:
    return " ".join(value.split()).replace("`", "'")[:100]


def main(folder: Path) -> None:
    """Write the report."""
    TARGET.write_text(report(tally(folder, sources(folder))), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
