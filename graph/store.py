"""The writer: one on-disk Oxigraph store, of one base, changed by difference, published whole."""

import threading
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from graph import places
from graph.difference import (
    NAMES,
    VERSION_INFO,
    Change,
    Description,
    Difference,
    Entry,
    Withdrawal,
    Written,
    missing,
    parsed,
    redescribed,
)
from graph.folder import holder, note_holder, release, settle_base
from graph.held import held, orphans
from graph.iris import Iris
from graph.journaled import JournaledStore
from graph.provenance import Run
from graph.publication import Publication
from graph.register import Register
from graph.tombstone import tombstone
from vocab.errors import ConfigError

SHARED_GRAPHS = frozenset({"agents", "places", "vocab", "quality", "provenance"})
"""The names of the graphs that are no portal's."""
_REGISTER = "register.sqlite"
_DOUBT = "register.doubtful"
_BATCH = 50_000
"""Quads changed in one transaction at the most, so that memory stays bounded."""


class GraphStore:
    """The store folder: ``writer/`` (RocksDB), ``published/N/`` and ``current``, a link to one."""

    def __init__(self, folder: Path, base: str | None = None) -> None:
        """Open for writing, made where it is not there. Raises ``ConfigError`` for another base
        than the one it was made with, or while another process writes to it."""
        self.folder = folder
        self.iris = Iris(settle_base(folder, base))
        self._writing = threading.Lock()
        is_old = (folder / "writer").exists()
        try:
            self._journaled = JournaledStore(folder)
        except OSError as error:
            what = f"the store {folder} cannot be opened for writing: {holder(folder)} ({error})"
            raise ConfigError(what) from error
        self._store = self._journaled.quads
        note_holder(folder)
        self._publication = Publication(folder)
        self._doubt = folder / _DOUBT
        if self._publication.has_content or (is_old and not (folder / _REGISTER).exists()):
            self._doubt.touch()
        if self._doubt.exists():  # it may be broken: its writing is not made safe against a kill
            (folder / _REGISTER).unlink(missing_ok=True)
        self._register = Register(folder / _REGISTER)

    def digests(self, portal: str) -> dict[str, str]:
        """The digest of a portal's catalogue and of each of its datasets, by their IRIs."""
        with self._writing:
            return self._register.digests(self.iris.catalog(portal))

    def load(self, portal: str, nquads: bytes, entries: Iterable[Entry] = ()) -> None:
        """Load a chunk of N-Quads in bulk: fast, its memory that of the chunk, no transaction."""
        with self._writing:
            self._publication.note()
            self._register.put(self.iris.catalog(portal), entries)
        self._journaled.load(nquads)

    def recover(self, anew: bool = False, dry: bool = False) -> list[str]:
        """Put right what a killed process left; the portals whose first load it was.

        A load writes its catalogue last: a graph without it is a part, and never to be published.
        The register is made anew where it may not say what the store holds, or ``anew`` asks.
        The journal is made anew where there is none, or it is long: 38 us a quad. A ``dry``
        recovery makes the register alone.
        """
        under, graphs = self.iris.graph(""), self.graph_names()
        names = {name.removeprefix(under) for name in graphs if name.startswith(under)}
        whole = [name for name in sorted(names - SHARED_GRAPHS) if self._is_whole(name)]
        unfinished = self._unfinished(names - SHARED_GRAPHS - set(whole))
        for name in () if dry else unfinished:
            self.clear(name)
        if self._doubt.exists() or anew:
            self._register.rebuild(self._store, self.iris, whole)
            self._doubt.unlink(missing_ok=True)
        if not dry:
            with self._writing:
                self._journaled.mend()
                self._journaled.shorten()
        return unfinished

    def _is_whole(self, portal: str, store: ox.Store | None = None) -> bool:
        """Whether a graph has the catalogue of its name, as a whole load leaves it."""
        catalog = ox.NamedNode(self.iris.catalog(portal))
        graph = ox.NamedNode(self.iris.graph(portal))
        marks = (store or self._store).quads_for_pattern(catalog, VERSION_INFO, None, graph)
        return next(marks, None) is not None

    def _unfinished(self, names: set[str]) -> list[str]:
        """Those of the graphs without a catalogue that are parts of a first load, which was never
        published; the others are users' own."""
        if not names or (not self._publication.has_content and not self._doubt.exists()):
            return []
        if not self.has_published():
            return sorted(names)
        published = ox.Store.read_only(str(self.folder / "current" / "store"))
        return [
            name
            for name in sorted(names)
            if not published.contains_named_graph(ox.NamedNode(self.iris.graph(name)))
            or self._is_whole(name, published)
        ]

    def write_concepts(self, quads: Iterable[ox.Quad]) -> int:
        """Write what our code lists say to the graph ``vocab``, as a difference; how many quads."""
        graph = ox.NamedNode(self.iris.graph("vocab"))
        wanted = {ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads}
        held = {
            quad
            for subject in {quad.subject for quad in wanted}
            for quad in self._store.quads_for_pattern(subject, None, None, graph)
        }
        return self._write(Difference(list(held - wanted), list(wanted - held)))

    def hold_places(self) -> int:
        """Load the code officiel géographique into ``graph/places``, where another vintage of it,
        or none, is there; how many quads. The note of its version is written last: a process that
        is killed before leaves a part, which the next one replaces."""
        graph, version = ox.NamedNode(self.iris.graph("places")), places.version()
        note = ox.Quad(graph, ox.NamedNode(places.VERSION_INFO), ox.Literal(version), graph)
        with self._writing:
            if note in self._store:
                return 0
            self._publication.note()
            self._journaled.drop(graph)
            lines = list(places.nquads(self.iris))
            self._journaled.load("".join(lines).encode())
            self._journaled.write(Difference(new=[note]))
        return len(lines) + 1

    def clear(self, portal: str) -> None:
        """Take a portal's graph away, whole."""
        with self._writing:
            self._publication.note()
            self._register.clear(self.iris.catalog(portal))
            self._journaled.drop(ox.NamedNode(self.iris.graph(portal)))

    def replace(self, name: str, chunks: Iterable[bytes]) -> None:
        """Make a shared graph that is derived anew from chunks of N-Quads. Where that is cut
        short, a part of it is left: the reader sees by its last line whether it is whole."""
        graph = ox.NamedNode(self.iris.graph(name))
        with self._writing:
            self._publication.note()
            self._journaled.drop(graph)
            for chunk in chunks:
                self._journaled.load(chunk)

    def apply(self, portal: str, change: Change) -> Written:
        """Write the difference between what is held of a portal and ``change``.

        One transaction, or several of at most 50,000 quads and one resource's more; a process
        killed between two leaves resources that are whole, and the next harvest goes on. One
        thread writes at a time.
        """
        name, quads, same = ox.NamedNode(self.iris.graph(portal)), 0, set[str]()
        with self._writing:
            difference = self._of_shared(parsed(change.shared))
            for root, description in change.descriptions:
                step, is_other = self._step(root, description, name, change.withdrawal)
                if not is_other:
                    same.add(root)
                if step:
                    self._note(portal, root, description)
                difference += step
                if len(difference) > _BATCH:
                    quads += self._commit(name, difference)
                    difference = Difference()
            return Written(quads + self._commit(name, difference), frozenset(same))

    def _step(
        self,
        root: str,
        description: Description | None,
        graph: ox.NamedNode,
        withdrawal: Withdrawal | None,
    ) -> tuple[Difference, bool]:
        """What one resource's description changes, and whether it says anything else."""
        said = set(held(self._store, self.iris, root, graph))
        if description is not None:
            return redescribed(self._store, said, description)
        stays = self._remains(root, said, graph, withdrawal)
        return Difference(list(said - stays), list(stays - said)), True

    def _note(self, portal: str, root: str, description: Description | None) -> None:
        self._publication.note()
        if description is None:
            self._register.remove(root)
        elif description.entry is not None:
            self._register.put(self.iris.catalog(portal), [description.entry])

    def _remains(
        self, root: str, held: set[ox.Quad], graph: ox.NamedNode, withdrawal: Withdrawal | None
    ) -> set[ox.Quad]:
        if withdrawal is None or not held:
            return set()
        return tombstone(self.iris, root, held, graph, withdrawal)

    def note_run(self, run: Run) -> None:
        """Write a run to the graph provenance: published, but no part of what is indexed."""
        with self._writing:
            self._publication.note_runs()
            self._journaled.load(run.nquads(self.iris))

    def _commit(self, graph: ox.NamedNode, difference: Difference) -> int:
        difference.gone += list(orphans(self._store, self.iris, graph, difference))
        return self._write(difference)

    def _write(self, difference: Difference) -> int:
        if len(difference):
            self._publication.note()
            self._journaled.write(difference)
        return len(difference)

    def _of_shared(self, wanted: set[ox.Quad]) -> Difference:
        """What is new in the shared graphs; a name that is written replaces the one held."""
        names = {
            (quad.subject, quad.predicate, quad.graph_name): quad
            for quad in wanted
            if quad.predicate in NAMES
        }
        held = {
            quad
            for subject, predicate, graph in names
            for quad in self._store.quads_for_pattern(subject, predicate, None, graph)
        }
        return Difference(list(held - wanted), missing(self._store, wanted - held))

    def update(self, text: str, base_iri: str, *, is_replayable: bool) -> None:
        """Run a user's update (SPARQL 1.1 Update), which the caller has checked, as one
        transaction; no part of what is indexed. Without ``base_iri`` relative IRIs are errors.

        ``is_replayable`` says that the quads held and the text alone determine what comes of it,
        but for the names of blank nodes: no NOW, RAND, UUID, STRUUID, LOAD or SERVICE, and nothing
        that depends on the order of solutions (LIMIT, OFFSET, SAMPLE, GROUP_CONCAT). Where it is
        not the journal is forgotten: the next harvest makes one. Raises what pyoxigraph raises:
        ``SyntaxError``, ``RuntimeError``, ``OSError``; nothing is written then.
        """
        with self._writing:
            self._publication.note_updates()
            self._journaled.update(text, base_iri, is_replayable)

    def graph_names(self) -> frozenset[str]:
        """The IRIs of the named graphs that are held, or empty but there."""
        graphs = self._store.named_graphs()
        return frozenset(graph.value for graph in graphs if isinstance(graph, ox.NamedNode))

    def has_graph(self, iri: str) -> bool:
        """Whether there is a graph of this IRI, which may be empty. Raises ``ValueError`` where it
        is no IRI."""
        return self._store.contains_named_graph(ox.NamedNode(iri))

    def has_unpublished(self) -> bool:
        """Whether something was written since the last publication, by this process or another
        that was killed."""
        return self._publication.is_due

    def is_half_harvested(self) -> bool:
        """Whether a harvest was killed before it published what it wrote: to publish now would
        show half of it."""
        return self._publication.has_content

    def has_published(self) -> bool:
        """Whether there is a snapshot to serve."""
        return self._publication.has_published

    def close(self) -> None:
        """Give the lock up, for the process's own readers and for other writers."""
        self._register.close()
        del self._store
        self._journaled.close()
        release(self.folder)

    def publish(self) -> int:
        """Make what is written the current snapshot; its number."""
        with self._writing:
            if self._publication.has_content:
                self._journaled.shorten()
            journal = self._journaled.journal
            return self._publication.publish(
                self._store.backup, self._register.publish, journal.publish
            )
