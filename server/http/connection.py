"""HTTP/1.1 on one connection (RFC 9112): uvicorn's reading of it, with bounds and honest refusals.

A head and a body come in time or the connection ends; a head that is too long, and what is no
HTTP, are answered with a problem; no answer is lost to a reset because its client was still
sending.
"""

import asyncio
import http
import json
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from server.http.cors import HEADERS
from server.http.exchange import CONNECTION
from server.http.lingering import Lingering

HEAD_SECONDS = 15.0
"""For the whole head of a request, from its first byte or the connection's beginning."""
BODY_SECONDS = 30.0
"""Between two pieces of a body that the application waits for."""
TARGET_BYTES = 65_535
"""The longest request target that the parser of URLs can take."""
HEADERS_BYTES = 65_536
_CHUNK = 256 << 10
"""What asyncio reads at once: a head may begin at the end of it, after a body."""
PIPELINED = 1_000
"""Requests that one connection may have waiting for their turn."""

_TOO_LONG = "The request target is longer than 65,535 bytes. Send the query by POST: as the body,"
_TOO_LONG += " with Content-Type: application/sparql-query, or as a form."
_ENCODE = " What a URL cannot have in it is percent-encoded (RFC 3986, section 2.1)."
_LATE = "The request did not come in time: "


class Refusal(Exception):
    """A request that is answered without the application."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class Protocol(HttpToolsProtocol):
    """One connection. The states that it adds to uvicorn's: within a head or not, since when the
    client is waited for, refused (nothing more is read), and its transport may linger."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._watch: asyncio.TimerHandle | None = None
        self._since = self.loop.time()
        self._is_in_head = True
        self._head_bytes = 0
        self._active: RequestResponseCycle | None = None
        self._refusal: Refusal | None = None
        self._keeps_alive = True
        self._is_continued = False
        self._is_ending = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has connected: a head is waited for."""
        self._lingering = Lingering(transport, self._is_owed)
        super().connection_made(self._lingering)
        self._arm(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has gone, whoever ended it."""
        super().connection_lost(exc)
        # Whoever waits in the pipeline is never begun. uvicorn tells the last of them that the
        # client has gone; it is the one being answered who has to know.
        self.pipeline.clear()
        if self._active is not None:
            self._active.disconnected = not self._active.response_complete
            self._active.message_event.set()
        if self._watch is not None:
            self._watch.cancel()
        self._lingering.lost()

    # What comes

    def data_received(self, data: bytes) -> None:
        """As uvicorn's, but for what is done about errors; and it notes who waits for whom."""
        self._unset_keepalive_if_required()
        if self._lingering.is_lingering:
            self._lingering.discarded(len(data))
        elif self._refusal is None:
            self._feed(data)

    def _feed(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
            if self._is_in_head:
                self._head_bytes += len(data)
                if self._head_bytes > TARGET_BYTES + HEADERS_BYTES + _CHUNK:
                    raise Refusal(431, f"The headers are longer than {HEADERS_BYTES:,} bytes.")
        except httptools.HttpParserUpgrade as upgrade:
            self._go_on(data[upgrade.args[0] :])
        except httptools.HttpParserError as error:
            cause = error.__context__
            hint = _ENCODE if "url" in str(error).lower() else ""
            unreadable = Refusal(400, f"This is no HTTP/1.1 request: {error}.{hint}")
            self._refuse(cause if isinstance(cause, Refusal) else unreadable)
        except Refusal as refusal:
            self._refuse(refusal)
        else:
            self._wait()

    def _wait(self) -> None:
        """Begin to watch the clock where the next move is the client's."""
        if not self._is_in_head and self._is_quiet():
            # Empty lines before a request: no head yet, and no keep-alive timer any more.
            self._is_in_head, self._since = True, self.loop.time()
        if self._watch is None and (self._is_in_head or self.cycle.more_body):
            self._arm(HEAD_SECONDS if self._is_in_head else BODY_SECONDS)

    def _go_on(self, rest: bytes) -> None:
        """Read the body of a request that would change the protocol; it is not changed (RFC 9110,
        section 7.8). The parser takes the message to have ended with its head."""
        lengths = [each for each in self.headers if each[0] == b"content-length"]
        codings = [each for each in self.headers if each[0] == b"transfer-encoding"]
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in codings or lengths)
        self.parser = httptools.HttpRequestParser(self)
        if lines:
            self._is_continued = self.cycle.more_body = True
            self._keeps_alive, self.cycle.keep_alive = self.cycle.keep_alive, False
            self._feed(b"POST / HTTP/1.1\r\n" + lines + b"\r\n")
            self._is_continued = False
        if rest and self._refusal is None:
            self._feed(rest)

    # What the parser calls

    def on_message_begin(self) -> None:
        """A request begins."""
        if self._is_continued:
            return
        super().on_message_begin()
        self._head_bytes = 0
        if not self._is_in_head:
            self._is_in_head, self._since = True, self.loop.time()

    def on_url(self, url: bytes) -> None:
        """A part of its target."""
        if self._is_continued:
            return
        self.url += url
        if len(self.url) > TARGET_BYTES:
            raise Refusal(414, _TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field of its head, or one after a chunked body."""
        # Fields after a chunked body come here too: they are no headers (RFC 9110, 6.5.1).
        if self._is_in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Its head is whole: it is checked, and begun to be answered."""
        if self._is_continued:
            return
        size, hosts = 0, 0
        for name, value in self.headers:
            size += len(name) + len(value) + 4
            hosts += name == b"host"
        if size > HEADERS_BYTES:
            raise Refusal(431, f"The headers are longer than {HEADERS_BYTES:,} bytes.")
        is_old = (hosts != 1 or self.expect_100_continue) and self._is_old()
        if hosts > 1 or not (hosts or is_old):
            raise Refusal(400, "A request has one Host (RFC 9112, section 3.2).")
        if len(self.pipeline) >= PIPELINED:
            raise Refusal(400, f"More than {PIPELINED} requests wait on this connection.")
        self.expect_100_continue &= not is_old
        self._is_in_head, self._since = False, self.loop.time()
        self._begin()

    def _begin(self) -> None:
        """Begin to answer the request whose head is whole."""
        super().on_headers_complete()
        # An answer before the end of the body says that the connection closes after it.
        self._keeps_alive, self.cycle.keep_alive = self.cycle.keep_alive, False

    def _is_old(self) -> bool:
        return self.parser.get_http_version() != "1.1"

    def on_body(self, body: bytes) -> None:
        """A piece of its body."""
        super().on_body(body)
        self._since = self.loop.time()

    def on_message_complete(self) -> None:
        """The request is whole."""
        super().on_message_complete()
        if not self.cycle.response_started and not self._is_ending:
            self.cycle.keep_alive = self._keeps_alive

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._active = cycle
        extensions: dict[str, Any] = cycle.scope.setdefault("extensions", {})
        extensions[CONNECTION] = {"has_left": lambda: cycle.disconnected}
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """Its answer is sent."""
        self._lingering.finished()
        super().on_response_complete()
        if self.pipeline:
            self.flow.pause_reading()
        elif self._refusal is not None and self._is_quiet():
            self._answer(self._refusal)

    def shutdown(self) -> None:
        """The server ends: so does this, once it has answered."""
        self._is_ending = True
        super().shutdown()

    # The clock

    def _arm(self, seconds: float) -> None:
        self._watch = self.loop.call_later(max(seconds, 0.05), self._look)

    def _look(self) -> None:
        self._watch = None
        if self.transport.is_closing() or self._refusal is not None:
            return
        is_reading = self.cycle is not None and self.cycle.more_body
        if self._is_in_head:
            left = self._since + HEAD_SECONDS - self.loop.time()
            # A client that waits for an answer may take its time for the next request.
            is_ours = not self._is_quiet()
        elif is_reading and not self.cycle.response_complete:
            left = self._since + BODY_SECONDS - self.loop.time()
            is_ours = self.flow.read_paused or self.cycle.waiting_for_100_continue
        else:
            return
        if left > 0 or is_ours:
            self._since += HEAD_SECONDS if is_ours else 0
            self._arm(left if left > 0 else HEAD_SECONDS)
        elif self._is_in_head and not self._head_bytes:
            self.transport.close()
        else:
            bound = HEAD_SECONDS if self._is_in_head else BODY_SECONDS
            part = "the head took" if self._is_in_head else "nothing of the body came for"
            self._refuse(Refusal(408, f"{_LATE}{part} {bound:g} seconds."))

    # Refusing

    def _is_quiet(self) -> bool:
        """Whether nothing is being answered, nor waits for it."""
        return self.cycle is None or self.cycle.response_complete

    def _is_owed(self) -> bool:
        """Whether the client may still be sending what nobody will read."""
        return self._refusal is not None or (self.cycle is not None and self.cycle.more_body)

    def _refuse(self, refusal: Refusal) -> None:
        """Answer with a problem, in its turn; nothing more is read as HTTP."""
        self._refusal = refusal
        cycle = self.cycle
        if not self._is_quiet() and cycle.more_body:
            # The body of the request that was read last is what is wrong: it has no answer but
            # this one. Where one has begun, it is broken off.
            if self.pipeline and self.pipeline[0][0] is cycle:
                self.pipeline.popleft()
                return
            if cycle.response_started:
                self.transport.abort()
                return
            cycle.disconnected = True
            cycle.message_event.set()
        elif not self._is_quiet():
            return
        self._answer(refusal)

    def _answer(self, refusal: Refusal) -> None:
        if self.transport.is_closing():
            return
        title = http.HTTPStatus(refusal.status).phrase.capitalize()
        problem = {"title": title, "status": refusal.status, "detail": refusal.detail}
        body = json.dumps(problem, ensure_ascii=False).encode()
        headers = [
            *self.server_state.default_headers,
            *HEADERS,
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(body)).encode("ascii")),
            (b"connection", b"close"),
        ]
        lines = [name + b": " + value + b"\r\n" for name, value in headers]
        self.transport.write(b"".join([STATUS_LINE[refusal.status], *lines, b"\r\n", body]))
        self.transport.close()
