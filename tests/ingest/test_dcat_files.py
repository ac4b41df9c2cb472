"""The distributions of a DCAT feed, their services, their licences and rights."""

import pytest

from tests.ingest.dcat_feeds import EU, dataset, distribution, feeds, of_one

CSV = f"<{EU}file-type/CSV>"
IANA = "https://www.iana.org/assignments/media-types/"


@pytest.fixture
def described(request):
    """Every record of a feed in Turtle, described, by its identifier."""
    return feeds(request)


@pytest.fixture
def said(described):
    """The one dataset of a feed, with what is said of it beside title and description."""
    return of_one(described)


def test_a_distribution(said):
    found = said(
        "dcat:distribution d:csv",
        distribution(
            'dct:title "Le fichier"@fr ; dct:description "<i>CSV</i>" ;'
            " dcat:accessURL <http://d.example/p> ; dcat:downloadURL <http://d.example/a.csv> ;"
            f" dct:format {CSV} ; dcat:mediaType <{IANA}text/csv> ;"
            ' dcat:byteSize "8946.0"^^xsd:decimal ; dct:issued "2024-05-31"^^xsd:date ;'
            " spdx:checksum [ spdx:algorithm spdx:checksumAlgorithm_sha1 ;"
            ' spdx:checksumValue "fb4106aa286a53be44ec99515f0f0421d4d7ad7d" ]'
        ),
    )
    part = "/distribution/csv"
    assert found.one(part, "title") == "Le fichier"
    assert found.one(part, "description") == "CSV"
    assert found.one(part, "accessURL") == "http://d.example/p"
    assert found.one(part, "downloadURL") == "http://d.example/a.csv"
    assert found.one(part, "format") == f"{EU}file-type/CSV"
    assert found.one(part, "byteSize") == "8946"
    assert found.one(part, "identifier") == "http://d.example/csv"
    assert found.one(f"{part}/checksum", "algorithm").endswith("_sha1")
    assert found.one(f"{part}/checksum", "checksumValue").startswith("FB41")
    assert found.issues == []


def test_a_download_is_an_access_and_so_is_a_service(said):
    found = said(
        "dcat:distribution [ dcat:downloadURL <http://d.example/a.csv> ],"
        ' [ dcat:accessService [ dct:title "W" ; dcat:endpointURL <http://d.example/wfs> ] ]'
    )
    access = {found.one(f"{iri.removeprefix(found.root)}", "accessURL")
              for iri in found("", "distribution")}  # fmt: skip
    assert access == {"http://d.example/a.csv", "http://d.example/wfs"}
    assert found.issues == []


def test_a_distribution_without_address_is_left_out(said):
    found = said("dcat:distribution d:csv, d:nulle-part", distribution('dct:title "Perdu"'))
    assert found("", "distribution") == []
    assert found.complaints == {
        ("missing", "dcat:distribution/dcat:accessURL"): 1,
        ("missing", "dcat:distribution"): 1,
    }


def test_literals_in_the_place_of_iris_are_read_and_said_once(said):
    found = said(
        'dcat:landingPage "http://d.example/p" ; dcat:distribution'
        ' [ dcat:accessURL "http://d.example/a" ], [ dcat:accessURL "http://d.example/b" ]'
    )
    assert found("", "landingPage") == ["http://d.example/p"]
    assert len(found("", "distribution")) == 2
    assert found.complaints == {
        ("repaired-iri", "dcat:landingPage"): 1,
        ("repaired-iri", "dcat:distribution/dcat:accessURL"): 1,
    }


@pytest.mark.parametrize(
    "format",
    [
        'dct:format "csv"',
        "dct:format <https://www.iana.org/assignments/media-types/text/csv>",
        'dcat:mediaType "text/csv; charset=utf-8"',
        'dct:format [ a dct:IMT ; rdf:value "text/csv" ; rdfs:label "Un tableau" ]',
        'dct:format <http://p.example/f/1> . <http://p.example/f/1> rdfs:label "CSV"',
    ],
)
def test_a_format_by_literal_iri_or_label(said, format):
    rdf = "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
    address = "dcat:accessURL <http://d.example/a>"
    found = said("dcat:distribution d:csv", rdf + distribution(f"{address} ; {format}"))
    assert found("/distribution/csv", "format") == [f"{EU}file-type/CSV"]
    assert found.issues == []


