"""One HTTP request and its answer, straight on ASGI: the short way for what answers by thousands.

The endpoint's answers are small and many, and its streams long: both go round the framework that
serves the pages.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from functools import cached_property

from starlette.types import Message, Receive, Scope, Send

from server.http import cors
from server.http.problems import MEDIA_TYPE, Told, document

CONNECTION = "jointure.connection"
"""The ASGI extension that tells of the client's connection: ``has_left``, a function, says whether
it has gone."""


class ClientLeft(Exception):
    """The client has closed the connection: there is nobody to answer."""


class Exchange:
    """A request, and the ways to answer it."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query_string: bytes = scope["query_string"]
        self._receive = receive
        self._send = send
        self._is_read = False
        self._leaving: asyncio.Task[None] | None = None
        self.client: str = (scope.get("client") or ("",))[0]
        """Who asks, for limits and the log: an address."""
        self.root = ""
        """Where the client sees ``/`` of this server, an absolute IRI that ends in ``/``."""
        self.begun = time.perf_counter()
        """When the request came, by ``time.perf_counter``."""
        self.status = 0
        self.size = 0
        self.outcome = ""
        """How it ended: a word for the log and the metrics."""
        self.query, self.form = "", ""
        """The text of the query, and its form."""

    @cached_property
    def headers(self) -> dict[str, str]:
        """The header fields by lower-case name; several lines are one list (RFC 9110, 5.3)."""
        found: dict[str, str] = {}
        for name, value in self.scope["headers"]:
            key, text = name.decode("latin-1"), value.decode("latin-1")
            found[key] = f"{found[key]}, {text}" if key in found else text
        return found

    def header(self, name: str) -> str | None:
        """A header field by its lower-case name."""
        return self.headers.get(name)

    def has(self, etag: str) -> bool:
        """Whether the client holds this representation (RFC 9110, section 13.1.2: weak
        comparison). ``*`` is any, which is not known before there is one."""
        held = (self.header("if-none-match") or "").split(",")
        return any(each.strip().removeprefix("W/") == etag for each in held)

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes. Raises ``ClientLeft``."""
        while not self._is_read:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientLeft
            self._is_read = not message.get("more_body", False)
            yield message.get("body", b"")

    @property
    def has_left(self) -> bool:
        """Whether the client is known to have gone; ``leaving`` takes a while to know."""
        connection = self.scope.get("extensions", {}).get(CONNECTION)
        return connection is not None and connection["has_left"]()

    @property
    def leaving(self) -> asyncio.Task[None]:
        """Ends when the client has gone. The body has to be read before."""
        if self._leaving is None:
            self._leaving = asyncio.ensure_future(self._watch())
        return self._leaving

    def close(self) -> None:
        """End the watch over the client."""
        if self._leaving is not None:
            self._leaving.cancel()

    async def _watch(self) -> None:
        if not self._is_read:
            with contextlib.suppress(ClientLeft):
                async for _ in self.chunks():
                    pass
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def answer(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        """A whole answer; to HEAD the same without its body."""
        length = {} if status in (204, 304) else {"content-length": str(len(body))}
        await self.start(status, {**headers, **length})
        await self.end(body)

    async def problem(self, told: Told) -> None:
        """The answer that tells a problem."""
        self.outcome = self.outcome or told["document"]["reason"]
        headers = {"Cache-Control": "no-store", **told["headers"], "Content-Type": MEDIA_TYPE}
        await self.answer(told["status"], headers, document(told))

    async def start(self, status: int, headers: Mapping[str, str]) -> None:
        """The head of an answer that is streamed."""
        self.status = status
        message: Message = {"type": "http.response.start", "status": status}
        await self._send({**message, "headers": written(headers)})

    async def send(self, chunk: bytes) -> None:
        """A part of the body; waits as long as the client does not read."""
        self.size += len(chunk)
        await self._send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def end(self, chunk: bytes = b"") -> None:
        """The last part."""
        body = b"" if self.method == "HEAD" else chunk
        self.size += len(body)
        await self._send({"type": "http.response.body", "body": body})


def written(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Header fields as they are sent, with those that every answer has."""
    fields = [
        (name.lower().encode("latin-1"), value.encode("latin-1", "replace"))
        for name, value in headers.items()
    ]
    return [*fields, *cors.HEADERS]


class BrokenOff(Exception):
    """Raised to the HTTP server where an answer that has begun cannot be ended: it closes the
    connection, and the client sees that the document is not whole."""
