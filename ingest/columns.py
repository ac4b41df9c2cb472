"""The columns of tables (CSV on the Web: csvw:Column), as every connector says them."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from graph.iris import segment
from ingest import coverage
from ingest.describing import text
from ingest.mapping import MappingTable
from ingest.readers import html_text
from ingest.reading import Node, Reading


class Fields(NamedTuple):
    """Where a source's column says what it is: paths within it, dotted."""

    name: str
    title: str
    description: str
    datatype: str


def described(
    reading: Reading,
    of: Node,
    key: str,
    columns: Iterable[Any],
    table: MappingTable,
    fields: Fields,
    tidy: Callable[[Any], dict[str, Any]] = dict,
) -> Node:
    """The schema of ``of`` (a dataset or a distribution) with all its columns, in their order.

    ``key`` is the source's for the list; the ``[Column]`` of the table says what a column becomes
    once ``tidy`` has brought it to one shape.
    """
    path = of.iri.removeprefix(reading.root).lstrip("/")
    path = f"{path}/" if path else ""
    schema = of.part("tableSchema", f"{path}schema", "Schema")
    seen: set[str] = set()
    for position, each in enumerate(columns, start=1):
        with reading.isolated(key, each):
            payload = tidy(each)
            name = text(payload.get(fields.name))
            if name in seen or not name:
                where = f"{key}.{fields.name}"
                message = f"{where}: {name!r} names no column of its own; left out"
                reading.issue("duplicate" if name else "missing", where, name, message)
                continue
            seen.add(name)
            column = schema.part("column", f"{path}column/{segment(name)}", "Column")
            column.add("position", str(position))
            table.apply("Column", payload, column, reading, prefix=f"{key}.")
            _propose_key(reading, column, key, payload, fields)
    return schema


def grain(column: Node, key: str, word: str) -> None:
    """The grain of a column of dates, by its word (year, jour …); another word says none."""
    if length := coverage.duration(word):
        column.add("temporalResolution", length, key)


def _propose_key(
    reading: Reading, column: Node, key: str, payload: dict[str, Any], fields: Fields
) -> None:
    """What the column can be joined on (csvw:propertyUrl, a concept of ``concept/key``), with the
    evidence and its grade: one derivation for all columns that have the same."""
    model = reading.context.model
    name, title, description, datatype = (_at(payload, path) for path in fields)
    types = model.code_list("datatype").find(datatype)
    found = model.keys.propose(name, title, html_text(description), types[0] if types else "")
    if found is None:
        return
    column.link("propertyUrl", found.key)
    field, read = {
        "column-name": (fields.name, name),
        "column-title": (fields.title, title),
        "column-description": (fields.description, description),
        "column-datatype": (fields.datatype, datatype),
    }[found.rule]
    reading.derive(
        "propertyUrl", found.key, f"{key}.{field}", read, found.rule, found.confidence, node=column
    )


def _at(payload: dict[str, Any], path: str) -> str:
    """The text at a path; empty where there is none. That it is another value is said by the
    mapping table, which reads it as well."""
    found: Any = payload
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found.strip() if isinstance(found, str) else ""
