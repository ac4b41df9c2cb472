"""The check of a published snapshot: portal by portal, in at most two processes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import pyoxigraph as ox

from graph.checking import Batch, Checked, Checker, Rule
from graph.iris import Iris
from graph.snapshot import Snapshot
from vocab.errors import ConfigError

PROCESSES = 2
_SIZE = 500
"""Roots that a process is given at a time."""
_FEW = 2_000
"""Roots that this process checks alone sooner than others start."""

Answers = Mapping[str, bool]
_Task = tuple[str, list[tuple[str, str]]]


@dataclass
class PortalCheck:
    """What the check found of a portal: each dataset, and by rule how many findings, of how many
    descriptions."""

    name: str
    datasets: list[Checked] = field(default_factory=list)
    findings: Counter[Rule] = field(default_factory=Counter)
    concerned: Counter[Rule] = field(default_factory=Counter)

    def add(self, batch: Batch) -> None:
        """Take in what was found of some of the portal's descriptions."""
        self.datasets += batch.checked
        self.findings += batch.findings
        self.concerned += batch.concerned


def check(
    snapshot: Snapshot,
    iris: Iris,
    portal: str | None = None,
    answers: Answers | None = None,
    processes: int = PROCESSES,
) -> list[PortalCheck]:
    """Check all that a snapshot lists, or what one portal lists; the portals by name.

    ``answers``: by link (``<iri>``), whether it answered. Raises ``ConfigError`` for a portal that
    the snapshot does not hold.
    """
    tasks = list(_tasks(snapshot, iris, chosen(snapshot, iris, portal)))
    found: dict[str, PortalCheck] = {}
    for batch in _batches(snapshot, iris, tasks, answers, processes):
        found.setdefault(batch.portal, PortalCheck(batch.portal)).add(batch)
    return [found[name] for name in sorted(found)]


def chosen(snapshot: Snapshot, iris: Iris, portal: str | None) -> list[str]:
    """The names of the portals that a snapshot holds, or the one that is asked for.

    Raises ``ConfigError`` where it is not held.
    """
    prefix = iris.catalog("")
    held = sorted(row.iri.removeprefix(prefix) for row in snapshot.index.catalogs())
    if portal is None:
        return held
    if portal not in held:
        raise ConfigError(f"the store holds no portal {portal!r}; held: {', '.join(held)}")
    return [portal]


def _tasks(snapshot: Snapshot, iris: Iris, portals: Iterable[str]) -> Iterator[_Task]:
    for portal in portals:
        catalog = iris.catalog(portal)
        roots = [(catalog, "catalog"), *snapshot.index.roots(catalog)]
        for first in range(0, len(roots), _SIZE):
            yield portal, roots[first : first + _SIZE]


def _batches(
    snapshot: Snapshot,
    iris: Iris,
    tasks: Sequence[_Task],
    answers: Answers | None,
    processes: int,
) -> Iterator[Batch]:
    """The batches, in the order of the tasks. The processes are spawned, not forked: a store that
    is open has threads."""
    if processes < 2 or sum(len(roots) for _, roots in tasks) <= _FEW:
        checker = Checker(snapshot.store, iris.base, answers)
        yield from (checker.batch(portal, roots) for portal, roots in tasks)
        return
    settings = (snapshot.folder, iris.base, answers)
    with ProcessPoolExecutor(processes, get_context("spawn"), _open, settings) as pool:
        yield from pool.map(_batch, tasks)


_checkers: list[Checker] = []
"""In a process of the pool: its checker."""


def _open(folder: Path, base: str, answers: Answers | None) -> None:
    _checkers.append(Checker(ox.Store.read_only(str(folder / "store")), base, answers))


def _batch(task: _Task) -> Batch:
    return _checkers[0].batch(*task)
