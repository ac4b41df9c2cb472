"""Content codings: RFC 9110, sections 8.4 and 12.5.3."""

import asyncio
import gzip
import os
import time
import tracemalloc
import zlib
from contextlib import suppress

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from server.http.codings import Encoder, chosen, decoded, encoded
from server.http.problems import BadRequest, ContentTooLarge, NotAcceptable, UnsupportedMediaType

TEXT = b"".join(b"<http://example.org/%d> <p> <o> .\n" % each for each in range(20_000))
MEGABYTE = 1 << 20


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        (None, "identity"),
        ("", "identity"),
        ("br", "identity"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("GZip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, zstd;q=0.5", "gzip"),
        ("gzip;q=0", "identity"),
        ("gzip;q=0, *", "zstd"),
        ("*;q=0.1", "zstd"),
        ("zstd;q=0, *;q=0.1", "gzip"),
        ("identity, gzip;q=0.5", "identity"),
        ("identity;q=0.5, gzip;q=1.0", "gzip"),
        ("gzip;q=0.001", "gzip"),
        ("identity;q=0, gzip", "gzip"),
        ("identity;q=0, *;q=0.5", "zstd"),
        ("*;q=0, gzip;q=0.1", "gzip"),
        ("*;q=0, identity", "identity"),
        ("💥;;,=", "identity"),
    ],
)
def test_the_preferred_coding_is_chosen(header, coding):
    assert chosen(header) == coding


@pytest.mark.parametrize("header", ["identity;q=0", "*;q=0", "br, identity;q=0", "*;q=0, br"])
def test_where_not_even_identity_will_do_nothing_is_chosen(header):
    with pytest.raises(NotAcceptable):
        chosen(header)


def undone(coded: bytes, coding: str, cut: int = 0) -> bytes:
    """By the decoders of others."""
    if coding == "gzip":
        return zlib.decompressobj(31).decompress(coded)
    if coding == "zstd":
        return zstandard.ZstdDecompressor().decompressobj().decompress(coded)
    return coded


@pytest.mark.parametrize("coding", ["gzip", "zstd", "identity"])
def test_a_whole_and_a_stream_are_what_others_read(coding):
    assert undone(encoded(TEXT, coding), coding) == TEXT
    encoder = Encoder(coding)
    coded = b"".join(encoder.encode(TEXT[at : at + 999]) for at in range(0, len(TEXT), 999))
    assert undone(coded + encoder.finish(), coding) == TEXT
    if coding != "identity":
        assert len(coded) < len(TEXT) / 5
        assert encoded(TEXT, coding) == encoded(TEXT, coding)


@pytest.mark.parametrize("coding", ["gzip", "zstd", "identity"])
def test_the_first_of_a_stream_can_be_read_at_once(coding):
    encoder = Encoder(coding)
    assert undone(encoder.encode(b"first"), coding) == b"first"
    assert Encoder(coding).finish() == encoded(b"", coding) or coding != "identity"


def read(body: bytes, coding: str | None, limit: int = 10 * MEGABYTE, size: int = 999) -> bytes:
    async def chunks():
        for at in range(0, len(body), size):
            yield body[at : at + size]

    return asyncio.run(decoded(chunks(), coding, limit))


BARE = zlib.compressobj(wbits=-15)
CODED = {
    None: TEXT,
    "": TEXT,
    "identity": TEXT,
    "gzip": gzip.compress(TEXT),
    "X-GZIP": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    " deflate ,": BARE.compress(TEXT) + BARE.flush(),
    "zstd": zstandard.compress(TEXT),
    "zstd, identity": zstandard.ZstdCompressor(write_content_size=False).compress(TEXT),
    "gzip, zstd": zstandard.compress(gzip.compress(TEXT)),
    "zstd, deflate, gzip": gzip.compress(zlib.compress(zstandard.compress(TEXT))),
}


