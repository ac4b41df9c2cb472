"""What the HTTP server does not answer with the application: too long, too late, no HTTP."""

import socket
import time

import pytest

from server.http import connection as protocol
from server.http import lingering
from tests.server.http.loopback import (
    CLOSE,
    connected,
    echo,
    heard,
    problem,
    rest,
    running,
    told,
)


@pytest.fixture(scope="module", params=["uvloop", "asyncio"])
def port(request):
    with running(echo, request.param) as found:
        yield found


@pytest.mark.parametrize("length", [65_600, 400_000, 5_000_000])
@pytest.mark.parametrize("pause", [0, 0.2])
def test_a_target_that_is_too_long_is_refused_with_a_hint(port, length, pause):
    target = b"GET /sparql?query=" + b"a" * length
    with connected(port) as connection:
        connection.sendall(target[: length // 2])
        time.sleep(pause)
        # The whole request is sent before anything is read, as many clients do.
        connection.sendall(target[length // 2 :] + b" HTTP/1.1\r\n" + CLOSE)
        found = problem(rest(connection))
    assert found["status"] == 414
    assert "by POST" in found["detail"]


def test_the_longest_target_is_read(port):
    target = b"/" + b"a" * (protocol.TARGET_BYTES - 1)
    assert told(port, b"GET " + target + b" HTTP/1.1\r\n" + CLOSE).endswith(target + b" ")


@pytest.mark.parametrize(
    "headers",
    [
        b"X: " + b"a" * 70_000 + b"\r\n",
        b"X: a\r\n" * 20_000,
        b"X: " + b"a" * 2_000_000,
    ],
)
def test_headers_that_are_too_long_are_refused(port, headers):
    answer = told(port, b"GET / HTTP/1.1\r\n" + headers + b"\r\n" + CLOSE)
    assert problem(answer)["status"] == 431


MALFORMED = [
    b"\x00\x01\x02\x03\xff\xfe garbage \r\n\r\n",
    b"GET\r\n\r\n",
    b"GET / HTTP/1.1\nHost: x\n\n",
    b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nA: \x00\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -3\r\n\r\nabc",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\nabc",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnothing\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET http://[:::/ HTTP/1.1\r\nHost: x\r\n\r\n",
]


@pytest.mark.parametrize("request_bytes", MALFORMED)
def test_what_is_no_http_is_refused(port, request_bytes):
    assert problem(told(port, request_bytes))["status"] == 400
    assert told(port, b"GET /on HTTP/1.1\r\n" + CLOSE).endswith(b"GET /on ")


def test_what_is_no_http_behind_a_request_does_not_take_its_answer_away(port):
    answer = told(port, b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n\x00\x01garbage\r\n\r\n")
    first, _, second = answer.partition(b"slow")
    assert first.startswith(b"HTTP/1.1 200")
    assert problem(second)["status"] == 400


def test_a_flood_of_pipelined_requests_is_bounded(port):
    answer = told(port, b"GET /f HTTP/1.1\r\nHost: x\r\n\r\n" * 20_000, timeout=60)
    assert answer.count(b"HTTP/1.1 200") < 20_000
    assert b"HTTP/1.1 400" in answer
    assert told(port, b"GET /on HTTP/1.1\r\n" + CLOSE).endswith(b"GET /on ")


def test_an_answer_before_the_end_of_the_body_arrives_and_is_the_last(port):
    size = 20_000_000
    head = b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size
    # Without reading: the answer has to wait for the one who sends.
    answer = told(port, head, b"a" * size)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"\r\nconnection: close\r\n" in answer
    assert answer.endswith(b"too large")


def test_a_body_without_end_is_not_read_for_ever(port, monkeypatch):
    monkeypatch.setattr(lingering, "LINGER_BYTES", 1_000_000)
    with connected(port) as connection:
        connection.sendall(b"POST /early HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        with pytest.raises(OSError, match=r"reset|[Pp]ipe"):
            connection.sendall((b"10000\r\n" + b"a" * 65_536 + b"\r\n") * 1_000)


def test_a_client_that_ends_no_body_is_let_go(port, monkeypatch):
    monkeypatch.setattr(lingering, "LINGER_SECONDS", 0.3)
    with connected(port) as connection:
        connection.sendall(b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na")
        assert rest(connection).endswith(b"too large")
        time.sleep(0.6)
        connection.sendall(b"a")
        time.sleep(0.1)
        with pytest.raises(OSError, match=r"reset|[Pp]ipe"):
            connection.sendall(b"a")


def test_a_head_that_does_not_come_is_not_waited_for(port, monkeypatch):
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.4)
    assert told(port) == b""
    assert problem(told(port, b"\r\n"))["status"] == 408
    assert problem(told(port, b"GET / HT"))["status"] == 408
    with connected(port) as connection:
        connection.sendall(b"GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert heard(connection, b"GET /1 ")
        started = time.monotonic()
        for each in b"GET /2 HTTP/1.1\r\nHost: xyzxyz"[:8]:
            connection.sendall(bytes([each]))
            time.sleep(0.03)
        assert problem(rest(connection))["status"] == 408
        assert time.monotonic() - started < 1.5


def test_a_head_may_be_slow_while_an_answer_is_waited_for(port, monkeypatch):
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.1)
    with connected(port) as connection:
        connection.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\n")
        answered, last, late = rest(connection).partition(b"slow")
    assert answered.startswith(b"HTTP/1.1 200 ")
    assert last
    assert problem(late)["status"] == 408


def test_a_body_that_stalls_is_dropped(port, monkeypatch):
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    monkeypatch.setattr(protocol, "BODY_SECONDS", 0.4)
    answer = told(port, b"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na")
    assert problem(answer)["status"] == 408
    with connected(port) as connection:
        connection.sendall(b"POST /p HTTP/1.1\r\nContent-Length: 9\r\n" + CLOSE)
        for each in b"slow but ":
            time.sleep(0.1)
            connection.sendall(bytes([each]))
        assert rest(connection).endswith(b"POST /p slow but ")


def test_garbage_and_half_closed_connections_leave_the_server_to_others(port):
    for number in range(100):
        with connected(port) as connection:
            connection.sendall(bytes((number * each) % 256 for each in range(1, 400)))
            if number % 2:
                connection.shutdown(socket.SHUT_WR)
                rest(connection)
    with connected(port) as connection:
        connection.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        rest(connection)
    assert told(port, b"GET /on HTTP/1.1\r\n" + CLOSE).endswith(b"GET /on ")


def test_a_target_that_is_not_encoded_is_refused_with_a_hint(port):
    answer = told(port, b"GET /?query=\xc3\xa9 HTTP/1.1\r\n" + CLOSE)
    assert "percent-encoded" in problem(answer)["detail"]
