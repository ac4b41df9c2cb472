"""What ``jointure check`` found, as JSON values and as tables."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TextIO

import pyoxigraph as ox
from rich.table import Table

from graph.check import PortalCheck
from graph.checking import Checked
from graph.fixes import Mending, mendings
from graph.iris import Iris
from graph.labels import label
from graph.mqa import BANDS, POINTS, TOTAL, band
from graph.tally import Tally, by_publisher, tally
from vocab.codelist import CodeList
from vocab.dates import moment

_SHOWN = 10
"""Rows that a table of text shows of publishers, rules and datasets; JSON has them all."""


@dataclass
class Results:
    """The checks of a snapshot's portals, and what says their names."""

    checks: Sequence[PortalCheck]
    store: ox.Store
    iris: Iris
    ended: datetime

    def __post_init__(self) -> None:
        self._fixes = CodeList("fix", self.iris.base)

    def write_json(self, output: TextIO) -> None:
        """Everything, a dataset a line."""
        head = {"checked": moment(self.ended), "points": TOTAL}
        output.write(json.dumps(head)[:-1] + ', "portals": [')
        for number, check in enumerate(self.checks):
            said = json.dumps(self.portal(check), ensure_ascii=False)
            output.write((",\n" if number else "\n") + said[:-1] + ', "scores": [')
            for place, checked in enumerate(check.datasets):
                line = json.dumps(_dataset(checked), ensure_ascii=False)
                output.write((",\n" if place else "\n") + line)
            output.write("]}")
        output.write("]}\n")

    def portal(self, check: PortalCheck) -> dict[str, Any]:
        """A portal: its figures, what to mend, its publishers, the rules that did not hold."""
        catalog = self.iris.catalog(check.name)
        publishers = by_publisher(check.datasets)
        return {
            "portal": check.name,
            "catalog": catalog,
            "title": label(self.store, catalog),
            **_figures(tally(check.datasets)),
            "fixes": [self._mending(each, len(check.datasets)) for each in self.fixes(check)],
            "publishers": [
                {"publisher": iri, "name": self.name(iri), **_figures(figures)}
                for iri, figures in publishers.items()
            ],
            "findings": [
                {**rule._asdict(), "findings": count, "descriptions": check.concerned[rule]}
                for rule, count in check.findings.most_common()
            ],
        }

    def fixes(self, check: PortalCheck) -> list[Mending]:
        """What to mend of a portal, what gains the most first."""
        return mendings((each.iri, each.score) for each in check.datasets)

    def name(self, publisher: str) -> str:
        """A publisher's name; empty where none is stated."""
        return label(self.store, publisher) if publisher else ""

    def _mending(self, mending: Mending, datasets: int) -> dict[str, Any]:
        return {
            "fix": mending.name,
            "fr": self._fixes.label(mending.name, "fr"),
            "en": self._fixes.label(mending.name, "en"),
            "datasets": mending.datasets,
            "gain": round(mending.points / datasets, 2),
            "examples": mending.examples,
        }

    def tables(self) -> Iterator[Table]:
        """The portals; then of each what to mend, its publishers, its rules, its worst datasets."""
        yield self._portals()
        for check in self.checks:
            if not check.datasets:
                continue
            yield self._fix_list(check)
            yield self._publishers(check)
            yield self._rules(check)
            yield _worst(check)

    def _portals(self) -> Table:
        table = _table("Score (MQA, mean points of a dataset)", "portal")
        _columns(table, "datasets", "points", "measured of")
        table.add_column("band")
        _columns(table, *(name for _, name in BANDS))
        _columns(table, "technical %", "legal %", "by law %", "economic %")
        for check in self.checks:
            figures = tally(check.datasets)
            shares = [_share(counts, "yes") for counts in figures.openness.values()]
            table.add_row(
                check.name, str(figures.datasets), f"{figures.mean:.1f}",
                f"{figures.mean_measurable:.0f}", _band(figures),
                *(str(figures.bands[name]) for _, name in BANDS), *shares,
            )  # fmt: skip
        return table

    def _fix_list(self, check: PortalCheck) -> Table:
        table = _table(f"{check.name}: what to mend, what gains the most first", "mend")
        _columns(table, "datasets", "points gained (mean)")
        for each in self.fixes(check):
            gain = each.points / len(check.datasets)
            wanted = self._fixes.label(each.name, "en")
            table.add_row(wanted, str(each.datasets), f"{gain:.1f}" if gain >= 0.1 else "< 0.1")
        return table

    def _publishers(self, check: PortalCheck) -> Table:
        table = _table(f"{check.name}: publishers, who publishes most first", "publisher")
        _columns(table, "datasets", "points")
        table.add_column("band")
        publishers = list(by_publisher(check.datasets).items())
        for iri, figures in publishers[:_SHOWN]:
            name = self.name(iri) or "(none stated)"
            table.add_row(name, str(figures.datasets), f"{figures.mean:.1f}", _band(figures))
        if len(publishers) > _SHOWN:
            table.add_row(f"and {len(publishers) - _SHOWN} others", "", "", "")
        return table

    def _rules(self, check: PortalCheck) -> Table:
        table = _table(f"{check.name}: rules of DCAT-AP that do not hold", "rule")
        table.add_column("severity")
        _columns(table, "findings", "descriptions")
        rules = check.findings.most_common()
        rules.sort(key=lambda each: each[0].severity != "Violation")
        for rule, count in rules[:_SHOWN]:
            table.add_row(rule.message, rule.severity, str(count), str(check.concerned[rule]))
        if len(rules) > _SHOWN:
            table.add_row(f"and {len(rules) - _SHOWN} others", "", "", "")
        return table


def _worst(check: PortalCheck) -> Table:
    table = _table(f"{check.name}: the datasets that score least", "dataset")
    _columns(table, "points")
    table.add_column("lacks")
    worst = sorted(check.datasets, key=lambda each: (each.score.points, each.iri))
    for each in worst[:_SHOWN]:
        table.add_row(each.iri, str(each.score.points), ", ".join(_lacks(each)))
    return table


def _lacks(checked: Checked) -> list[str]:
    score = checked.score
    return [name for name in POINTS if name not in score.met and name not in score.unmeasured]


def _dataset(checked: Checked) -> dict[str, Any]:
    score = checked.score
    return {
        "dataset": checked.iri,
        "publisher": checked.publisher,
        "points": score.points,
        "measurable": score.measurable,
        "band": band(score.points),
        "dimensions": score.dimensions,
        "lacks": _lacks(checked),
        "distribution": score.distribution.strip("<>"),
        "openness": checked.tests._asdict(),
        "findings": dict(checked.counts),
        "violations": [each._asdict() for each in checked.violations],
    }


def _figures(figures: Tally) -> dict[str, Any]:
    return {
        "datasets": figures.datasets,
        "mean": figures.mean,
        "measurable": figures.mean_measurable,
        "band": figures.band,
        "bandIfAllElseHolds": figures.best_band,
        "bands": {name: figures.bands[name] for _, name in BANDS},
        "dimensions": figures.mean_dimensions,
        "openness": {name: dict(counts) for name, counts in figures.openness.items()},
    }


def _band(figures: Tally) -> str:
    if figures.best_band == figures.band:
        return figures.band
    return f"{figures.band}; {figures.best_band} if all links answer"


def _share(counts: Counter[str], answer: str) -> str:
    return f"{100 * counts[answer] / max(1, counts.total()):.0f}"


def _table(title: str, first: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(first, overflow="fold")
    return table


def _columns(table: Table, *names: str) -> None:
    for name in names:
        table.add_column(name, justify="right")
