"""Bulk loading in threads: everything once, the last description after all others, errors told."""

import pytest

from graph.difference import Description, Entry
from ingest.loading import BulkLoader

QUAD = b'<http://a.example/%d> <http://a.example/p> "x" .\n'


def described(number):
    entry = Entry(f"http://a.example/{number}", "1", "x", 0)
    return Description(QUAD % number, QUAD % (number + 1000), entry)


@pytest.fixture
def chunks():
    """The chunks that were loaded, in order."""
    return []


@pytest.fixture
def loader(chunks, monkeypatch):
    monkeypatch.setattr("ingest.loading.CHUNK", 500)
    return BulkLoader(lambda quads, entries: chunks.append((quads, list(entries))))


def test_every_description_is_loaded_once_with_its_marks_and_entry(loader, chunks):
    for number in range(100):
        loader.add(described(number))
    assert loader.finish(described(100)) == 202
    assert len(chunks) > 10
    lines = b"".join(quads for quads, _ in chunks).splitlines()
    assert len(lines) == len(set(lines)) == 202
    entries = [entry.iri for _, held in chunks for entry in held]
    assert sorted(entries) == sorted(described(number).entry.iri for number in range(101))


def test_the_last_description_is_loaded_alone_and_after_all_others(loader, chunks):
    for number in range(100):
        loader.add(described(number))
    loader.finish(described(100))
    quads, entries = chunks[-1]
    assert quads == QUAD % 100 + QUAD % 1100
    assert entries == [described(100).entry]


def test_a_last_description_larger_than_a_chunk_is_loaded(loader, chunks):
    loader.finish(Description(b"".join(QUAD % number for number in range(100))))
    assert sum(quads.count(b"\n") for quads, _ in chunks) == 100


def test_an_error_of_the_loading_is_raised_and_nothing_is_loaded_after_it(monkeypatch):
    monkeypatch.setattr("ingest.loading.CHUNK", 1)
    loaded = []

    def fail(quads, entries):
        loaded.append(quads)
        raise OSError("no space left")

    loader = BulkLoader(fail)

    def add_many():
        for number in range(1000):
            loader.add(described(number))

    with pytest.raises(OSError, match="no space left"):
        add_many()
    with pytest.raises(OSError, match="no space left"):
        loader.finish(described(1000))
    loader.abandon()
    assert 1 <= len(loaded) <= 2  # one a thread
