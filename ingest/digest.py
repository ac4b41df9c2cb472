"""Digests: whether a record would be described as it was the last time."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from ingest.portals import Portal


class Digests:
    """The digests of one portal's payloads: of the payload, and of all that decides its reading."""

    def __init__(self, portal: Portal) -> None:
        # The address that the records are read from is no part of what they say.
        entry = replace(portal, url=portal.root, site="", filter="")
        self._version = f"{mapping_version()}{entry!r}"

    def of(self, payload: object) -> str:
        """32 hexadecimal digits; equal for payloads that differ in the order of keys alone."""
        text = json.dumps(payload, sort_keys=True, separators=(",", ":"))
        return hashlib.blake2b((self._version + text).encode(), digest_size=16).hexdigest()


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
            if entry.name not in ("samples", "__pycache__"):
                yield from _sources(entry, name)
        elif entry.name != "portals.toml":
            yield name, entry.read_bytes()
