"""The ordered index of a snapshot: pages list and sort from it, never by SPARQL.

One SQLite file beside the snapshot's store. It finds IRIs in order; the store says the rest.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pyoxigraph as ox

from vocab.codelist import fold

_SCHEMA = """
CREATE TABLE catalog (iri TEXT PRIMARY KEY, title TEXT, description TEXT, datasets INTEGER,
    issues INTEGER);
CREATE TABLE dataset (catalog TEXT, sort TEXT, title TEXT, iri TEXT, modified TEXT);
CREATE INDEX by_title ON dataset (catalog, sort, iri);
"""
_CATALOGS = """
PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dct: <http://purl.org/dc/terms/>
SELECT ?catalog (SAMPLE(?t) AS ?title) (SAMPLE(?d) AS ?description)
WHERE { ?catalog a dcat:Catalog ; dct:title ?t ; dct:description ?d } GROUP BY ?catalog"""
_TITLES = """
PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dct: <http://purl.org/dc/terms/>
SELECT ?catalog ?dataset ?title
WHERE { ?catalog dcat:dataset ?dataset . ?dataset dct:title ?title }"""
_MODIFIED = """
PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dct: <http://purl.org/dc/terms/>
SELECT ?dataset ?modified
WHERE { ?catalog dcat:dataset ?dataset . ?dataset dct:modified ?modified }"""
_ISSUES = """
PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT ?catalog (COUNT(*) AS ?n)
WHERE { ?catalog (dcat:record?)/sh:result ?issue . ?catalog a dcat:Catalog } GROUP BY ?catalog"""


class CatalogRow(NamedTuple):
    """A catalogue of the snapshot: ``datasets`` and ``issues`` are counts."""

    iri: str
    title: str
    description: str
    datasets: int
    issues: int


class DatasetRow(NamedTuple):
    """A dataset of a catalogue, in the order of the catalogue's page."""

    title: str
    iri: str
    modified: str


def build(path: Path, store: ox.Store) -> None:
    """Write the index of what ``store`` holds."""
    issues = {row[0]: int(row[1]) for row in _rows(store, _ISSUES)}
    # Two joins of two patterns take half the time of one with an OPTIONAL.
    titles = {row[:2]: row[2] for row in _rows(store, _TITLES)}
    modified: dict[str, str] = {}
    for dataset, moment in _rows(store, _MODIFIED):
        modified[dataset] = max(moment, modified.get(dataset, ""))
    with closing(sqlite3.connect(path)) as database:
        database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
        database.executemany(
            "INSERT INTO dataset VALUES (?, ?, ?, ?, ?)",
            (
                (catalog, fold(title), title, dataset, modified.get(dataset, ""))
                for (catalog, dataset), title in titles.items()
            ),
        )
        counts = dict(database.execute("SELECT catalog, count(*) FROM dataset GROUP BY catalog"))
        database.executemany(
            "INSERT INTO catalog VALUES (?, ?, ?, ?, ?)",
            (
                (row[0], row[1], row[2], counts.get(row[0], 0), issues.get(row[0], 0))
                for row in _rows(store, _CATALOGS)
            ),
        )
        database.commit()


def _rows(store: ox.Store, query: str) -> Iterator[tuple[str, ...]]:
    solutions = store.query(query, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    for solution in solutions:
        yield tuple("" if value is None else _text(value) for value in solution)


def _text(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return str(term) if isinstance(term, ox.Triple) else term.value


class Index:
    """Read a snapshot's index.

    One connection, held as long as the snapshot is: the file may be swept away meanwhile.
    """

    def __init__(self, path: Path) -> None:
        address = f"file:{quote(str(path))}?mode=ro&immutable=1"
        self._database = sqlite3.connect(address, uri=True, check_same_thread=False)
        self._lock = threading.Lock()
        self._database.execute("SELECT 1 FROM catalog")  # opens the file now

    def __del__(self) -> None:
        if database := getattr(self, "_database", None):
            database.close()

    def catalogs(self) -> list[CatalogRow]:
        """The catalogues, most datasets first."""
        query = "SELECT iri, title, description, datasets, issues FROM catalog"
        return [CatalogRow(*row) for row in self._all(f"{query} ORDER BY datasets DESC, iri")]

    def catalog(self, iri: str) -> CatalogRow | None:
        """One catalogue."""
        query = "SELECT iri, title, description, datasets, issues FROM catalog WHERE iri = ?"
        return next((CatalogRow(*row) for row in self._all(query, iri)), None)

    def datasets(self, catalog: str, page: int, size: int) -> list[DatasetRow]:
        """Page ``page`` (from 1) of a catalogue's datasets, ``size`` each, by folded title."""
        query = "SELECT title, iri, modified FROM dataset WHERE catalog = ? ORDER BY sort, iri"
        rows = self._all(f"{query} LIMIT ? OFFSET ?", catalog, size, (page - 1) * size)
        return [DatasetRow(*row) for row in rows]

    def _all(self, query: str, *values: str | int) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._database.execute(query, values).fetchall()
