"""What connectors say in the same way of a distribution: its data service, its checksum."""

import re

from ingest.reading import Node, Reading

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
