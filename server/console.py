"""What the commands show: progress on a terminal, plain lines elsewhere, and tables."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

import pyoxigraph as ox
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

_OUT = Console(highlight=False)
if not _OUT.is_terminal:
    _OUT = Console(highlight=False, width=200)  # a file or a pipe cuts no line
_ERR = Console(stderr=True, highlight=False)
if not _ERR.is_terminal:
    _ERR = Console(stderr=True, highlight=False, width=200)


_EVERY = 10.0
"""Seconds between two plain lines of one portal."""


class _Named(Protocol):
    @property
    def name(self) -> str: ...


class HarvestProgress:
    """The records walked so far, their rate, and what remains where a portal announces how many it
    has: a bar a portal on a terminal, plain lines elsewhere. Portals are harvested in threads."""

    def __init__(self) -> None:
        columns = (
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"), TimeElapsedColumn(), TimeRemainingColumn(),
        )  # fmt: skip
        self._progress = Progress(*columns, console=_ERR, disable=not _ERR.is_terminal)
        self._tasks: dict[str, TaskID] = {}
        self._walks: dict[str, _Walk] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def walked(self, portal: _Named, count: int, total: int | None) -> None:
        """``count`` records of the portal were walked, of ``total`` where that is known."""
        walk = self._walks.setdefault(portal.name, _Walk())
        walk.count, walk.total = count, total
        now = time.monotonic()
        if now - walk.shown < (_EVERY if self._progress.disable else 0.1):
            return
        walk.shown = now
        if self._progress.disable:
            _ERR.print(f"{portal.name}: {walk}")
            return
        if portal.name not in self._tasks:
            self._tasks[portal.name] = self._progress.add_task(portal.name, total=None, rate="")
        task = self._tasks[portal.name]
        self._progress.update(task, completed=count, total=total, rate=f"{walk.rate:.0f}/s")

    def ended(self, name: str) -> None:
        """The portal's harvest ended."""
        walk = self._walks.get(name, _Walk())
        if self._progress.disable:
            _ERR.print(f"{name}: {walk.count} records, {walk.rate:.0f}/s, done")
        if (task := self._tasks.get(name)) is not None:
            self._progress.update(task, completed=walk.count, total=walk.count)


@dataclass
class _Walk:
    """How far the walk of a portal is; ``shown`` is when that was last said."""

    began: float = field(default_factory=time.monotonic)
    shown: float = field(default_factory=time.monotonic)
    count: int = 0
    total: int | None = None

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.count / max(0.001, time.monotonic() - self.began)

    def __str__(self) -> str:
        if self.total is None:
            return f"{self.count} records, {self.rate:.0f}/s"
        left = max(0, self.total - self.count) / max(0.001, self.rate)
        return f"{self.count} of {self.total} records, {self.rate:.0f}/s, {left:.0f} s remain"


def show(table: Table) -> None:
    """Print a table."""
    _OUT.print(table)


def show_outcomes(outcomes: Iterable[Any], dry_run: bool) -> None:
    """The summary of a harvest: a row a portal."""
    table = Table(title="What would change" if dry_run else "Harvested", title_justify="left")
    table.add_column("portal", no_wrap=True)
    for name in ("added", "changed", "removed", "unchanged", "quads written"):
        table.add_column(name, justify="right")
    table.add_column("seconds", justify="right")
    table.add_column("issues")
    for each in outcomes:
        issues = ", ".join(f"{count} {kind}" for kind, count in sorted(each.issues.items()))
        counts = (each.added, each.changed, each.removed, each.unchanged, each.quads)
        shown = ["–"] * len(counts) if each.error else [str(count) for count in counts]
        said = "failed: see above" if each.error else issues
        table.add_row(each.portal, *shown, f"{each.seconds:.1f}", said)
    _OUT.print(table)


def show_portals(
    portals: Iterable[tuple[str, str, str, str]],
    counts: Mapping[str, tuple[int, int]],
    harvests: Mapping[str, str],
) -> None:
    """The registry: a row a portal, with the datasets and issues published and the last harvest."""
    table = Table()
    for name in ("portal", "type", "address", "title"):
        table.add_column(name, no_wrap=name == "portal", overflow="fold")
    for name in ("datasets", "issues"):
        table.add_column(name, justify="right")
    table.add_column("last harvest", no_wrap=True)
    for row in portals:
        datasets, issues = counts.get(row[0], ("–", "–"))
        table.add_row(*row, str(datasets), str(issues), harvests.get(row[0], "–"))
    _OUT.print(table)


def show_results(
    results: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, prefixes: Mapping[str, str]
) -> None:
    """Query results as a table: solutions, triples, or yes and no."""
    if isinstance(results, ox.QueryBoolean):
        _OUT.print("true" if results else "false")
        return
    table = Table()
    if isinstance(results, ox.QueryTriples):
        for name in ("subject", "predicate", "object"):
            table.add_column(name)
        for triple in results:
            table.add_row(*(_shown(term, prefixes) for term in triple))
    else:
        for variable in results.variables:
            table.add_column(variable.value)
        for solution in results:
            table.add_row(*(_shown(term, prefixes) for term in solution))
    _OUT.print(table)
    _OUT.print(f"{table.row_count} rows", style="dim")


def _shown(term: object, prefixes: Mapping[str, str]) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        for name, space in prefixes.items():
            local = term.value.removeprefix(space)
            if local != term.value and "/" not in local:
                return f"{name}:{local}"
        return term.value
    return term.value if isinstance(term, ox.Literal) else str(term)
