"""Compressed answers over HTTP."""

import http.client
import zlib

import pytest
import zstandard
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from server.http.compression import Compression
from tests.server.http.loopback import connected, rest, running

TEXT = "Une phrase assez longue. " * 400


def whole(request):
    if request.headers.get("if-none-match") in ('"5"', 'W/"5"', '"4", "5"'):
        return Response(status_code=304, headers={"ETag": '"5"', "Vary": "Accept"})
    return PlainTextResponse(TEXT, headers={"ETag": '"5"', "Vary": "Accept"})


def stream(request):
    async def parts():
        for each in TEXT.split(". "):
            yield f"{each}. "
            if "cut" in request.url.path and len(each) > 3:
                raise RuntimeError("cut")

    return StreamingResponse(parts(), media_type="application/n-triples")


def typed(request):
    kind, size = request.query_params["type"], int(request.query_params["size"])
    return Response("a" * size, media_type=kind, headers={"ETag": 'W/"5"'})


def coded(request):
    return Response(b"a" * 2000, headers={"Content-Encoding": "br"}, media_type="text/plain")


ROUTES = {"/whole": whole, "/stream": stream, "/cut": stream, "/typed": typed, "/coded": coded}


@pytest.fixture(scope="module")
def port():
    application = Starlette(
        routes=[Route(path, handler, methods=["GET", "HEAD"]) for path, handler in ROUTES.items()]
    )
    with running(Compression(application)) as found:
        yield found


def ask(port, path, method="GET", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers={"Accept-Encoding": "identity", **named})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def undone(body, coding):
    if coding == "gzip":
        return zlib.decompress(body, 31)
    if coding == "zstd":
        return zstandard.ZstdDecompressor().decompressobj().decompress(body)
    return body


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
@pytest.mark.parametrize("path", ["/whole", "/stream"])
def test_an_answer_is_in_the_coding_asked_for(port, path, coding):
    answer, body = ask(port, path, Accept_Encoding=coding)
    assert answer.status == 200
    assert answer.headers["Content-Encoding"] == coding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert len(body) < len(TEXT) / 10
    assert undone(body, coding).decode().startswith(TEXT)


def test_without_a_wish_an_answer_is_as_it_is_and_says_on_what_that_depends(port):
    answer, body = ask(port, "/whole")
    assert body.decode() == TEXT
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Vary"] == "Accept, Accept-Encoding"
    assert answer.headers["ETag"] == '"5"'


@pytest.mark.parametrize("path", ["/whole", "/stream", "/typed?type=text/css&size=10"])
@pytest.mark.parametrize("coding", ["gzip", "zstd", "identity"])
def test_head_has_the_headers_of_get(port, path, coding):
    got, _ = ask(port, path, Accept_Encoding=coding)
    head, body = ask(port, path, "HEAD", Accept_Encoding=coding)
    apart = {"date", "transfer-encoding"}
    kept = [[each for each in one.getheaders() if each[0] not in apart] for one in (got, head)]
    assert kept[0] == kept[1]
    assert body == b""


def test_each_representation_has_its_entity_tag_and_each_is_recognised(port):
    for coding in ("gzip", "zstd"):
        answer, _ = ask(port, "/whole", Accept_Encoding=coding)
        tag = answer.headers["ETag"]
        assert tag == f'"5-{coding}"'
        for held in (tag, f"W/{tag}", f'"4", {tag}'):
            again, body = ask(port, "/whole", Accept_Encoding=coding, If_None_Match=held)
            assert (again.status, body) == (304, b"")
            assert again.headers["ETag"] == tag
            assert again.headers["Vary"] == "Accept, Accept-Encoding"


def test_the_entity_tag_of_another_coding_is_no_match(port):
    assert ask(port, "/whole", If_None_Match='"5-gzip"')[0].status == 200
    assert ask(port, "/whole", Accept_Encoding="zstd", If_None_Match='"5-gzip"')[0].status == 200
    assert ask(port, "/whole", If_None_Match='"5"')[0].headers["ETag"] == '"5"'


@pytest.mark.parametrize(
    ("kind", "is_coded"),
    [
        ("text/turtle", True),
        ("application/json", True),
        ("application/problem%2Bjson", True),
        ("application/sparql-results%2Bxml", True),
        ("application/n-quads", True),
        ("image/svg%2Bxml", True),
        ("image/png", False),
        ("application/zip", False),
        ("application/octet-stream", False),
    ],
)
def test_text_is_coded_and_what_is_dense_is_not(port, kind, is_coded):
    answer, body = ask(port, f"/typed?type={kind}&size=5000", Accept_Encoding="gzip")
    assert (answer.headers.get("Content-Encoding") == "gzip") is is_coded
    assert (answer.headers.get("Vary") == "Accept-Encoding") is is_coded
    assert answer.headers["ETag"] == 'W/"5"'
    assert int(answer.headers["Content-Length"]) == len(body)


def test_a_small_answer_is_not_coded(port):
    answer, body = ask(port, "/typed?type=text/css&size=1023", Accept_Encoding="gzip")
    assert body == b"a" * 1023
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_what_is_coded_is_not_coded_again(port):
    answer, body = ask(port, "/coded", Accept_Encoding="gzip")
    assert answer.headers["Content-Encoding"] == "br"
    assert body == b"a" * 2000


def test_a_request_that_refuses_all_codings_is_told_so(port):
    answer, body = ask(port, "/whole", Accept_Encoding="identity;q=0")
    assert answer.status == 406
    assert b"zstd, gzip, identity" in body


@pytest.mark.parametrize("coding", [b"gzip", b"zstd", b"identity"])
def test_a_stream_that_breaks_off_stays_cut(port, coding, caplog):
    with connected(port) as connection:
        connection.sendall(b"GET /cut HTTP/1.1\r\nHost: x\r\nAccept-Encoding: %s\r\n\r\n" % coding)
        answer = rest(connection)
    assert answer.startswith(b"HTTP/1.1 200")
    assert not answer.endswith(b"0\r\n\r\n")
