"""A record about a service (ISO 19119): where it answers, what it follows, what it gives."""

from typing import NamedTuple

from ingest.connectors import csw_files, csw_links
from ingest.connectors.csw_links import Link
from ingest.connectors.iso19139 import Payload, objects, texts, words
from ingest.reading import Node, Reading
from vocab.codelist import CodeList

_OPERATIONS = "identificationInfo.containsOperations.connectPoint"
_ONLINE = "distributionInfo.transferOptions.onLine"
COUPLED = "identificationInfo.operatesOn"


class Endpoint(NamedTuple):
    """Where a service answers, where its capabilities are (empty: not said), and the kinds of
    service; ``key`` is where in the record it is said."""

    key: str
    address: str
    capabilities: str
    kinds: tuple[str, ...]


def endpoint(payload: Payload, file_types: CodeList) -> Endpoint | None:
    """The first of: the operation GetCapabilities, another one, a link to a service, another link.

    ``None`` where none of them has an address that leads anywhere.
    """
    operations = _operations(payload, file_types)
    online = _online(payload, file_types)
    services = [link for link in online if link.services]
    others = [link for link in online if link.kind != "landing page"]
    candidates = [*operations, *services, *others]
    usable = [link for link in candidates if csw_links.leads_somewhere(link.address)]
    if not usable:
        return None
    first = usable[0]
    capabilities = next((link.capabilities for link in usable if link.capabilities), "")
    return Endpoint(first.key, first.endpoint, capabilities, first.services or _kinds(payload))


def _operations(payload: Payload, file_types: CodeList) -> list[Link]:
    """The addresses of the operations, GetCapabilities first."""
    found: list[Link] = []
    for identification in objects(payload.get("identificationInfo")):
        for operation in objects(identification.get("containsOperations")):
            is_first = words(operation.get("operationName")).lower() == "getcapabilities"
            points = objects(operation.get("connectPoint"))
            made = [csw_links.link(_OPERATIONS, point, file_types) for point in points]
            found = [*made, *found] if is_first else [*found, *made]
    return found


def _online(payload: Payload, file_types: CodeList) -> list[Link]:
    return [
        csw_links.link(_ONLINE, each, file_types)
        for distribution in objects(payload.get("distributionInfo"))
        for options in objects(distribution.get("transferOptions"))
        for each in objects(options.get("onLine"))
    ]


def _kinds(payload: Payload) -> tuple[str, ...]:
    """The kinds of service that a record names in its type and version."""
    said = [
        text
        for identification in objects(payload.get("identificationInfo"))
        for name in ("serviceType", "serviceTypeVersion")
        for text in texts(identification.get(name))
    ]
    return csw_links.kinds(" ".join(said))


def serve(service: Node, found: Endpoint) -> None:
    """Where the service answers, and the standards that it follows."""
    service.add("endpointURL", found.address, f"{found.key}.linkage")
    if found.capabilities:
        service.add("endpointDescription", found.capabilities, f"{found.key}.linkage")
    csw_files.conform(service, found.kinds)


def couple(reading: Reading, service: Node, related: dict[str, str]) -> None:
    """The datasets that a service gives; an issue for one that the portal has not."""
    context = reading.context
    for reference, target in related.items():
        if target:
            service.link("servesDataset", context.iris.dataset(context.portal.name, target))
        else:
            message = f"{COUPLED}: {reference!r} is no dataset of this portal"
            reading.issue("unknown-value", COUPLED, reference, message)
