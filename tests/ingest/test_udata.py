"""What an entry of udata says of its dataset: data.gouv.fr as it is, and as it was."""

import json

import pytest

AUTHORITY = "http://publications.europa.eu/resource/authority/"
BASE = "http://localhost:8000/"
ROOT = "https://www.data.gouv.example"
IDENTIFIER = "5369"


@pytest.fixture
def said(describe):
    def described(**keys):
        entry = {
            "id": IDENTIFIER,
            "title": "Arbres",
            "description": "Les arbres.",
            "page": f"{ROOT}/datasets/arbres/",
            "organization": {"id": "1", "name": "Ville d'Aubrac"},
            **keys,
        }
        return describe("udata", entry, url=ROOT)

    return described


def resource(**keys):
    return {
        "id": "r",
        "url": "https://static.example/arbres.csv",
        "latest": f"{ROOT}/api/1/datasets/r/r",
        "format": "csv",
        **keys,
    }


def test_a_plain_entry_has_no_issue(said):
    found = said(
        acronym="ARB", description_short="En bref.", license="lov2", resources=[resource()]
    )
    assert found.issues == []
    assert found.one("", "identifier") == IDENTIFIER
    assert found.one("", "alternative") == "ARB"
    assert found.one("", "comment") == "En bref."
    assert found.one("", "landingPage") == f"{ROOT}/datasets/arbres/"


def test_without_a_page_the_identifier_leads_to_it(said):
    assert said(page=None).one("", "landingPage") == f"{ROOT}/datasets/{IDENTIFIER}/"


def test_a_description_is_markdown_and_a_template_s_hole_is_none(said):
    found = said(description="* un\n* deux &amp; trois, <https://a.example>")
    assert found.one("", "description") == "* un\n* deux & trois, https://a.example"
    hole = said(description="{{description}}")
    assert hole.one("", "description") == "Arbres"
    assert hole.complaints == {("missing", "description"): 1}


# --- who -----------------------------------------------------------------------------------------


def test_a_publisher_with_a_siret_has_the_iri_of_its_siren(said):
    found = said(
        organization={
            "id": "1",
            "name": "Métropole des Bords d'Orne",
            "business_number_id": "200 099 984 00011",
            "badges": [{"kind": "certified"}, {"kind": "local-authority"}],
            "url": "https://bordsdorne.example/",
        }
    )
    agent = f"{BASE}agent/200099984"
    assert found("", "publisher") == [agent]
    assert found.one(agent, "orgIdentifier") == "200099984"
    assert found.one(agent, "publisherType").endswith("/LocalAuthority")
    assert found.one(agent, "homepage") == "https://bordsdorne.example/"
    assert found.issues == []


def test_a_number_that_is_no_siret_is_an_issue_and_the_name_stays(said):
    found = said(organization={"name": "Ville", "business_number_id": "12345678900011"})
    assert found("", "publisher") == [f"{BASE}agent/ville/ville"]
    assert found.complaints == {("invalid-value", "organization.business_number_id"): 1}


def test_the_portals_own_publisher_is_known_by_its_siren(said):
    found = said(organization={"name": "Toulouse", "business_number_id": "24310051800014"})
    assert found("", "publisher") == [f"{BASE}agent/243100518"]


def test_a_persons_account_is_no_publisher(said):
    found = said(organization=None, owner={"first_name": "Prénom", "last_name": "Nom"})
    assert found("", "publisher") == []
    assert "Prénom" not in found.text
    assert found.complaints == {("missing", "organization"): 1}


def test_every_contact_point_is_kept_and_a_creator_is_one(said):
    found = said(
        contact_points=[
            {"id": "a", "name": "Voirie", "email": "voirie@ville.example", "role": "contact"},
            {"id": "b", "name": "Bureau", "contact_form": "https://b.example/", "role": "creator"},
        ]
    )
    assert found.one("/contact/a", "hasEmail") == "mailto:voirie@ville.example"
    assert found.one("/contact/b", "hasURL") == "https://b.example/"
    assert len(found("", "contactPoint")) == 2
    assert found("", "creator") == [f"{BASE}agent/ville/bureau"]


# --- when ----------------------------------------------------------------------------------------


