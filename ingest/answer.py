"""What a portal answered: a body in a file, read in pieces, and what may be wrong with it.

SourceError   a portal could not be walked to its end
"""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import ijson

_BLANK = b"\xef\xbb\xbf \t\r\n"


class SourceError(Exception):
    """A portal could not be walked to its end: HTTP, not JSON, a page short, datasets lost.

    Its text names the portal, the address and what was expected. The portal's graph stays as it
    was, the next portal goes on. ``status`` is the HTTP status, 0 where there was none;
    ``is_of_content`` says that the answers came, and that what they say cannot be.
    """

    def __init__(
        self, portal: str, where: str, what: str, status: int = 0, is_of_content: bool = False
    ) -> None:
        super().__init__(f"{portal}: {where}: {what}")
        self.status = status
        self.is_of_content = is_of_content


class Answer(NamedTuple):
    """A portal's answer: its body in a file, the address that it came from, after redirects, and
    the media type and charset that the portal gives it (both empty for a ``file:``)."""

    portal: str
    address: str
    path: Path
    media_type: str = ""
    charset: str = ""

    def error(self, what: str) -> SourceError:
        """The ``SourceError`` that says ``what`` is wrong with this answer."""
        return SourceError(self.portal, self.address, what, is_of_content=True)

    def start(self, size: int = 1000) -> bytes:
        """The first bytes that are no white space, without a byte order mark."""
        with self.path.open("rb") as file:
            return file.read(size).lstrip(_BLANK)


def is_html(start: bytes) -> bool:
    """Whether a body that begins so is a page for people: a portal's error with status 200."""
    return start[:1] == b"<" and start[:200].lower().startswith((b"<!doctype html", b"<html"))


def json_items(answer: Answer, prefix: str = "item") -> Iterator[Any]:
    """The members of a JSON array, one by one, in the memory of one.

    ``prefix`` says where the array is (ijson's path; ``item``: the document itself). Raises
    ``SourceError`` where the document is no JSON, or ends before its end.
    """
    start = answer.start(200)
    if not start:
        raise answer.error("an empty answer, JSON is expected")
    if start[:1] == b"<":
        raise answer.error(f"HTML or XML, JSON is expected: {start[:60]!r}")
    with answer.path.open("rb") as file:
        file.seek(3 if file.read(3) == codecs.BOM_UTF8 else 0)
        try:
            yield from ijson.items(file, prefix, use_float=True)
        except ijson.IncompleteJSONError as error:
            raise answer.error(f"the JSON is cut off or broken ({_first_line(error)})") from error
        except ijson.JSONError as error:
            raise answer.error(f"not JSON ({_first_line(error)})") from error


def json_document(answer: Answer) -> dict[str, Any]:
    """A whole JSON object, for answers of one page. Raises ``SourceError`` for anything else."""
    found = next(iter([*json_items(answer, prefix="")]), None)
    if not isinstance(found, dict):
        raise answer.error(f"a JSON object is expected, not {type(found).__name__}")
    return found


def count(answer: Answer, announced: Any) -> int:
    """The count of entries that a page announces. Raises ``SourceError`` where it is none."""
    if isinstance(announced, bool) or not isinstance(announced, int) or announced < 0:
        raise answer.error(f"the count announced is no number: {str(announced)[:80]!r}")
    return announced


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
