"""Who is responsible, and how the data came to be."""

import pytest

from tests.ingest.iso_records import BASE, INSPIRE, described, distribution, parts, party, record


@pytest.fixture
def said(connectors, begin):
    """A record with these members of its identification, as the connector describes it."""

    def of(different=None, **members):
        return described(connectors, begin, record(**members), **(different or {}))

    return of


@pytest.mark.parametrize(
    ("parties", "publisher"),
    [
        ([party("owner", "Région"), party("publisher", "Ville"), party("author", "X")], "ville"),
        ([party("custodian", "Région"), party("owner", "Ville")], "ville"),
        ([party("pointOfContact", "Région")], "metropole"),
        ([party("publisher", "")], "metropole"),
        ([], "metropole"),
    ],
)
def test_the_publisher_is_who_says_so_then_the_owner_then_the_records_contact(
    said, parties, publisher
):
    found = said(beside={"contact": party("pointOfContact", "Métropole")}, pointOfContact=parties)
    assert found("", "publisher") == [f"{BASE}agent/ville/{publisher}"]


def test_a_second_publisher_is_an_issue(said):
    found = said(pointOfContact=[party("publisher", "A"), party("publisher", "B")])
    assert found("", "publisher") == [f"{BASE}agent/ville/a"]
    assert found.complaints == {("duplicate", "identificationInfo.pointOfContact"): 1}


def test_contacts_are_those_named_so_by_their_addresses(said):
    emails = ["a@ville.example", "b@ville.example"]
    found = said(
        beside={"contact": party("pointOfContact", "Métropole", "m@metropole.example")},
        pointOfContact=[party("pointOfContact", email=emails), party("owner", email="x@x.example")],
    )
    assert parts(found, "contactPoint") == [
        "/contact/a-ville-example", "/contact/b-ville-example",
    ]  # fmt: skip
    assert found("/contact/a-ville-example", "fn") == ["Ville"]
    assert found("/contact/a-ville-example", "hasEmail") == ["mailto:a@ville.example"]


def test_the_records_own_contact_is_asked_where_no_other_is(said):
    found = said(
        beside={"contact": party("pointOfContact", "Métropole", "m@metropole.example")},
        pointOfContact=party("owner"),
    )
    assert found("/contact/m-metropole-example", "fn") == ["Métropole"]


def test_an_address_that_is_none_leaves_the_name(said):
    found = said(pointOfContact=party("pointOfContact", email="sig chez ville"))
    assert found("/contact/sig-chez-ville", "fn") == ["Ville"]
    assert [issue.kind for issue in found.issues] == ["invalid-value"]


def test_a_person_stands_where_no_body_does(said):
    person = party("pointOfContact", "", individualName="M. Chêne")
    assert said(pointOfContact=person)("/contact/sig-ville-example", "fn") == ["M. Chêne"]


def test_everybody_else_has_a_role(said):
    roles = f"{INSPIRE}metadata-codelist/ResponsiblePartyRole/"
    found = said(
        beside=distribution(
            distributor={
                "@type": "MD_Distributor",
                "distributorContact": party("distributor", "Région"),
            }
        ),
        citation={"citedResponsibleParty": party("author", "Bureau Chêne")},
        pointOfContact=[
            party("publisher"), party("owner"), party("contributor", "Lycée"),
            party("http://codes.example/custodian", "Ville"), party("sponsor", "Banque"),
        ],
    )  # fmt: skip
    assert found("", "creator") == [f"{BASE}agent/ville/bureau-chene"]
    assert found("", "contributor") == [f"{BASE}agent/ville/lycee"]
    held = {
        path: (found.one(path, "hadRole"), found.one(path, "agent"))
        for path in parts(found, "qualifiedAttribution")
    }
    assert held == {
        "/attribution/custodian-ville": (f"{roles}custodian", f"{BASE}agent/ville/ville"),
        "/attribution/distributor-region": (f"{roles}distributor", f"{BASE}agent/ville/region"),
        "/attribution/owner-ville": (f"{roles}owner", f"{BASE}agent/ville/ville"),
    }
    assert [issue.value for issue in found.issues] == ["sponsor"]


def report(title, passed):
    specification = {"@type": "CI_Citation", "title": title}
    result = {"@type": "DQ_ConformanceResult", "specification": specification, "pass": passed}
    return {"@type": "DQ_DomainConsistency", "result": result, "nameOfMeasure": "any"}


def test_lineage_is_provenance(said):
    lineage = {
        "@type": "LI_Lineage",
        "statement": "Levé de 2020.",
        "source": {"@type": "LI_Source", "description": "BD TOPO"},
        "processStep": {"@type": "LI_ProcessStep", "description": "Calage", "dateTime": "2020"},
    }
    quality = [{"@type": "DQ_DataQuality", "lineage": lineage}, {"@type": "DQ_DataQuality"}]
    found = said(beside={"dataQualityInfo": quality})
    assert found.one("/provenance", "label") == "Levé de 2020.\nBD TOPO\nCalage"
    assert found.issues == []


@pytest.mark.parametrize(
    ("title", "passed", "iris"),
    [
        ("Règlement (UE) n° 1089/2010 du 23 novembre 2010", "true", ["reg/2010/1089/oj"]),
        ("Commission Regulation (EC) No 976/2009", "1", ["reg/2009/976/oj"]),
        ("Règlement (UE) No 1089/2010", "false", []),
        ("Règlement (UE) No 1089/2010", "", []),
    ],
)
def test_data_conforms_to_what_it_was_found_to_conform_to(said, title, passed, iris):
    quality = {"@type": "DQ_DataQuality", "report": report(title, passed)}
    found = said(beside={"dataQualityInfo": quality})
    assert found("", "conformsTo") == [f"http://data.europa.eu/eli/{iri}" for iri in iris]
    assert found.issues == []


def test_a_standard_has_its_own_address_or_is_an_issue(said):
    titles = [{"text": "CNIG", "href": "https://cnig.example/plu"}, "Géostandard"]
    quality = [{"@type": "DQ_DataQuality", "report": report(title, "true")} for title in titles]
    found = said(beside={"dataQualityInfo": quality})
    assert found("", "conformsTo") == ["https://cnig.example/plu"]
    assert [issue.kind for issue in found.issues] == ["unknown-value"]
