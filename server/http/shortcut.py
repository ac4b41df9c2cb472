"""Requests that are answered where they are read, without a task: what is small, and quick.

A task, its scope and its events take twice as long as to look up an answer that is kept, and as
long as to have a small one from a worker. Whatever turns out otherwise is handed over to the
application, as if it had been given the request at once.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from server.http import connection

_LOG = logging.getLogger(__name__)
Fields = list[tuple[bytes, bytes]]
"""The header fields of a request, names in lower case."""
TAKEN_UP = "jointure.taken_up"
"""The ASGI extension by which the application is told what was begun already."""


class Prepared(NamedTuple):
    """An answer of status 200: its header fields as they are sent, and its body."""

    head: bytes
    body: bytes


class Underway(Protocol):
    """An answer that is worked on."""

    def release(self) -> object:
        """Say nothing more of it: what is returned, the application goes on from."""


Done = Callable[[Prepared | None], None]
"""Called with the answer that was underway, or ``None`` where the application is to go on."""
Shortcut = Callable[[bytes, Fields, str, Done], Prepared | Underway | None]
"""Answers a GET by its target, its header fields and the client's address: now, or by ``Done``
later; or leaves it."""

PLAIN = frozenset(
    (b"host", b"user-agent", b"accept", b"accept-encoding", b"accept-language", b"origin",
     b"referer", b"cookie", b"cache-control", b"pragma", b"dnt", b"priority", b"connection")
)  # fmt: skip
"""The header fields of a request that may be answered so; any other means something more."""


class ShortProtocol(connection.Protocol):
    """One connection, whose application may have a ``shortcut``. No request waits before one that
    is answered so, and it has no body; while its answer is underway nothing else happens here."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._shortcut: Shortcut | None = getattr(self.app, "shortcut", None)
        self._underway: Underway | None = None
        self._is_answered = False

    def _begin(self) -> None:
        answer = None
        if self._shortcut is not None and self._is_quiet() and self._is_plain():
            peer = self.client[0] if self.client else ""
            try:
                answer = self._shortcut(self.url, self.headers, peer, self._done)
            except Exception:
                _LOG.exception("a request is left to the application")
        self._is_answered = answer is not None
        if answer is None:
            super()._begin()
        elif isinstance(answer, Prepared):
            self._write(answer)
        else:
            self._underway = answer

    def _is_plain(self) -> bool:
        return (
            self.parser.get_method() == b"GET"
            and not self.flow.write_paused
            and all(
                name in PLAIN and (name != b"connection" or value.lower() == b"keep-alive")
                for name, value in self.headers
            )
            and not self._is_old()
        )

    def _write(self, answer: Prepared) -> None:
        date = b"".join(
            name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers
        )
        self.transport.write(
            b"".join((b"HTTP/1.1 200 OK\r\n", date, answer.head, b"\r\n", answer.body))
        )
        self._lingering.finished()
        self.server_state.total_requests += 1

    def _done(self, answer: Prepared | None) -> None:
        """What was underway is there, or takes more than that."""
        if answer is None:
            self._hand_over()
        elif self._underway is not None:
            self._underway = None
            self._write(answer)
            self._await_next()

    def _hand_over(self) -> None:
        """Let the application go on with what is underway."""
        if self._underway is None:
            return
        taken_up, self._underway = self._underway.release(), None
        self._is_answered, self._keeps_alive = False, True
        path, _, query = self.url.partition(b"?")
        self.scope |= {
            "method": "GET",
            "path": path.decode("ascii"),
            "raw_path": path,
            "query_string": query,
            "extensions": {TAKEN_UP: {"asked": taken_up}},
        }
        self.cycle = RequestResponseCycle(
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=True,
            on_response=self.on_response_complete,
        )
        self.cycle.more_body = False
        self._start_asgi_task(self.cycle, self.app)

    # What ends the quiet in which an answer is underway

    def on_message_begin(self) -> None:
        """A request begins."""
        self._hand_over()
        self._is_answered = False
        super().on_message_begin()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has gone."""
        self._hand_over()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The server ends."""
        self._hand_over()
        super().shutdown()

    # The end of a request

    def on_message_complete(self) -> None:
        """The request is whole."""
        if not self._is_answered:
            super().on_message_complete()

    def _wait(self) -> None:
        if not self._is_answered:
            super()._wait()
        elif self._underway is None:
            self._await_next()

    def _await_next(self) -> None:
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )
