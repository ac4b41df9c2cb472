"""Frames between the serving process and one that works for it, over a Unix stream socket.

A frame is a kind (one byte), a head (JSON) and a body (bytes); before them their lengths.
"""

import json
import socket
import struct
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

_PREFIX = struct.Struct(">cII")
_LONGEST_HEAD = 1 << 24
_SHORT = 512
"""Bytes of a head that is likely to come again."""


class Kind(bytes, Enum):
    """What a frame is: a job for a worker, or a part of its answer."""

    QUERY = b"Q"
    """A query to evaluate; the body is its text."""
    WRITE = b"W"
    """A change to make; the body is an update or an RDF document."""
    SEASON = b"S"
    """Copy all that is shared; the answer is an END, or a PROBLEM where that cannot be."""
    ANSWER = b"A"
    """A whole answer."""
    HEAD = b"H"
    """The head of an answer that is streamed, with its first part."""
    DATA = b"D"
    """A further part of a streamed answer."""
    END = b"E"
    """The end of a streamed answer: it is whole."""
    PROBLEM = b"P"
    """No success; after a HEAD the answer is to be broken off."""


class Frame(NamedTuple):
    """One frame."""

    kind: Kind
    head: dict[str, Any]
    body: bytes


def packed(kind: Kind, head: dict[str, Any] | bytes, body: bytes = b"") -> bytes:
    """A frame as it is sent; its head may be ``written`` already."""
    said = written(head) if isinstance(head, dict) else head
    return b"".join((_PREFIX.pack(kind, len(said), len(body)), said, body))


def written(head: dict[str, Any]) -> bytes:
    """A head as it is sent."""
    return json.dumps(head).encode() if head else b""


@lru_cache(maxsize=512)
def _known(said: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said)
    return found


def _read(said: bytes) -> dict[str, Any]:
    """A head, which is not to be changed: where it is short, others of its words are the same."""
    if not said:
        return {}
    return _known(said) if len(said) <= _SHORT else json.loads(said)


class Unpacker:
    """Frames out of chunks as they come."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, chunk: bytes) -> list[Frame]:
        """The frames that this chunk completes. Raises ``ValueError`` for what is no frame."""
        self._held += chunk
        held, found, at = self._held, [], 0
        while len(held) - at >= _PREFIX.size:
            kind, head, body = _PREFIX.unpack_from(held, at)
            if head > _LONGEST_HEAD:
                raise ValueError("no frame: its head is too long")
            begun = at + _PREFIX.size + head
            if len(held) < begun + body:
                break
            said = _read(bytes(held[begun - head : begun]))
            found.append(Frame(Kind(kind), said, bytes(held[begun : begun + body])))
            at = begun + body
        del held[:at]
        return found


class Channel:
    """The worker's end of the socket: it waits for frames, and is held back by a slow reader."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._unpacker = Unpacker()
        self._frames: list[Frame] = []

    def receive(self) -> Frame | None:
        """The next frame; ``None`` where the other side has gone."""
        while not self._frames:
            chunk = self._socket.recv(1 << 16)
            if not chunk:
                return None
            self._frames = self._unpacker.feed(chunk)
        return self._frames.pop(0)

    def send(self, kind: Kind, head: dict[str, Any] | bytes, body: bytes = b"") -> None:
        """Send a frame whole. Raises ``OSError`` where the other side has gone."""
        self._socket.sendall(packed(kind, head, body))
