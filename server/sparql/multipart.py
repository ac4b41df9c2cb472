"""multipart/form-data (RFC 7578): its parts, as few and as plain as an upload of documents is."""

import re
from typing import NamedTuple

from server.http.problems import BadRequest

_MOST_PARTS = 1000
_LONGEST_HEADER = 1 << 14
_BOUNDARY = re.compile(
    r""";\s*boundary\s*=\s*(?:"([^"\r\n]{1,70})"|([^\s;,"]{1,70}))""", re.IGNORECASE
)
_FILE_NAME = re.compile(r"""filename\s*=\s*(?:"([^"]*)"|([^\s;"]+))""", re.IGNORECASE)


class Part(NamedTuple):
    """One part: its Content-Type, the name of the file that it was, and what it holds."""

    content_type: str
    file_name: str
    body: bytes


def parts(body: bytes, content_type: str) -> list[Part]:
    """The parts of a body. Raises ``BadRequest`` where it is not made of parts (RFC 2046, section
    5.1.1), or of more than 1,000."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise _broken("the Content-Type names no boundary")
    delimiter = b"\r\n--" + (found[1] or found[2]).encode("latin-1")
    _, *pieces = (b"\r\n" + body).split(delimiter, _MOST_PARTS + 2)
    read: list[Part] = []
    for piece in pieces:
        if piece.startswith(b"--"):
            return read
        read.append(_part(piece))
        if len(read) > _MOST_PARTS:
            raise _broken(f"it has more than {_MOST_PARTS} parts")
    raise _broken("its last boundary is missing")


def _part(piece: bytes) -> Part:
    padding, line_break, rest = piece.partition(b"\r\n")
    if padding.strip(b" \t") or not line_break:
        raise _broken("a boundary is not on a line of its own")
    head, blank, body = (b"\r\n" + rest).partition(b"\r\n\r\n")
    if not blank or len(head) > _LONGEST_HEADER:
        raise _broken("a part has no end of its headers")
    fields = {}
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        fields[name.strip().lower()] = value.strip()
    named = _FILE_NAME.search(fields.get("content-disposition", ""))
    file_name = (named[1] or named[2] or "") if named else ""
    return Part(fields.get("content-type", ""), file_name, body)


def _broken(what: str) -> BadRequest:
    return BadRequest(f"the body is no multipart/form-data: {what}", reason="bad-multipart")
