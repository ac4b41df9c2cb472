"""One answer over HTTP: where it came from, and that its body is whole."""

import gzip

import pytest

from ingest.answer import SourceError
from tests.ingest.test_faults import reply


@pytest.fixture
def fetcher(server, make_portal, open_fetcher):
    with open_fetcher(make_portal(url=server.url)) as opened:
        yield opened


@pytest.fixture
def redirected(server):
    """Redirect ``/a`` to ``/b/c`` with a status."""

    def by(status):
        server.fault = lambda handler: (
            handler.path == "/a" and reply(handler, status, Location="/b/c")
        )
        server.answers["/b/c"] = [1]

    return by


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(server, fetcher, redirected, status):
    redirected(status)
    assert fetcher.get(f"{server.url}/a").path.read_bytes() == b"[1]"


def test_the_address_of_an_answer_is_the_one_after_redirects(server, fetcher, redirected):
    redirected(302)
    assert fetcher.get(f"{server.url}/a").address == f"{server.url}/b/c"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_query_is_sent_on_with_its_body(server, fetcher, redirected, status):
    redirected(status)
    fetcher.post(f"{server.url}/a", b"<q/>", "application/xml")
    assert server.queries("/b/c") == [b"<q/>"]


def test_what_a_303_leads_to_is_asked_for_without_a_body(server, fetcher, redirected):
    redirected(303)
    fetcher.post(f"{server.url}/a", b"<q/>", "application/xml")
    [(_, _, headers)] = [each for each in server.requests if each[0] == "/b/c"]
    assert not {"Content-Length", "Content-Type"} & set(headers)


def test_a_304_to_a_request_without_validators_is_an_error(server, fetcher):
    server.fault = lambda handler: reply(handler, 304)
    with pytest.raises(SourceError, match="HTTP 304"):
        fetcher.get(f"{server.url}/a")


ROWS = b"id;titre\na;Arbres\n", b"b;Bancs\n"


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(b"".join(ROWS)),
        b"".join(map(gzip.compress, ROWS)),
    ],
    ids=["one member", "two members"],
)
def test_a_gzip_body_is_read_to_its_last_member(server, fetcher, body):
    """RFC 1952, section 2.2: a file is a series of members."""
    server.fault = lambda handler: reply(handler, 200, body, Content_Encoding="gzip")
    assert fetcher.get(f"{server.url}/a", accept="text/csv").path.read_bytes() == b"".join(ROWS)


@pytest.mark.parametrize("cut", [1, 10, -9, -1])
def test_a_gzip_body_that_is_cut_off_anywhere_is_an_error(server, fetcher, cut):
    body = gzip.compress(b"".join(ROWS))[:cut]
    server.fault = lambda handler: reply(handler, 200, body, Content_Encoding="gzip")
    with pytest.raises(SourceError, match="ends before its end"):
        fetcher.get(f"{server.url}/a", accept="text/csv")
