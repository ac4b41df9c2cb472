"""HTTP to portals, and ``file:`` in their place: an answer is a file that can be read in pieces."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

import httpx2

from ingest.answer import Answer, SourceError

USER_AGENT = "Jointure/0.1 (linked-data harvester of open-data catalogues)"
_RETRIED = frozenset({429, 500, 502, 503, 504})
_PAUSES = (0.5, 2.0, 6.0)
"""Seconds before each further try."""
LARGEST = 2 << 30
"""Bytes of one answer at the most: the largest export seen has 226 MB."""


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
        self.total: int | None = None
        """How many entries the portal announces, where it does."""
        self._client = httpx2.Client(
            transport=transport,
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
            timeout=httpx2.Timeout(90.0, connect=30.0),
            follow_redirects=True,
            max_redirects=5,
        )

    def announce(self, total: int) -> None:
        """Note how many entries the portal says it has."""
        self.total = total

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
