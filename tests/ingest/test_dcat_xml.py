"""RDF/XML that is none, is not even XML, or would be better left unread."""

import pytest

from ingest.answer import SourceError
from tests.ingest.dcat_feeds import RDF_XML, parsing, repaired, xml

BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.fixture
def parsed(request):
    """The graph of a feed's bytes."""
    return parsing(request)


@pytest.fixture
def titles(parsed):
    """The titles of the datasets of a feed, and what had to be repaired."""
    return repaired(parsed)


def test_xml_that_ends_between_two_records_is_cut_off(parsed):
    with pytest.raises(SourceError, match="cut off"):
        parsed(xml("<dct:title>T</dct:title>").removesuffix("</rdf:RDF>"))


@pytest.mark.parametrize(
    "body",
    [
        BOMB + xml("<dct:title>&b;</dct:title>"),
        BOMB.lower().replace("entity", "ENTITY") + xml("<dct:title>&b;</dct:title>"),
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + xml("&a;"),
        '<dct:x a="<!--">' + BOMB + "<!-- -->" + xml(""),
        f"<!-- {'<!-- x ' * 50} -->{BOMB}" + xml(""),
        RDF_XML % (BOMB + '<dcat:Dataset rdf:about="http://d.example/1"/>'),
    ],
)  # fmt: skip
def test_entities_are_refused(parsed, body):
    with pytest.raises(SourceError, match="entities"):
        parsed(body)


def test_a_document_type_alone_is_harmless_and_so_is_one_in_a_text(titles):
    assert titles(f"<!DOCTYPE rdf:RDF>{xml('<dct:title>T</dct:title>')}")[0] == {"T", "Sauf"}
    text = "<![CDATA[<!DOCTYPE html [ x ]>]]>"
    inside = f"<dct:title>T</dct:title><dct:description>{text}</dct:description>"
    assert titles(xml(inside)) == ({"T", "Sauf"}, [])


# --- characters -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "encoding", "issues"),
    [
        ('encoding="UTF-8"', "utf-8", []),
        ('encoding="ISO-8859-1"', "iso-8859-1", []),
        ('encoding="UTF-16"', "utf-16", []),
        ("", "utf-8-sig", []),
        ('encoding="UTF-8"', "cp1252", [("shape", "encoding")]),
        ('encoding="ISO-8859-1"', "utf-8", [("shape", "encoding")]),
        ('encoding="martien"', "cp1252", [("shape", "encoding")]),
    ],
)
def test_encodings_right_and_wrong(titles, declared, encoding, issues):
    body = f'<?xml version="1.0" {declared}?>{xml("<dct:title>Équipé</dct:title>")}'
    assert titles(body.encode(encoding)) == ({"Équipé", "Sauf"}, issues)


def test_what_is_declared_counts_where_it_is_not_utf_8(titles):
    body = f'<?xml version="1.0" encoding="ISO-8859-15"?>{xml("<dct:title>10 €</dct:title>")}'
    assert titles(body.encode("iso-8859-15")) == ({"10 €", "Sauf"}, [])


def test_the_charset_of_the_answer_counts_where_the_feed_says_nothing(titles):
    body = xml("<dct:title>Équipé</dct:title>").encode("iso-8859-15")
    assert titles(body, "application/rdf+xml", "iso-8859-15") == ({"Équipé", "Sauf"}, [])


@pytest.mark.parametrize(
    ("text", "read", "key"),
    [
        ("a\x0bb", "ab", None),  # which the strict parser lets through; the terms leave it out
        ("a & b", "a & b", "entities"),
        ("d&eacute;j&agrave; &lt;vu", "déjà <vu", "entities"),
        ("a &inconnu; b", "a &inconnu; b", "entities"),
        ("prix &#8364; &amp; taxe", "prix € & taxe", None),
        ("&#11;x &", "x &", "entities"),
    ],
)
def test_characters_that_xml_does_not_know(titles, text, read, key):
    found, issues = titles(xml(f"<dct:title>{text}</dct:title>"))
    assert {each.replace("\x0b", "") for each in found} == {read, "Sauf"}
    assert issues == ([("shape", key)] if key else [])


