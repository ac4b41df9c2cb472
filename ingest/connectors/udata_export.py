"""The CSV exports of a udata portal, joined: each dataset in the shape that the API gives it."""

import csv
import gzip
import io
import json
import re
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from operator import itemgetter
from typing import Any, BinaryIO
from urllib.parse import quote

from graph.issues import Issue
from ingest.answer import Answer
from ingest.connectors.udata_entry import BLANK_NODE, Entries

_LARGEST_FIELD = 1 << 27
"""Characters; descriptions of 1.7 million have been seen."""
_SEPARATORS = ";,\t|"
_BETWEEN = re.compile(r",(?! )")
"""Names are joined by commas; one before a space is a name's own (« Chinon, Vienne et Loire »)."""
_BLANK = re.compile(r"n[0-9a-f]{32}")
_LEAST = 0.95
"""The share of what is announced that has to come: an export is some hours older than the API."""
_GZIP = b"\x1f\x8b"

Payload = dict[str, Any]
Row = Payload | Issue


class Export:
    """One export of a portal: of its datasets, and of their resources and organisations where
    those are at hand. ``columns`` are the tables ``[columns]`` of ``udata.toml``, ``root`` is the
    portal's address."""

    def __init__(
        self,
        root: str,
        columns: Mapping[str, Any],
        entries: Entries,
        datasets: Answer,
        resources: Answer | None = None,
        organizations: Answer | None = None,
    ) -> None:
        self._root = root
        self._columns = columns
        self._entries = entries
        self._datasets = datasets
        self._resources = resources
        self._organizations = organizations
        self._live = self._counted = self._joined = 0

    def entries(self) -> Iterator[Row]:
        """Every dataset, in the memory of one; an ``Issue`` in the place of a row that is none.

        Raises ``SourceError`` for what is no CSV, lacks a column, or is cut off.
        """
        bodies: dict[str, Payload] = {}
        if self._organizations is not None:
            for body in self._rows("organizations", self._organizations, "id"):
                if isinstance(body, Issue):
                    yield body
                else:
                    bodies[body.pop("id", "")] = body
        if self._resources is None:
            yield from self._with_bodies(bodies)
            return
        # SQLite keeps a database without a name in a file of its own, and takes it away again.
        with closing(sqlite3.connect("")) as database:
            yield from self._keep_resources(database, self._resources)
            for entry in self._with_bodies(bodies):
                if not isinstance(entry, Issue):
                    self._join(database, entry)
                yield entry
            [(kept,)] = database.execute("SELECT COUNT(*) FROM resource")
            if kept > self._joined:
                message = "resources.csv: of datasets that are not in datasets.csv; left out"
                yield Issue("missing", "dataset.id", str(kept - self._joined), message)

    def prove(self, announced: int = 0) -> None:
        """Raises ``SourceError`` where much less came than the portal announces.

        ``announced`` is how many datasets the API lists, which are those that are not archived.
        """
        if self._live < _LEAST * announced:
            what = f"{announced} datasets announced by the API, {self._live} live ones received"
            raise self._datasets.error(what)
        if self._resources is not None and self._joined < _LEAST * self._counted:
            what = f"{self._counted} resources counted in the datasets, {self._joined} received"
            raise self._resources.error(what)

    def _rows(self, name: str, answer: Answer, *required: str) -> Iterator[Row]:
        return _rows(name, answer, self._columns[name], required)

    def _with_bodies(self, bodies: Mapping[str, Payload]) -> Iterator[Row]:
        for entry in self._rows("datasets", self._datasets, "id", "title"):
            if not isinstance(entry, Issue):
                self._live += "archived" not in entry
                self._counted += entry.get("resources_count", 0)
                body = entry.get("organization")
                if body and (more := bodies.get(body.get("id", ""))):
                    body.update(more)
            yield entry

    def _keep_resources(self, database: sqlite3.Connection, answer: Answer) -> Iterator[Issue]:
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("CREATE TABLE resource (dataset TEXT, content TEXT)")
        for entry in self._rows("resources", answer, "dataset.id", "url"):
            if isinstance(entry, Issue):
                yield entry
                continue
            dataset = entry.pop("dataset", {}).get("id", "")
            if name := entry.get("id"):
                # The export leaves out the permanent link, which the API makes of the id.
                entry["latest"] = f"{self._root}/api/1/datasets/r/{quote(name, safe='')}"
            content = json.dumps(self._entries.steady_resource(entry))
            database.execute("INSERT INTO resource VALUES (?, ?)", (dataset, content))
        database.execute("CREATE INDEX of_dataset ON resource (dataset)")

    def _join(self, database: sqlite3.Connection, entry: Payload) -> None:
        query = "SELECT content FROM resource WHERE dataset = ? ORDER BY rowid"
        found = [json.loads(row) for (row,) in database.execute(query, (entry.get("id", ""),))]
        self._joined += len(found)
        entry.pop("resources_formats", None)
        entry["resources"] = found


