"""Where an address leads: nothing that a portal says may lead into a private network."""

import ipaddress
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx2

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_OBSOLETE = tuple(
    ipaddress.ip_network(text)
    for text in ("fec0::/10", "64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96")
)
"""Site-local (RFC 3879), NAT64 of a network's own (RFC 8215), IPv4-compatible (RFC 4291) and
translated (RFC 2765): forms that no public host needs."""
_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(Exception):
    """An address that no portal may send us to; its text says why, and what would allow it."""


def is_public(text: str) -> bool:
    """Whether an IP address is one of the public Internet (RFC 6890), whatever it is wrapped in."""
    address: _Ip = ipaddress.ip_address(text.partition("%")[0])
    if any(address in network for network in _OBSOLETE):
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            address = inner
    return address.is_global and not address.is_multicast


def origin(url: str) -> tuple[str, int]:
    """Host and port of an http or https address. Raises ``Refused`` for any other."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Refused(f"{url[:200]!r} is no address ({error})") from error
    if parts.scheme not in ("http", "https") or not host:
        raise Refused(f"{url[:200]!r} does not begin with http: or https:")
    return host.rstrip(".").lower(), port or (443 if parts.scheme == "https" else 80)


def resolved(host: str, port: int) -> list[str]:
    """The IP addresses of a host. Raises ``httpx2.ConnectError`` where it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx2.ConnectError(f"{host} has no address ({error})") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard(httpx2.BaseTransport):
    """A transport that looks where each request goes, and connects to the address it looked at.

    The name is resolved once, here, so that it cannot mean another address a moment later. Private
    addresses are refused but for ``own``, the origin that the portal's entry itself names, and
    unless ``private`` allows them all.
    """

    def __init__(
        self,
        inner: httpx2.BaseTransport,
        own: tuple[str, int] | None = None,
        private: bool = False,
        resolve: Callable[[str, int], list[str]] = resolved,
    ) -> None:
        self._inner = inner
        self._own = own if own and _names_itself(own[0]) else None
        self._private = private
        self._resolve = resolve

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the request on. Raises ``Refused``, and what the inner transport raises."""
        host, port = origin(str(request.url))
        addresses = self._resolve(host, port)
        if not self._private and (host, port) != self._own:
            self._check(host, addresses)
        refusal: httpx2.HTTPError | None = None
        for address in addresses:
            try:
                return self._inner.handle_request(_pinned(request, host, address))
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                refusal = error
        raise refusal or httpx2.ConnectError(f"{host} has no address")

    def _check(self, host: str, addresses: list[str]) -> None:
        for address in addresses:
            if not is_public(address):
                raise Refused(
                    f"{host} is {address}, an address of a private network: refused"
                    " (private = true in the portal's entry allows it)"
                )

    def close(self) -> None:
        """Close the inner transport."""
        self._inner.close()


def _names_itself(host: str) -> bool:
    """Whether a host needs no name server to be known: who writes it means the address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return True


def _pinned(request: httpx2.Request, host: str, address: str) -> httpx2.Request:
    """The request, sent to one IP address: the header Host and the certificate's name stay."""
    return httpx2.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )
