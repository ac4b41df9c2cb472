"""Whether links answer: a HEAD each, a GET where that is refused, one at a time of each host."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from urllib.parse import urljoin

import httpx2

from ingest.addresses import Guard, Refused, origin
from ingest.fetch import way_out
from ingest.politeness import Hosts, TooLong
from ingest.robots import AGENT, learn_delay

_AT_ONCE = 8
"""Hosts that are asked side by side."""
_REDIRECTS = 5
_TOO_MANY_REDIRECTS = 310
"""No status that a server sends: the link leads nowhere."""
_FAILURES = 5
"""Links of a host that may give no answer one after the other; the rest are not asked."""
_TIMEOUT = httpx2.Timeout(30.0, connect=15.0)


class Prober:
    """Asks links whether they answer with a status from 200 to 299.

    ``private`` allows addresses of private networks. The transport and the hosts with their clock
    are arguments: tests give their own.
    """

    def __init__(
        self,
        contact: str,
        private: bool = False,
        transport: httpx2.BaseTransport | None = None,
        hosts: Hosts | None = None,
    ) -> None:
        self._contact = contact
        self._private = private
        self._transport = transport
        self._hosts = hosts or Hosts()

    def probe(self, links: Iterable[str]) -> dict[str, bool]:
        """By link, whether it answered; without those that could not be asked: the host was busy
        (HTTP 429), asked to wait too long, or gave no answer time after time."""
        by_host: dict[str, list[str]] = {}
        found: dict[str, bool] = {}
        for link in dict.fromkeys(links):
            try:
                by_host.setdefault(origin(link)[0], []).append(link)
            except Refused:
                found[link] = False  # ftp:, mailto: and the like answer no HTTP request
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="probe") as pool:
            for answers in pool.map(self._of_host, by_host.values()):
                found |= answers
        return found

    def _of_host(self, links: list[str]) -> dict[str, bool]:
        found: dict[str, bool] = {}
        failures = 0
        with self._client(links[0]) as client:
            for link in links:
                try:
                    status = self._status(client, link)
                except (TooLong, Refused):
                    continue
                except (httpx2.HTTPError, httpx2.InvalidURL, ValueError):
                    failures += 1
                    found[link] = False
                    if failures == _FAILURES:
                        break
                    continue
                failures = 0
                if status != 429:
                    found[link] = 200 <= status < 300
        return found

    def _client(self, link: str) -> httpx2.Client:
        transport = self._transport or way_out(link)
        return httpx2.Client(
            transport=Guard(transport, private=self._private),
            headers={
                "User-Agent": f"{AGENT}/{version('jointure')} (+{self._contact})",
                "Accept": "*/*",
            },
            timeout=_TIMEOUT,
        )

    def _status(self, client: httpx2.Client, link: str) -> int:
        """The status of a link: of a HEAD, or of a GET whose body is not read where the HEAD
        fails, as some servers know no HEAD."""
        status = self._asked(client, "HEAD", link)
        return status if status < 400 or status == 429 else self._asked(client, "GET", link)

    def _asked(self, client: httpx2.Client, method: str, link: str) -> int:
        address = link
        for _ in range(_REDIRECTS + 1):
            learn_delay(client, self._hosts, address)
            with (
                self._hosts.turn(origin(address)[0]),
                client.stream(method, address) as response,
            ):
                status = response.status_code
                location = response.headers.get("location", "")
            if status not in (301, 302, 303, 307, 308) or not location:
                return status
            address = urljoin(address, location)
        return _TOO_MANY_REDIRECTS
