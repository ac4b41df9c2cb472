"""How a CKAN portal is walked: ``package_search`` in pages, in the order of the ids."""

import json
from collections.abc import Iterator
from typing import Any

from ingest.answer import Answer, count, json_document
from ingest.fetch import Fetcher
from ingest.listing import Listing
from ingest.mapping import is_empty
from ingest.portals import Portal
from ingest.reading import Reading

_ROWS = 1000
"""The most that CKAN gives in a page unless its own configuration says less."""
_TEXTS = frozenset({"name", "title", "notes"})
"""Keys that people write: « [2024] Budget » is no JSON."""
_OPENING = frozenset({"[", "{"})
"""What JSON of several values begins with."""


def packages(portal: Portal, fetcher: Fetcher) -> Iterator[Any]:
    """Every package; proved complete by the count and the distinct ids, over every page."""
    if portal.url.startswith("file:"):
        answer = fetcher.get(portal.url)
        total, listed = _result(answer)
        if len(listed) < total:
            raise answer.error(f"{total} packages announced, {len(listed)} in the file")
        yield from listed
        return
    url, start, listing = (
        f"{portal.root}/api/3/action/package_search",
        0,
        Listing(fetcher, "packages"),
    )
    selection = {"fq": portal.filter} if portal.filter else {}
    while True:
        answer = fetcher.get(url, rows=_ROWS, start=start, sort="id asc", **selection)
        total, listed = _result(answer)
        listing.announced(answer, total)
        yield from listing.page(answer, listed, identifier)
        start += len(listed)
        if not listed or start >= total:
            break
    listing.prove(answer)


def _result(answer: Answer) -> tuple[int, list[Any]]:
    """How many packages there are, and those of this answer. Raises ``SourceError``."""
    document = json_document(answer)
    result = document.get("result")
    if document.get("success") is False or result is None:
        why = document.get("error") or "no result"
        raise answer.error(f"the Action API says success: false ({str(why)[:200]})")
    if isinstance(result, dict) and isinstance(result.get("results"), list):
        listed = result["results"]
        return count(answer, result.get("count", len(listed))), listed
    if isinstance(result, dict) and "resources" in result:
        return 1, [result]
    if isinstance(result, list):  # DKAN: a list, or a list in a list
        listed = result[0] if len(result) == 1 and isinstance(result[0], list) else result
        return len(listed), listed
    raise answer.error("no list of packages under result.results")


def identifier(package: Any) -> str:
    """A package's id, its name where it has none; empty where it has neither."""
    if not isinstance(package, dict):
        return ""
    return next((str(package[key]) for key in ("id", "name") if package.get(key)), "")


def lifted(package: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """The package with its extras beside its own keys, and JSON inside strings read."""
    extras = package.get("extras") or []
    if isinstance(extras, dict):
        extras = [{"key": key, "value": value} for key, value in extras.items()]
    found: dict[str, Any] = {}
    for extra in extras if isinstance(extras, list) else [extras]:
        if isinstance(extra, dict) and isinstance(extra.get("key"), str):
            _lift(found, package, extra["key"], extra.get("value"), reading)
        else:
            message = "extras: an object with key and value is expected; left out"
            reading.issue("shape", "extras", extra, message)
    if found:
        found |= {key: value for key, value in package.items() if not is_empty(value)}
    else:
        found = package.copy()
    found.pop("extras", None)
    for key, value in found.items():
        if isinstance(value, str) and value[:1] in _OPENING and key not in _TEXTS:
            found[key] = unpacked(value)
    return found


def _lift(
    found: dict[str, Any], package: dict[str, Any], key: str, value: Any, reading: Reading
) -> None:
    """Add an extra, unless the package or an extra before it has the key."""
    if is_empty(value):
        return
    held = found.get(key) if is_empty(package.get(key)) else package[key]
    if is_empty(held):
        found[key] = value
    elif held != value:
        message = f"extras.{key}: the key has a value already; the first is kept"
        reading.issue("duplicate", f"extras.{key}", value, message)


def unpacked(value: Any) -> Any:
    """What a string of JSON holds; any other value itself."""
    if isinstance(value, str) and value[:1] in _OPENING:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def organization(package: dict[str, Any]) -> str:
    """The name of a package's organization, of any shape; empty where there is none."""
    found = package.get("organization")
    name = found.get("title") or found.get("name") if isinstance(found, dict) else found
    return name if isinstance(name, str) else ""


def is_restricted(resource: Any) -> bool:
    """Whether a resource, of any shape, has a restricted level of access (ckanext-restricted)."""
    rule = resource.get("restricted") if isinstance(resource, dict) else None
    rule = unpacked(rule) if rule else None
    return isinstance(rule, dict) and rule.get("level", "public") != "public"