def test_control_characters_in_broken_xml_are_left_out(titles):
    found, issues = titles(xml("<dct:title>a\x0bb & c</dct:title>"))
    assert found == {"ab & c", "Sauf"}
    assert issues == [("shape", "control characters"), ("shape", "entities")]


# --- elements -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "property", "expected", "key"),
    [
        ('<dcat:theme rdf:resource="http://t.example/1">Eau</dcat:theme>', "dcat:theme",
         ["http://t.example/1"], "dcat:theme"),
        ("<dct:title>A</dct:title><dct:description>un <b>beau</b> jeu</dct:description>",
         "dct:description", ["un <b>beau</b> jeu"], "dct:description"),
        ('<dct:title lang="fr">A</dct:title>', "dct:title", ["A"], "@lang"),
        ('<dct:relation resource="http://t.example/1"/>', "dct:relation", ["http://t.example/1"],
         "@resource"),
        ("perdu<dct:title>A</dct:title>", "dct:title", ["A"], "dcat:Dataset"),
        ('<dct:isPartOf rdf:resource="http://t.example/1"><dct:Agent rdf:about="http://t.example/2"/>'
         "</dct:isPartOf>", "dct:isPartOf", ["http://t.example/1", "http://t.example/2"],
         "dct:isPartOf"),
        ('<dct:publisher><dct:Agent rdf:about="http://t.example/1"/>'
         '<dct:Agent rdf:about="http://t.example/2"/></dct:publisher>', "dct:publisher",
         ["http://t.example/1", "http://t.example/2"], "dct:publisher"),
    ],
)  # fmt: skip
def test_elements_that_break_the_grammar_are_mended(parsed, inside, property, expected, key):
    graph = parsed(xml(inside))
    assert sorted(graph.texts("http://d.example/1", property)) == expected
    assert graph.texts("http://d.example/9", "dct:title") == ["Sauf"]
    assert [issue.key for issue in graph.repairs["http://d.example/1"]] == [key]


def test_the_label_beside_an_iri_is_its_label(parsed):
    graph = parsed(xml('<dcat:theme rdf:resource="http://t.example/1">Eau</dcat:theme>'))
    assert graph.texts("http://t.example/1", "rdfs:label") == ["Eau"]


def test_properties_without_their_node_have_a_blank_one(parsed):
    graph = parsed(
        xml(
            "<dct:temporal><dcat:startDate>2020</dcat:startDate><dcat:endDate>2021</dcat:endDate>"
            "</dct:temporal>"
        )
    )
    [period] = graph.texts("http://d.example/1", "dct:temporal")
    assert graph.texts(period, "dcat:startDate", "dcat:endDate") == ["2020", "2021"]


def test_what_is_right_in_a_broken_document_stays(parsed):
    graph = parsed(
        xml(
            '<dct:title lang="fr">A</dct:title>'
            '<dct:format><dct:mediaTypeOrExtent rdf:about="http://t.example/csv"/></dct:format>'
            "<dct:description><![CDATA[<b>vert</b> & bleu &amp; gris]]></dct:description>"
            '<dct:subject rdf:parseType="Collection"><dct:Agent rdf:about="http://t.example/1"/>'
            '</dct:subject><dct:rights rdf:parseType="Literal"><p>x</p></dct:rights>'
            '<dct:temporal rdf:parseType="Resource"><dcat:startDate>2020</dcat:startDate>'
            "</dct:temporal>"
        )
    )
    one = "http://d.example/1"
    assert graph.texts(one, "dct:format") == ["http://t.example/csv"]
    assert graph.texts(one, "dct:description") == ["<b>vert</b> & bleu &amp; gris"]
    [period] = graph.texts(one, "dct:temporal")
    assert graph.texts(period, "dcat:startDate") == ["2020"]
    assert [issue.key for issue in graph.repairs[one]] == ["@lang"]
    assert graph.repairs[""] == []


def test_a_well_known_prefix_need_not_be_declared(titles):
    found, issues = titles(xml("<dct:title>T</dct:title><foaf:page>x</foaf:page>"))
    assert (found, issues) == ({"T", "Sauf"}, [("shape", "xmlns:foaf")])


def test_an_unknown_prefix_makes_it_no_xml(parsed):
    with pytest.raises(SourceError, match="broken"):
        parsed(xml("<inconnu:title>T</inconnu:title>"))
