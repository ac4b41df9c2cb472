"""An ASGI application served on the loopback interface, and raw connections to it."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from server.http import listening

CLOSE = b"Host: x\r\nConnection: close\r\n\r\n"
"""The end of a head, of the last request on its connection."""


@contextmanager
def running(app: Any, loop: str | None = None, grace: float = 5) -> Iterator[int]:
    """The port of the application's server, which runs in a thread of its own."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = listening.configured(app, "127.0.0.1", 0, grace)
        config.lifespan = "off"
        config.loop = loop or config.loop
        server = listening.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        deadline = time.monotonic() + 10
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield int(listener.getsockname()[1])
        server.should_exit = True
        thread.join(grace + 5)
        assert not thread.is_alive()


@contextmanager
def connected(port: int, timeout: float = 10) -> Iterator[socket.socket]:
    """A connection to it."""
    with socket.create_connection(("127.0.0.1", port), timeout) as connection:
        yield connection


def told(port: int, *pieces: bytes, timeout: float = 10) -> bytes:
    """All that the server says to these bytes, until it closes."""
    with connected(port, timeout) as connection:
        for piece in pieces:
            connection.sendall(piece)
        return rest(connection)


def rest(connection: socket.socket) -> bytes:
    """What still comes, to the end of the connection."""
    parts = []
    while part := connection.recv(65_536):
        parts.append(part)
    return b"".join(parts)


def heard(connection: socket.socket, last: bytes) -> bytes:
    """What comes up to these bytes; fails where they do not come."""
    answer = b""
    while not answer.endswith(last):
        part = connection.recv(65_536)
        assert part, f"the connection ended after {answer!r}"
        answer += part
    return answer


def problem(answer: bytes) -> dict[str, Any]:
    """The problem that an answer holds; it is readable from other origins, and the last."""
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    assert b"content-type: application/problem+json" in lines
    assert b"access-control-allow-origin: *" in lines
    assert b"connection: close" in lines
    found: dict[str, Any] = json.loads(body)
    assert head.startswith(b"HTTP/1.1 %d " % found["status"])
    return found


async def answered(send: Any, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    """An answer whole."""
    held = [(b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": held})
    await send({"type": "http.response.body", "body": body})


async def read(receive: Any) -> bytes | None:
    """The body of a request, ``None`` where the client left before its end."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += bytes(message["body"])
        if not message["more_body"]:
            return body


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers as the path says: /early before the body is read, /slow after a while, else the
    body."""
    path = scope["path"]
    if path == "/early":
        await answered(send, 413, b"too large")
    elif path == "/slow":
        await asyncio.sleep(0.3)
        await answered(send, 200, b"slow")
    elif path == "/left":
        scope["state"].clear()
        await read(receive)
        await receive()
    else:
        body = await read(receive)
        if body is not None:
            text = b"%s %s " % (scope["method"].encode(), scope["raw_path"]) + body
            await answered(send, 200, text)


async def ended(scope: Any, receive: Any, send: Any) -> None:
    """``echo``, with a beginning and an end."""
    if scope["type"] != "lifespan":
        await echo(scope, receive, send)
        return
    for event in ("startup", "shutdown"):
        assert (await receive())["type"] == f"lifespan.{event}"
        await send({"type": f"lifespan.{event}.complete"})
