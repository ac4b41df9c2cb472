"""Cross-origin reading: the Fetch standard, section 3.2."""

import http.client

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from server.http.cors import EXPOSED, MAX_AGE, Cors
from tests.server.http.loopback import running


def page(request):
    if request.method == "POST":
        raise RuntimeError("an error of its own")
    return PlainTextResponse("a page", headers={"Access-Control-Allow-Origin": "http://one"})


@pytest.fixture(scope="module")
def port():
    application = Starlette(routes=[Route("/page", page, methods=["GET", "POST"])])
    with running(Cors(application)) as found:
        yield found


def ask(port, method, path, headers=()):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers={"Origin": "https://example.org", **dict(headers)})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/page", 200),
        ("HEAD", "/page", 200),
        ("POST", "/page", 500),
        ("GET", "/nowhere", 404),
        ("DELETE", "/page", 405),
        ("OPTIONS", "/page", 204),
    ],
)
def test_every_answer_may_be_read_and_says_so_once(port, method, path, status):
    answer = ask(port, method, path)
    assert answer.status == status
    assert answer.headers.get_all("Access-Control-Allow-Origin") == ["*"]
    [exposed] = answer.headers.get_all("Access-Control-Expose-Headers")
    assert exposed == ", ".join(EXPOSED)
    assert {"ETag", "Link", "Content-Location", "Location", "Retry-After", "Vary"} <= set(EXPOSED)


@pytest.mark.parametrize("path", ["/page", "/nowhere"])
def test_a_preflight_is_answered_wherever_it_asks(port, path):
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,authorization, x-own",
    }
    answer = ask(port, "OPTIONS", path, asked)
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, POST, OPTIONS"
    assert answer.headers["Access-Control-Allow-Headers"] == "content-type, authorization, x-own"
    assert int(answer.headers["Access-Control-Max-Age"]) == MAX_AGE
    assert "Content-Length" not in answer.headers


def test_a_preflight_that_asks_for_no_header_is_told_the_usual_ones(port):
    answer = ask(port, "OPTIONS", "/page", {"Access-Control-Request-Method": "GET"})
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]


def test_only_names_of_headers_are_given_back(port):
    asked = {
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": '<a>,"b"; c: d(é)' + ",x" * 1000,
    }
    allowed = ask(port, "OPTIONS", "/page", asked).headers["Access-Control-Allow-Headers"]
    assert set(allowed) <= set("abcdx, ")
    assert len(allowed) < 200


def test_options_tells_the_methods_of_an_address(port):
    answer = ask(port, "OPTIONS", "/page")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert ask(port, "OPTIONS", "/nowhere").status == 404
