"""What proxies say: RFC 7239, and the headers that came before it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.http.forwarded import Proxies, is_host
from vocab.errors import ConfigError

PEER, FAR = "10.0.0.1", "203.0.113.9"
PROXIES = Proxies(["10.0.0.0/8", "fd00::/8", "192.0.2.7"])


def headers(**named):
    return [
        (name.lower().replace("_", "-").encode(), value.encode("utf-8"))
        for name, values in named.items()
        for value in ([values] if isinstance(values, str) else values)
    ]


def public(peer=PEER, **named):
    return PROXIES.public(peer, headers(**named), "http", "inner:8000")


def client(peer=PEER, **named):
    return PROXIES.client(peer, headers(**named))


@pytest.mark.parametrize(
    ("forwarded", "found"),
    [
        ("for=203.0.113.9", FAR),
        ('For="203.0.113.9:4711"', FAR),
        ("for=203.0.113.9:4711", FAR),
        ('for="[2001:DB8::1]"', "2001:db8::1"),
        ('for="[2001:db8::1]:4711";proto=https', "2001:db8::1"),
        ('for="[::ffff:203.0.113.9]"', FAR),
        ("proto=http;by=10.0.0.1 ; for=203.0.113.9", FAR),
        (f"for=1.2.3.4, for={FAR}", FAR),
        (f"for=1.2.3.4, for={FAR}, for=10.1.1.1", FAR),
        (f'for=1.2.3.4, for={FAR}, for="[fd00::2]", for=192.0.2.7', FAR),
        (["for=1.2.3.4", f"for={FAR}", "for=10.9.9.9"], FAR),
        ("for=10.1.1.1, for=10.1.1.2", "10.1.1.1"),
        (f'host="a,b";for={FAR}', FAR),
        (f'x="\\", for=1.1.1.1";for={FAR}', FAR),
        (f"for={FAR}, for=unknown", PEER),
        (f"for={FAR}, for=_hidden", PEER),
        (f"for={FAR}, for=unknown, for=10.2.2.2", "10.2.2.2"),
        (f"for={FAR}, for=", PEER),
        (f"for={FAR}, for=1.1.1.1;for=2.2.2.2", PEER),
        (f"for={FAR}, nonsense", PEER),
        (f'for={FAR}, for="1.1.1.1', PEER),
        ("", PEER),
    ],
)
def test_the_client_is_the_first_that_is_not_trusted_from_the_right(forwarded, found):
    assert client(forwarded=forwarded) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (FAR, FAR),
        (f"1.2.3.4, {FAR}", FAR),
        (f"1.2.3.4, {FAR}, 10.3.3.3", FAR),
        (f"{FAR}:4711", FAR),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("fe80::1%eth0", PEER),
        (f"{FAR}, 10.3.3.3, gibberish", PEER),
        (f"{FAR},,", PEER),
    ],
)
def test_x_forwarded_for_is_read_in_the_same_way(value, found):
    assert client(x_forwarded_for=value) == found


def test_forwarded_wins():
    named = {"x_forwarded_for": "1.1.1.1", "x_forwarded_proto": "http", "x_forwarded_host": "b"}
    assert client(forwarded=f"for={FAR}", **named) == FAR
    assert public(forwarded="proto=https;host=a", **named) == ("https", "a", "")
    assert public(forwarded=f"for={FAR}", **named) == ("http", "inner:8000", "")


def test_what_a_stranger_says_is_not_heard():
    named = {"forwarded": "for=1.1.1.1;host=a;proto=https", "x_forwarded_prefix": "/p"}
    for peer in (FAR, "", "unix", "10.0.0.1 "):
        assert client(peer, **named) == peer
        assert public(peer, **named) == ("http", "inner:8000", "")
    assert Proxies([]).client(PEER, headers(**named)) == PEER


@pytest.mark.parametrize("peer", ["10.0.0.1", "::ffff:10.0.0.1", "fd12::1", "192.0.2.7"])
def test_a_peer_is_trusted_by_its_network(peer):
    assert client(peer, forwarded=f"for={FAR}") == FAR


def test_the_address_is_that_of_the_trusted_proxy_nearest_to_the_client():
    forwarded = "for=9.9.9.9;host=evil;proto=http, for=203.0.113.9;host=data.example;proto=https"
    assert public(forwarded=forwarded) == ("https", "data.example", "")
    inner = f"{forwarded}, for=10.0.0.2;host=inner;proto=http"
    assert public(forwarded=inner) == ("https", "data.example", "")
    assert public(forwarded=f"{forwarded}, for=10.0.0.2") == ("https", "data.example", "")


def test_the_older_headers_tell_the_address():
    named = {"x_forwarded_proto": "HTTPS", "x_forwarded_host": "data.example:8443"}
    assert public(x_forwarded_for=FAR, **named) == ("https", "data.example:8443", "")
    assert public(**named) == ("https", "data.example:8443", "")
    assert public(x_forwarded_host="evil, data.example") == ("http", "data.example", "")


@pytest.mark.parametrize(
    ("value", "prefix"),
    [
        ("/data", "/data"),
        ("/data/", "/data"),
        ("/a/b-c/%C3%A9", "/a/b-c/%C3%A9"),
        ("/evil, /data", "/data"),
        ("/", ""),
        ("data", ""),
        ("//evil.example", ""),
        ("/a//b", ""),
        ("/a/../b", ""),
        ("/a/%2E%2e/b", ""),
        ("/<script>", ""),
        ("/a?b", ""),
        ("/a b", ""),
        ("https://evil.example/", ""),
        ("/a" * 200, ""),
    ],
)
def test_a_prefix_is_a_path(value, prefix):
    assert public(x_forwarded_prefix=value) == ("http", "inner:8000", prefix)


HOSTS = ["a", "data.example", "data.example:443", "127.0.0.1:80", "[::1]", "[2001:db8::1]:8000"]
NO_HOSTS = [
    *("", "a b", "a/b", "a@b", "a:b", "a:", "<a>", 'a"', "a,b", "é", "[::1", "[z]", "::1", "-a"),
    *("[1.2.3.4]", "a?b", "a#b", "a\\b", "a%41", "a:123456", "a" * 300),
]


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_is_taken(host):
    assert public(forwarded=f'host="{host}"')[1] == host
    assert public(x_forwarded_host=host)[1] == host


@pytest.mark.parametrize("host", NO_HOSTS)
def test_what_is_no_host_is_not_taken(host):
    assert not is_host(host)
    escaped = host.replace("\\", "\\\\").replace('"', '\\"')
    assert public(forwarded=f'host="{escaped}"')[1] == "inner:8000"
    assert PROXIES.public(PEER, [], "http", host)[1] == ""


@pytest.mark.parametrize("entry", ["10.0.0.0/33", "proxy.example", "", "10.0.0", "fd00::/129"])
def test_an_entry_that_is_no_network_is_named(entry):
    with pytest.raises(ConfigError, match=f"trusted proxy '{entry}'"):
        Proxies(["10.0.0.1", entry])


TEXT = st.text(alphabet='for=hstp:/".,;[]_\\ \t10%25aé\0', max_size=60) | st.text(max_size=60)


@given(st.lists(TEXT, max_size=3), TEXT, TEXT, TEXT, TEXT)
def test_garbage_says_nothing_that_harms(forwarded, node, scheme, host, prefix):
    named = {"x_forwarded_for": node, "x_forwarded_proto": scheme, "x_forwarded_host": host}
    found = headers(forwarded=forwarded, x_forwarded_prefix=prefix, **named)
    assert PROXIES.client(PEER, found)
    is_scheme, told, path = PROXIES.public(PEER, found, "http", "inner:8000")
    assert is_scheme in ("http", "https")
    assert is_host(told)
    assert path == "" or (path[0] == "/" and path[1:2] != "/" and path.isascii())
