"""What a trusted proxy says of a request: ``Forwarded`` (RFC 7239), else ``X-Forwarded-*``.

Anyone can write these headers. They are read from the right, each hop only where the one that
wrote it is trusted, and what they say is taken only where it has the form of what it should be.
"""

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from itertools import islice
from typing import NamedTuple

from vocab.errors import ConfigError

Headers = Sequence[tuple[bytes, bytes]]
"""As ASGI has them: names in lower case."""

_MOST = 50
"""Hops that are read."""
_ELEMENT = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*+"?)++')
_PAIR = re.compile(
    r"(?:^|;)\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:\"((?:[^\"\\]|\\.)*+)\"|([^\s;\"]*))\s*(?=;|$)"
)
_HOST = re.compile(
    r"(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9_.])?|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?"
)
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)+/?")


class _Hop(NamedTuple):
    """What one proxy says of whoever asked it."""

    client: str | None = None
    scheme: str | None = None
    host: str | None = None


class Proxies:
    """The networks whose word is taken, from addresses (``10.0.0.1``) and ranges
    (``fd00::/8``). Raises ``ConfigError`` that names what is neither."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = []
        for each in networks:
            try:
                network = ip_network(each.strip(), strict=False)
            except ValueError as error:
                valid = "an IP address or a range such as 10.0.0.0/8"
                raise ConfigError(f"trusted proxy {each!r}: {error}; give {valid}") from error
            self._networks.append(network)

    def client(self, peer: str, headers: Headers) -> str:
        """The address that the request comes from: ``peer``, or what trusted proxies say of it."""
        if not self._trusts(peer):
            return peer
        return self._believed(peer, _hops(headers))[0]

    def public(self, peer: str, headers: Headers, scheme: str, host: str) -> tuple[str, str, str]:
        """Scheme, host and prefix of the address that the client used; the prefix is empty or
        begins with a slash and ends without, the host is empty where what the request says is
        none. ``host`` may have a port.

        A proxy that writes ``X-Forwarded-*`` has to drop the ``Forwarded`` of its clients, since
        that wins.
        """
        host = host if is_host(host) else ""
        if not self._trusts(peer):
            return scheme, host, ""
        hop = self._believed(peer, _hops(headers))[1]
        prefix = _last(headers, b"x-forwarded-prefix") or ""
        prefix = prefix.rstrip("/") if _is_prefix(prefix) else ""
        return hop.scheme or scheme, hop.host or host, prefix

    def _trusts(self, address: str) -> bool:
        if not self._networks:
            return False
        found = _address(address)
        return found is not None and any(found in network for network in self._networks)

    def _believed(self, peer: str, hops: list[_Hop]) -> tuple[str, _Hop]:
        """The client, and what is said of its request: by the proxy that is nearest to it of
        those that can be trusted."""
        client, said = peer, _Hop()
        for hop in hops:
            # A hop was written by the client of the hop behind it.
            if not self._trusts(client):
                break
            # A proxy that says nothing of host or scheme leaves what one behind it says.
            said = _Hop(None, hop.scheme or said.scheme, hop.host or said.host)
            if hop.client is None:
                break
            client = hop.client
        return client, said


def is_host(text: str) -> bool:
    """Whether this is a host, with or without port, and nothing else (RFC 9110, section 7.2)."""
    if not _HOST.fullmatch(text):
        return False
    if text.startswith("["):
        return isinstance(_address(text[1 : text.index("]")]), IPv6Address)
    return True


def _hops(headers: Headers) -> list[_Hop]:
    """The hops, the last first, from the header that wins."""
    forwarded = _all(headers, b"forwarded")
    if forwarded is not None:
        parts = [part for part in _ELEMENT.findall(forwarded) if part.strip()]
        return [_hop(part) for part in islice(reversed(parts), _MOST)]
    clients = _items(headers, b"x-forwarded-for")
    schemes = _items(headers, b"x-forwarded-proto")
    hosts = _items(headers, b"x-forwarded-host")
    count = max(len(clients), len(schemes), len(hosts))
    return [
        _Hop(_node(_at(clients, at)), _scheme(_at(schemes, at)), _host(_at(hosts, at)))
        for at in range(min(count, _MOST))
    ]


def _hop(element: str) -> _Hop:
    """One element of ``Forwarded``; one that is malformed says nothing, and ends the way."""
    text = element.strip()
    found: dict[str, str] = {}
    end = 0
    for match in _PAIR.finditer(text):
        name = match[1].lower()
        if match.start() != end or name in found:
            return _Hop()
        end = match.end()
        quoted = match[2]
        found[name] = match[3] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    if text[end:].strip("; \t"):
        return _Hop()
    return _Hop(
        _node(found.get("for", "")), _scheme(found.get("proto", "")), _host(found.get("host", ""))
    )


def _node(text: str) -> str | None:
    """The address of a node (RFC 7239, section 6), its port left out; ``None`` where it is hidden
    or no address."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    found = _address(text)
    return None if found is None else str(found)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        if found.scope_id is not None:
            return None
        if found.ipv4_mapped is not None:
            return found.ipv4_mapped
    return found


def _scheme(text: str) -> str | None:
    scheme = text.strip().lower()
    return scheme if scheme in ("http", "https") else None


def _host(text: str) -> str | None:
    text = text.strip()
    return text if is_host(text) else None


def _is_prefix(text: str) -> bool:
    """Whether this is a path, without a step up and without an empty segment: what follows two
    slashes could be a host."""
    if not _PREFIX.fullmatch(text) or len(text) > 200:
        return False
    return not any(re.fullmatch(r"(?:\.|%2e){1,2}", each, re.I) for each in text.split("/"))


def _all(headers: Headers, name: bytes) -> str | None:
    """The lines of a header as one list (RFC 9110, section 5.3)."""
    found = [value for key, value in headers if key == name]
    return b",".join(found).decode("latin-1") if found else None


def _items(headers: Headers, name: bytes) -> list[str]:
    """The items of a list, the last first."""
    text = _all(headers, name)
    return [] if text is None else [each.strip() for each in reversed(text.split(","))]


def _last(headers: Headers, name: bytes) -> str | None:
    found = _items(headers, name)
    return found[0] if found else None


def _at(items: list[str], at: int) -> str:
    return items[at] if at < len(items) else ""
