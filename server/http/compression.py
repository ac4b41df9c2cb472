"""Compressed answers of an application that knows nothing of it (RFC 9110, section 8.4)."""

import re
from asyncio import to_thread

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.http.codings import Encoder, chosen, encoded
from server.http.problems import NotAcceptable, answer

SMALLEST = 1024
"""Bytes of a body below which a coding gains nothing."""
_LARGE = 128 << 10
_TYPES = re.compile(
    r"(?:text/|[a-z]+/[^;\s]*\+(?:json|xml)\b|application/(?:json|xml|javascript|n-triples|n-quads"
    r"|trig|n3|rdf|sparql-(?:query|update))\b)",
    re.IGNORECASE,
)


class Compression:
    """An ASGI application whose answers are in the coding that the request prefers.

    A coded representation has an entity tag of its own, the coding as suffix (RFC 9110, section
    8.8.3.3); the application never sees it. A stream is coded as it comes, and one that breaks off
    has no end in its coding either.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted = [value for name, value in scope["headers"] if name == b"accept-encoding"]
        try:
            coding = chosen(b",".join(wanted).decode("latin-1"))
        except NotAcceptable as error:
            await answer(Request(scope), error)(scope, receive, send)
            return
        scope, held = _without_suffix(scope, coding)
        is_head = scope["method"] == "HEAD"
        await self._app(scope, receive, _Coding(send, coding, held, is_head).send)


def _without_suffix(scope: Scope, coding: str) -> tuple[Scope, set[str]]:
    """The request with the entity tags that the application gives, and those that it held with
    the suffix of the coding."""
    suffixed = re.compile(rf'("[^"]*)-{coding}"')
    held: set[str] = set()
    headers = []
    for name, value in scope["headers"]:
        if name == b"if-none-match" and coding != "identity":
            text = value.decode("latin-1")
            held.update(f'{tag}"' for tag in suffixed.findall(text))
            value = suffixed.sub(r'\1"', text).encode("latin-1")
        headers.append((name, value))
    return ({**scope, "headers": headers}, held) if held else (scope, held)


def _vary(headers: MutableHeaders) -> None:
    held = ", ".join(headers.getlist("vary"))
    if held.strip() != "*" and "accept-encoding" not in held.lower():
        headers["Vary"] = f"{held}, Accept-Encoding" if held else "Accept-Encoding"


class _Coding:
    """A ``send`` that codes one answer. The start waits for the first of the body, whose size
    says whether coding is worth it."""

    def __init__(self, send: Send, coding: str, held: set[str], is_head: bool) -> None:
        self._send = send
        self._is_head = is_head
        self._coding = coding
        self._held = held
        self._start: Message | None = None
        self._encoder: Encoder | None = None

    async def send(self, message: Message) -> None:
        """One message of the answer."""
        if message["type"] == "http.response.start":
            message = {**message, "headers": list(message.get("headers", ()))}
            if not self._is_coded(message):
                await self._send(message)
            else:
                self._start = message
        elif message["type"] == "http.response.body" and self._start is not None:
            start, self._start = self._start, None
            await self._first(start, message)
        elif message["type"] == "http.response.body" and self._encoder is not None:
            await self._next(self._encoder, message)
        else:
            await self._send(message)

    def _is_coded(self, start: Message) -> bool:
        """Whether a coding is to be considered; notes in the headers what depends on it."""
        headers = MutableHeaders(raw=start["headers"])
        status = start["status"]
        if status == 304:
            _vary(headers)
            if headers.get("etag") in self._held:
                headers["ETag"] = self._tag(headers["etag"])
            return False
        if status in (204, 206) or "content-encoding" in headers or status < 200:
            return False
        if not _TYPES.match(headers.get("content-type", "")):
            return False
        _vary(headers)
        return self._coding != "identity" and "no-transform" not in headers.get("cache-control", "")

    async def _first(self, start: Message, message: Message) -> None:
        headers = MutableHeaders(raw=start["headers"])
        body, is_whole = message.get("body", b""), not message.get("more_body", False)
        length = len(body) if is_whole else int(headers.get("content-length", SMALLEST))
        if length < SMALLEST:
            await self._send(start)
            await self._send(message)
            return
        headers["Content-Encoding"] = self._coding
        if "etag" in headers:
            headers["ETag"] = self._tag(headers["etag"])
        del headers["accept-ranges"]
        if is_whole:
            large = len(body) > _LARGE
            coding = self._coding
            body = await to_thread(encoded, body, coding) if large else encoded(body, coding)
            headers["Content-Length"] = str(len(body))
            await self._send(start)
            await self._send({**message, "body": body})
        else:
            del headers["content-length"]
            self._encoder = Encoder(self._coding)
            await self._send(start)
            await self._next(self._encoder, message)

    async def _next(self, encoder: Encoder, message: Message) -> None:
        if self._is_head:  # its body is not sent, and the length of a stream is not told
            await self._send({**message, "body": b""})
            return
        body = encoder.encode(message.get("body", b""))
        if not message.get("more_body", False):
            body += encoder.finish()
        await self._send({**message, "body": body})

    def _tag(self, tag: str) -> str:
        """A weak tag says no more than that the meaning is the same, which a coding keeps."""
        return tag if tag.startswith("W/") else f'{tag[:-1]}-{self._coding}"'
