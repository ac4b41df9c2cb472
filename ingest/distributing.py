"""What connectors say in the same way of a distribution: its service, checksum, format."""

import re
from collections.abc import Iterable

from ingest.describing import Candidate, text
from ingest.reading import Node, Reading
from vocab.formats import FileFormat

SERVICES = frozenset({"WMS_SRVC", "WFS_SRVC", "WMTS_SRVC", "WCS_SRVC", "MAP_SRVC", "REST"})
"""The EU file types that are services: an address of one answers queries, it is no file."""
PAGES = frozenset({"", "HTML"})
"""The EU file types of what is read in a browser; a resource of no known type may be one."""

_BY_LENGTH = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
"""Checksum algorithms of SPDX 2.2 by their hexadecimal digits."""


def add_service(
    reading: Reading, distribution: Node, address: str, key: str, title: str = ""
) -> Node:
    """The data service that gives access to a distribution; what its query asks describes it."""
    name = distribution.iri.rsplit("/", 1)[-1]
    service = distribution.part("accessService", f"service/{name}", "DataService")
    service.add("title", title or f"Service {name}")
    service.add("endpointURL", address.partition("?")[0], key)
    if "?" in address:
        service.add("endpointDescription", address, key)
    service.link("servesDataset", reading.root)
    return service


def add_checksum(
    reading: Reading, distribution: Node, key: str, digits: str, named: str = ""
) -> None:
    """A checksum in hexadecimal (spdx:Checksum); an algorithm that is not ``named`` is told by the
    length of the digits."""
    if not digits:
        return
    known = reading.context.model.code_list("checksum-algorithm")
    algorithm = known.find(named or _BY_LENGTH.get(len(digits), ""))
    if not re.fullmatch(r"([0-9a-fA-F]{2})+", digits) or not algorithm:
        message = f"{key}: {digits!r} is no checksum in hexadecimal of a known algorithm"
        reading.issue("invalid-value", key, digits, message)
        return
    name = f"{distribution.iri.removeprefix(reading.root + '/')}/checksum"
    checksum = distribution.part("checksum", name, "Checksum")
    checksum.add("checksumValue", digits, key)
    checksum.link("algorithm", algorithm[0])


def file_format(reading: Reading, node: Node, candidates: Iterable[Candidate], url: str) -> str:
    """Format and media type of a distribution: declared format, media type, then the extension.

    Gives the notation of the EU file type, empty where none is known.
    """
    silent = reading.context.model.code_list("file-type").says_nothing
    given = [(key, _media_type(text(value))) for key, value in candidates]
    given = [(key, value) for key, value in given if value and not silent(value)]
    told = [*given, ("extension", _extension(url))]
    found = reading.context.model.formats.find(*(value for _, value in told))
    if given and not found.is_known:
        key, value = given[0]
        message = f"{key}: {value!r} is not in the code lists file-type and media-type"
        reading.issue("unknown-value", key, value, message)
    if found.file_type:
        node.link("format", found.file_type)
        reading.derive("format", found.file_type, *told[found.type_from], _rule(told, found))
    if found.media_type:
        node.link("mediaType", found.media_type)
    for term, into in (("packageFormat", found.package), ("compressFormat", found.compression)):
        if into:
            node.link(term, into)
    return found.file_type.rpartition("/")[2]


def _rule(told: list[Candidate], found: FileFormat) -> str:
    """By what a file type was told: the extension is the last candidate."""
    if found.type_from == len(told) - 1:
        return "extension"
    return "media-type" if "/" in told[found.type_from][1] else "code-list"


def _extension(url: str) -> str:
    """The extension of the file that an address names; empty where it names none."""
    path = url.partition("#")[0].partition("?")[0].partition("//")[2].rstrip("/")
    name = path.partition("/")[2].rpartition("/")[2]
    stem, _, extension = name.rpartition(".")
    if not stem or len(extension) >= 9:
        return ""
    inner = stem.rpartition(".")[2] if extension.lower() in ("zip", "gz", "7z", "bz2", "xz") else ""
    return f"{inner}.{extension}" if inner and inner != stem and len(inner) < 9 else extension


def _media_type(value: str) -> str:
    return value.partition(";")[0].strip() if "/" in value else value
