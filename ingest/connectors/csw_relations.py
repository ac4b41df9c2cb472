"""Records that refer to others: they wait until the listing has ended and all others are known.

What a service is coupled with and what a dataset is part of is said of records that the portal has,
or that it has not. So references are resolved where all records pass, and stand in the payload as
``@related``: a record is described anew when what it refers to comes or goes.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from graph.issues import Issue
from ingest.connectors import csw_walk, iso19139
from ingest.connectors.iso19139 import Payload, href, listed, objects, texts, words
from ingest.reading import Node, Reading

RELATED = "@related"
"""The key of a payload that has, by each reference as it is written, the id of the dataset that it
means: empty where the portal has none of that name."""
_IN_MEMORY = 32 << 20


class _Known:
    """The datasets of a portal by their names: ids, and the identifiers that the data has beside
    (none of two datasets that share one)."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._beside: dict[str, str] = {}

    def note(self, payload: Payload) -> None:
        """Note a record, if a dataset is to come of it."""
        identifier = csw_walk.identifier(payload)
        if identifier and csw_walk.is_metadata(payload) and not iso19139.is_service(payload):
            self._ids.add(identifier)
            for name in own_identifiers(payload):
                is_shared = self._beside.setdefault(name, identifier) != identifier
                self._beside[name] = "" if is_shared else identifier

    def find(self, names: Iterable[str], own: str) -> str:
        """The id of the dataset that the first known name means, other than ``own``; or empty."""
        found = (name if name in self._ids else self._beside.get(name, "") for name in names)
        return next((identifier for identifier in found if identifier not in ("", own)), "")


def resolved(records: Iterable[Payload | Issue]) -> Iterator[Payload | Issue]:
    """Every record, those that refer to others last."""
    known = _Known()
    with tempfile.SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8") as waiting:
        for payload in records:
            if isinstance(payload, Issue):
                yield payload
                continue
            known.note(payload)
            if references(payload):
                waiting.write(json.dumps(payload) + "\n")
            else:
                yield payload
        waiting.seek(0)
        for line in waiting:
            payload = json.loads(line)
            own = csw_walk.identifier(payload)
            meant = references(payload).items()
            related = {reference: known.find(names, own) for reference, names in meant}
            yield {**payload, RELATED: related}


def references(payload: Payload) -> dict[str, list[str]]:
    """What a record refers to, as it is written, and the names that it may mean: of a service the
    datasets it operates on, of a dataset its parent and what it is associated with."""
    found: dict[str, list[str]] = {}
    for identification in objects(payload.get("identificationInfo")):
        if iso19139.is_service(payload):
            for each in listed(identification.get("operatesOn")):
                if names := _coupled(each):
                    found.setdefault(names[0], names)
            continue
        for each in objects(identification.get("aggregationInfo")):
            citations = objects(each.get("aggregateDataSetName"))
            codes = _codes([each.get("aggregateDataSetIdentifier")])
            for name in [*codes, *_codes(citation.get("identifier") for citation in citations)]:
                found.setdefault(name, _names(name))
    if not iso19139.is_service(payload):
        for name in texts(payload.get("parentIdentifier")):
            found.setdefault(name, _names(name))
    return found


def relate(reading: Reading, dataset: Node, key: str, reference: str, target: str) -> None:
    """Relate a dataset to the one of the id ``target``; where there is none to the address that the
    reference is. An issue where it is neither."""
    context = reading.context
    if target:
        dataset.link("relation", context.iris.dataset(context.portal.name, target))
    elif reference.startswith(("http:", "https:")):
        dataset.add("relation", reference, key)
    else:
        message = f"{key}: {reference!r} is no dataset of this portal"
        reading.issue("unknown-value", key, reference, message)


def own_identifiers(payload: Payload) -> list[str]:
    """The identifiers that a record gives to what it describes, alone and with their code space."""
    found = []
    for identification in objects(payload.get("identificationInfo")):
        for citation in objects(identification.get("citation")):
            for each in objects(citation.get("identifier")):
                code, space = words(each.get("code")), words(each.get("codeSpace"))
                found += [code, in_code_space(code, space)]
    return list(filter(None, dict.fromkeys(found)))


def in_code_space(code: str, space: str) -> str:
    """A code with its code space (ISO 19115, RS_Identifier): a path of an address, or a prefix."""
    if not code or not space or code.startswith(space):
        return code
    if space.startswith(("http:", "https:")):
        return code if "://" in code else f"{space.rstrip('/#')}/{code}"
    return f"{space}:{code}"


def _codes(identifiers: Iterable[Any]) -> list[str]:
    return [
        code for value in identifiers for each in objects(value) for code in texts(each.get("code"))
    ]


def _coupled(value: Any) -> list[str]:
    """The names that a ``srv:operatesOn`` may mean: its uuidref and those in its address, or the
    identifiers of the data that it describes itself."""
    if not isinstance(value, dict):
        return []
    if "citation" in value:
        return own_identifiers({"identificationInfo": value})
    uuid, address = str(value.get("uuidref", "")), href(value)
    return list(filter(None, dict.fromkeys([uuid, *(_names(address) if address else [])])))


def _names(reference: str) -> list[str]:
    """The names in a reference: itself; of an address also its parameter ``id``, and the last
    segments of its fragment and path."""
    if "://" not in reference:
        return [reference]
    try:
        parts = urlsplit(reference)
    except ValueError:
        return [reference]
    asked = [value for key, value in parse_qsl(parts.query) if key.lower() in ("id", "uuid")]
    ends = [unquote(each.rstrip("/").rpartition("/")[2]) for each in (parts.fragment, parts.path)]
    return list(filter(None, dict.fromkeys([reference, *asked, *ends])))
