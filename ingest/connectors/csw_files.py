"""What the links of a dataset become: distributions, the services that give them, and pages."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from graph.iris import slug
from ingest import describing, distributing
from ingest.connectors.csw_links import Link, suffix
from ingest.isolation import Dropped
from ingest.reading import Node, Reading
from vocab.codelist import fold

FORMATS = "distributionInfo.distributionFormat"
_STANDARDS = "http://www.opengis.net/def/serviceType/ogc/"
_NO_STATUS = frozenset({"onGoing", "planned", "required"})
"""States that the EU's table has no word for."""
_OF_OGC = frozenset({"WMS", "WMTS", "WFS", "WCS", "WPS", "CSW", "SOS"})
_OF_SERVICES = frozenset({"WMS_SRVC", "WMTS_SRVC", "WFS_SRVC", "WCS_SRVC", "MAP_SRVC", "REST"})
_ARCHIVES = frozenset({"7Z", "RAR", "TAR", "ZIP"})


class _Formats:
    """The formats that a record gives for all of its files together (MD_Format)."""

    def __init__(self, reading: Reading, names: Iterable[str]) -> None:
        """Those of services say nothing of files."""
        self._find = reading.context.model.code_list("file-type").find
        given = dict.fromkeys(names)
        self._names = [name for name in given if not self._types(name) & _OF_SERVICES]
        self._is_used = False

    def _types(self, name: str) -> set[str]:
        return {iri.rpartition("/")[2] for iri in self._find(name)}

    def of(self, link: Link) -> list[describing.Candidate]:
        """The candidates for the format of one file: what its link says itself, or the address; of
        a download the only one of the record, or the one of several that its words name."""
        if link.encodings:
            return [(f"{link.key}.protocol", each) for each in link.encodings]
        own = self._types(suffix(urlsplit(link.address).path))
        if own and not own & _ARCHIVES:
            self._is_used |= any(self._types(name) & own for name in self._names)
            return []
        named = self._names if link.is_download else []
        if len(named) > 1:
            said = set().union(*map(self._types, fold(f"{link.name} {link.description}").split()))
            named = [name for name in named if self._types(name) & said]
        if len(named) != 1:
            return []
        self._is_used = True
        return [(f"{FORMATS}.name", named[0])]

    def close(self, reading: Reading) -> None:
        """Note the formats that no file could be given."""
        if self._names and not self._is_used:
            message = f"{FORMATS}.name: no link to a file, or none of several that names it"
            reading.issue("unknown-value", f"{FORMATS}.name", ", ".join(self._names), message)


def add_pages(node: Node, found: Iterable[Link]) -> None:
    """The pages about a resource, and its page in the portal's own catalogue."""
    for link in found:
        if link.kind in ("page", "landing page"):
            term = "page" if link.kind == "page" else "landingPage"
            node.add(term, link.address, f"{link.key}.linkage")


def status(reading: Reading, code: str) -> str:
    """The IRI of the status that all distributions have (MD_ProgressCode); empty for none."""
    found = reading.context.model.code_list("distribution-status").find(code)
    if code and not found and code not in _NO_STATUS:
        key = "identificationInfo.status"
        message = f"{key}: {code!r} is not in the code list distribution-status"
        reading.issue("unknown-value", key, code, message)
    return next(iter(found), "")


def distribute(
    reading: Reading, dataset: Node, found: Iterable[Link], formats: Iterable[str], state: str
) -> list[Node]:
    """A distribution for every service and file, and ``formats`` shared among them. Each is named
    by what it is, never by its place."""
    made: dict[str, Node] = {}
    shared, services = _Formats(reading, formats), dict[str, Node]()
    for link in found:
        if link.kind not in ("service", "file"):
            continue
        key, layer = f"{link.key}.linkage", link.name if link.services else ""
        name = slug(" ".join([*link.services, layer, link.address]))
        if name in made:
            message = f"{key}: the same link a second time; left out"
            reading.issue("duplicate", key, link.address, message)
            continue
        with reading.droppable(key, link.address):
            node = dataset.part("distribution", f"distribution/{name}", "Distribution")
            if not node.add("accessURL", link.address, key):
                raise Dropped
            _say(node, link)
            if link.services:
                _serve(reading, node, link, services)
            else:
                node.add("downloadURL", link.address, key)
                _write_format(reading, node, link, shared.of(link))
            if state:
                node.link("distributionStatus", state)
            made[name] = node
    shared.close(reading)
    return list(made.values())


def _write_format(
    reading: Reading, node: Node, link: Link, candidates: list[describing.Candidate]
) -> None:
    """Format and media type of a file; of one in an archive also how it is packed."""
    file_types = reading.context.model.code_list("file-type")
    found = distributing.file_format(reading, node, candidates, link.address)
    for archive in file_types.find(suffix(urlsplit(link.address).path)):
        is_packed = archive.rpartition("/")[2] in _ARCHIVES and found not in _ARCHIVES
        if is_packed and (media_type := file_types.media_types.get(archive)):
            node.link("packageFormat", media_type)


def _say(node: Node, link: Link) -> None:
    if link.name:
        node.add("title", link.name)
    if link.description and link.description != link.name:
        node.add("description", link.description)


def _serve(reading: Reading, node: Node, link: Link, services: dict[str, Node]) -> None:
    """The service behind a distribution, one for all that it gives; its file type where it has
    one."""
    if len(link.services) == 1:
        types = reading.context.model.code_list("file-type").find(link.services[0])
        for file_type in types[:1]:
            node.link("format", file_type)
    name = slug(" ".join([*link.services, link.endpoint]))
    target = f"{reading.root}/service/{name}"
    node.link("accessService", target)
    if name not in services:
        service = services[name] = reading.node(target, "DataService")
        service.add("title", f"{' '.join(link.services)} {link.host}")
        service.add("endpointURL", link.endpoint, f"{link.key}.linkage")
        conform(service, link.services)
        service.link("servesDataset", reading.root)
    if link.capabilities:
        services[name].add("endpointDescription", link.capabilities, f"{link.key}.linkage")


def conform(service: Node, kinds: Iterable[str]) -> None:
    """The standards of OGC that a service follows."""
    for kind in kinds:
        if kind in _OF_OGC:
            service.add("conformsTo", f"{_STANDARDS}{kind.lower()}")
