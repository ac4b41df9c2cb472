"""Digests: whether a record would be described as it was the last time."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from ingest.portals import Portal
from ingest.record import Record

_UNREAD = frozenset({"samples", "shapes", "frames", "__pycache__"})
"""Folders that decide nothing of how a payload is described."""
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


class Digests:
    """The digests of one portal's payloads: of the payload, and of all that decides its reading."""

    def __init__(self, portal: Portal) -> None:
        # The address that the records are read from is no part of what they say.
        entry = replace(portal, url=portal.root, site="", filter="")
        self._begun = hashlib.blake2b(f"{mapping_version()}{entry!r}".encode(), digest_size=16)

    def of(self, record: Record) -> str:
        """32 hexadecimal digits; equal for payloads that differ in the order of keys alone."""
        return self.of_text(record.essence or _canonical(record.payload))

    def of_text(self, text: str) -> str:
        """The digest of a text."""
        digest = self._begun.copy()
        digest.update(text.encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


@lru_cache(maxsize=1)
def mapping_version() -> str:
    """A digest of all that decides how a payload is described: our own words, tables and code."""
    digest = hashlib.sha256()
    for room in ("vocab", "ingest"):
        for path, content in sorted(_sources(files(room), room)):
            digest.update(path.encode() + b"\0" + content)
    return digest.hexdigest()


def _sources(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        name = f"{path}/{entry.name}"
        if entry.is_dir():
            if entry.name not in _UNREAD:
                yield from _sources(entry, name)
        elif entry.name != "portals.toml":
            yield name, entry.read_bytes()