@pytest.mark.parametrize("coding", CODED)
def test_a_body_is_decoded(coding):
    assert read(CODED[coding], coding) == TEXT
    assert read(CODED[coding], coding, size=1 << 20, limit=len(TEXT)) == TEXT
    with pytest.raises(ContentTooLarge):
        read(CODED[coding], coding, limit=len(TEXT) - 1)


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_body_may_have_several_parts(coding):
    half = len(TEXT) // 2
    body = encoded(TEXT[:half], coding) + encoded(b"", coding) + encoded(TEXT[half:], coding)
    assert read(body, coding) == TEXT


def test_zeros_behind_a_gzip_file_are_padding():
    assert read(gzip.compress(b"a") + bytes(1000), "gzip") == b"a"


@pytest.mark.parametrize("coding", ["gzip", "zstd", "deflate", "gzip, zstd"])
def test_no_body_is_no_body(coding):
    assert read(b"", coding) == b""


@pytest.mark.parametrize("coding", ["gzip", "deflate", "zstd", "gzip, zstd"])
def test_a_broken_body_is_refused(coding):
    for broken in (CODED[coding][:-1], CODED[coding][:100], b"?" + CODED[coding], b"no such thing"):
        with pytest.raises(BadRequest, match="The body is no"):
            read(broken, coding)


def test_rubbish_behind_a_body_is_refused():
    with pytest.raises(BadRequest):
        read(CODED["gzip"] + b"rubbish", "gzip")
    with pytest.raises(BadRequest):
        read(CODED["deflate"] + b"rubbish", "deflate")
    with pytest.raises(BadRequest):
        read(bytes(100), "gzip")
    with pytest.raises(BadRequest):
        read(CODED["zstd"] + b"rubbish", "zstd")


@pytest.mark.parametrize("coding", ["br", "compress", "gzip, br", ", ".join(["gzip"] * 5)])
def test_a_coding_that_is_not_read_is_refused_with_those_that_are(coding):
    with pytest.raises(UnsupportedMediaType) as caught:
        read(b"", coding)
    assert caught.value.headers == {"Accept-Encoding": "zstd, gzip"}


def bomb(coding: str) -> bytes:
    zeros = bytes(100 * MEGABYTE)
    if coding == "zstd":
        return zstandard.ZstdCompressor(write_content_size=False).compress(zeros)
    return encoded(zeros, "gzip") if coding == "gzip" else zlib.compress(zeros)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "zstd", "gzip, gzip", "zstd, zstd"])
def test_a_bomb_is_not_inflated_beyond_the_limit(coding):
    last = coding.split(", ")[-1]
    body = bomb(last)
    if "," in coding:
        body = encoded(body, last)
    tracemalloc.start()
    started = time.monotonic()
    with pytest.raises(ContentTooLarge):
        read(body, coding, limit=MEGABYTE)
    assert tracemalloc.get_traced_memory()[1] < 12 * MEGABYTE
    tracemalloc.stop()
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_many_parts_take_no_more_time_than_their_number(coding):
    body = encoded(b"", coding) * 100_000
    started = time.monotonic()
    assert read(body, coding, size=1 << 20) == b""
    assert time.monotonic() - started < 5


def test_a_body_in_a_coding_that_ends_in_nothing_is_bounded():
    with pytest.raises(ContentTooLarge):
        read(gzip.compress(b"") * 100_000, "gzip", limit=MEGABYTE)


def test_a_window_beyond_what_a_server_has_to_hold_is_refused():
    parameters = zstandard.ZstdCompressionParameters.from_level(19, window_log=27)
    coder = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    body = coder.compress(os.urandom(1000)) + coder.flush()
    with pytest.raises(BadRequest):
        read(body, "zstd")


@given(st.binary(max_size=400), st.sampled_from(["gzip", "zstd", "deflate", "zstd, gzip"]))
def test_any_bytes_are_a_body_or_a_bad_request(body, coding):
    with suppress(BadRequest, ContentTooLarge):
        assert len(read(body, coding, limit=MEGABYTE)) <= MEGABYTE
