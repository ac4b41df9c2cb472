"""The ordered index of a snapshot: pages list and sort from it, never by SPARQL.

One SQLite file beside the snapshot's store (graph/register.py writes it). It finds IRIs in order;
the store says the rest.
"""

import sqlite3
import threading
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

_CATALOGS = """
SELECT iri, title, description, datasets, total.issues
FROM catalog JOIN total ON total.catalog = catalog.iri"""
_DATASETS = """
SELECT title, iri, modified FROM dataset WHERE catalog = ? AND membership = 'dataset'
ORDER BY sort, iri LIMIT ? OFFSET ?"""


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
        return [CatalogRow(*row) for row in self._all(f"{_CATALOGS} ORDER BY datasets DESC, iri")]

    def catalog(self, iri: str) -> CatalogRow | None:
        """One catalogue."""
        rows = self._all(f"{_CATALOGS} WHERE iri = ?", iri)
        return next((CatalogRow(*row) for row in rows), None)

    def datasets(self, catalog: str, page: int, size: int) -> list[DatasetRow]:
        """Page ``page`` (from 1) of a catalogue's datasets, ``size`` each, by folded title."""
        rows = self._all(_DATASETS, catalog, size, (page - 1) * size)
        return [DatasetRow(*row) for row in rows]

    def roots(self, catalog: str) -> list[tuple[str, str]]:
        """All that a catalogue lists, in the order of IRIs: each one's IRI, and the term by which
        it is listed (dataset, service)."""
        rows = self._all(
            "SELECT iri, membership FROM dataset WHERE catalog = ? ORDER BY iri", catalog
        )
        return [(iri, membership) for iri, membership in rows]

    def _all(self, query: str, *values: str | int) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._database.execute(query, values).fetchall()
