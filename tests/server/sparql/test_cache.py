"""Answers kept to be given again, and what they may take."""

import pytest

from server.sparql.cache import Cache, Kept

SIZE = 100_000


def kept(body: bytes = b"x", query: str = "ASK {}") -> Kept:
    return Kept({"ETag": '"1-a"', "Content-Type": "text/csv"}, body, query, "ask")


def test_an_answer_is_kept_until_another_snapshot_is_published():
    cache = Cache(SIZE)
    cache.put(1, "a", kept(b"one"))
    assert cache.get(1, "a") == kept(b"one")
    assert cache.get(2, "a") is None
    cache.put(2, "b", kept(b"two"))
    assert (cache.get(2, "a"), cache.get(2, "b")) == (None, kept(b"two"))
    cache.put(1, "a", kept(b"late"))
    assert cache.get(1, "a") is None


def test_the_least_lately_used_goes_first():
    cache = Cache(SIZE)
    for name in "abc":
        cache.put(1, name, kept(bytes(30_000)))
    cache.get(1, "a")
    cache.put(1, "d", kept(bytes(30_000)))
    assert [name for name in "abcd" if cache.get(1, name)] == ["a", "c", "d"]


@pytest.mark.parametrize(
    ("query", "key"),
    [("ASK {} #" + "x" * 20_000, "short"), ("ASK {}", ("x" * 20_000, None)), ("é" * 20_000, b"")],
)
def test_what_the_client_sent_is_counted_too(query, key):
    cache = Cache(SIZE)
    for number in range(1_000):
        cache.put(1, (number, key), kept(query=query))
    held = sum(cache.get(1, (number, key)) is not None for number in range(1_000))
    assert 1 <= held <= 5
    assert cache.held <= SIZE


def test_what_is_larger_than_a_cache_is_not_kept():
    cache = Cache(SIZE)
    cache.put(1, "a", kept(b"small"))
    cache.put(1, "b", kept(bytes(SIZE)))
    assert cache.get(1, "a")
    assert cache.get(1, "b") is None


def test_an_answer_that_is_kept_anew_is_counted_once():
    cache = Cache(SIZE)
    for _ in range(100):
        cache.put(1, "a", kept(bytes(10_000)))
    assert cache.held < 15_000
