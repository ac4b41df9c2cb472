"""HTTP to portals, and ``file:`` in their place: an answer is a file that can be read in pieces."""

import hashlib
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Self
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx2

from ingest.addresses import Guard, Refused, origin
from ingest.answer import Answer, SourceError, is_html
from ingest.politeness import LONGEST_WAIT, Hosts, TooLong, jittered, quota_wait, seconds_of
from ingest.portals import Portal
from ingest.raw import Kept, RawAnswers
from ingest.robots import AGENT, learn_delay

JSON = "application/json"
XML = "application/xml"
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_PAUSES = (0.5, 2.0, 6.0)
"""Seconds before each further try, give or take a half."""
_REDIRECTS = 5


@dataclass(frozen=True)
class Limits:
    """What one answer may take: ``size`` in bytes, ``seconds`` in all, and after ``patience``
    seconds a mean of ``pace`` bytes a second at least."""

    size: int = 2 << 30
    seconds: float = 3600.0
    patience: float = 60.0
    pace: float = 500.0


class _Passing(SourceError):
    """An error that may be gone at another try, ``after`` seconds at the soonest."""

    after = 0.0


@dataclass(frozen=True)
class _Request:
    method: str
    address: str
    accept: str
    body: bytes = b""
    media_type: str = ""

    @property
    def key(self) -> str:
        """Its name among the raw answers."""
        words = f"{self.method} {self.address} {self.accept} ".encode()
        return hashlib.sha256(words + self.body).hexdigest()[:20]

    def headers(self, held: Kept | None) -> dict[str, str]:
        """The headers, those that make it conditional (RFC 9110, section 13.1) included."""
        found = {"Accept": self.accept, "Accept-Encoding": "gzip"}
        if self.media_type:
            found["Content-Type"] = self.media_type
        if held is not None and self.method == "GET":  # of a POST it would mean another thing
            found |= {"If-None-Match": held.etag} if held.etag else {}
            found |= {"If-Modified-Since": held.last_modified} if held.last_modified else {}
        return found


