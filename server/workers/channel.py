"""Frames between the serving process and one that works for it, over a Unix stream socket.

A frame is a kind (one byte), a head (JSON) and a body (bytes); before them their lengths.
"""

import json
import socket
import struct
from enum import Enum
from typing import Any, NamedTuple

_PREFIX = struct.Struct(">cII")
_LONGEST_HEAD = 1 << 24


class Kind(bytes, Enum):
    """What a frame is: a job for a worker, or a part of its answer."""

    QUERY = b"Q"
    """A query to evaluate; the body is its text."""
    WRITE = b"W"
    """A change to make; the body is an update or an RDF document."""
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


def packed(kind: Kind, head: dict[str, Any], body: bytes = b"") -> bytes:
    """A frame as it is sent."""
    said = json.dumps(head).encode() if head else b""
    return b"".join((_PREFIX.pack(kind, len(said), len(body)), said, body))


class Unpacker:
    """Frames out of chunks as they come."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, chunk: bytes) -> list[Frame]:
        """The frames that this chunk completes. Raises ``ValueError`` for what is no frame."""
        self._held += chunk
        found = []
        while len(self._held) >= _PREFIX.size:
            kind, head, body = _PREFIX.unpack_from(self._held)
            end = _PREFIX.size + head + body
            if head > _LONGEST_HEAD:
                raise ValueError("no frame: its head is too long")
            if len(self._held) < end:
                break
            said = bytes(self._held[_PREFIX.size : _PREFIX.size + head])
            frame = Frame(
                Kind(kind),
                json.loads(said) if said else {},
                bytes(self._held[_PREFIX.size + head : end]),
            )
            del self._held[:end]
            found.append(frame)
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

    def send(self, kind: Kind, head: dict[str, Any], body: bytes = b"") -> None:
        """Send a frame whole. Raises ``OSError`` where the other side has gone."""
        self._socket.sendall(packed(kind, head, body))
