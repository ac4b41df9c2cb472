"""RDF terms as N-Triples text: what goes in comes back from the parser, or is refused."""

import pyoxigraph as ox
import pytest

from vocab.ntriples import XSD, iri, literal, repaired


def parsed(term):
    [triple] = ox.parse(f"<http://a.example/s> <http://a.example/p> {term} .", ox.RdfFormat.TURTLE)
    return triple.object


@pytest.mark.parametrize(
    "text",
    [
        'dit « "vélo" »',
        "C:\\données\\n",
        "deux\nlignes\r\net\tdemie",
        "\\u0041",
        "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 é",
        "",
    ],
)
def test_a_literal_comes_back_as_it_was(text):
    assert parsed(literal(text)).value == text


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_characters_that_xml_cannot_carry_are_left_out(character):
    assert literal(f"a{character}b") == '"ab"'


def test_a_language_tag_is_written_in_lower_case():
    assert parsed(literal("vélo", language="fr-FR")) == ox.Literal("vélo", language="fr-fr")


@pytest.mark.parametrize("tag", ["français", "fr_FR", "fr ", "f", "fr>"])
def test_what_is_no_language_tag_is_refused(tag):
    with pytest.raises(ValueError, match="no language tag"):
        literal("vélo", language=tag)


def test_a_datatype_stays_with_its_literal():
    assert parsed(literal("2024", datatype=XSD + "gYear")).datatype.value == XSD + "gYear"


@pytest.mark.parametrize(
    "address",
    [
        "https://opendata.paris.fr/explore/dataset/vélos/",
        "HTTP://A.example/",
        "ftp://ftp.example/a.zip",
        "mailto:contact@datasud.fr",
        "https://a.example/?q=%C3%A9#ici",
        "http://[2001:db8::1]/x",
    ],
)
def test_an_absolute_iri_is_kept_to_the_letter(address):
    assert parsed(iri(address)) == ox.NamedNode(address)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("javascript:alert(1)", "no absolute IRI"),
        ("JavaScript:alert(1)", "no absolute IRI"),
        ("data:text/html,<script>", "no absolute IRI"),
        ("www.paris.fr", "no absolute IRI"),
        ("/explore/dataset", "no absolute IRI"),
        ("", "no absolute IRI"),
        ("https:///chemin", "no absolute IRI"),
        ("http://", "no absolute IRI"),
        ("https://a.example/\x01", "."),
        ("https://a.example/un deux", "."),
        ('https://a.example/"', "."),
        ("https://a.example/> <http://b.example/", "."),
        ("http://[::1/", "."),
    ],
)
def test_what_is_no_link_is_refused(address, why):
    with pytest.raises(ValueError, match=why):
        iri(address)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" https://a.example/un deux ", "https://a.example/un%20deux"),
        ("https://a.example/{id}|x^`\\", "https://a.example/%7Bid%7D%7Cx%5E%60%5C"),
        ('https://a.example/<b>"', "https://a.example/%3Cb%3E%22"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/%C3%A9", "https://a.example/%C3%A9"),
        ("https://a.example/é?x=[1]#y", "https://a.example/é?x=[1]#y"),
    ],
)
def test_repair_encodes_what_no_iri_may_hold_and_nothing_else(written, read):
    assert repaired(written) == read


def test_a_repaired_address_passes():
    assert iri(repaired('https://a.example/un deux/{x}"\n')).startswith("<https://a.example/un%20")
