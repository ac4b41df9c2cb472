"""Closing a connection whose client may still be sending (RFC 9112, section 9.6).

A socket closed with unread bytes resets the connection, and the reset can overtake the answer.
So the answer and our end are sent, and what still comes is read and thrown away, within bounds.

And the head of an answer is held until its body begins, as ASGI has it: sent as uvicorn writes
them, they are two system calls and two packets.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

# ruff: noqa: D102 (most methods are asyncio's, and say there what they do)

LINGER_SECONDS = 10.0
LINGER_BYTES = 64 << 20


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
        self._head: bytes | bytearray | memoryview = b""
        self._is_begun = False
        self.is_lingering = False

    def close(self) -> None:
        """Close, once what is written is sent and, if owed, the client has ended or a bound is
        reached. A second call closes at once."""
        self.finished()
        if self.is_lingering or self._transport.is_closing() or not self._is_owed():
            self._transport.close()
            self._give_up_later()
            return
        self.is_lingering = True
        if self._transport.can_write_eof():
            self._transport.write_eof()
        self._transport.resume_reading()
        self._end = self._loop.call_later(LINGER_SECONDS, self._transport.close)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send these bytes; the first of an answer, its head, are held until the next."""
        if not self._is_begun and data[:10] != b"HTTP/1.1 1":
            self._is_begun, self._head = True, data
            return
        if self._head:
            data, self._head = b"".join((self._head, data)), b""
        self._transport.write(data)

    def finished(self) -> None:
        """The answer is at its end: nothing is held, and what is written next is a head."""
        self._is_begun = False
        if self._head:
            self._transport.write(self._head)
            self._head = b""

    def _give_up_later(self) -> None:
        """A client that does not read what is written does not hold the connection for ever."""
        if self._end is None and self._transport.get_write_buffer_size():
            loop = asyncio.get_running_loop()
            self._end = loop.call_later(LINGER_SECONDS, self._transport.abort)

    def discarded(self, count: int) -> None:
        """Note ``count`` bytes that came while lingering, and were not read."""
        self._discarded += count
        if self._discarded > LINGER_BYTES:
            self._transport.close()

    def lost(self) -> None:
        """The connection is no more: nothing is waited for."""
        self._head = b""
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
        self.finished()
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
        return len(self._head) + self._transport.get_write_buffer_size()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._transport.set_write_buffer_limits(high, low)

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._transport.get_protocol()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._transport.set_protocol(protocol)