class Fetcher:
    """Gets the answers of one portal, each once in a walk, and keeps them among ``raw``.

    The client's transport, the ``hosts`` with their clock, and the limits are arguments: tests
    give their own. ``contact`` is where a portal's keeper finds whom to write to.
    """

    def __init__(
        self,
        portal: Portal,
        raw: RawAnswers,
        transport: httpx2.BaseTransport | None = None,
        hosts: Hosts | None = None,
        limits: Limits | None = None,
        contact: str = "http://localhost/",
    ) -> None:
        self.portal = portal.name
        self.raw = raw
        self.total: int | None = None
        """How many entries the portal announces, where it does."""
        self.is_ordered = True
        """Whether the pages of the listing are always in one order: then a walk that was cut off
        goes on with those it has. A connector that cannot know says no."""
        self.is_whole = True
        """Whether the listing proved complete: one that did not takes nothing away. A connector
        that can prove it and does not succeed raises ``SourceError`` instead."""
        self._hosts = hosts or Hosts()
        self._limits = limits or Limits()
        own = origin(portal.url) if portal.url.startswith("http") else None
        self._client = httpx2.Client(
            transport=Guard(transport or way_out(portal.url), own, portal.private),
            headers={"User-Agent": f"{AGENT}/{version('jointure')} (+{contact})"},
            timeout=httpx2.Timeout(90.0, connect=30.0),
        )

    def announce(self, total: int) -> None:
        """Note how many entries the portal says it has."""
        self.total = total

    def get(self, url: str, *, accept: str = JSON, **parameters: str | int) -> Answer:
        """The answer, in a file. Raises ``SourceError``; tries again where it may help."""
        if url.startswith("file:"):
            path = Path(url.removeprefix("file:"))
            if not path.is_file():
                raise SourceError(self.portal, url, "there is no such file")
            return Answer(self.portal, url, path)
        address = f"{url}?{urlencode(parameters)}" if parameters else url
        return self._answer(_Request("GET", address, accept))

    def post(self, url: str, body: bytes, media_type: str, *, accept: str = JSON) -> Answer:
        """The answer to a query that goes in a body. Raises ``SourceError``, as ``get`` does."""
        return self._answer(_Request("POST", url, accept, body, media_type))

    def _answer(self, request: _Request) -> Answer:
        held = self.raw.find(request.key)
        is_whole = self.raw.replay and self.raw.is_whole
        is_usable = is_whole or (self.raw.is_resumed and self.is_ordered)
        if held is not None and self.raw.is_of_this_walk(held) and is_usable:
            return self._kept(held, self.raw.path(held))
        if self.raw.replay:
            what = "not among the raw answers of the last whole walk: harvest without --replay"
            # As a refusal, which is not kept: a connector then asks as it did after the refusal.
            raise SourceError(self.portal, request.address, what, 404 if is_whole else 0)
        for pause in _PAUSES:
            try:
                return self._asked(request, held)
            except _Passing as error:
                if error.after > LONGEST_WAIT:
                    raise
                self._hosts.sleep(max(error.after, jittered(pause)))
        return self._asked(request, held)

    def _asked(self, request: _Request, held: Kept | None) -> Answer:
        """One try: the request, its redirects, and the body."""
        address, step = request.address, request
        try:
            for _ in range(_REDIRECTS + 1):
                learn_delay(self._client, self._hosts, address, self._limits.seconds)
                with (
                    self._hosts.turn(origin(address)[0]),
                    self._client.stream(
                        step.method, address, headers=step.headers(held), content=step.body
                    ) as response,
                ):
                    if response.status_code not in (301, 302, 303, 307, 308):
                        return self._received(request, address, held, response)
                    address = urljoin(address, response.headers.get("location", ""))
                    if response.status_code == 303:  # what it leads to is an answer, not a query
                        step = replace(step, method="GET", body=b"", media_type="")
        except (Refused, TooLong, httpx2.InvalidURL) as error:
            raise SourceError(self.portal, request.address, str(error)) from error
        except (httpx2.HTTPError, zlib.error) as error:
            raise _Passing(
                self.portal, request.address, f"{type(error).__name__}: {error}"
            ) from error
        what = f"more than {_REDIRECTS} redirects, the last one to {address}"
        raise SourceError(self.portal, request.address, what)

    def _received(
        self, request: _Request, address: str, held: Kept | None, response: httpx2.Response
    ) -> Answer:
        """The answer of ``address``, to which the request led."""
        now, status = datetime.now(UTC), response.status_code
        host = origin(address)[0]
        self._hosts.hold(host, quota_wait(response.headers, now))
        if status == 304 and held is not None:
            return self._kept(held, self.raw.renew(held))
        if status != 200:
            kind = _Passing if status in _RETRIED else SourceError
            error = kind(self.portal, address, f"HTTP {status}", status)
            if isinstance(error, _Passing):
                error.after = seconds_of(response.headers.get("retry-after", "0"), now)
                # Kept by the other portals of the host as well, but for a wait that nobody waits.
                self._hosts.hold(host, error.after if error.after <= LONGEST_WAIT else 0.0)
            raise error
        part = self.raw.part(request.key)
        with part.open("wb") as file:
            for piece in self._body(request, response):
                file.write(piece)
        answer = Answer(self.portal, address, part, *_content_type(response))
        start = answer.start()
        if not start:
            raise _Passing(self.portal, address, "an empty answer with status 200")
        if is_html(start) or (request.accept == JSON and start[:1] == b"<"):
            what = f"HTML or XML, {request.accept} is expected: {start[:60]!r}"
            raise _Passing(self.portal, address, what)
        kept = Kept(
            request.key,
            address,
            "",
            answer.media_type,
            answer.charset,
            response.headers.get("etag", ""),
            response.headers.get("last-modified", ""),
            0,
            "",
        )
        return self._kept(kept, self.raw.keep(kept))

    def _kept(self, kept: Kept, path: Path) -> Answer:
        return Answer(self.portal, kept.address, path, kept.media_type, kept.charset)

    def _body(self, request: _Request, response: httpx2.Response) -> Iterator[bytes]:
        """The body in pieces, decoded, within the limits. Raises ``SourceError``."""
        limits, began, size = self._limits, time.monotonic(), 0
        for piece in _decoded(response):
            size += len(piece)
            if size > limits.size:
                raise SourceError(self.portal, request.address, f"more than {limits.size} bytes")
            seconds = time.monotonic() - began
            if seconds > limits.seconds or (
                seconds > limits.patience and size < limits.pace * seconds
            ):
                what = f"{size} bytes in {seconds:.0f} seconds: too slow to wait for its end"
                raise SourceError(self.portal, request.address, what)
            yield piece

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()


def way_out(url: str) -> httpx2.BaseTransport:
    """The way out: the proxy of the environment (HTTPS_PROXY, NO_PROXY), where there is one."""
    parts = urlsplit(url)
    proxy = getproxies().get(parts.scheme)
    is_direct = proxy is None or proxy_bypass(parts.hostname or "")
    return httpx2.HTTPTransport(proxy=None if is_direct else proxy)


def _decoded(response: httpx2.Response) -> Iterator[bytes]:
    """The pieces of a body without its content coding, which has to come to its own end: a client
    library takes a gzip stream that is cut off for a whole one. As they come: gathered into larger
    ones, a slow drip would not be seen. Raises ``zlib.error``."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding in ("", "identity"):
        yield from response.iter_raw()
        return
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise zlib.error(f"a content coding that was not asked for: {coding[:40]!r}")
    stream = zlib.decompressobj(wbits=47)  # gzip or zlib, told by the first bytes
    for piece in response.iter_raw():
        waiting = piece
        while waiting:
            if stream.eof:  # a gzip file is a series of members (RFC 1952, section 2.2)
                stream = zlib.decompressobj(wbits=47)
            yield stream.decompress(waiting, 1 << 20)
            waiting = stream.unconsumed_tail or stream.unused_data
    if not stream.eof:
        raise zlib.error("the compressed body ends before its end")


def _content_type(response: httpx2.Response) -> tuple[str, str]:
    media_type, *_ = response.headers.get("content-type", "").partition(";")
    return media_type.strip().lower(), (response.charset_encoding or "").lower()
