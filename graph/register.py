"""The writer's register of records: their digests, and what lists show of them.

A SQLite file beside the writer, kept as the store is written: to read as much from the store takes
forty microseconds a statement, to publish it takes a copy. It is derived: whenever the store was
written and not published (a process was killed), it is made anew from what the store holds.
"""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pyoxigraph as ox

from graph.difference import VERSION_INFO, Entry
from graph.iris import Iris
from vocab.codelist import fold

_SCHEMA = """
CREATE TABLE IF NOT EXISTS catalog (
    iri TEXT PRIMARY KEY, title TEXT, description TEXT, digest TEXT, issues INTEGER);
CREATE TABLE IF NOT EXISTS dataset (
    iri TEXT PRIMARY KEY, catalog TEXT, sort TEXT, title TEXT, modified TEXT, digest TEXT,
    issues INTEGER, membership TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_title ON dataset (catalog, sort, iri);
"""
_TOTALS = """
CREATE TABLE total AS
    SELECT catalog.iri AS catalog, count(dataset.iri) AS datasets,
        ifnull(sum(dataset.issues), 0) + catalog.issues AS issues
    FROM catalog
    LEFT JOIN dataset ON dataset.catalog = catalog.iri AND dataset.membership = 'dataset'
    GROUP BY catalog.iri;
"""
_DCAT, _DCT = "http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/"
_RECORD = ox.NamedNode(_DCAT + "record")
_DATASET = ox.NamedNode(_DCAT + "dataset")
_RESULT = ox.NamedNode("http://www.w3.org/ns/shacl#result")


class Register:
    """The register in a file. One thread at a time uses it: the store's lock sees to that."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database = sqlite3.connect(path, check_same_thread=False)
        self._database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        self._database.executescript(_SCHEMA)

    def put(self, catalog: str, entries: Iterable[Entry]) -> None:
        """Hold entries of a catalogue, in the place of those with the same IRI."""
        datasets = []
        for entry in entries:
            if entry.iri == catalog:
                kept = (entry.iri, entry.title, entry.description, entry.digest, entry.issues)
                self._database.execute("INSERT OR REPLACE INTO catalog VALUES (?,?,?,?,?)", kept)
            else:
                iri, digest, title, issues, modified, _, membership = entry
                row = (iri, catalog, fold(title), title, modified, digest, issues, membership)
                datasets.append(row)
        query = "INSERT OR REPLACE INTO dataset VALUES (?,?,?,?,?,?,?,?)"
        self._database.executemany(query, datasets)

    def remove(self, iri: str) -> None:
        """Let a dataset go."""
        self._database.execute("DELETE FROM dataset WHERE iri = ?", (iri,))

    def clear(self, catalog: str) -> None:
        """Let a catalogue go, with its datasets."""
        self._database.execute("DELETE FROM dataset WHERE catalog = ?", (catalog,))
        self._database.execute("DELETE FROM catalog WHERE iri = ?", (catalog,))

    def digests(self, catalog: str) -> dict[str, str]:
        """The digest of a catalogue and of each of its datasets, by IRI."""
        found = self._database.execute("SELECT iri, digest FROM catalog WHERE iri = ?", (catalog,))
        digests = dict(found.fetchall())
        query = "SELECT iri, digest FROM dataset WHERE catalog = ?"
        return digests | dict(self._database.execute(query, (catalog,)).fetchall())

    def publish(self, path: Path) -> None:
        """Write the register as it is to ``path``, with the totals of each catalogue."""
        self._database.commit()
        shutil.copyfile(self._path, path)
        with closing(sqlite3.connect(path)) as database:
            database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TOTALS)

    def rebuild(self, store: ox.Store, iris: Iris, graphs: Iterable[str]) -> None:
        """Make the register anew from what the graphs of the portals hold."""
        self._database.execute("DELETE FROM catalog")
        self._database.execute("DELETE FROM dataset")
        for name in graphs:
            self.put(iris.catalog(name), _entries(store, iris, name))
        self._database.commit()

    def close(self) -> None:
        """Keep what was put."""
        self._database.commit()
        self._database.close()


def _entries(store: ox.Store, iris: Iris, name: str) -> Iterator[Entry]:
    """The entries of a portal's graph: its catalogue, and the datasets that the catalogue lists."""
    graph, catalog = ox.NamedNode(iris.graph(name)), iris.catalog(name)
    digests = dict(_values(store, graph, VERSION_INFO))
    issues = Counter(iri for iri, _ in _values(store, graph, _RESULT))
    titles = dict(_values(store, graph, ox.NamedNode(_DCT + "title"), language="fr"))
    modified = dict(_values(store, graph, ox.NamedNode(_DCT + "modified")))
    about = dict(_values(store, graph, ox.NamedNode(_DCT + "description"), subject=catalog))
    yield Entry(
        catalog,
        digests.get(catalog, ""),
        titles.get(catalog, catalog),
        issues[catalog],
        description=about.get(catalog, ""),
    )
    datasets = {iri for _, iri in _values(store, graph, _DATASET)}
    for _, record in _values(store, graph, _RECORD):
        iri = record.removesuffix("/record")
        yield Entry(
            iri,
            digests.get(record, ""),
            titles.get(iri, iri),
            issues[record],
            modified.get(iri, ""),
            membership="dataset" if iri in datasets else "service",
        )


def _values(
    store: ox.Store,
    graph: ox.NamedNode,
    predicate: ox.NamedNode,
    subject: str = "",
    language: str = "",
) -> list[tuple[str, str]]:
    """Subjects and values of a predicate; those in ``language`` come last, to win in a dict."""
    of = ox.NamedNode(subject) if subject else None
    found = sorted(
        store.quads_for_pattern(of, predicate, None, graph),
        key=lambda quad: bool(language) and getattr(quad.object, "language", "") == language,
    )
    return [
        (quad.subject.value, quad.object.value)
        for quad in found
        if isinstance(quad.subject, ox.NamedNode)
        and isinstance(quad.object, ox.NamedNode | ox.Literal)
    ]