def test_a_service_is_described_once_for_all_distributions(said):
    found = said(
        "dcat:distribution d:a, d:b",
        distribution("dcat:accessURL <http://d.example/a> ; dcat:accessService d:api", "d:a")
        + distribution("dcat:accessURL <http://d.example/b> ; dcat:accessService d:api", "d:b")
        + 'd:api dct:title "API"@fr ; dcat:endpointURL <http://d.example/api> ;'
        " dcat:servesDataset d:1, d:2 ; dct:license <https://spdx.org/licenses/etalab-2.0> .",
    )
    assert found("/distribution/a", "accessService") == [f"{found.root}/service/api"]
    assert found("/distribution/b", "accessService") == [f"{found.root}/service/api"]
    assert found.one("/service/api", "license") == f"{EU}licence/ETALAB_2_0"
    assert found("/service/api", "servesDataset") == [found.root]


def test_a_service_that_no_distribution_leads_to_is_a_record(described):
    found = described(
        dataset(1)
        + 'd:api a dcat:DataService ; dct:title "API" ; dcat:endpointURL <http://d.example/api> ;'
        ' dcat:servesDataset d:1, <http://autre.example/9> ; dct:rights "Sur demande" ;'
        ' dcat:contactPoint [ vcard:fn "SIG" ] .'
    )
    assert found["jeu-1"]("", "distribution") == []
    service = found["api"]
    assert service("", "servesDataset") == [found["jeu-1"].root]
    assert service("", "relation") == ["http://autre.example/9"]  # which the feed does not describe
    assert service("", "endpointURL") == ["http://d.example/api"]
    assert service("/rights", "description") == ["Sur demande"]
    assert service("/contact", "fn") == ["SIG"]
    assert service.complaints == {("missing", "dcat:servesDataset"): 1}


def test_a_service_of_which_little_is_said(described):
    service = described("d:api a dcat:DataService ; dct:license 'ODbL' .")["api"]
    assert service("", "title") == ["api"]
    assert service.complaints == {("missing", "dct:title"): 1, ("missing", "dcat:endpointURL"): 1}


@pytest.mark.parametrize(
    ("licence", "code"),
    [
        ("<http://opendatacommons.org/licenses/odbl/>", "ODC_BL"),
        ('"Licence Ouverte 2.0"', "ETALAB_2_0"),
        ('[ a dct:LicenseDocument ; dct:title "ODbL" ]', "ODC_BL"),
        ('"<p>Soumis à la licence : https://spdx.org/licenses/etalab-2.0.</p>"', "ETALAB_2_0"),
        ("d:licence . d:licence owl:sameAs <http://opendatacommons.org/licenses/odbl/>", "ODC_BL"),
    ],
)
def test_a_licence_of_the_dataset_is_that_of_its_distributions(said, licence, code):
    address = distribution("dcat:accessURL <http://d.example/a>")
    found = said(f"dcat:distribution d:csv ; dct:license {licence}", address)
    assert found("/distribution/csv", "license") == [f"{EU}licence/{code}"]
    assert found("", "license") == found("/distribution/csv", "rights") == []
    assert found.issues == []


def test_a_distribution_has_a_licence_of_its_own(said):
    file = "dcat:accessURL <http://d.example/a>"
    found = said(
        'dcat:distribution d:a, d:b, d:c ; dct:license "ODbL" ; dct:rights "© Ville"',
        distribution(f'{file} ; dct:license "Licence Ouverte 2.0"', "d:a")
        + distribution(f'{file} ; dct:license "La nôtre"', "d:b")
        + distribution(f"{file} ; dct:rights <http://opendatacommons.org/licenses/odbl/>", "d:c"),
    )
    assert found("/distribution/a", "license") == [f"{EU}licence/ETALAB_2_0"]
    assert found("/distribution/a", "rights") == [f"{found.root}/rights"]
    assert found("/distribution/b", "license") == []
    assert found("/distribution/b/rights", "description") == ["La nôtre"]
    assert found("/distribution/c", "license") == [f"{EU}licence/ODC_BL"]
    assert found("/rights", "description") == ["© Ville"]
    assert found.complaints == {("unknown-value", "dcat:distribution/dct:license"): 1}


def test_words_about_access_are_rights(said):
    found = said(
        'dct:accessRights [ rdfs:label "Sur demande"@fr ] ; dcat:distribution d:csv',
        distribution("dcat:accessURL <http://d.example/a>"),
    )
    assert found("", "accessRights") == []
    assert found("/rights", "description") == ["Sur demande"]


def test_a_licence_that_is_not_specified_is_none(said):
    file = 'dcat:accessURL <http://d.example/a> ; dct:rights "License Not Specified"'
    found = said("dcat:distribution d:csv", distribution(file))
    assert found("/distribution/csv", "rights") == []
    assert found.complaints == {("missing", "dcat:distribution/dct:rights"): 1}


def test_a_licence_without_a_distribution_is_an_issue(said):
    found = said('dct:license "ODbL"')
    assert found.complaints == {("missing", "dct:license"): 1}
