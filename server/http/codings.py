"""Content codings (RFC 9110, sections 8.4 and 12.5.3): which one, to it, and back within bounds.

zstd windows are those of RFC 9659: no frame of ours needs more than 8 MB to be read, none of a
client's gets more.
"""

import zlib
from asyncio import to_thread
from collections.abc import AsyncIterator, Callable, Iterator
from functools import lru_cache

import zstandard

from server.http.negotiation import weighted
from server.http.problems import BadRequest, ContentTooLarge, NotAcceptable, UnsupportedMediaType

CODINGS = ("zstd", "gzip")
"""What we write, in our order of preference."""

_GZIP = 31  # zlib's number for a gzip wrapper; the moment in it is 0: equal bodies, equal bytes
_GZIP_LEVEL = 4
_ZSTD_LEVEL = 3
_FLUSHED = 32 << 10
_MOST = 4
_GZIP_PIECE = 16 << 10
_ZSTD_WINDOW = 8 << 20
_ZSTD_PIECE = 128
"""Bytes given to zstd at once: a block of 4 bytes makes 128 KB, so that this makes 4 MB at most."""
_HEADERS = {"Accept-Encoding": ", ".join(CODINGS)}


def chosen(accept_encoding: str | None) -> str:
    """The coding for an answer: ``zstd``, ``gzip`` or ``identity``.

    Raises ``NotAcceptable`` where identity is refused and neither of the others is wanted.
    """
    found = _chosen((accept_encoding or "")[:1024])
    if found is None:
        raise NotAcceptable(f"Codings of answers: {', '.join(CODINGS)}, identity.")
    return found


@lru_cache(maxsize=512)
def _chosen(header: str) -> str | None:
    weights = {each.name.removeprefix("x-"): each.quality for each in reversed(weighted(header))}
    rest = weights.get("*")
    found = {name: weights.get(name, rest or 0.0) for name in CODINGS}
    # Without being named, identity will do, though less than what is named.
    found["identity"] = weights.get("identity", 1e-9 if rest is None else rest)
    best = max(found, key=lambda name: found[name])
    return best if found[best] else None


class Encoder:
    """A stream in one coding. The first chunk, and every 32 KB, are passed on as they come."""

    def __init__(self, coding: str) -> None:
        self._encode, self._flush, self._finish = _stream(coding)
        self._held = _FLUSHED

    def encode(self, chunk: bytes) -> bytes:
        """What can be sent after this chunk: nothing, as long as little is held."""
        coded = self._encode(chunk)
        self._held += len(chunk)
        if self._held < _FLUSHED:
            return coded
        self._held = 0
        return coded + self._flush()

    def finish(self) -> bytes:
        """The end of the stream. A stream without it is seen to be cut."""
        return self._finish()


_Stream = tuple[Callable[[bytes], bytes], Callable[[], bytes], Callable[[], bytes]]


def _stream(coding: str) -> _Stream:
    if coding == "gzip":
        gzip = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP)
        return gzip.compress, lambda: gzip.flush(zlib.Z_SYNC_FLUSH), gzip.flush
    if coding == "zstd":
        zstd = zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compressobj()
        block = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        return zstd.compress, lambda: zstd.flush(block), zstd.flush
    return lambda chunk: chunk, bytes, bytes


def encoded(body: bytes, coding: str) -> bytes:
    """A whole body in a coding."""
    if coding == "gzip":
        return zlib.compress(body, _GZIP_LEVEL, _GZIP)
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(body)
    return body


async def decoded(chunks: AsyncIterator[bytes], content_encoding: str | None, limit: int) -> bytes:
    """The body of a request, its codings undone, at most ``limit`` bytes.

    No more than ``limit`` and a few megabytes are ever held of it, whatever it would become.
    Raises ``ContentTooLarge``, ``BadRequest`` for what the coding cannot have made, and
    ``UnsupportedMediaType`` for a coding that is not read here.
    """
    names = [each.strip().lower() for each in (content_encoding or "").split(",")]
    codings = [each for each in names if each not in ("", "identity")]
    if len(codings) > _MOST or any(each not in _DECODERS for each in codings):
        detail = f"Content-Encoding: {', '.join(codings)[:100]} is not read here."
        raise UnsupportedMediaType(detail, _HEADERS)
    body = await _read(chunks, limit)
    # The last coding of the list was put on last.
    for coding in reversed(codings):
        body = await to_thread(_whole, body, coding, limit)
    return body


async def _read(chunks: AsyncIterator[bytes], limit: int) -> bytes:
    parts, size = [], 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        parts.append(chunk)
    return b"".join(parts)


def _whole(body: bytes, coding: str, limit: int) -> bytes:
    parts, size = [], 0
    try:
        for part in _DECODERS[coding](body, limit):
            size += len(part)
            if size > limit:
                raise _too_large(limit)
            parts.append(part)
    except (zlib.error, zstandard.ZstdError, EOFError) as error:
        raise BadRequest(f"The body is no {coding}: {error}.") from error
    return b"".join(parts)


def _too_large(limit: int) -> ContentTooLarge:
    return ContentTooLarge(f"At most {limit:,} bytes are read of a body, its codings undone.")


def _gunzipped(body: bytes, limit: int) -> Iterator[bytes]:
    """The members of a gzip file (RFC 1952, section 2.2); zeros behind them are padding.

    In pieces, for what is behind a member is copied at its end, and members can be many.
    """
    member, is_begun, count = zlib.decompressobj(_GZIP), False, 0
    for at in range(0, len(body), _GZIP_PIECE):
        piece = body[at : at + _GZIP_PIECE]
        while piece and (is_begun or not count or piece.strip(b"\0")):
            yield member.decompress(piece, limit + 1)
            is_begun, piece = not member.eof, member.unused_data
            if member.eof:
                member, count = zlib.decompressobj(_GZIP), count + 1
    if is_begun:
        raise EOFError("its end is missing")


def _undeflated(body: bytes, limit: int) -> Iterator[bytes]:
    """The zlib format, as RFC 9110 has it, or what some send by that name: bare deflate."""
    if not body:
        return
    is_wrapped = body[0] & 15 == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    stream = zlib.decompressobj(15 if is_wrapped else -15)
    yield stream.decompress(body, limit + 1)
    if not stream.eof or stream.unused_data:
        raise EOFError("its end is missing, or not at the end")


def _unzstd(body: bytes, limit: int) -> Iterator[bytes]:
    """The frames of a zstd file (RFC 8878, section 3), a few bytes at a time: the decoder gives
    all that it can make of what it gets."""
    decoder = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    frame, is_begun = decoder.decompressobj(), False
    for at in range(0, len(body), _ZSTD_PIECE):
        piece = body[at : at + _ZSTD_PIECE]
        while piece:
            yield frame.decompress(piece)
            is_begun, piece = not frame.eof, frame.unused_data
            if frame.eof:
                frame = decoder.decompressobj()
    if is_begun:
        raise EOFError("its end is missing")


_DECODERS: dict[str, Callable[[bytes, int], Iterator[bytes]]] = {
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "deflate": _undeflated,
    "zstd": _unzstd,
}
