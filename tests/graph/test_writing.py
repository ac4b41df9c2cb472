"""The syntaxes: the same triples give the same bytes, and come back as they were."""

import random

import pyoxigraph as ox
import pytest

from graph.writing import GRAPH_SYNTAXES, SYNTAXES, write
from vocab.context import Model

PREFIXES = {"dct": "http://purl.org/dc/terms/"}
TITLE = ox.NamedNode("http://purl.org/dc/terms/title")


@pytest.fixture
def triples():
    texts = ['dit "vélo"\n', "<b>&amp;</b>", "\\", "x" * 1000]
    return [
        ox.Triple(ox.NamedNode(f"http://a.example/{n}"), TITLE, ox.Literal(text, language=language))
        for n, text in enumerate(texts)
        for language in ("fr", "en")
    ]


@pytest.mark.parametrize("name", GRAPH_SYNTAXES)
def test_the_same_triples_give_the_same_bytes(triples, name):
    written = write(triples, SYNTAXES[name], PREFIXES)
    random.Random(1).shuffle(triples)
    assert write(iter(triples), SYNTAXES[name], PREFIXES) == written


@pytest.mark.parametrize("name", GRAPH_SYNTAXES)
def test_every_syntax_can_be_read_back(triples, name):
    syntax = SYNTAXES[name]
    quads = ox.parse(write(triples, syntax, PREFIXES), syntax.format)
    assert {quad.triple for quad in quads} == set(triples)


@pytest.mark.parametrize("name", GRAPH_SYNTAXES)
def test_the_order_of_the_prefixes_is_always_the_same(triples, name):
    """A harvester hashes the bytes; an ETag promises them."""
    prefixes = Model("http://localhost:8000/").prefixes
    written = {write(triples, SYNTAXES[name], prefixes) for _ in range(10)}
    assert len(written) == 1


def test_turtle_has_the_prefixes(triples):
    assert b"dct:title" in write(triples, SYNTAXES["ttl"], PREFIXES)


def test_nothing_is_a_document_too():
    assert write([], SYNTAXES["nt"], {}) == b""
