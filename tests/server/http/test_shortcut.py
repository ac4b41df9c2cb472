"""Requests answered where they are read, over real connections; the application is a fake one,
whose answers are underway for as long as a test wants."""

import asyncio
import threading
from contextlib import ExitStack

import pytest

from server.http.shortcut import TAKEN_UP, Prepared
from tests.server.http import loopback

CLOSE = loopback.CLOSE
PLAIN = b"Host: x\r\n\r\n"
SOON = 0.05


class _Underway:
    def release(self):
        return "what was asked"


class Application:
    """``/now`` is answered at once, ``/soon`` in a moment, ``/over`` handed over in a moment, and
    ``/never`` only by the application."""

    def __init__(self):
        self.left = threading.Event()
        self.underway = threading.Event()

    def shortcut(self, target, fields, client, done):
        if target == b"/plain":
            return None
        answer = Prepared(b"content-length: 4\r\n", target[1:5].ljust(4))
        if target == b"/now":
            return answer
        loop = asyncio.get_running_loop()
        if target == b"/soon":
            loop.call_later(SOON, done, answer)
        elif target.startswith(b"/over"):
            loop.call_later(SOON, done, None)
        self.underway.set()
        return _Underway()

    async def __call__(self, scope, receive, send):
        taken_up = scope.get("extensions", {}).get(TAKEN_UP, {}).get("asked", "nothing")
        if scope["path"] == "/never":
            await asyncio.wait([asyncio.ensure_future(self._leaving(receive))], timeout=SOON)
        said = f"{scope['method']} {scope['path']} {scope['query_string'].decode()}: {taken_up}"
        length = (b"content-length", str(len(said)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        await send({"type": "http.response.body", "body": said.encode()})

    async def _leaving(self, receive):
        while (await receive())["type"] != "http.disconnect":
            pass
        self.left.set()


@pytest.fixture
def application():
    return Application()


@pytest.fixture
def port(application):
    with loopback.running(application) as port:
        yield port


def asked(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\n".encode()


def bodies(said: bytes) -> list[bytes]:
    parts = said.split(b"HTTP/1.1 200 OK\r\n")
    assert not parts[0]
    return [part.partition(b"\r\n\r\n")[2] for part in parts[1:]]


def test_one_connection_is_answered_at_once_later_and_by_the_application(port):
    with loopback.connected(port) as connection:
        for path, last in [
            ("/now", b"now "), ("/soon", b"soon"), ("/plain", b"GET /plain : nothing"),
            ("/soon", b"soon"), ("/over?a=b", b"GET /over a=b: what was asked"), ("/soon", b"soon"),
        ]:  # fmt: skip
            connection.sendall(asked(path) + PLAIN)
            head = loopback.heard(connection, last)
            assert b"\r\ndate: " in head.lower()


def test_requests_behind_one_that_is_underway_are_answered_after_it(port):
    requests = [asked(path) + PLAIN for path in ("/soon", "/over", "/now", "/soon")]
    said = loopback.told(port, b"".join(requests) + asked("/plain") + CLOSE)
    assert bodies(said) == [
        b"GET /soon : what was asked",
        b"GET /over : nothing",
        b"GET /now : nothing",
        b"GET /soon : nothing",
        b"GET /plain : nothing",
    ]


def test_half_a_request_behind_one_that_is_underway_waits(port):
    with loopback.connected(port) as connection:
        connection.sendall(asked("/soon") + PLAIN + b"GET /pl")
        loopback.heard(connection, b"GET /soon : what was asked")
        connection.sendall(b"ain HTTP/1.1\r\n" + PLAIN)
        loopback.heard(connection, b"GET /plain : nothing")


def test_empty_lines_behind_one_that_is_underway_change_nothing(port):
    with loopback.connected(port) as connection:
        connection.sendall(asked("/soon") + PLAIN + b"\r\n")
        connection.sendall(b"\r\n")
        loopback.heard(connection, b"soon")
        connection.sendall(asked("/now") + PLAIN)
        loopback.heard(connection, b"now ")


def test_a_client_that_leaves_what_is_underway_is_told_to_the_application(port, application):
    with loopback.connected(port) as connection:
        connection.sendall(asked("/never") + PLAIN)
        assert application.underway.wait(5)
    assert application.left.wait(5)


def test_what_is_no_http_behind_one_that_is_underway_is_refused_after_it(port):
    said = loopback.told(port, asked("/soon") + PLAIN + b"{}\r\n\r\n")
    first, _, last = said.partition(b"what was asked")
    assert bodies(first) == [b"GET /soon : "]
    assert loopback.problem(last)["status"] == 400


def test_the_server_ends_after_what_is_underway(application):
    with ExitStack() as connections:
        with loopback.running(application) as port:
            connection = connections.enter_context(loopback.connected(port))
            connection.sendall(asked("/never") + PLAIN)
            assert application.underway.wait(5)
        said = loopback.rest(connection)
    assert b"\r\nconnection: close\r\n" in said
    assert said.endswith(b"GET /never : what was asked")
