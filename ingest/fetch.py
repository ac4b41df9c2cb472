"""HTTP to portals, and ``file:`` in their place: an answer is a file that can be read in pieces.

SourceError   a portal could not be walked to its end
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

import httpx2
import ijson

USER_AGENT = "Jointure/0.1 (linked-data harvester of open-data catalogues)"
_RETRIED = frozenset({429, 500, 502, 503, 504})
_PAUSES = (0.5, 2.0, 6.0)
"""Seconds before each further try."""
_BLANK = b"\xef\xbb\xbf \t\r\n"
LARGEST = 2 << 30
"""Bytes of one answer at the most: the largest export seen has 226 MB."""


class SourceError(Exception):
    """A portal could not be walked to its end: HTTP, not JSON, a page short, datasets lost.

    Its text names the portal, the address and what was expected. The portal's graph stays as it
    was, the next portal goes on. ``status`` is the HTTP status, 0 where there was none.
    """

    def __init__(self, portal: str, where: str, what: str, status: int = 0) -> None:
        super().__init__(f"{portal}: {where}: {what}")
        self.status = status


class Answer(NamedTuple):
    """A portal's answer: its body in a file, and the address that it came from."""

    portal: str
    address: str
    path: Path

    def error(self, what: str) -> SourceError:
        """The ``SourceError`` that says ``what`` is wrong with this answer."""
        return SourceError(self.portal, self.address, what)


class Fetcher:
    """Gets the answers of one portal into ``folder``.

    The client's transport, and the clock's ``sleep``, are arguments: tests give their own.
    """

    def __init__(
        self,
        portal: str,
        folder: Path,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.portal = portal
        self._folder = folder
        self._sleep = sleep
        self._client = httpx2.Client(
            transport=transport,
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
            timeout=httpx2.Timeout(90.0, connect=30.0),
            follow_redirects=True,
            max_redirects=5,
        )

    def get(self, url: str, **parameters: str | int) -> Answer:
        """The answer, in a file. Raises ``SourceError``; tries again where it may help."""
        if url.startswith("file:"):
            path = Path(url.removeprefix("file:"))
            if not path.is_file():
                raise SourceError(self.portal, url, "there is no such file")
            return Answer(self.portal, url, path)
        address = f"{url}?{urlencode(parameters)}" if parameters else url
        for pause in _PAUSES:
            try:
                return self._download(address)
            except SourceError as error:
                if error.status and error.status not in _RETRIED:
                    raise
            self._sleep(pause)
        return self._download(address)

    def _download(self, address: str) -> Answer:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(address.encode()).hexdigest()[:16]
        path, part = self._folder / name, self._folder / f"{name}.part"
        try:
            with self._client.stream("GET", address) as answer:
                if answer.status_code != 200:
                    raise SourceError(
                        self.portal, address, f"HTTP {answer.status_code}", answer.status_code
                    )
                size = 0
                with part.open("wb") as file:
                    for chunk in answer.iter_bytes(1 << 16):
                        size += len(chunk)
                        if size > LARGEST:
                            raise SourceError(
                                self.portal, address, f"more than {LARGEST} bytes", status=413
                            )
                        file.write(chunk)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            what = f"{type(error).__name__}: {error}"
            raise SourceError(self.portal, address, what) from error
        part.replace(path)
        return Answer(self.portal, address, path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()


def json_items(answer: Answer, prefix: str = "item") -> Iterator[Any]:
    """The members of a JSON array, one by one, in the memory of one.

    ``prefix`` says where the array is (ijson's path; ``item``: the document itself). Raises
    ``SourceError`` where the document is no JSON, or ends before its end.
    """
    with answer.path.open("rb") as file:
        start = file.read(200)
        if not start.strip():
            raise answer.error("an empty answer, JSON is expected")
        if start.lstrip(_BLANK)[:1] == b"<":
            raise answer.error(f"HTML or XML, JSON is expected: {start[:60]!r}")
        file.seek(3 if start.startswith(b"\xef\xbb\xbf") else 0)
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


def first_character(answer: Answer) -> str:
    """The first character of a document that is no white space; empty where it has none."""
    with answer.path.open("rb") as file:
        return file.read(1000).lstrip(_BLANK)[:1].decode("ascii", "replace")


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
