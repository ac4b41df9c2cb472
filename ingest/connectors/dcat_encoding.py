"""The characters of a feed: whatever encoding it says, and whichever it is in."""

import codecs
import re

from graph.issues import Issue
from ingest.answer import Answer

_DECLARATION = re.compile(rb"\s*<\?xml[^>]*?\?>")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([\w.:-]+)[\"']")
_FALLBACK = "cp1252"
"""What calls itself UTF-8 and is not is what Windows writes in France."""
_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def decoded(answer: Answer) -> tuple[bytes, list[Issue]]:
    """A page's bytes in UTF-8, without a byte order mark or an XML declaration; and what was not
    as it said.

    It is read as UTF-8 where it can be, for no other text looks like it; else as what the XML
    declaration or the header of the answer names.
    """
    raw = answer.path.read_bytes()
    wide = _WIDE.get(raw[:2])
    if wide:
        raw = raw.decode(wide, "replace").encode("utf-8", "replace")
    raw = raw.removeprefix(codecs.BOM_UTF8)
    declaration = _DECLARATION.match(raw)
    said = _ENCODING.search(declaration[0]) if declaration else None
    encoding = (said[1].decode() if said else answer.charset).lower()
    body = raw[declaration.end() :] if declaration else raw
    if wide:
        return body, []
    if body.isascii() or _is_utf8(body):
        if body.isascii() or encoding in ("", "utf-8", "utf8"):
            return body, []
        return body, [_issue(encoding, f"{encoding} is declared; it is UTF-8")]
    if encoding not in ("", "utf-8", "utf8") and _is_known(encoding):
        return body.decode(encoding, "replace").encode(), []
    issue = _issue(encoding, f"{encoding or 'no encoding'} is declared; read as {_FALLBACK}")
    return body.decode(_FALLBACK, "replace").encode(), [issue]


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_known(encoding: str) -> bool:
    try:
        b"x".decode(encoding)
    except LookupError:
        return False
    return True


def _issue(encoding: str, message: str) -> Issue:
    return Issue("shape", "encoding", encoding, f"encoding: {message}")
