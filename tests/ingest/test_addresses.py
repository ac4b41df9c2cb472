"""Where a request may go: the public Internet, and the origin that the portal's entry writes."""

import socket

import httpx2
import pytest

from ingest.addresses import Guard, Refused, is_public, origin, resolved

PUBLIC = [
    "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.32.0.1", "2a01:cb00::1", "2606:4700::1111",
    "::ffff:8.8.8.8", "2002:808:808::1", "64:ff9b::8.8.8.8",
]  # fmt: skip
INNER = ["10.0.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "192.168.1.1", "224.0.0.1"]
"""IPv4 addresses that are no public ones: each may also come inside an IPv6 address."""
NOT_PUBLIC = [
    *INNER,
    "0.0.0.0", "127.255.255.254", "100.127.255.255", "172.16.0.1", "172.31.255.255", "192.0.2.1",
    "198.18.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fe80::1%1", "fc00::1", "fd12:3456::1", "ff02::1",
    "ff0e::1", "2001:db8::1", "100::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_of_no_public_network_is_not(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", INNER)
@pytest.mark.parametrize("form", ["::ffff:{}", "64:ff9b::{}"])
def test_an_address_is_what_is_wrapped_in_it(form, address):
    assert not is_public(form.format(address))


@pytest.mark.parametrize("address", INNER)
def test_a_6to4_address_is_what_it_leads_to(address):
    first, second = (int.from_bytes(socket.inet_aton(address)[i : i + 2]) for i in (0, 2))
    assert not is_public(f"2002:{first:x}:{second:x}::1")


@pytest.mark.parametrize(
    "address",
    [
        "fec0::1",  # site-local (RFC 3879): deprecated, and never public
        "64:ff9b:1::a00:1",  # NAT64 of a network's own (RFC 8215)
        "::10.0.0.1",  # IPv4-compatible (RFC 4291, section 2.5.5.1)
        "::ffff:0:10.0.0.1",  # IPv4-translated (RFC 2765)
    ],
)
def test_an_ipv6_address_of_no_public_network_is_not_by_any_old_form(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://data.example", ("data.example", 443)),
        ("http://data.example/a?b", ("data.example", 80)),
        ("HTTPS://Data.EXAMPLE.:8443/", ("data.example", 8443)),
        ("http://nobody:secret@data.example@10.0.0.1:81/", ("10.0.0.1", 81)),
        ("http://[2001:db8::1]:8080/", ("2001:db8::1", 8080)),
    ],
)
def test_an_origin_is_the_host_in_lower_case_and_the_port(url, found):
    assert origin(url) == found


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://data.example/", "gopher://data.example/", "//data.example/",
        "data.example", "", "http://", "http:///a", "http://a:99999/", "http://a:b/", "http://[::1",
    ],
)  # fmt: skip
def test_what_is_no_http_address_is_refused(url):
    with pytest.raises(Refused):
        origin(url)


def test_a_host_has_each_of_its_addresses_once(monkeypatch):
    entries = [(0, 0, 0, "", (address, 80)) for address in ("8.8.8.8", "::2", "8.8.8.8")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: entries)
    assert resolved("data.example", 80) == ["8.8.8.8", "::2"]


@pytest.mark.parametrize("error", [socket.gaierror("unknown"), UnicodeError("label too long")])
def test_a_host_without_address_is_a_connect_error(monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(httpx2.ConnectError, match=r"data\.example has no address"):
        resolved("data.example", 80)


class Wire(httpx2.BaseTransport):
    """What would go over the wire: each request, and an error for hosts that do not answer."""

    def __init__(self):
        self.requests: list[httpx2.Request] = []
        self.errors: dict[str, httpx2.HTTPError] = {}
        self.is_closed = False

    @property
    def hosts(self):
        return [request.url.host for request in self.requests]

    def handle_request(self, request):
        self.requests.append(request)
        if error := self.errors.get(request.url.host):
            raise error
        return httpx2.Response(200, request=request)

    def close(self):
        self.is_closed = True


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def names():
    """What a name means, one answer after the other; a name that is none of these is itself."""
    return {"data.example": [["8.8.8.8"]]}


@pytest.fixture
def asked():
    """The names that were resolved, with their ports."""
    return []


@pytest.fixture
def send(wire, names, asked):
    """Send a request to an address, as a portal's client does."""

    def resolve(host, port):
        asked.append((host, port))
        return names[host].pop(0) if host in names else [host]

    def sent(url, own="", private=False, **request):
        guard = Guard(wire, origin(own) if own else None, private, resolve)
        return guard.handle_request(httpx2.Request("GET", url, **request))

    return sent


def test_a_request_goes_to_the_address_that_was_looked_at(send, wire):
    send("https://data.example:8443/a%20b?c=d")
    [request] = wire.requests
    assert str(request.url) == "https://8.8.8.8:8443/a%20b?c=d"


def test_the_host_and_the_name_of_the_certificate_stay(send, wire):
    send("https://data.example:8443/", headers={"Accept": "text/csv"})
    [request] = wire.requests
    assert request.headers["host"] == "data.example:8443"
    assert request.headers["accept"] == "text/csv"
    assert request.extensions["sni_hostname"] == "data.example"


def test_the_body_and_the_timeout_stay(send, wire):
    extensions = {"timeout": {"read": 90.0}}
    send("http://data.example/", content=b"<csw/>", extensions=extensions)
    [request] = wire.requests
    assert request.read() == b"<csw/>"
    assert request.extensions["timeout"] == {"read": 90.0}


def test_an_ipv6_address_is_connected_to(send, wire, names):
    names["data.example"] = [["2a01:cb00::1"]]
    send("http://data.example/a")
    assert str(wire.requests[0].url) == "http://[2a01:cb00::1]/a"


def test_a_name_is_resolved_once_so_that_it_cannot_change(send, wire, names, asked):
    names["data.example"] = [["8.8.8.8"], ["127.0.0.1"]]
    send("http://data.example/")
    assert asked == [("data.example", 80)]
    assert wire.hosts == ["8.8.8.8"]


def test_a_name_that_changes_is_refused_at_the_next_request(send, wire, names):
    names["data.example"] = [["8.8.8.8"], ["127.0.0.1"]]
    send("http://data.example/")
    with pytest.raises(Refused):
        send("http://data.example/")
    assert wire.hosts == ["8.8.8.8"]


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "::1", "fe80::1%2"])
def test_a_name_of_a_private_network_is_refused_and_the_text_says_what_allows_it(
    send, wire, names, address
):
    names["data.example"] = [[address]]
    with pytest.raises(Refused, match=rf"data\.example is {address}.*private = true"):
        send("http://data.example/")
    assert wire.requests == []


