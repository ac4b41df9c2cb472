"""The online resources of a record (ISO 19115, CI_OnlineResource), and what each of them is.

A record says it in a protocol, a function, an address, now and then in a name alone; here they are
read in this order: a service, a view of the record itself, a file, a page.
"""

import ipaddress
import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Literal, NamedTuple
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from ingest import addresses
from ingest.connectors.iso19139 import Payload, objects, words
from ingest.reading import Reading
from vocab.codelist import CodeList
from vocab.ntriples import iri, repaired

Kind = Literal["service", "file", "page", "landing page"]

_SERVICES = re.compile(r"\b(wms|wmts|wfs|wcs|wps|csw|sos|tms)\b", re.IGNORECASE)
_OTHER_SERVICES = (
    (re.compile(r"esri:rest|/rest/services/.+/(map|feature|image)server", re.I), "ESRI REST"),
    (re.compile(r"ogc:?[ -]?api", re.IGNORECASE), "OGC API"),
)
_NAMED_SERVICES = re.compile(r"\bservices?\b.*\b(wms|wmts|wfs|wcs)\b", re.IGNORECASE)
_ENCODINGS = re.compile(r"\b(atom|gml|kml|kmz|geojson|gpx)\b", re.IGNORECASE)
"""What a protocol may name that is no service: how the file is written."""
_DOWNLOAD = re.compile(r"^www:download:", re.IGNORECASE)
_OF_THE_RECORD = re.compile(r"#/metadata/|/api/records/[^/]+$", re.IGNORECASE)
_FUNCTIONS: dict[str, Kind] = {
    "download": "file",
    "fileAccess": "file",
    "information": "page",
    "search": "page",
    "order": "page",
    "browsing": "page",
    "browseGraphic": "page",
    "offlineAccess": "page",
    "completeMetadata": "page",
}
_DOCUMENTS = frozenset({"DOC", "DOCX", "GIF", "HTML", "JPEG", "ODT", "PDF", "PNG", "RTF", "TXT",
                        "XHTML", "XML"})  # fmt: skip
"""File types that describe data more often than they hold it."""
_ASKED = frozenset(
    {"acceptversions", "bbox", "crs", "exceptions", "format", "height", "layer", "layers",
     "outputformat", "request", "sections", "service", "srs", "srsname", "style", "styles",
     "transparent", "typename", "typenames", "version", "width"}
)  # fmt: skip
"""The parameters of OGC services: what is asked, not who."""
_INSIDE = (".local", ".localhost", ".localdomain", ".lan", ".intranet", ".internal", ".i2",
           ".rie.gouv.fr")  # fmt: skip
"""Ends of hosts that nobody reaches from outside; .i2 and .rie.gouv.fr are the State's network."""


class Link(NamedTuple):
    """An online resource: its address, what it is, and what the record says of it."""

    key: str
    address: str
    kind: Kind
    services: tuple[str, ...] = ()
    """The kinds of a service (WMS …), more than one where only its name says so."""
    encodings: tuple[str, ...] = ()
    """What the link itself says of its file: a media type, a format."""
    is_download: bool = False
    """Whether the record says that the link downloads the data."""
    name: str = ""
    description: str = ""

    @property
    def host(self) -> str:
        """The host of the address."""
        return urlsplit(self.address).hostname or ""

    @property
    def endpoint(self) -> str:
        """The address without what an OGC service is asked in it."""
        parts = urlsplit(self.address)
        asked = parse_qsl(parts.query, keep_blank_values=True)
        kept = [(key, value) for key, value in asked if key.lower() not in _ASKED]
        query = urlencode(kept, safe="/:,") if len(kept) < len(asked) else parts.query
        return parts._replace(query=query, fragment="").geturl()

    @property
    def capabilities(self) -> str:
        """The address where it asks for a service's capabilities, else empty."""
        return self.address if re.search(r"getcapabilities", self.address, re.I) else ""


def links(reading: Reading, key: str, found: Iterable[Payload]) -> list[Link]:
    """The links that lead somewhere; an issue for each other one."""
    listed = []
    file_types = reading.context.model.code_list("file-type")
    for each in found:
        made, where = link(key, each, file_types), f"{key}.linkage"
        if not made.address:
            message = f"{where}: a link without address is none; left out"
            reading.issue("missing", where, made.name, message)
        elif is_inside(made.address):
            message = f"{where}: an address within a private network; left out"
            reading.issue("invalid-value", where, made.address, message)
        elif not leads_somewhere(made.address):
            message = f"{where}: no address that a link can have; left out"
            reading.issue("invalid-value", where, made.address, message)
        else:
            listed.append(made)
    return listed


