"""What a record of ISO 19139 says of its dataset: its names, its words, and what is left over."""

import pytest

from tests.ingest.iso_records import (
    AUTHORITY,
    DOWNLOAD,
    INSPIRE,
    described,
    distribution,
    online,
    party,
    record,
)

GEMET = {"@type": "CI_Citation", "title": "GEMET - INSPIRE themes, version 1.0"}


@pytest.fixture
def said(connectors, begin):
    """A record with these members of its identification, as the connector describes it."""

    def of(different=None, **members):
        return described(connectors, begin, record(**members), **(different or {}))

    return of


def test_a_record_becomes_a_dataset(said):
    found = said()
    assert found("", "title") == ["Arbres"]
    assert found("", "description") == ["Les arbres de la ville."]
    assert found("", "identifier") == ["arbres"]
    assert found.issues == []


def test_texts_are_in_the_language_of_the_record(said):
    found = said(beside={"language": "eng"}, different={"language": "fr"})
    assert [node.language for node in found.nodes("", "title")] == ["en"]
    assert found("/record", "language") == [f"{AUTHORITY}language/ENG"]


def test_translations_are_texts_in_their_languages(said):
    title = {"text": "Arbres", "translated": {"en": "Trees", "de": "Bäume"}}
    found = said(beside={"language": "fre"}, citation={"title": title})
    titles = {node.language: node.value for node in found.nodes("", "title")}
    assert titles == {"fr": "Arbres", "en": "Trees", "de": "Bäume"}


def test_html_in_an_abstract_is_text(said):
    found = said(abstract="<p>Les <b>arbres</b></p><p>et leurs essences</p>")
    assert found("", "description") == ["Les arbres\net leurs essences"]


def test_a_record_without_words_has_its_identifier_for_a_title(connectors, begin):
    payload = {"@type": "MD_Metadata", "fileIdentifier": "arbres"}
    found = described(connectors, begin, payload)
    assert found("", "title") == found("", "description") == ["arbres"]
    assert [issue.kind for issue in found.issues] == ["missing", "missing"]


def test_other_titles_are_kept_once(said):
    others = ["N_ARBRE_P", "ARBRES", "n_arbre_p", {"text": "Arbres d'alignement", "href": "x"}]
    found = said(citation={"alternateTitle": others})
    assert found("", "alternative") == ["Arbres d'alignement", "N_ARBRE_P"]


def test_purpose_credit_and_more_are_comments(said):
    found = said(purpose="Planter", credit=["Ville", "Région"], supplementalInformation="2 levés")
    assert found("", "comment") == ["2 levés", "Planter", "Région", "Ville"]


@pytest.mark.parametrize(
    ("level", "types", "complaints"),
    [
        ("dataset", [], []),
        ("nonGeographicDataset", [], []),
        ("series", [f"{INSPIRE}metadata-codelist/ResourceType/series"], []),
        ("application", [], [("unknown-value", "hierarchyLevel")]),
    ],
)
def test_a_series_of_datasets_says_so(said, level, types, complaints):
    found = said(beside={"hierarchyLevel": level})
    assert found("", "dct:type") == types
    assert list(found.complaints) == complaints
    assert found("", "title") == ["Arbres"]


def test_a_second_identification_is_an_issue(connectors, begin):
    one = {"@type": "MD_DataIdentification", "abstract": "Un", "citation": {"title": "Un"}}
    two = {"@type": "MD_DataIdentification", "abstract": "Deux", "citation": {"title": "Deux"}}
    payload = {"@type": "MD_Metadata", "identificationInfo": [one, two]}
    found = described(connectors, begin, payload)
    assert found("", "title") == ["Un"]
    assert found.complaints == {("duplicate", "identificationInfo"): 1}


@pytest.mark.parametrize(
    ("beside", "key"),
    [
        ({"parfum": "rose"}, "parfum"),
        ({"contact": {**party("owner"), "parfum": "rose"}}, "CI_ResponsibleParty.parfum"),
        (
            {"dataQualityInfo": {"@type": "DQ_DataQuality", "lineage": {
                "@type": "LI_Lineage", "statement": "x", "parfum": "rose"}}},
            "LI_Lineage.parfum",
        ),
        (distribution(online(protocol=DOWNLOAD, parfum="rose")), "CI_OnlineResource.parfum"),
    ],
)  # fmt: skip
def test_an_element_that_nobody_knows_is_an_issue(said, beside, key):
    assert said(beside=beside).complaints == {("unknown-key", key): 1}


