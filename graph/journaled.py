"""The writer's quads on disk, and the journal that is told of every change of them."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

from graph.difference import Difference
from graph.frames import LOAD, UPDATE
from graph.journal import Journal, Mark, commits, log_sizes

MEMORY_A_QUAD = 430
"""Bytes that a quad takes in memory: 378 to 430 were measured on harvested graphs."""
_LOGGED_A_QUAD = 256
"""Bytes that a quad takes in RocksDB's log of what is committed: it has six keys there."""


class JournaledStore:
    """An on-disk Oxigraph store and its journal. ``quads`` is to be read alone: what is written
    past this class makes the journal say what is not so."""

    def __init__(self, folder: Path) -> None:
        """Open ``writer/`` and ``journal/`` in the folder. Raises ``OSError`` while another
        process has the store open."""
        self._writer = folder / "writer"
        is_new, committed = not self._writer.exists(), commits(self._writer)
        self.quads = ox.Store(str(self._writer))
        self.journal = Journal(folder / "journal", committed)
        if is_new:
            self.journal.begin(self.quads)

    def load(self, nquads: bytes) -> None:
        """Load N-Quads text in bulk: no transaction."""
        with self._keeping_step():
            self.quads.bulk_load(nquads, ox.RdfFormat.N_QUADS)
            self.journal.append(LOAD, nquads, nquads.count(b"\n"))

    def write(self, difference: Difference) -> None:
        """Write a difference, which holds no blank nodes, as one transaction."""
        text = difference.update()
        with self._keeping_step(is_transaction=True):
            self.quads.update(text)
            self.journal.append(UPDATE, text.encode(), len(difference.new) - len(difference.gone))

    def drop(self, graph: ox.NamedNode) -> None:
        """Take a graph away, whole."""
        with self._keeping_step():
            count = self._count(graph)
            self.quads.remove_graph(graph)
            self.journal.append(UPDATE, f"DROP SILENT GRAPH {graph}".encode(), -count)

    def update(self, text: str, base_iri: str, is_replayable: bool) -> None:
        """Run an update of a user's as one transaction (graph/store.py says more)."""
        logged = self._logged()
        with self._keeping_step(is_transaction=True):
            self.quads.update(text, base_iri=base_iri or None)
            if is_replayable:
                grown = max(0, self._logged() - logged) // _LOGGED_A_QUAD
                base = f"BASE <{base_iri}>\n" if base_iri else ""
                self.journal.append(UPDATE, (base + text).encode(), grown)
            else:
                self.journal.forget()

    @contextmanager
    def _keeping_step(self, is_transaction: bool = False) -> Iterator[None]:
        """While the store and then the journal are written. Where that fails the journal is
        forgotten, unless it was a transaction and nothing is committed."""
        committed = commits(self._writer) if is_transaction else ""
        with self.journal.writing(committed):
            try:
                yield
            except BaseException:
                if not is_transaction or commits(self._writer) != committed:
                    self.journal.forget()
                raise

    def _logged(self) -> int:
        return sum(log_sizes(self._writer).values())

    def _count(self, graph: ox.NamedNode) -> int:
        query = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}"
        solutions = self.quads.query(query)
        assert isinstance(solutions, ox.QuerySolutions)
        return int(next(solutions)["n"].value)

    def mend(self) -> None:
        """Make the journal anew where there is none: 38 us a quad."""
        if self.journal.mark is None:
            self.journal.begin(self.quads)

    def shorten(self) -> None:
        """Begin a new generation of the journal where it is long, with a dump of the store: from
        memory, where there is room for what the journal says, else from disk."""
        mark = self.journal.mark
        if mark is not None and self.journal.is_long():
            self.journal.begin(self.journal.replayed() if _fits(mark) else self.quads)

    def close(self) -> None:
        """Give the lock up."""
        self.journal.close()
        del self.quads


def _fits(mark: Mark) -> bool:
    """Whether half of the memory that is available holds a store."""
    if resource.getrlimit(resource.RLIMIT_DATA)[0] != resource.RLIM_INFINITY:
        return False  # a process that is kept small, as the one that writes for a server
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return False
    available = next((line.split()[1] for line in lines if "MemAvailable" in line), "0")
    return mark.quads * MEMORY_A_QUAD < int(available) * 1024 // 2
