"""The context that is the model."""

import re

import pytest
from pyld import jsonld

from vocab.context import Model
from vocab.errors import ConfigError
from vocab.ntriples import XSD

BASE = "http://localhost:8000/"

# DCAT-AP 3.0.1, section by section, and what DCAT-AP HVD 3.0.0 adds.
LISTED = {
    "Catalog": "dct:description dct:publisher dct:title dcat:catalog dcat:dataset dcat:record"
    " dcat:service dcat:themeTaxonomy dcatap:applicableLegislation dct:creator dct:hasPart"
    " dct:issued dct:language dct:license dct:modified dct:rights dct:spatial dct:temporal"
    " foaf:homepage",
    "Dataset": "dct:description dct:title adms:identifier adms:sample adms:versionNotes"
    " dcat:contactPoint dcat:distribution dcat:hasVersion dcat:inSeries dcat:keyword"
    " dcat:landingPage dcat:qualifiedRelation dcat:spatialResolutionInMeters"
    " dcat:temporalResolution dcat:theme dcat:version dcatap:applicableLegislation"
    " dct:accessRights dct:accrualPeriodicity dct:conformsTo dct:creator dct:identifier"
    " dct:isReferencedBy dct:issued dct:language dct:modified dct:provenance dct:publisher"
    " dct:relation dct:source dct:spatial dct:temporal dct:type foaf:page"
    " prov:qualifiedAttribution prov:wasGeneratedBy dcatap:hvdCategory",
    "Distribution": "dcat:accessURL adms:status dcat:accessService dcat:byteSize"
    " dcat:compressFormat dcat:downloadURL dcat:mediaType dcat:packageFormat"
    " dcat:spatialResolutionInMeters dcat:temporalResolution dcatap:applicableLegislation"
    " dcatap:availability dct:conformsTo dct:description dct:format dct:issued dct:language"
    " dct:license dct:modified dct:rights dct:title foaf:page odrl:hasPolicy spdx:checksum",
    "DataService": "dcat:endpointURL dct:title dcat:contactPoint dcat:endpointDescription"
    " dcat:keyword dcat:landingPage dcat:servesDataset dcat:theme dcatap:applicableLegislation"
    " dct:accessRights dct:conformsTo dct:description dct:format dct:license dct:publisher"
    " foaf:page dcatap:hvdCategory",
    "DatasetSeries": "dct:description dct:title dcat:contactPoint dcatap:applicableLegislation"
    " dct:accrualPeriodicity dct:issued dct:modified dct:publisher dct:spatial dct:temporal"
    " dcatap:hvdCategory",
    "CatalogRecord": "dct:modified foaf:primaryTopic adms:status dct:conformsTo dct:description"
    " dct:issued dct:language dct:source dct:title",
    "Agent": "foaf:name dct:type",
    "Location": "dcat:bbox dcat:centroid locn:geometry",
    "PeriodOfTime": "dcat:endDate dcat:startDate time:hasBeginning time:hasEnd",
    "Checksum": "spdx:algorithm spdx:checksumValue",
    "Identifier": "skos:notation",
    "Kind": "vcard:hasEmail vcard:hasURL",
    "LicenseDocument": "dct:type",
    "Relationship": "dcat:hadRole dct:relation",
}


@pytest.fixture(scope="module")
def model():
    return Model(BASE)


@pytest.mark.parametrize("class_name", LISTED)
def test_every_property_of_dcat_ap_is_in_the_model(model, class_name):
    held = {model.terms[name].iri for name in model.properties(class_name)}
    assert {model.expand(each) for each in LISTED[class_name].split()} - held == set()


@pytest.mark.parametrize("class_name", LISTED)
def test_every_class_of_dcat_ap_has_an_iri(model, class_name):
    assert model.expand(class_name).startswith("http")


def test_columns_are_in_the_model(model):
    held = {model.terms[name].iri for name in model.properties("Column")}
    assert {model.expand(f"csvw:{name}") for name in ("name", "title", "datatype")} <= held


