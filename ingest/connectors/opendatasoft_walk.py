"""How an Opendatasoft portal is walked: the export, else pages, else the search API v1.

The whole catalogue comes in one answer, ``/catalog/exports/json``; where a portal refuses it, in
pages of 100 ordered by ``dataset_id`` (without an order pages overlap). The export leaves out the
attachments: the pages give them where a dataset says that it has some.
"""

from collections.abc import Iterator
from typing import Any

from ingest.answer import Answer, SourceError, count, json_document, json_items
from ingest.fetch import Fetcher
from ingest.listing import Listing
from ingest.portals import Portal

API = "/api/explore/v2.1/catalog"
_SEARCH_V1 = "/api/datasets/1.0/search/"
_PAGE, _PAGED = 100, 10_000
"""The API's own limits: records a page, and offset plus page."""
_REFUSED = frozenset({400, 401, 403, 404, 405})


def entries(portal: Portal, fetcher: Fetcher) -> Iterator[Any]:
    """Every entry of the catalogue in the shape of v2.1. Raises ``SourceError``."""
    if portal.url.startswith("file:"):
        answer = fetcher.get(portal.url)
        if answer.start()[:1] == b"[":
            return json_items(answer)
        total, listed = _listed(answer)
        if len(listed) < total:
            raise answer.error(f"{total} datasets announced, {len(listed)} in the file")
        return iter(listed)
    try:
        answer = fetcher.get(f"{portal.root}{API}/exports/json")
    except SourceError as error:
        if error.status not in _REFUSED:
            raise
        return _without_export(portal, fetcher)
    if answer.start()[:1] != b"[":
        # Whatever else it is, an error of the portal or no JSON, it is no catalogue.
        json_document(answer)
        raise answer.error("a list of datasets is expected, not an object")
    return _with_attachments(json_items(answer), portal, fetcher)


def _with_attachments(exported: Iterator[Any], portal: Portal, fetcher: Fetcher) -> Iterator[Any]:
    attachments: dict[str, Any] | None = None
    for entry in exported:
        if isinstance(entry, dict) and entry.get("has_attachments") and "attachments" not in entry:
            if attachments is None:
                attachments = {
                    str(paged.get("dataset_id")): paged.get("attachments") or []
                    for paged in _pages(portal, fetcher, to_the_limit=True)
                    if isinstance(paged, dict)
                }
            entry["attachments"] = attachments.get(str(entry.get("dataset_id")), [])
        yield entry


def _without_export(portal: Portal, fetcher: Fetcher) -> Iterator[Any]:
    try:
        yield from _pages(portal, fetcher)
    except SourceError as error:
        if error.status != 404:
            raise
        yield from _searched(portal, fetcher)


def _pages(portal: Portal, fetcher: Fetcher, to_the_limit: bool = False) -> Iterator[Any]:
    """The entries of ``/catalog/datasets``: all of them, or as many as the API pages through."""
    url = f"{portal.root}{API}/datasets"
    listing, offset, total = Listing(fetcher), 0, 1
    while offset < min(total, _PAGED):
        size = min(_PAGE, _PAGED - offset)
        answer = fetcher.get(url, limit=size, offset=offset, order_by="dataset_id")
        total, listed = _listed(answer)
        listing.announced(answer, total)
        if total > _PAGED and not to_the_limit:
            raise answer.error(f"{total} datasets: pages end at {_PAGED}, the export is needed")
        yield from listing.page(answer, listed, _identifier)
        if not listed:
            break
        offset += len(listed)
    if not to_the_limit:
        listing.prove(answer)


def _searched(portal: Portal, fetcher: Fetcher) -> Iterator[Any]:
    """Every entry of the search API v1."""
    listing, start, total = Listing(fetcher), 0, 1
    while start < total:
        answer = fetcher.get(
            f"{portal.root}{_SEARCH_V1}",
            rows=_PAGE,
            start=start,
            interopmetas="true",
            sort="datasetid",
        )
        total, listed = _listed(answer)
        listing.announced(answer, total)
        yield from listing.page(answer, listed, _identifier)
        if not listed:
            break
        start += len(listed)
    listing.prove(answer)


def _identifier(entry: Any) -> str:
    return str((entry.get("dataset_id") if isinstance(entry, dict) else None) or "")


def _listed(answer: Answer) -> tuple[int, list[Any]]:
    """How many a page announces in all, and its entries. Raises ``SourceError``."""
    document = json_document(answer)
    if isinstance(document.get("datasets"), list):
        shown = document["datasets"]
        return count(answer, document.get("nhits", len(shown))), [
            _from_v1(entry) for entry in shown
        ]
    if not isinstance(document.get("results"), list):
        raise answer.error("no list of datasets: results (v2.1) or datasets (v1) is expected")
    listed = document["results"]
    return count(answer, document.get("total_count", len(listed))), listed


def _from_v1(entry: Any) -> Any:
    """An entry of the search API v1 in the shape of v2.1."""
    if not isinstance(entry, dict):
        return entry
    renamed = {"datasetid", "metas", "interop_metas"}
    brought = {key: value for key, value in entry.items() if key not in renamed}
    templates = entry.get("interop_metas")
    brought["dataset_id"] = entry.get("datasetid")
    brought["metas"] = {
        **(templates if isinstance(templates, dict) else {}),
        "default": entry.get("metas"),
    }
    return brought