@pytest.mark.parametrize("addresses", [["8.8.8.8", "10.0.0.1"], ["10.0.0.1", "8.8.8.8"]])
def test_one_private_address_among_others_is_refused(send, wire, names, addresses):
    names["data.example"] = [addresses]
    with pytest.raises(Refused):
        send("http://data.example/")
    assert wire.requests == []


def test_a_portal_that_is_private_may_name_private_addresses(send, wire, names):
    names["data.example"] = [["10.0.0.1"]]
    send("http://data.example/", private=True)
    assert wire.hosts == ["10.0.0.1"]


@pytest.mark.parametrize(
    "own", ["http://127.0.0.1:8080", "http://[::1]:8080", "http://10.0.0.1", "http://localhost:81"]
)
def test_the_address_that_a_portals_entry_writes_is_allowed(send, wire, names, own):
    names["localhost"] = [["127.0.0.1"]]
    send(f"{own}/api", own=own)
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    "other",
    [
        "http://127.0.0.1:8081/",  # another port
        "https://127.0.0.1/",
        "http://127.0.0.2:8080/",  # another address
        "http://localhost:8080/",  # another name of it
        "http://[::ffff:127.0.0.1]:8080/",
    ],
)
def test_nothing_beside_the_address_that_an_entry_writes_is_allowed(send, wire, names, other):
    names["localhost"] = [["127.0.0.1"]]
    with pytest.raises(Refused):
        send(other, own="http://127.0.0.1:8080")
    assert wire.requests == []


@pytest.mark.parametrize("own", ["http://data.example", "http://intranet", "http://0x7f.1"])
def test_a_name_of_an_entry_is_no_address_and_allows_nothing(send, wire, names, own):
    names |= {host: [["127.0.0.1"]] for host in ("data.example", "intranet", "0x7f.1")}
    with pytest.raises(Refused):
        send(f"{own}/", own=own)
    assert wire.requests == []


@pytest.mark.parametrize("error", [httpx2.ConnectError, httpx2.ConnectTimeout])
def test_where_one_address_does_not_answer_the_next_one_is_tried(send, wire, names, error):
    names["data.example"] = [["8.8.4.4", "8.8.8.8", "9.9.9.9"]]
    wire.errors["8.8.4.4"] = error("refused")
    assert send("http://data.example/").status_code == 200
    assert wire.hosts == ["8.8.4.4", "8.8.8.8"]


def test_where_no_address_answers_the_last_error_is_told(send, wire, names):
    names["data.example"] = [["8.8.4.4", "8.8.8.8"]]
    wire.errors |= {host: httpx2.ConnectError(f"{host} refused") for host in ("8.8.4.4", "8.8.8.8")}
    with pytest.raises(httpx2.ConnectError, match=r"8\.8\.8\.8 refused"):
        send("http://data.example/")


def test_a_request_that_may_have_come_through_is_not_sent_to_another_address(send, wire, names):
    names["data.example"] = [["8.8.4.4", "8.8.8.8"]]
    wire.errors["8.8.4.4"] = httpx2.ReadError("reset")
    with pytest.raises(httpx2.ReadError):
        send("http://data.example/")
    assert wire.hosts == ["8.8.4.4"]


def test_a_name_without_any_address_is_a_connect_error(send, names):
    names["data.example"] = [[]]
    with pytest.raises(httpx2.ConnectError):
        send("http://data.example/")


def test_closing_the_guard_closes_what_is_in_it(wire):
    Guard(wire).close()
    assert wire.is_closed
