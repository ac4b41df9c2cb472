"""Cross-origin reading (the Fetch standard, section 3.2): any page may ask, and read the answer.

Nothing here knows who asks, so ``*`` is the whole policy; errors carry it too, for a page has to
be able to say what went wrong.
"""

import re
from collections.abc import Sequence
from itertools import islice

from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
EXPOSED = (
    "Accept-Ranges",
    "Allow",
    "Content-Encoding",
    "Content-Length",
    "Content-Location",
    "Content-Range",
    "ETag",
    "Last-Modified",
    "Link",
    "Location",
    "Retry-After",
    "Vary",
    "WWW-Authenticate",
)
"""Headers of an answer that a page of another origin may read."""
MAX_AGE = 86_400
"""Seconds for which a browser keeps the answer to a preflight."""
HEADERS: list[tuple[bytes, bytes]] = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", ", ".join(EXPOSED).encode("ascii")),
]
"""What every answer carries."""

_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_MOST = 50
_ALLOWED = b"Accept, Authorization, Content-Type, If-Match, If-None-Match"


def preflight(
    headers: Sequence[tuple[bytes, bytes]], methods: Sequence[str] = METHODS
) -> list[tuple[bytes, bytes]] | None:
    """The headers of the answer to a preflight, a 204; ``None`` where the request is none.

    ``headers`` are those of a request of method OPTIONS, names in lower case as ASGI has them.
    """
    if not any(name == b"access-control-request-method" for name, _ in headers):
        return None
    asked = b",".join(value for name, value in headers if name == b"access-control-request-headers")
    # Only tokens are given back: what stands there comes from a page.
    names = b", ".join(match[0] for match in islice(_TOKEN.finditer(asked), _MOST))
    return [
        *HEADERS,
        (b"access-control-allow-methods", ", ".join(methods).encode("ascii")),
        (b"access-control-allow-headers", names or _ALLOWED),
        (b"access-control-max-age", str(MAX_AGE).encode("ascii")),
    ]


class Cors:
    """An ASGI application with ``HEADERS`` on all its answers, and OPTIONS answered.

    A preflight never reaches the application. A plain OPTIONS does; where it has no route for
    that method, its 405 names those that it has: they are what OPTIONS asks for (RFC 9110,
    section 9.3.7).
    """

    def __init__(self, app: ASGIApp, methods: Sequence[str] = METHODS) -> None:
        self._app = app
        self._methods = tuple(methods)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] != "OPTIONS":
            await self._app(scope, receive, _Exposing(send).send)
        elif (found := preflight(scope["headers"], self._methods)) is not None:
            await _empty(send, found)
        else:
            await self._app(scope, receive, _Options(send).send)


class _Exposing:
    """A ``send`` that adds ``HEADERS`` to the start of an answer."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            held = message.get("headers", ())
            kept = [each for each in held if not each[0].lower().startswith(b"access-control-")]
            message = {**message, "headers": [*kept, *HEADERS]}
        await self._send(message)


class _Options(_Exposing):
    """A ``send`` that makes a 405 to OPTIONS the 204 that names the methods."""

    _is_answered = False

    async def send(self, message: Message) -> None:
        if self._is_answered:
            return
        allowed = _allowed(message) if message["type"] == "http.response.start" else None
        if allowed is None:
            await super().send(message)
        else:
            self._is_answered = True
            await _empty(self._send, [(b"allow", allowed), *HEADERS])


def _allowed(start: Message) -> bytes | None:
    if start["status"] != 405:
        return None
    for name, value in start.get("headers", ()):
        if name.lower() == b"allow":
            methods = {each.strip() for each in value.split(b",")} | {b"OPTIONS"}
            return b", ".join(sorted(methods))
    return None


async def _empty(send: Send, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