@pytest.mark.parametrize("contact", ["la mairie", {"uuidref": "c1"}, [{"href": "x"}]])
def test_a_reference_in_the_place_of_an_object_is_an_issue(said, contact):
    assert said(beside={"contact": contact}).complaints == {("shape", "contact"): 1}


@pytest.mark.parametrize("value", ["x", ["x"], {"@type": "Other"}, [[]], {"@type": "A", "a": [1]}])
@pytest.mark.parametrize(
    "key",
    ["extent", "resourceConstraints", "descriptiveKeywords", "spatialResolution",
     "pointOfContact", "resourceMaintenance", "aggregationInfo", "abstract", "language"],
)  # fmt: skip
def test_no_shape_ends_the_description(said, key, value):
    assert said(**{key: value})("", "title") != []


def keywords(*words, thesaurus=None):
    group = {"@type": "MD_Keywords", "keyword": list(words)}
    return {**group, "thesaurusName": thesaurus} if thesaurus else group


def test_words_are_keywords_whatever_their_kind(said):
    groups = [keywords("arbre", "Arbre", "chêne"), keywords({"text": "Somme", "href": "x"})]
    groups[1]["type"] = "place"
    found = said(descriptiveKeywords=groups)
    assert found("", "keyword") == ["Somme", "arbre", "chêne"]
    assert found("", "theme") == []


@pytest.mark.parametrize(
    ("word", "thesaurus"),
    [
        ("Habitats et biotopes", GEMET),
        ({"text": "Habitats", "href": f"{INSPIRE}theme/hb"}, None),
        ({"text": "Habitats", "href": f"{INSPIRE}theme/hb"}, GEMET),
        ({"text": "Environnement", "href": f"{AUTHORITY}data-theme/ENVI"}, None),
    ],
)
def test_inspires_themes_and_those_of_the_eu_are_themes(said, word, thesaurus):
    found = said(descriptiveKeywords=keywords(word, thesaurus=thesaurus))
    assert found("", "theme") == [f"{AUTHORITY}data-theme/ENVI"]
    assert found("", "keyword") == [word["text"] if isinstance(word, dict) else word]


def test_a_word_of_another_thesaurus_is_no_theme(said):
    thesaurus = {"@type": "CI_Citation", "title": "GEMET - Concepts, version 2.4"}
    found = said(descriptiveKeywords=keywords("Habitats et biotopes", thesaurus=thesaurus))
    assert found("", "theme") == []


@pytest.mark.parametrize(
    ("word", "thesaurus"),
    [
        ({"text": "Géospatiales", "href": "http://data.europa.eu/bna/c_ac64a52d"}, None),
        ({"text": "Géospatiales", "href": f"{AUTHORITY}bna/c_ac64a52d"}, None),
        ("Géospatiales", {"@type": "CI_Citation", "title": "High-value dataset categories"}),
    ],
)
def test_high_value_data_has_its_category(said, word, thesaurus):
    found = said(descriptiveKeywords=keywords(word, thesaurus=thesaurus))
    assert found("", "hvdCategory") == ["http://data.europa.eu/bna/c_ac64a52d"]


@pytest.mark.parametrize(
    ("topic", "themes"),
    [
        ("farming", ["AGRI"]),
        ("planningCadastre", ["REGI"]),
        ("intelligenceMilitary", ["JUST"]),
        ("boundaries", ["GOVE", "REGI"]),
        ("potableWater", []),
    ],
)
def test_topics_are_themes(said, topic, themes):
    found = said(topicCategory=topic)
    assert found("", "theme") == [f"{AUTHORITY}data-theme/{theme}" for theme in themes]
    assert len(found.issues) == (not themes)


def test_identifiers_have_their_code_space(said):
    found = said(
        beside={"dataSetURI": "fr-2000-arbres"},
        citation={
            "identifier": [
                {"@type": "MD_Identifier", "code": "arbres"},
                {"@type": "RS_Identifier", "code": "a1", "codeSpace": "http://ville.example/"},
                {"@type": "RS_Identifier", "code": "a1", "codeSpace": "FR-2000"},
                {"@type": "MD_Identifier", "code": {"href": "https://ville.example/id/a1"}},
            ]
        },
    )
    identifiers = {iri: found.one(iri, "notation") for iri in found("", "otherIdentifier")}
    assert sorted(identifiers.values()) == [
        "FR-2000:a1", "fr-2000-arbres", "http://ville.example/a1", "https://ville.example/id/a1",
    ]  # fmt: skip


def test_an_address_of_the_data_is_a_page(said):
    assert said(beside={"dataSetURI": "https://ville.example/a"})("", "page") == [
        "https://ville.example/a"
    ]
