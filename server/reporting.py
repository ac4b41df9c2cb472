"""``jointure report``: a portal in figures, and the values that no code list knows."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import click
import pyoxigraph as ox
from rich.table import Table

from graph.check import chosen
from graph.figures import NONE, Figures, Reporter
from graph.labels import label
from graph.snapshot import Snapshots
from server import console
from server.options import STORE, option

_SHOWN = 15
"""Rows that text shows of a count; JSON has them all."""
_NONE = "(none stated)"

Name = Callable[[str], str]


@click.command("report")
@STORE
@option("--portal", of="REPORT_", help="Only this portal.")
@option(
    "--format",
    "form",
    of="REPORT_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json has every value.",
)
@option(
    "--since",
    of="REPORT_",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day from which what is new and withdrawn counts; a year ago if not given.",
)
def report_command(store: Path, portal: str | None, form: str, since: datetime | None) -> None:
    """The key figures of each portal: organisations, datasets, themes, licences, formats,
    freshness, what is new and withdrawn, and the values that no code list knows."""
    snapshots = Snapshots(store)
    snapshot = snapshots.current()
    today = datetime.now(UTC).date()
    start = since.date() if since else today - timedelta(days=365)
    name = _namer(snapshot.store)
    reports = (
        Reporter(snapshot, snapshots.iris, each).figures(today, start)
        for each in chosen(snapshot, snapshots.iris, portal)
    )
    if form == "json":
        values = [as_json(figures, name) for figures in reports]
        json.dump({"portals": values}, sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
        return
    for figures in reports:
        for table in tables(figures, name):
            console.show(table)


def _namer(store: ox.Store) -> Name:
    @lru_cache(65536)
    def name(iri: str) -> str:
        return label(store, iri) if iri else _NONE

    return name


def as_json(figures: Figures, name: Name) -> dict[str, Any]:
    """The figures as JSON values; each count is a list, most frequent first."""
    counted = {
        title: [
            {"iri": iri, "name": name(iri), "count": count} for iri, count in counts.most_common()
        ]
        for title, counts in _counts(figures).items()
    }
    return {
        "portal": figures.name,
        **dict(_figures(figures)),
        **counted,
        "changed": dict(figures.ages),
        "punctuality": dict(figures.punctuality),
        "issues": dict(figures.issues),
        "unmatched": [
            {"key": key, "value": value, "count": count}
            for (key, value), count in figures.unmatched.most_common()
        ],
    }


def tables(figures: Figures, name: Name) -> Iterator[Table]:
    """The figures as tables."""
    table = Table("figure", title=f"{figures.name}: key figures", title_justify="left")
    table.add_column("", justify="right")
    for title, value in _figures(figures):
        table.add_row(title, str(value))
    for age, count in _ordered(figures.ages, ("30 days", "1 year", "older", "unknown")):
        table.add_row(f"datasets changed: {age}", str(count))
    promises = ("in time", "late", "no interval", "unknown")
    for punctuality, count in _ordered(figures.punctuality, promises):
        table.add_row(f"datasets beside their frequency: {punctuality}", str(count))
    yield table
    for title, counts in _counts(figures).items():
        of = figures.distributions if counts is figures.formats else figures.datasets
        yield _counted(f"{figures.name}: {title}", title, counts, of, name)
    if figures.unmatched:
        yield _unmatched(figures)


def _ordered(counts: Counter[str], names: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    return ((each, counts[each]) for each in names if counts[each])


def _figures(figures: Figures) -> Iterator[tuple[str, int | str]]:
    yield "organisations", len(figures.publishers) - (NONE in figures.publishers)
    yield "datasets", figures.datasets
    yield "services", figures.services
    yield "distributions", figures.distributions
    yield "since", figures.since.isoformat()
    yield "published since", figures.published
    yield "first harvested", figures.first_harvest[:10]
    yield "appeared since, after the first harvest", figures.appeared
    yield "withdrawn since", figures.withdrawn


def _counts(figures: Figures) -> dict[str, Counter[str]]:
    return {
        "publishers": figures.publishers,
        "themes": figures.themes,
        "licences": figures.licences,
        "formats of distributions": figures.formats,
        "frequencies": figures.frequencies,
    }


def _counted(title: str, first: str, counts: Counter[str], of: int, name: Name) -> Table:
    """A count, with the share of all datasets (or distributions), ``of`` which there are."""
    table = Table(first, title=title, title_justify="left")
    table.add_column("count", justify="right")
    table.add_column("%", justify="right")
    for iri, count in counts.most_common(_SHOWN):
        table.add_row(name(iri), str(count), f"{100 * count / max(1, of):.0f}")
    if len(counts) > _SHOWN:
        rest = counts.total() - sum(count for _, count in counts.most_common(_SHOWN))
        table.add_row(f"and {len(counts) - _SHOWN} others", str(rest), "")
    return table


def _unmatched(figures: Figures) -> Table:
    title = f"{figures.name}: values that no code list knows, the most frequent first"
    table = Table("key", "value", title=title, title_justify="left")
    table.add_column("count", justify="right")
    for (key, value), count in figures.unmatched.most_common(_SHOWN):
        table.add_row(key, value, str(count))
    if len(figures.unmatched) > _SHOWN:
        rest = len(figures.unmatched) - _SHOWN
        left = figures.unmatched.total() - sum(n for _, n in figures.unmatched.most_common(_SHOWN))
        table.add_row(f"and {rest} others", "", str(left))
    return table
