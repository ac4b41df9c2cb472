"""How a udata portal is walked: the API in pages, the CSV exports, or a file of either."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from ingest.answer import Answer, SourceError, count, json_document, json_items
from ingest.connectors.udata_entry import Entries
from ingest.connectors.udata_export import Export
from ingest.fetch import Fetcher
from ingest.listing import Listing
from ingest.portals import Portal

API = "/api/1"
_PAGE = 100
_FILTERS = ("organization", "tag", "schema")
_ABSENT = frozenset({404, 405, 410})
_OF_BODIES = ("business_number_id", "badges", "url")
"""What the API says of an organisation in its own entry alone."""
_CSV = "text/csv"


class Walk:
    """The walk of one portal; ``tables`` are those of ``udata.toml``."""

    def __init__(
        self, portal: Portal, fetcher: Fetcher, entries: Entries, tables: Mapping[str, Any]
    ) -> None:
        self._portal = portal
        self._fetcher = fetcher
        self._entries = entries
        self._columns: Mapping[str, Any] = tables["columns"]
        self._bodies: dict[str, dict[str, Any]] = {}

    def entries(self) -> Iterator[Any]:
        """Every entry in the API's shape, or an ``Issue`` in the place of one that has none.

        Raises ``SourceError``.
        """
        if self._portal.url.startswith("file:"):
            return self._filed()
        if self._portal.filter:
            return self._steady(self._pages(selection(self._portal)))
        return self._exported()

    def _steady(self, listed: Iterator[Any]) -> Iterator[Any]:
        for entry in listed:
            yield self._entries.steady(entry) if isinstance(entry, dict) else entry

    def _pages(self, filters: list[tuple[str, str]]) -> Iterator[Any]:
        """The API's list, in the order of creation; proved complete by its count."""
        listing, page = Listing(self._fetcher), 1
        while True:
            query = urlencode([("page", page), ("page_size", _PAGE), ("sort", "created"), *filters])
            answer = self._fetcher.get(f"{self._portal.root}{API}/datasets/?{query}")
            document = json_document(answer)
            listed = _listed(answer, document)
            listing.announced(answer, document.get("total"))
            for entry in listing.page(answer, listed, identifier):
                yield self._with_body(entry)
            if not listed or not document.get("next_page"):
                break
            page += 1
        listing.prove(answer)

    def _with_body(self, entry: Any) -> Any:
        """The entry, its organisation with the number and the badges that the list leaves out."""
        body = entry.get("organization") if isinstance(entry, dict) else None
        if not isinstance(body, dict) or not isinstance(body.get("id"), str):
            return entry
        if body["id"] not in self._bodies:
            self._bodies[body["id"]] = self._body(body["id"])
        return {**entry, "organization": {**body, **self._bodies[body["id"]]}}

    def _body(self, name: str) -> dict[str, Any]:
        address = f"{self._portal.root}{API}/organizations/{quote(name, safe='')}/"
        try:
            found = json_document(self._fetcher.get(address))
        except SourceError as error:
            if error.status not in (404, 410):
                raise
            return {}
        return {key: found[key] for key in _OF_BODIES if found.get(key)}

    def _exported(self) -> Iterator[Any]:
        """The bulk exports; the API's list where a portal has none."""
        root, get = f"{self._portal.root}{API}", self._fetcher.get
        try:
            datasets = get(f"{root}/site/datasets.csv", accept=_CSV)
        except SourceError as error:
            if error.status not in _ABSENT:
                raise
            yield from self._steady(self._pages([]))
            return
        first = get(f"{root}/datasets/?page_size=1")
        announced = count(first, json_document(first).get("total"))
        self._fetcher.announce(announced)
        resources = get(f"{root}/site/resources.csv", accept=_CSV)
        organizations = get(f"{root}/site/organizations.csv", accept=_CSV)
        export = Export(
            self._portal.root, self._columns, self._entries, datasets, resources, organizations
        )
        yield from export.entries()
        self._fetcher.is_whole = export.prove(announced)

    def _filed(self) -> Iterator[Any]:
        """What a file or a folder holds, told by its content."""
        path = Path(self._portal.url.removeprefix("file:"))
        if path.is_dir():
            yield from self._foldered(path)
            return
        answer = self._fetcher.get(self._portal.url)
        start = answer.start(200)
        if start[:1] == b"[":
            yield from self._steady(json_items(answer))
        elif start[:1] == b"{":
            yield from self._steady(_json_entries(answer))
        elif start[:1] == b"<" or not start:
            raise answer.error(f"CSV or JSON is expected: {start[:60]!r}")
        else:
            yield from Export(self._portal.root, self._columns, self._entries, answer).entries()

    def _foldered(self, folder: Path) -> Iterator[Any]:
        datasets, resources, organizations = (
            self._answer_of(folder, name) for name in ("datasets", "resources", "organizations")
        )
        if datasets is None:
            what = "there is no datasets.csv or datasets.csv.gz in the folder"
            raise SourceError(self._portal.name, self._portal.url, what)
        export = Export(
            self._portal.root, self._columns, self._entries, datasets, resources, organizations
        )
        yield from export.entries()
        export.prove()

    def _answer_of(self, folder: Path, name: str) -> Answer | None:
        for path in (folder / f"{name}.csv", folder / f"{name}.csv.gz"):
            if path.is_file():
                return Answer(self._portal.name, f"file:{path}", path)
        return None


def selection(portal: Portal) -> list[tuple[str, str]]:
    """The portal's ``filter`` as parameters of the API. Raises ``SourceError`` for others."""
    pairs = parse_qsl(portal.filter, keep_blank_values=True)
    for key, value in pairs or [(portal.filter, "")]:
        if key not in _FILTERS or not value:
            valid = " and ".join(f"{name}=…" for name in _FILTERS)
            what = f"filter: {key}={value} selects nothing; valid: {valid}, joined by &"
            raise SourceError(portal.name, portal.url, what)
    return pairs


def identifier(entry: Any) -> str:
    """An entry's id; empty where it has none."""
    found = entry.get("id") if isinstance(entry, dict) else None
    return found.strip() if isinstance(found, str) else ""


def _listed(answer: Answer, document: dict[str, Any]) -> list[Any]:
    listed = document.get("data")
    if not isinstance(listed, list):
        why = str(document.get("message") or ", ".join(document))[:200]
        raise answer.error(f"no list of datasets under data ({why})")
    return listed


def _json_entries(answer: Answer) -> Iterator[Any]:
    """The entries of a page of the API, of one object a line, or of a single one."""
    with answer.path.open("rb") as file:
        first = next(filter(bytes.strip, file), b"")
    document = _parsed(first)
    if document is None:
        document = json_document(answer)
    elif "data" not in document:
        yield from _lines(answer)
        return
    if "data" not in document and identifier(document):
        yield document
        return
    listed = _listed(answer, document)
    total = count(answer, document.get("total", len(listed)))
    if len(listed) < total:
        raise answer.error(f"{total} datasets announced, {len(listed)} in the file")
    yield from listed


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _lines(answer: Answer) -> Iterator[Any]:
    with answer.path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                try:
                    yield json.loads(line)
                except (ValueError, RecursionError) as error:
                    raise answer.error(f"line {number} is no JSON ({error})") from error
