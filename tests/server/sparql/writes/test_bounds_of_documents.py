"""Where a document's bounds are, read without a server."""

import pytest

from server.http.problems import BadRequest, ContentTooLarge
from server.sparql import documents

PREFIXES = {"dct": "http://purl.org/dc/terms/"}


def rdf_xml(entities, inside):
    return (
        f"<!DOCTYPE rdf:RDF [{entities}]>"
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
        f'<rdf:Description rdf:about="http://e/s"><e:p>{inside}</e:p></rdf:Description></rdf:RDF>'
    ).encode()


def read(body, media_type):
    return documents.triples(body, media_type, "http://example.org/", PREFIXES)


@pytest.mark.parametrize("value", ["&b;", "a&#38;b;", "&#x26;b;", "&amp;b;", "&b"])
def test_an_entity_that_may_refer_to_another_is_refused(value):
    with pytest.raises(BadRequest, match="the entity a refers to another") as refused:
        read(rdf_xml(f'<!ENTITY a "{value}">', "&a;"), "application/rdf+xml")
    assert refused.value.reason == "nested-entities"


def test_an_entity_of_plain_text_is_read():
    found = read(rdf_xml('<!ENTITY a "un &lt; deux">', "&a;!"), "application/rdf+xml")
    assert found == b'<http://e/s> <http://e/p> "un < deux!" .\n'


@pytest.mark.parametrize("size", [100, 200, 400])
def test_short_entities_grow_within_bounds(size):
    body = rdf_xml(f'<!ENTITY a "{"x" * (size // 2)}">', "&a;" * (size // 6))
    assert len(read(body, "application/rdf+xml")) < 10 * len(body) + (1 << 16)


@pytest.mark.parametrize("size", [10_000, 100_000])
def test_long_entities_do_not_grow_beyond_them(size):
    body = rdf_xml(f'<!ENTITY a "{"x" * (size // 2)}">', "&a;" * (size // 6))
    with pytest.raises(ContentTooLarge) as refused:
        read(body, "application/rdf+xml")
    assert refused.value.reason == "document-expands"


def test_a_list_in_turtle_may_grow_as_lists_do():
    found = read(b"<a:s> <a:p> (" + b"() " * 20_000 + b") .", "text/turtle")
    assert found.count(b"\n") == 40_001


def test_a_prefix_that_is_missing_is_offered():
    with pytest.raises(BadRequest, match=r"http://purl\.org/dc/terms/") as refused:
        read(b"<a:s> dct:title 1 .", "text/turtle")
    assert refused.value.members["line"] == 1
