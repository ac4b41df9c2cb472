"""The access log: one JSON object a line for each request, on stderr.

A thread of its own writes it: whoever does not read stderr stops that thread, never the server.
Lines for which there is no room are left out and counted, and the next line that is written says
how many.
"""

import json
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple

LINES = 10_000
"""How many lines may wait for the thread."""
_AGENT, _PATH, _WORD = 200, 1_000, 100
_PAUSE = 0.05
_ATOMIC = 4_096
"""Bytes that a pipe takes whole (POSIX, PIPE_BUF): no other line of stderr comes between."""


class _Line(NamedTuple):
    time: float
    method: str
    path: str
    status: int
    sent: int
    seconds: float
    client: str
    query: str
    outcome: str
    reason: str
    agent: str


class Log:
    """The log, or where it is not ``enabled`` nothing that costs anything. ``dropped`` is how
    many lines were left out so far; ``clock`` gives seconds since 1970."""

    def __init__(
        self,
        enabled: bool,
        descriptor: int = 2,
        lines: int = LINES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.dropped = 0
        self._told = 0
        self._clock = clock
        self._descriptor = descriptor
        self._lines = lines
        self._waiting: deque[_Line] = deque()
        self._wake = threading.Event()
        self._is_closed = not enabled
        self._thread = threading.Thread(target=self._run, name="access log", daemon=True)
        if enabled:
            self._thread.start()

    def note(
        self,
        *,
        method: str,
        path: str,
        status: int,
        sent: int,
        seconds: float,
        client: str,
        query: str | None = None,
        outcome: str = "",
        reason: str = "",
        agent: str = "",
    ) -> None:
        """Note a request: ``path`` without its query string, ``sent`` bytes of body, ``query`` the
        text of a query or update, of which only a hash is kept. Never blocks, never raises."""
        if self._is_closed:
            return
        if len(self._waiting) >= self._lines:
            self.dropped += 1
            return
        # What waits has a bound in bytes too: nothing of the client's is held at its length.
        line = _Line(
            self._clock(),
            method[:_WORD],
            path[:_PATH],
            status,
            sent,
            seconds,
            client[:_WORD],
            query_hash(query) if query else "",
            outcome[:_WORD],
            reason[:_WORD],
            agent[:_AGENT],
        )
        self._waiting.append(line)
        if not self._wake.is_set():
            self._wake.set()

    def close(self, bound: float = 2.0) -> None:
        """Write what waits, for ``bound`` seconds at most; what then is not written is lost."""
        if self._is_closed:
            return
        self._is_closed = True
        self._wake.set()
        self._thread.join(bound)

    def _run(self) -> None:
        while not self._is_closed:
            self._wake.wait()
            self._wake.clear()
            self._write()
            if not self._is_closed:
                time.sleep(_PAUSE)  # lines are written in batches: to wake a thread costs
        self._write()

    def _write(self) -> None:
        batch = b""
        while self._waiting:
            line = _text(self._waiting.popleft())
            if self.dropped > self._told:
                told = self.dropped
                line = (
                    _dumped({"time": _moment(self._clock()), "dropped": told - self._told}) + line
                )
                self._told = told
            if batch and len(batch) + len(line) > _ATOMIC:
                self._send(batch)
                batch = b""
            batch += line
        self._send(batch)

    def _send(self, data: bytes) -> None:
        while data:
            try:
                data = data[os.write(self._descriptor, data) :]
            except OSError:  # stderr is closed: there is nobody to tell
                return


def query_hash(text: str) -> str:
    """What names a query in the log: the first 16 digits of the SHA-256 of its text."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _text(line: _Line) -> bytes:
    told: dict[str, str | int | float] = {
        "time": _moment(line.time),
        "method": line.method,
        "path": line.path,
        "status": line.status,
        "bytes": line.sent,
        "milliseconds": round(line.seconds * 1000, 3),
        "client": line.client,
        "query": line.query,
        "outcome": line.outcome,
        "reason": line.reason,
        "user_agent": line.agent,
    }
    return _dumped({name: value for name, value in told.items() if value != ""})


def _dumped(value: dict[str, str | int | float]) -> bytes:
    """In ASCII: no character of a client's can act on a terminal."""
    return json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
