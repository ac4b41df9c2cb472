"""A host's robots.txt: what is read of it before anything else is asked of the host."""

import time
from urllib.parse import urlsplit

import httpx2

from ingest.addresses import origin
from ingest.politeness import Hosts

AGENT = "Jointure"
_PATIENCE = 30.0
"""Seconds that a robots.txt is waited for."""
_LONGEST = 500 << 10
"""Bytes of a robots.txt that are read (RFC 9309, section 2.5)."""


def learn_delay(
    client: httpx2.Client, hosts: Hosts, address: str, patience: float = _PATIENCE
) -> None:
    """Learn the delay that the robots.txt of an address's host asks for, once; one that has none
    asks for none. Raises ``Refused`` for an address that leads where none may."""
    host = origin(address)[0]
    if hosts.knows(host):
        return
    parts = urlsplit(address)
    text, begun = b"", time.monotonic()
    try:
        with (
            hosts.turn(host),
            client.stream("GET", f"{parts.scheme}://{parts.netloc}/robots.txt") as robots,
        ):
            if robots.status_code == 200:
                for piece in robots.iter_bytes():
                    text += piece
                    seconds = time.monotonic() - begun
                    if len(text) > _LONGEST or seconds > min(_PATIENCE, patience):
                        break
    except httpx2.HTTPError:
        text = b""
    hosts.obey(host, text.decode("utf-8", "replace"), AGENT)
