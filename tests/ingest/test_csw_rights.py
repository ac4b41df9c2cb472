"""Licences, access rights and words about both, as records state them."""

import pytest

from tests.ingest.iso_records import (
    AUTHORITY,
    BASE,
    DOWNLOAD,
    INSPIRE,
    described,
    distribution,
    online,
    parts,
    record,
)

NO_LIMITS = {
    "text": "Pas de restriction d'accès public selon INSPIRE",
    "href": f"{INSPIRE}metadata-codelist/LimitationsOnPublicAccess/noLimitations",
}
LO2 = "Licence Ouverte / Open Licence version 2.0"


@pytest.fixture
def said(connectors, begin):
    """A record with these members of its identification, as the connector describes it."""

    def of(different=None, **members):
        return described(connectors, begin, record(**members), **(different or {}))

    return of


def legal(**members):
    return {"@type": "MD_LegalConstraints", **members}


def granted(said, *constraints):
    beside = distribution(online(protocol=DOWNLOAD))
    found = said(beside=beside, resourceConstraints=list(constraints))
    [path] = parts(found, "distribution")
    return found, found(path, "license"), found("/rights", "description")


@pytest.mark.parametrize(
    ("statement", "code", "words"),
    [
        (LO2, "licence/ETALAB_2_0", []),
        ({"text": LO2, "href": "https://www.etalab.gouv.fr/x"}, "licence/ETALAB_2_0", []),
        (
            {"text": "Conditions", "href": "http://opendatacommons.org/licenses/odbl/1.0/"},
            "licence/ODC_BL",
            ["Conditions"],
        ),
        (
            "Licence Ouverte version 2.0  https://www.etalab.gouv.fr/wp-content/uploads/2017/04/"
            "ETALAB-Licence-Ouverte-v2.0.pdf",
            "licence/ETALAB_2_0",
            [],
        ),
        ("Open Database License (ODbL) (https://ailleurs.example/odbl).", "licence/ODC_BL", []),
        (
            "Sous https://creativecommons.org/licenses/by-sa/4.0/. Citer la Ville.",
            "licence/CC_BYSA_4_0",
            ["Sous https://creativecommons.org/licenses/by-sa/4.0/. Citer la Ville."],
        ),
    ],
)
def test_a_licence_is_found_in_what_is_said(said, statement, code, words):
    for name in ("useLimitation", "otherConstraints"):
        found, licence, rights = granted(said, legal(**{name: statement}))
        assert licence == [f"{AUTHORITY}{code}"]
        assert rights == words
        assert found.issues == []


def test_no_version_is_supposed(said):
    _, licence, _ = granted(said, legal(otherConstraints="Licence Ouverte"))
    assert licence == [f"{BASE}concept/licence/LO"]


def test_a_licence_that_nobody_knows_is_words_and_an_issue(said):
    constraints = legal(useLimitation="Convention de la Ville", useConstraints="license")
    found, licence, rights = granted(said, constraints)
    assert (licence, rights) == ([], ["Convention de la Ville"])
    assert [issue.kind for issue in found.issues] == ["unknown-value"]


def test_other_words_stay_words(said):
    found, licence, rights = granted(
        said,
        {"@type": "MD_Constraints", "useLimitation": "Ne remplace pas un levé."},
        legal(useLimitation=["Citer la Ville.", LO2], useConstraints="license"),
    )
    assert licence == [f"{AUTHORITY}licence/ETALAB_2_0"]
    assert rights == ["Ne remplace pas un levé. ; Citer la Ville."]
    assert found.issues == []


def test_a_second_licence_is_an_issue(said):
    found, licence, _ = granted(said, legal(otherConstraints=["ODbL", "lov2", "odc-odbl"]))
    assert licence == [f"{AUTHORITY}licence/ODC_BL"]
    assert [(issue.kind, issue.value) for issue in found.issues] == [("duplicate", "lov2")]


def test_a_licence_without_anything_to_carry_it_is_an_issue(said):
    found = said(resourceConstraints=legal(otherConstraints=[LO2]))
    assert [(issue.kind, issue.value) for issue in found.issues] == [("missing", LO2)]
    assert found("/rights", "description") == []


@pytest.mark.parametrize(
    ("constraints", "right"),
    [
        (legal(otherConstraints=NO_LIMITS), "PUBLIC"),
        (legal(otherConstraints=NO_LIMITS["text"]), "PUBLIC"),
        (
            legal(useLimitation="Aucun des articles de la loi ne peut être invoqué pour justifier"
                  " d'une restriction d'accès public."),
            "PUBLIC",
        ),
        (
            legal(otherConstraints={
                "href": f"{INSPIRE}metadata-codelist/LimitationsOnPublicAccess/"
                "INSPIRE_Directive_Article13_1b"
            }),
            "RESTRICTED",
        ),
        (
            legal(otherConstraints="L124-4-I-1 du code de l'environnement (Directive 2007/2/CE"
                  " (INSPIRE), Article 13.1.a)"),
            "RESTRICTED",
        ),
        (legal(accessConstraints="restricted"), "RESTRICTED"),
        ({"@type": "MD_SecurityConstraints", "classification": "confidential"}, "CONFIDENTIAL"),
        (legal(accessConstraints="otherRestrictions"), None),
        ({"@type": "MD_SecurityConstraints", "classification": "unclassified"}, None),
    ],
)  # fmt: skip
def test_who_may_have_it(said, constraints, right):
    found = granted(said, constraints)[0]
    assert found("", "accessRights") == ([f"{AUTHORITY}access-right/{right}"] if right else [])
    assert found.issues == []


def test_of_two_rights_of_access_the_stricter_is_kept(said):
    found, _, _ = granted(said, legal(otherConstraints=[NO_LIMITS, "Article 13.1.e"]))
    assert found("", "accessRights") == [f"{AUTHORITY}access-right/RESTRICTED"]
    assert [(issue.kind, issue.value) for issue in found.issues] == [("duplicate", "PUBLIC")]
