"""Requests that are answered where they are read, without a task: what is kept and small.

A task, its scope and its events take twice as long as to look up an answer that is kept.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from server.http.connection import Protocol

Fields = list[tuple[bytes, bytes]]
"""The header fields of a request, names in lower case."""


class Prepared(NamedTuple):
    """An answer of status 200: its header fields as they are sent, and its body."""

    head: bytes
    body: bytes


Shortcut = Callable[[bytes, Fields, str], Prepared | None]
"""Answers a GET by its target, its header fields and the client's address, or leaves it."""

PLAIN = frozenset(
    (b"host", b"user-agent", b"accept", b"accept-encoding", b"accept-language", b"origin",
     b"referer", b"cookie", b"cache-control", b"pragma", b"dnt", b"priority", b"connection")
)  # fmt: skip
"""The header fields of a request that may be answered so; any other means something more."""


class ShortProtocol(Protocol):
    """One connection, whose application may have a ``shortcut``. Its answer is written at once;
    no request waits before it, and it has no body."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._shortcut: Shortcut | None = getattr(self.app, "shortcut", None)
        self._is_answered = False

    def _begin(self) -> None:
        prepared = None
        if self._shortcut is not None and self._is_quiet() and self._is_plain():
            peer = self.client[0] if self.client else ""
            prepared = self._shortcut(self.url, self.headers, peer)
        self._is_answered = prepared is not None
        if prepared is None:
            super()._begin()
            return
        date = b"".join(
            name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers
        )
        self.transport.write(
            b"".join((b"HTTP/1.1 200 OK\r\n", date, prepared.head, b"\r\n", prepared.body))
        )
        self._lingering.finished()
        self.server_state.total_requests += 1

    def _is_plain(self) -> bool:
        return (
            self.parser.get_method() == b"GET"
            and all(
                name in PLAIN and (name != b"connection" or value.lower() == b"keep-alive")
                for name, value in self.headers
            )
            and not self._is_old()
        )

    def on_message_begin(self) -> None:
        """A request begins."""
        self._is_answered = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """The request is whole."""
        if not self._is_answered:
            super().on_message_complete()

    def _wait(self) -> None:
        if not self._is_answered:
            super()._wait()
        elif self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )
