"""Links that answer and links that do not, asked of a server on the loopback."""

import pytest

from ingest.politeness import Hosts
from ingest.probing import Prober


@pytest.fixture
def prober():
    return Prober("https://example.org/", private=True, hosts=Hosts(sleep=lambda _: None))


def test_a_link_answers_with_200_alone(server, prober):
    server.answers = {"/a.csv": "a;b", "/b.csv": (500, "broken")}
    links = [f"{server.url}{path}" for path in ("/a.csv", "/b.csv", "/c.csv")]
    assert prober.probe(links) == dict(zip(links, (True, False, False), strict=True))


def test_a_link_is_asked_once_and_the_robots_file_first(server, prober):
    server.answers = {"/a.csv": "a;b"}
    prober.probe([f"{server.url}/a.csv"] * 3)
    paths = [path for path, _, _ in server.requests]
    assert paths == ["/robots.txt", "/a.csv"]
    assert "Jointure/" in server.requests[1][2]["User-Agent"]


def test_a_redirect_is_followed(server, prober):
    def redirecting(handler):
        if handler.path != "/old":
            return False
        handler.send_response(302)
        handler.send_header("Location", "/a.csv")
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return True

    server.answers = {"/a.csv": "a;b"}
    server.fault = redirecting
    assert prober.probe([f"{server.url}/old"]) == {f"{server.url}/old": True}


def test_redirects_without_end_lead_nowhere(server, prober):
    def turning(handler):
        handler.send_response(302)
        handler.send_header("Location", handler.path + "x")
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return True

    server.fault = turning
    assert prober.probe([f"{server.url}/old"]) == {f"{server.url}/old": False}


def test_a_host_that_is_busy_is_not_measured(server, prober):
    server.answers = {"/a.csv": (429, "wait")}
    assert prober.probe([f"{server.url}/a.csv"]) == {}


def test_a_host_that_gives_no_answer_is_left_in_peace(server, prober):
    server.close()
    links = [f"{server.url}/{number}" for number in range(8)]
    assert prober.probe(links) == dict.fromkeys(links[:5], False)


def test_what_is_no_http_address_does_not_answer(prober):
    assert prober.probe(["ftp://example.org/a.csv"]) == {"ftp://example.org/a.csv": False}


def test_a_private_network_is_not_asked(server):
    server.answers = {"/a.csv": "a;b"}
    assert Prober("https://example.org/").probe([f"{server.url}/a.csv"]) == {}
    assert server.requests == []