def link(key: str, resource: Payload, file_types: CodeList) -> Link:
    """What a CI_OnlineResource leads to, whatever its shape."""
    address, name = words(resource.get("linkage")), words(resource.get("name"))
    about, protocol = words(resource.get("description")), words(resource.get("protocol"))
    try:
        parts = urlsplit(address)
    except ValueError:
        return Link(key, address, "page", name=name, description=about)
    asked = {each.lower(): value for each, value in parse_qsl(parts.query)}
    request = asked.get("request", "").lower()
    encodings, is_download = _encodings(resource), False
    services: tuple[str, ...] = ()
    kind: Kind = "page"
    if request in ("getfeature", "getcoverage"):
        kind = "file"
        encodings.append(asked.get("outputformat", asked.get("format", "")))
    elif _OF_THE_RECORD.search(address):
        kind = "landing page"
    elif request != "getrecordbyid":
        services = _services(protocol, asked.get("service", ""), parts, name)
        encodings += _named_encodings(protocol, file_types)
        said = _FUNCTIONS.get(words(resource.get("function")).rpartition("/")[2])
        is_download = said == "file" or "download" in protocol.lower()
        kind = "service" if services else said or _kind(protocol, parts, encodings, file_types)
    known = tuple(filter(None, encodings))
    return Link(key, address, kind, services, known, is_download, name, about)


def _named_encodings(protocol: str, file_types: CodeList) -> list[str]:
    """What a protocol says of how a file is written: WWW:DOWNLOAD:GeoPackage, OGC:GML."""
    named = _DOWNLOAD.sub("", protocol)
    if named != protocol and file_types.find(named):
        return [named]
    return [str(found) for found in _ENCODINGS.findall(protocol)]


def _encodings(resource: Payload) -> list[str]:
    """The media type of a link's file (gmx:MimeFileType, in its name or protocol)."""
    return [
        str(value["type"])
        for member in ("name", "protocol")
        for value in objects(resource.get(member))
        if value.get("type")
    ]


def _services(protocol: str, asked: str, parts: SplitResult, name: str) -> tuple[str, ...]:
    """The kinds of service that a link may lead to; none where it is another thing."""
    for said in (protocol, asked):
        if found := kinds(said):
            return found[:1]
    for pattern, kind in _OTHER_SERVICES:
        if pattern.search(protocol) or pattern.search(parts.path):
            return (kind,)
    if protocol:
        return ()
    last = parts.path.rstrip("/").rpartition("/")[2]
    if _SERVICES.fullmatch(last):
        return (last.upper(),)
    return kinds(name) if _NAMED_SERVICES.search(name) else ()


def kinds(text: str) -> tuple[str, ...]:
    """The kinds of service that a text names, once each: ``OGC:WMS 1.3.0`` names WMS."""
    return tuple(sorted({kind.upper() for kind in _SERVICES.findall(text)}))


def _kind(protocol: str, parts: SplitResult, encodings: list[str], file_types: CodeList) -> Kind:
    """A file or a page, where no function says it."""
    if "download" in protocol.lower() or "ftp" in (parts.scheme, protocol.lower()) or encodings:
        return "file"
    types = {iri.rpartition("/")[2] for iri in file_types.find(suffix(parts.path))}
    return "file" if types and not types & _DOCUMENTS else "page"


def suffix(path: str) -> str:
    """The extension of a path, without its dot; empty where it has none."""
    found = PurePosixPath(path).suffix.lstrip(".")
    return found if len(found) < 9 else ""


def leads_somewhere(address: str) -> bool:
    """Whether an address is one, repaired if need be, that everybody can follow."""
    try:
        return bool(iri(repaired(address))) and not is_inside(address)
    except ValueError:
        return False


def is_inside(address: str) -> bool:
    """Whether an address leads into a private network, or to the machine of whoever follows it."""
    try:
        host = (urlsplit(address).hostname or "").rstrip(".").lower()
    except ValueError:
        return False  # no address at all: the term says so
    try:
        return not addresses.is_public(str(ipaddress.ip_address(host)))
    except ValueError:
        return bool(host) and ("." not in host or host.endswith(_INSIDE))
