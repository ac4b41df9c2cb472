"""A record of ISO 19139 as plain values: nothing of it is lost, nothing of the answer is in it."""

import json

import pytest
from lxml import etree

from ingest.connectors import iso19139

NAMESPACES = (
    'xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco"'
    ' xmlns:gmx="http://www.isotc211.org/2005/gmx" xmlns:srv="http://www.isotc211.org/2005/srv"'
    ' xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:geonet="http://www.fao.org/geonetwork"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


def record(inner):
    element = etree.fromstring(f"<gmd:MD_Metadata {NAMESPACES}>{inner}</gmd:MD_Metadata>")
    found = iso19139.record(element)
    assert found.pop("@type") == "MD_Metadata"
    return found


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("<gco:CharacterString>  Arbres\n </gco:CharacterString>", "Arbres"),
        ("<gco:Decimal>3.28</gco:Decimal>", "3.28"),
        ("<gco:Date>2017-10-07</gco:Date>", "2017-10-07"),
        ("<gmd:URL>https://a.example/?a=1&amp;b=2</gmd:URL>", "https://a.example/?a=1&b=2"),
        ("texte nu", "texte nu"),
        ('<gmd:LanguageCode codeList="x" codeListValue="fre">Français</gmd:LanguageCode>', "fre"),
        ('<gmd:LanguageCode codeList="x" codeListValue="">fre</gmd:LanguageCode>', "fre"),
        ("<gmd:MD_TopicCategoryCode>farming</gmd:MD_TopicCategoryCode>", "farming"),
        (
            '<gmx:Anchor xlink:href="http://inspire.ec.europa.eu/theme/lc">Land cover</gmx:Anchor>',
            {"text": "Land cover", "href": "http://inspire.ec.europa.eu/theme/lc"},
        ),
        ('<gmx:MimeFileType type="text/csv">file</gmx:MimeFileType>',
         {"text": "file", "type": "text/csv"}),
        ('<gmx:MimeFileType type="">OGC:WMS</gmx:MimeFileType>', "OGC:WMS"),
        ('<gco:Distance uom="m">5</gco:Distance>', {"text": "5", "uom": "m"}),
        ('<gml:endPosition indeterminatePosition="now"/>', {"indeterminatePosition": "now"}),
    ],
)  # fmt: skip
def test_a_property_is_the_value_of_its_object(written, value):
    assert record(f"<gmd:some>{written}</gmd:some>") == {"some": value}


@pytest.mark.parametrize(
    "empty",
    [
        "<gmd:some/>",
        '<gmd:some gco:nilReason="missing"/>',
        "<gmd:some><gco:CharacterString/></gmd:some>",
        "<gmd:some><gmd:CI_Contact><gmd:phone/></gmd:CI_Contact></gmd:some>",
        "<!-- nothing -->",
        "<?nothing at all?>",
        "<geonet:info><id>4711</id></geonet:info>",
        '<gmd:some xlink:href=""/>',
    ],
)
def test_what_says_nothing_is_not_there(empty):
    assert record(empty) == {}


def test_an_object_has_its_class_and_its_properties():
    inner = "<gmd:title><gco:CharacterString>Arbres</gco:CharacterString></gmd:title>"
    found = record(f"<gmd:citation><gmd:CI_Citation>{inner}</gmd:CI_Citation></gmd:citation>")
    assert found == {"citation": {"@type": "CI_Citation", "title": "Arbres"}}


def test_what_is_repeated_is_a_list_in_its_order():
    words = "".join(f"<gmd:k><gco:CharacterString>{w}</gco:CharacterString></gmd:k>" for w in "bac")
    assert record(words) == {"k": ["b", "a", "c"]}
    two = "<gco:CharacterString>a</gco:CharacterString><gco:CharacterString>b</gco:CharacterString>"
    assert record(f"<gmd:k>{two}</gmd:k><gmd:k>c</gmd:k>") == {"k": ["a", "b", "c"]}


def test_a_reference_is_its_attributes():
    reference = '<srv:operatesOn uuidref="a" xlink:href="https://a.example/" xlink:type="simple"/>'
    assert record(reference) == {"operatesOn": {"uuidref": "a", "href": "https://a.example/"}}


def test_what_is_made_anew_for_each_answer_is_left_out():
    position = "<gml:beginPosition>2020</gml:beginPosition>"
    period = (
        f'<gmd:e gml:id="{{0}}"><gml:TimePeriod gml:id="{{0}}">{position}</gml:TimePeriod></gmd:e>'
    )
    assert record(period.format("d1")) == record(period.format("d2"))
    assert record(period.format("d1")) == {"e": {"@type": "TimePeriod", "beginPosition": "2020"}}


TRANSLATED = """
<gmd:locale><gmd:PT_Locale id="{id}"><gmd:languageCode>
<gmd:LanguageCode codeList="x" codeListValue="{code}"/></gmd:languageCode></gmd:PT_Locale>
</gmd:locale>
<gmd:title xsi:type="gmd:PT_FreeText_PropertyType"><gco:CharacterString>Arbres</gco:CharacterString>
<gmd:PT_FreeText><gmd:textGroup><gmd:LocalisedCharacterString locale="#{id}">Trees
</gmd:LocalisedCharacterString></gmd:textGroup></gmd:PT_FreeText></gmd:title>"""


@pytest.mark.parametrize(("id", "code"), [("EN", "eng"), ("locale-eng", "eng"), ("x", "en")])
def test_a_text_has_its_translations_by_language(id, code):
    found = record(TRANSLATED.format(id=id, code=code))["title"]
    assert found == {"text": "Arbres", "translated": {"en": "Trees"}}
    assert iso19139.by_language(found, "fr") == {"fr": "Arbres", "en": "Trees"}
    assert iso19139.words(found) == "Arbres"


def test_a_translation_into_what_is_no_language_is_left_out():
    found = record(TRANSLATED.format(id="x1", code="klingon"))["title"]
    assert found == {"text": "Arbres", "translated": {"x1": "Trees"}}
    assert iso19139.by_language(found, "fr") == {"fr": "Arbres"}


def test_a_record_is_json():
    found = record(TRANSLATED.format(id="EN", code="eng") + "<gmd:k>a</gmd:k><gmd:k>b</gmd:k>")
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize(
    ("value", "first", "all"),
    [
        (None, "", []),
        ("a", "a", ["a"]),
        (["", "a", "b"], "a", ["a", "b"]),
        ({"text": "a", "href": "x"}, "a", ["a"]),
        ([{"href": "x"}, {"text": "b"}], "b", ["b"]),
        ({"@type": "CI_Citation", "title": "a"}, "", []),
    ],
)
def test_the_words_of_a_property(value, first, all):
    assert iso19139.words(value) == first
    assert iso19139.texts(value) == all


@pytest.mark.parametrize(
    ("code", "tag"),
    [
        ("fre", "fr"), ("fra", "fr"), ("fr", "fr"), ("FR", "fr"), ("fre; FRA", "fr"),
        ("fr-FR", "fr"), ("eng", "en"), ("ger", "de"), ("oci", "oc"), ("français", "fr"),
        ("", ""), ("inconnu", ""), ("f1", ""), ("été", ""),
    ],
)  # fmt: skip
def test_the_tag_of_a_language(code, tag):
    assert iso19139.language_tag(code) == tag