def test_every_code_list_of_the_model_can_be_read(model):
    for term in model.terms.values():
        if term.code_list is not None:
            assert term.code_list.notations, term.name


def test_an_unknown_term_names_the_valid_ones(model):
    with pytest.raises(ConfigError, match=r"'titel' is no term of Dataset; valid: .*title"):
        model.term("titel", of="Dataset")


def test_a_term_of_another_class_is_refused(model):
    with pytest.raises(ConfigError, match="'accessURL' is no term of Dataset"):
        model.term("accessURL", of="Dataset")


def test_an_unknown_class_names_the_valid_ones(model):
    with pytest.raises(ConfigError, match=r"'Datset' is no class of the model; valid: .*Dataset"):
        model.term("title", of="Datset")


def test_an_unknown_prefix_is_a_config_error(model):
    with pytest.raises(ConfigError, match="'dc:title' begins with no known prefix"):
        model.expand("dc:title")


@pytest.mark.parametrize(
    ("name", "value", "node"),
    [
        ("title", "Vélos", '"Vélos"@fr'),
        ("identifier", "arbres", '"arbres"'),
        ("landingPage", "https://a.example/x", "<https://a.example/x>"),
        ("modified", "2024-05", f'"2024-05"^^<{XSD}gYearMonth>'),
        ("byteSize", "42", f'"42"^^<{XSD}integer>'),  # as the engine keeps it
        ("spatialResolutionInMeters", "2,50", f'"2.5"^^<{XSD}decimal>'),
        ("checksumValue", "ab01", f'"AB01"^^<{XSD}hexBinary>'),
        ("temporalResolution", "P1D", f'"P1D"^^<{XSD}duration>'),
        (
            "accrualPeriodicity",
            "quotidienne",
            "<http://publications.europa.eu/resource/authority/frequency/DAILY>",
        ),
    ],
)
def test_a_term_makes_the_node_that_it_says(model, name, value, node):
    assert model.term(name).nodes(value) == (node,)


def test_text_is_in_the_language_of_its_source(model):
    assert model.term("title").nodes("Bikes", "en") == ('"Bikes"@en',)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("byteSize", "-1"),
        ("byteSize", "42 octets"),
        ("spatialResolutionInMeters", "10 m"),
        ("spatialResolutionInMeters", "NaN"),
        ("checksumValue", "xyz"),
        ("temporalResolution", "tous les jours"),
        ("landingPage", "www.paris.fr"),
        ("modified", "hier"),
        ("accrualPeriodicity", "à la pleine lune"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused(model, name, value):
    with pytest.raises(ValueError, match=re.escape(value)):
        model.term(name).nodes(value)


def test_terms_of_one_property_differ_by_their_code_list(model):
    names = ("dct:type", "datasetType", "publisherType", "licenceType")
    assert {model.term(name).iri for name in names} == {model.expand("dct:type")}
    lists = [model.term(name).code_list for name in names]
    assert [each.name if each else "" for each in lists] == [
        "", "dataset-type", "publisher-type", "licence-type",
    ]  # fmt: skip


def test_the_context_expands_as_json_ld_1_1(model):
    document = {
        "@context": model.document["@context"],
        "@id": "http://a.example/d",
        "@type": "Dataset",
        "title": {"fr": "Vélos"},
        "landingPage": "http://a.example/page",
        "spatialResolutionInMeters": "2.5",
    }
    [expanded] = jsonld.expand(document)
    assert expanded["@type"] == ["http://www.w3.org/ns/dcat#Dataset"]
    assert expanded[model.term("title").iri] == [{"@language": "fr", "@value": "Vélos"}]
    assert expanded[model.term("landingPage").iri] == [{"@id": "http://a.example/page"}]
    resolution = expanded[model.term("spatialResolutionInMeters").iri]
    assert resolution == [{"@type": XSD + "decimal", "@value": "2.5"}]
