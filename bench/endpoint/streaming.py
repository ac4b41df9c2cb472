"""A result of some 300 MB: its first byte, its rate, the memory that it takes, and readers that
are slow beside one that is not."""

import contextlib
import socket
import threading
import time
from typing import NamedTuple

from bench.endpoint.servers import JSON, Server
from bench.endpoint.watching import Watch

_MB = 1_000_000
_SIZE = 300 * _MB
_TRIED = 20_000
_SLOW = 5
_PIECE, _PAUSE = 1024, 0.1
_MOST = 1 << 20


class Read(NamedTuple):
    """Bytes read; the seconds to the first and to the last; whether the answer was whole."""

    size: int
    first: float
    seconds: float
    is_whole: bool

    def __str__(self) -> str:
        rate = self.size / _MB / self.seconds
        said = (
            f"{self.size / _MB:6.1f} MB, first byte {self.first * 1000:7.1f} ms, {rate:6.1f} MB/s"
        )
        return said if self.is_whole else f"{said}, BROKEN OFF"


def read(server: Server, query: str) -> Read:
    """Read an answer as fast as it comes, and keep none of it."""
    begun = time.perf_counter()
    with _asked(server, query) as connection:
        first, size, tail = 0.0, 0, b""
        buffer = memoryview(bytearray(_MOST))
        while not tail.endswith(b"\r\n0\r\n\r\n"):
            count = connection.recv_into(buffer)
            if not count:
                break
            first = first or time.perf_counter() - begun
            size += count
            tail = (tail + bytes(buffer[max(0, count - 16) : count]))[-16:]
        seconds = time.perf_counter() - begun
        return Read(size, first, seconds, tail.endswith(b"\r\n0\r\n\r\n"))


def _asked(server: Server, query: str, buffer: int = 0) -> socket.socket:
    connection = socket.socket()
    if buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.settimeout(600)
    connection.connect(("127.0.0.1", server.port))
    connection.sendall(server.request(query, JSON))
    return connection


def large_query(server: Server) -> str:
    """A query whose answer is of some 300 MB, where the graph has as much."""
    some = read(server, f"SELECT * {{ ?s ?p ?o }} LIMIT {_TRIED}")
    return f"SELECT * {{ ?s ?p ?o }} LIMIT {_SIZE * _TRIED // some.size}"


def compare(ours: Server, peer: Server) -> None:
    """Read the result from both; print first byte, rate and growth of memory."""
    query = large_query(ours)
    for server in (peer, ours):
        # First, as a worker that has read it once has its memory already; and apart, as to look
        # takes time.
        with Watch(server.pid) as watch:
            read(server, query)
        found = read(server, query)
        print(f"  {server.name:9} {found}; {watch}", flush=True)
    print("  goals: first byte under 200 ms, memory under +50 MB")
    beside_slow_ones(ours, query)


def beside_slow_ones(server: Server, query: str) -> None:
    """The time of one reader alone, and with five beside it that read 10 KB a second."""
    alone = read(server, query)
    end, still = threading.Event(), [True] * _SLOW
    with contextlib.ExitStack() as stack:
        threads = []
        for number in range(_SLOW):
            connection = stack.enter_context(_asked(server, query, 4 * _PIECE))
            slowly = threading.Thread(target=_read_slowly, args=(connection, end, still, number))
            slowly.start()
            threads.append(slowly)
        time.sleep(1)
        with Watch(server.pid) as watch:
            beside = read(server, query)
        end.set()
        for thread in threads:
            thread.join()
    print(f"  a reader alone              {alone}")
    print(f"  beside {_SLOW} that are slow      {beside}; {watch}")
    ratio = beside.seconds / alone.seconds
    print(f"  {ratio:.2f} of its time alone; slow ones still served: {sum(still)} of {_SLOW}")


def _read_slowly(
    connection: socket.socket, end: threading.Event, still: list[bool], number: int
) -> None:
    while not end.wait(_PAUSE):
        try:
            if connection.recv(_PIECE):
                continue
        except OSError:
            pass
        still[number] = False
        return
