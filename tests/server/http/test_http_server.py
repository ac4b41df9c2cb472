"""The HTTP server around an application: what is answered, in which order, and its end."""

import asyncio
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack

import pytest

from tests.server.http.loopback import (
    CLOSE,
    answered,
    connected,
    echo,
    heard,
    problem,
    read,
    rest,
    running,
    told,
)


@pytest.fixture(scope="module", params=["uvloop", "asyncio"])
def port(request):
    with running(echo, request.param) as found:
        yield found


def test_a_request_is_answered_with_a_date_and_without_a_name(port):
    answer = told(port, b"GET /a?b=c HTTP/1.1\r\n" + CLOSE)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\ndate: " in answer
    assert b"\r\nserver:" not in answer
    assert answer.endswith(b"GET /a ")


def test_a_head_in_single_bytes_is_read(port):
    request = b"\r\nPOST /p HTTP/1.1\r\nContent-Length: 2\r\n" + CLOSE + b"ab"
    with connected(port) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for each in request:
            connection.sendall(bytes([each]))
        assert rest(connection).endswith(b"POST /p ab")


def test_pipelined_requests_are_answered_in_their_order(port):
    paths = [b"/slow", b"/1", b"/2", b"/slow", b"/3"]
    requests = [b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n" for path in paths]
    answer = told(port, b"".join(requests) + b"GET /4 HTTP/1.1\r\n" + CLOSE)
    places = [answer.index(text) for text in (b"slow", b"GET /1", b"GET /2", b"GET /3", b"GET /4")]
    assert places == sorted(places)
    assert answer.count(b"HTTP/1.1 200 OK") == 6


def test_a_body_is_asked_for_only_where_it_is_read(port):
    head = b" HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    assert told(port, b"POST /early" + head).startswith(b"HTTP/1.1 413")
    with connected(port) as connection:
        connection.sendall(b"POST /p" + head)
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"ab")
        assert heard(connection, b"POST /p ab")


@pytest.mark.parametrize("length", [b"Content-Length: 2", b"Transfer-Encoding: chunked"])
def test_a_change_of_protocol_is_left_out_and_the_body_read(port, length):
    head = b"POST /p HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n"
    head += b"Upgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n"
    body = b"ab" if b"Length" in length else b"2\r\nab\r\n0\r\n\r\n"
    last = b"GET /then HTTP/1.1\r\n" + CLOSE
    for pieces in (
        [head + length + b"\r\n\r\n" + body + last],
        [head + length, b"\r\n\r\n", body, last],
    ):
        answer = told(port, *pieces)
        assert answer.count(b"HTTP/1.1 200") == 2
        assert b"POST /p ab" in answer
        assert answer.endswith(b"GET /then ")


def test_fields_behind_a_chunked_body_are_no_headers():
    async def names(scope, receive, send):
        await read(receive)
        await answered(send, 200, b",".join(name for name, _ in scope["headers"]))

    request = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + CLOSE
    with running(names) as found:
        answer = told(found, request + b"1\r\na\r\n0\r\nAuthorization: b\r\n\r\n")
    assert answer.endswith(b"\r\n\r\ntransfer-encoding,host,connection")


@pytest.mark.parametrize("ahead", [b"", b"GET /behind HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_an_application_hears_that_its_client_has_gone(ahead):
    gone = threading.Event()

    async def waiting(scope, receive, send):
        await read(receive)
        assert (await receive())["type"] == "http.disconnect"
        gone.set()

    with running(waiting) as found:
        with connected(found) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + ahead)
            time.sleep(0.1)
        assert gone.wait(1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_after_what_it_is_answering(free_port, number):
    port = free_port()
    program = (
        "import sys; sys.path.insert(0, '.')\n"
        "from server.http.listening import serve\n"
        "from tests.server.http.loopback import ended\n"
        f"serve(ended, '127.0.0.1', {port}, 5)\n"
        "sys.stdout.write('in order')"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    try:
        for _ in range(200):
            try:
                connection = socket.create_connection(("127.0.0.1", port), 5)
                break
            except OSError:
                time.sleep(0.05)
        with connection:
            connection.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.1)
            process.send_signal(number)
            assert rest(connection).endswith(b"slow")
        assert process.communicate(timeout=10)[0] == b"in order"
        assert process.returncode == 0
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("request_bytes", "last"),
    [
        (b"GET /old HTTP/1.0\r\n\r\n", b"GET /old "),
        (b"POST /o HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na", b"POST /o a"),
        (b"GET http://x/absolute?a HTTP/1.1\r\n" + CLOSE, b"GET /absolute "),
        (b"OPTIONS * HTTP/1.1\r\n" + CLOSE, b"OPTIONS * "),
        (b"GET /%C3%A9%00%zz HTTP/1.1\r\n" + CLOSE, b"GET /%C3%A9%00%zz "),
        (b"BREW /pot HTTP/1.1\r\n" + CLOSE, b""),
        (
            b"GET /ws HTTP/1.1\r\nHost: x\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
            b"GET /ws ",
        ),
    ],
)
def test_rarer_forms_of_requests_are_answered(port, request_bytes, last):
    answer = told(port, request_bytes)
    if last:
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert answer.endswith(last)
        assert b"100 Continue" not in answer
    else:
        assert problem(answer)["status"] == 400


def test_a_stream_is_sent_as_it_comes():
    go_on = threading.Event()

    async def stream(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        await asyncio.to_thread(go_on.wait, 10)
        await send({"type": "http.response.body", "body": b"last"})

    with running(stream) as found, connected(found) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n" + CLOSE)
        assert heard(connection, b"5\r\nfirst\r\n").startswith(b"HTTP/1.1 200 OK\r\n")
        go_on.set()
        assert rest(connection) == b"4\r\nlast\r\n0\r\n\r\n"


@pytest.mark.parametrize("begun", [False, True])
def test_an_error_of_the_application_is_no_answer_that_looks_whole(begun, caplog):
    async def failing(scope, receive, send):
        if begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"first", "more_body": True})
        raise RuntimeError("an error of its own")

    with running(failing) as found:
        answer = told(found, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.endswith(b"5\r\nfirst\r\n") if begun else answer.startswith(b"HTTP/1.1 500")


def test_slow_readers_hold_no_other_up_and_are_not_sent_what_they_do_not_read():
    sent = []

    async def large(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(1_000 if scope["path"] == "/large" else 1):
            await send({"type": "http.response.body", "body": b"a" * 65_536, "more_body": True})
            sent.append(1)
        await send({"type": "http.response.body", "body": b""})

    with running(large, grace=1) as found, ExitStack() as stack:
        for _ in range(5):
            slow = stack.enter_context(connected(found))
            slow.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.5)
        # What the kernel takes of it, and no more.
        assert len(sent) < 5 * 200
        started = time.monotonic()
        assert len(told(found, b"GET /small HTTP/1.1\r\n" + CLOSE)) > 65_536
        assert time.monotonic() - started < 1