def test_dates_of_a_dataset_of_the_portal_itself(said):
    found = said(
        created_at="2024-03-01T09:00:00.120000",
        last_update="2026-11-02T05:30:00+00:00",
        last_modified="2026-11-03T05:30:00+00:00",
    )
    assert found.one("", "issued") == "2024-03-01T09:00:00.12"
    assert found.one("", "modified") == "2026-11-02T05:30:00Z"
    assert found.one("/record", "issued") == "2024-03-01T09:00:00.12"
    assert found.one("/record", "modified") == "2026-11-03T05:30:00Z"


def test_dates_of_a_harvested_dataset_are_those_of_its_source(said):
    harvest = {
        "domain": "a.example",
        "created_at": "2019-06-12T00:00:00",
        "modified_at": "2026-01-02T00:00:00",
    }
    found = said(harvest=harvest, created_at="2019-06-12T00:00:00", last_update="2026-02-02")
    assert found.one("", "issued") == "2019-06-12T00:00:00"
    assert found.one("", "modified") == "2026-01-02T00:00:00"
    assert found("/record", "issued") == []
    since = said(harvest=harvest, internal={"created_at_internal": "2020-01-01T00:00:00"})
    assert since.one("/record", "issued") == "2020-01-01T00:00:00"


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({"frequency": "annual"}, ["ANNUAL"]),
        ({"frequency": "continuous"}, ["UPDATE_CONT"]),
        ({"frequency": "severalTimesADay"}, ["CONT"]),
        ({"frequency": {"id": "weekly", "label": "Hebdomadaire"}}, ["WEEKLY"]),
        ({"frequency": "unknown"}, []),
        ({"frequency": "unknown", "extras": {"freqMAJ": "Annuelle"}}, ["ANNUAL"]),
        ({}, []),
    ],
)
def test_a_frequency_that_nobody_chose_is_none(said, keys, code):
    found = said(**keys)
    assert found("", "accrualPeriodicity") == [f"{AUTHORITY}frequency/{each}" for each in code]
    assert found.issues == []


def test_a_frequency_that_no_list_has_is_an_issue(said):
    assert said(frequency="fourTimesADay").complaints == {("unknown-value", "frequency"): 1}


def test_a_period(said):
    found = said(temporal_coverage={"start": "2021-01-01", "end": "2026-10-31T00:00:00+00:00"})
    assert found.one("/temporal", "startDate") == "2021-01-01"
    assert found.one("/temporal", "endDate") == "2026-10-31"


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"archived": "2025-05-19T00:00:00"}, "Archivé sur le portail le 2025-05-19"),
        ({"archived": True}, "Archivé sur le portail"),
        (
            {"harvest": {"archived": "not-on-remote", "archived_at": "2025-05-19T00:00:00"}},
            "Archivé sur le portail le 2025-05-19 : not-on-remote",
        ),
    ],
)
def test_an_archived_dataset_stays_and_its_record_says_so(said, keys, words):
    found = said(**keys)
    assert found("", "title") == ["Arbres"]
    assert found.one("/record", "status").endswith("/Deprecated")
    assert found.one("/record", "description") == words


# --- what about ----------------------------------------------------------------------------------


def test_a_badge_is_a_keyword_and_an_unknown_one_an_issue(said):
    found = said(badges=[{"kind": "spd"}, {"kind": "parfum"}])
    assert found("", "keyword") == ["service public de la donnée"]
    assert found.complaints == {("unknown-value", "badges"): 1}


def test_extras_are_mapped_key_by_key(said):
    found = said(
        extras={
            "label_theme": "Environnement",
            "theme": json.dumps(["transport"]),
            "Langue": "français",
            "producer": "Service des parcs",
            "guid": "FR-1",
            "contact_name": "Parcs",
            "contact_email": "mailto:parcs@ville.example",
            "Source": "https://ancien.example/",
            "territory": "Colomiers",
            "spatial_uri": f"{AUTHORITY}country/FRA",
        }
    )
    themes = {iri for iri in found("", "theme") if iri.startswith(AUTHORITY)}
    assert themes == {f"{AUTHORITY}data-theme/ENVI", f"{AUTHORITY}data-theme/TRAN"}
    assert found("", "language") == [f"{AUTHORITY}language/FRA"]
    assert found("", "creator") == [f"{BASE}agent/ville/service-des-parcs"]
    assert found.one("/identifier/FR-1", "notation") == "FR-1"
    assert found.one("/contact", "hasEmail") == "mailto:parcs@ville.example"
    assert found.one("/provenance", "label") == "Source : https://ancien.example/"
    assert len(found("", "spatial")) == 2
    assert found.issues == []