def _rows(
    name: str, answer: Answer, known: Mapping[str, Any], required: tuple[str, ...]
) -> Iterator[Row]:
    """The rows of one file as payloads; issues for columns and rows that do not fit."""
    csv.field_size_limit(_LARGEST_FIELD)
    with closing(_opened(answer)) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        try:
            header = text.readline()
            if header.lstrip()[:1] == "<" or not header.strip():
                raise answer.error(f"HTML or nothing, CSV is expected: {header[:60]!r}")
            separator = max(_SEPARATORS, key=header.count)
            [names] = csv.reader([header], delimiter=separator)
            if lacking := [column for column in required if column not in names]:
                what = f"no column {' and no '.join(lacking)} in {name}.csv: {header[:200]!r}"
                raise answer.error(what)
            plan = _Plan(name, names, known)
            yield from plan.issues
            reader = csv.reader(text, delimiter=separator, strict=True)
            yield from _fitting(name, answer, reader, plan)
        except (csv.Error, UnicodeDecodeError, EOFError, OSError, zlib.error) as error:
            raise answer.error(f"the CSV is broken or cut off ({error})") from error


def _fitting(name: str, answer: Answer, reader: Any, plan: "_Plan") -> Iterator[Row]:
    width, misfit, payload = plan.width, None, plan.payload
    for row in reader:
        if misfit is not None:
            yield misfit
            misfit = None
        if len(row) == width:
            yield payload(row)
        elif row:
            message = f"{name}.csv: a row of {len(row)} columns, {width} are expected; left out"
            misfit = Issue("shape", name, ";".join(row)[:200], message)
    if misfit is not None:
        if not _ends_a_line(answer):
            raise answer.error(f"the CSV ends in the middle of a row: {misfit.value[:80]!r}")
        yield misfit


class _Plan:
    """What becomes of each column, worked out once a file."""

    def __init__(self, name: str, names: list[str], known: Mapping[str, Any]) -> None:
        self.width = len(names)
        self.issues: list[Issue] = []
        used: list[int] = []
        self._targets: list[tuple[str, str, Callable[[str], Any] | None]] = []
        for index, column in enumerate(names):
            entry = known.get(column) or known.get(f"{column.partition('.')[0]}.")
            if isinstance(entry, str):
                used.append(index)
                key, _, member = entry.partition(".")
                self._targets.append((key, member, _READ.get(entry)))
            elif entry is None:
                message = f"{column}: no column of {name}.csv that is known; left out"
                self.issues.append(Issue("unknown-key", column, "", message))
        # With a single column itemgetter gives no tuple; two are always required or known.
        self._pick = itemgetter(*used, used[0])

    def payload(self, row: list[str]) -> Payload:
        """A row as the API has it; empty cells are left out."""
        made: Payload = {}
        for (key, member, read), cell in zip(self._targets, self._pick(row), strict=False):
            if not cell:
                continue
            value = cell if read is None else read(cell)
            if value is None:
                continue
            if member:
                made.setdefault(key, {})[member] = value
            else:
                made[key] = value
        return made


def _names(cell: str) -> list[str]:
    return cell.split(",") if ", " not in cell else _BETWEEN.split(cell)


def _formats(cell: str) -> list[str]:
    # The portal joins a set: the order is another one in each export.
    return sorted({BLANK_NODE if _BLANK.fullmatch(name) else name for name in _names(cell)})


def _flag(cell: str) -> str | bool | None:
    """True, nothing for False; the moment where a portal writes when it came to be true."""
    return None if cell == "False" else True if cell == "True" else cell


def _number(cell: str) -> int | None:
    return int(cell) if cell.isascii() and cell.isdigit() else None


def _badges(cell: str) -> list[dict[str, str]]:
    return [{"kind": kind} for kind in cell.split(",")]


def _json(cell: str) -> Any:
    try:
        return json.loads(cell) or None
    except (ValueError, RecursionError):
        return cell


_READ: Mapping[str, Callable[[str], Any]] = {
    "tags": _names,
    "spatial.zones": _names,
    "resources_formats": _formats,
    "archived": _flag,
    "private": _flag,
    "resources_count": _number,
    "badges": _badges,
    "extras": _json,
}
"""How a cell is read, by the key that it is put under; all others are text."""


def _opened(answer: Answer) -> BinaryIO:
    with answer.path.open("rb") as file:
        is_zipped = file.read(2) == _GZIP
    if is_zipped:
        return io.BufferedReader(gzip.open(answer.path))
    return answer.path.open("rb")


def _ends_a_line(answer: Answer) -> bool:
    last = b""
    with closing(_opened(answer)) as file:
        while piece := file.read(1 << 20):
            last = piece
    return last.endswith((b"\n", b"\r"))
