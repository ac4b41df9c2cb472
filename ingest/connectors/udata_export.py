"""The CSV exports of a udata portal, joined: each dataset in the shape that the API gives it."""

import csv
import gzip
import io
import json
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from itertools import chain
from typing import Any, BinaryIO
from urllib.parse import quote

from graph.issues import Issue
from ingest.answer import Answer
from ingest.connectors.udata_columns import Plan, number
from ingest.connectors.udata_entry import Entries
from ingest.record import Record

_LARGEST_FIELD = 1 << 27
"""Characters; descriptions of 1.7 million have been seen."""
_SEPARATORS = ";,\t|"
_LEAST = 0.95
"""The share of what is announced that has to come: an export is some hours older than the API."""
_GZIP = b"\x1f\x8b"

Payload = dict[str, Any]
Entry = Record | Issue
Resources = Callable[[str], list[str] | None]
"""The resources of a dataset, by its id, as JSON texts; ``None`` where they are not known."""


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
        self.hidden = 0
        """How many drafts there are: they are no part of the catalogue."""

    def entries(self) -> Iterator[Entry]:
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
            yield from self._records(bodies, lambda name: None)
            return
        # SQLite keeps a database without a name in a file of its own, and takes it away again.
        with closing(sqlite3.connect("")) as database:
            yield from self._keep_resources(database, self._resources)
            yield from self._records(bodies, partial(_resources_of, database))
            [(kept,)] = database.execute("SELECT COUNT(*) FROM resource")
            if kept > self._joined:
                message = "resources.csv: of datasets that are not in datasets.csv; left out"
                yield Issue("missing", "dataset.id", str(kept - self._joined), message)

    def prove(self, announced: int = 0) -> bool:
        """Whether all came that the portal announces: the API counts now, the exports are of this
        night, so that a few datasets less are no error. Raises ``SourceError`` where it is much
        less.

        ``announced`` is how many datasets the API lists, which are those that are not archived.
        """
        if self._live < _LEAST * announced:
            what = f"{announced} datasets announced by the API, {self._live} live ones received"
            raise self._datasets.error(what)
        if self._resources is not None and self._joined < _LEAST * self._counted:
            what = f"{self._counted} resources counted in the datasets, {self._joined} received"
            raise self._resources.error(what)
        return self._live >= announced

    def _rows(self, name: str, answer: Answer, *required: str) -> Iterator[Payload | Issue]:
        for plan, row in _rows(name, answer, self._columns[name], required):
            yield row if isinstance(row, Issue) else plan.payload(row)

    def _records(self, bodies: Mapping[str, Payload], resources: Resources) -> Iterator[Entry]:
        """The datasets; their payloads are made when they are asked for."""
        required = ("id", "title")
        known = self._columns["datasets"]
        essences = {name: f"{body}" for name, body in bodies.items()}
        for plan, row in _rows("datasets", self._datasets, known, required):
            if isinstance(row, Issue):
                yield row
                continue
            cell = plan.cells(row)
            name = cell["id"].strip()
            self._live += cell["archived"] in ("", "False")
            self._counted += number(cell["resources_count"]) or 0
            contents = resources(name)
            self._joined += len(contents or ())
            if not name:
                message = "id: an entry without identifier can have no IRI; left out"
                yield Issue("missing", "id", ";".join(row), message)
            elif cell["private"] not in ("", "False"):
                self.hidden += 1
            else:
                body = cell["organization_id"]
                essence = [*plan.essence(row), essences.get(body, ""), *(contents or ())]
                payload = partial(_joined, plan, row, bodies.get(body), contents)
                yield Record(name, payload, "\x1f".join(essence))

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


def _resources_of(database: sqlite3.Connection, dataset: str) -> list[str]:
    query = "SELECT content FROM resource WHERE dataset = ? ORDER BY rowid"
    return [content for (content,) in database.execute(query, (dataset,))]


def _joined(
    plan: Plan, row: list[str], body: Payload | None, contents: list[str] | None
) -> Payload:
    """A dataset as the API has it, with its organisation and its resources where they are known."""
    payload = plan.payload(row)
    if body and "organization" in payload:
        payload["organization"].update(body)
    if contents is not None:
        payload.pop("resources_formats", None)
        payload["resources"] = [json.loads(content) for content in contents]
    return payload


def _rows(
    name: str, answer: Answer, known: Mapping[str, Any], required: tuple[str, ...]
) -> Iterator[tuple[Plan, list[str] | Issue]]:
    """The rows of one file, and how they are read; issues for columns and rows that do not fit."""
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
            plan = Plan(name, names, known)
            reader = csv.reader(text, delimiter=separator, strict=True)
            for row in chain(plan.issues, _fitting(name, answer, reader, plan.width)):
                yield plan, row
        except (csv.Error, UnicodeDecodeError, EOFError, OSError, zlib.error) as error:
            raise answer.error(f"the CSV is broken or cut off ({error})") from error


def _fitting(name: str, answer: Answer, reader: Any, width: int) -> Iterator[list[str] | Issue]:
    misfit = None
    for row in reader:
        if misfit is not None:
            yield misfit
            misfit = None
        if len(row) == width:
            yield row
        elif row:
            message = f"{name}.csv: a row of {len(row)} columns, {width} are expected; left out"
            misfit = Issue("shape", name, ";".join(row)[:200], message)
    if misfit is not None:
        if not _ends_a_line(answer):
            raise answer.error(f"the CSV ends in the middle of a row: {misfit.value[:80]!r}")
        yield misfit


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
