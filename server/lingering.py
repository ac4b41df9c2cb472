"""Closing a connection whose client may still be sending (RFC 9112, section 9.6).

A socket closed with unread bytes resets the connection, and the reset can overtake the answer.
So the answer and our end are sent, and what still comes is read and thrown away, within bounds.

And a head is sent with the body that follows it at once: as two writes, which uvloop makes at
once, they are two packets and two system calls, the larger part of what a small answer costs.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

# ruff: noqa: D102 (most methods are asyncio's, and say there what they do)

LINGER_SECONDS = 10.0
LINGER_BYTES = 64 << 20
_HELD = 64 << 10


class Lingering(asyncio.Transport):
    """The transport of a connection, whose ``close`` lingers where ``is_owed`` says that the
    client has not sent all it has to send. From then on it is closing to whoever asks."""

    def __init__(self, transport: asyncio.Transport, is_owed: Callable[[], bool]) -> None:
        super().__init__()
        self._transport = transport
        self._is_owed = is_owed
        self._discarded = 0
        self._end: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._held: list[bytes | bytearray | memoryview] = []
        self._size = 0
        self._is_due = False
        self.is_lingering = False

    def close(self) -> None:
        """Close, once what is written is sent and, if owed, the client has ended or a bound is
        reached. A second call closes at once."""
        self.flush()
        if self.is_lingering or self._transport.is_closing() or not self._is_owed():
            self._transport.close()
            return
        self.is_lingering = True
        if self._transport.can_write_eof():
            self._transport.write_eof()
        self._transport.resume_reading()
        self._end = self._loop.call_later(LINGER_SECONDS, self._transport.close)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send these bytes: with those that follow before the loop turns, or the answer ends."""
        self._held.append(data)
        self._size += len(data)
        if self._size >= _HELD:
            self.flush()
        elif not self._is_due:
            self._is_due = True
            self._loop.call_soon(self._turned)

    def flush(self) -> None:
        """Send what is held."""
        if self._held:
            data = self._held[0] if len(self._held) == 1 else b"".join(self._held)
            self._held.clear()
            self._size = 0
            self._transport.write(data)

    def _turned(self) -> None:
        self._is_due = False
        self.flush()

    def discarded(self, count: int) -> None:
        """Note ``count`` bytes that came while lingering, and were not read."""
        self._discarded += count
        if self._discarded > LINGER_BYTES:
            self._transport.close()

    def lost(self) -> None:
        """The connection is no more: nothing is waited for."""
        self._held.clear()
        if self._end is not None:
            self._end.cancel()

    def is_closing(self) -> bool:
        """Whether it is closing, or lingering."""
        return self.is_lingering or self._transport.is_closing()

    # What follows is handed on: asyncio's documentation says what each does.

    def abort(self) -> None:
        self._transport.abort()

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self.write(b"".join(list_of_data))

    def write_eof(self) -> None:
        self.flush()
        self._transport.write_eof()

    def can_write_eof(self) -> bool:
        return self._transport.can_write_eof()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)

    def is_reading(self) -> bool:
        return self._transport.is_reading()

    def pause_reading(self) -> None:
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()

    def get_write_buffer_size(self) -> int:
        return self._size + self._transport.get_write_buffer_size()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._transport.set_write_buffer_limits(high, low)

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._transport.get_protocol()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._transport.set_protocol(protocol)
