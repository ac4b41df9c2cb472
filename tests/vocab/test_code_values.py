"""What the code lists make of the strings that portals write, the traps among them."""

import re

import pyoxigraph as ox
import pytest

from tests.vocab.lists import AUTHORITY, BASE, DCT, SKOS, concepts, resolve, rows


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("bimensuel", "MONTHLY_2"),
        ("Bimensuelle", "MONTHLY_2"),
        ("bimestriel", "BIMONTHLY"),
        ("Bimestrielle", "BIMONTHLY"),
        ("bimonthly", "BIMONTHLY"),
        ("semimonthly", "MONTHLY_2"),
        ("biannuel", "ANNUAL_2"),
        ("Bi-annuelle", "ANNUAL_2"),
        ("biannual", "ANNUAL_2"),
        ("bisannuel", "BIENNIAL"),
        ("Bisannuelle", "BIENNIAL"),
        ("biennial", "BIENNIAL"),
        ("bihebdomadaire", "WEEKLY_2"),
        ("biweekly", "BIWEEKLY"),
        ("fortnightly", "BIWEEKLY"),
        ("P1M", "MONTHLY"),
        ("PT1M", "1MIN"),
        ("R/P0.5M", "MONTHLY_2"),
        ("R/P1Y", "ANNUAL"),
        ("threeTimesAYear", "ANNUAL_3"),
        ("asneeded", "AS_NEEDED"),
        ("notPlanned", "NOT_PLANNED"),
        ("Pas de mise à jour ", "NEVER"),
        ("http://purl.org/cld/freq/semiannual", "ANNUAL_2"),
        ("Toutes les heures", "HOURLY"),
    ],
)
def test_frequency(value, code):
    assert resolve("frequency", value) == {code}


@pytest.mark.parametrize(
    "value", ["Au fil du temps", "à chaque nouvel appel à projet (tous les ans)"]
)
def test_free_text_is_no_frequency(value):
    assert resolve("frequency", value) == set()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("Licence Ouverte (Etalab)", "LO"),
        ("Licence Ouverte", "LO"),
        ("Licence Ouverte-LO", "LO"),
        ("Licence ouverte / Open Licence", "LO"),
        ("fr-lo", "LO-1.0"),
        ("lov1", "LO-1.0"),
        ("https://www.etalab.gouv.fr/wp-content/uploads/2014/05/Licence_Ouverte.pdf", "LO-1.0"),
        ("http://www.etalab.gouv.fr/wp-content/uploads/2014/05/Open_Licence.pdf", "LO-1.0"),
        ("http://www.data.gouv.fr/Licence-Ouverte-Open-Licence", "LO-1.0"),
        ("lov2", "ETALAB_2_0"),
        ("etalab-2.0", "ETALAB_2_0"),
        ("Licence Ouverte v2.0 (Etalab)", "ETALAB_2_0"),
        ("Licence Ouverte / Open Licence version 2.0", "ETALAB_2_0"),
        (
            "https://www.etalab.gouv.fr/wp-content/uploads/2017/04/ETALAB-Licence-Ouverte-v2.0.pdf",
            "ETALAB_2_0",
        ),
        ("https://www.etalab.gouv.fr/licence-ouverte-open-licence", "ETALAB_2_0"),
        ("Open Database License (ODbL)", "ODC_BL"),
        ("http://opendatacommons.org/licenses/odbl/", "ODC_BL"),
        ("cc-by", "CC_BY"),
        ("Creative Commons Attribution", "CC_BY"),
        ("CC BY 4.0", "CC_BY_4_0"),
        ("Creative Commons Attribution 4.0 International", "CC_BY_4_0"),
        ("cc-by-sa", "CC_BYSA"),
        ("https://creativecommons.org/licenses/by-sa/4.0/", "CC_BYSA_4_0"),
        ("cc-zero", "CC0"),
    ],
)
def test_licence(value, code):
    assert resolve("licence", value) == {code}


@pytest.mark.parametrize(
    "value",
    [
        "other-open",
        "other-at",
        "other-pd",
        "notspecified",
        "License Not Specified",
        "Other (Attribution)",
        "Autre Licence (spécifique)",
        "Spécifique ou autre",
        "Creative Commons-CC",
        "Public domain",
        "Domaine public",
    ],
)
def test_what_is_no_licence(value):
    assert resolve("licence", value) == set()


def test_only_a_stated_version_gives_licence_ouverte_2():
    """Each way to say 2.0 carries a 2, but for Etalab's own pages, which are those of 2.0."""
    unversioned = [
        value for value, code in rows("licence") if code == "ETALAB_2_0" and "2" not in value
    ]
    assert {re.sub(r"^https?://(www\.)?", "", value) for value in unversioned} == {
        "etalab.gouv.fr/licence-ouverte-open-licence",
        "github.com/etalab/Licence-Ouverte/blob/master/LO.md",
        "github.com/etalab/licence-ouverte/blob/master/open-licence.md",
    }


def test_licences_have_a_title_and_a_known_type():
    types = set(concepts("licence-type"))
    for iri, facts in concepts("licence").items():
        assert {title.language for title in facts[DCT + "title"]} == {"fr", "en"}, iri
        assert facts[DCT + "type"], iri
        assert {t.value for t in facts[DCT + "type"]} <= types, iri


@pytest.mark.parametrize("code", ["LO", "LO-1.0"])
def test_our_own_licences_follow_the_base(code):
    facts = concepts("licence")[f"{BASE}concept/licence/{code}"]
    assert ox.NamedNode(AUTHORITY + "licence/ETALAB_2_0") in facts[SKOS + "closeMatch"]
    assert facts[SKOS + "inScheme"] == [ox.NamedNode(BASE + "concept/licence")]


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        ("Mobilité et Espace Public", {"TRAN", "REGI"}),
        ("Administration et Finances Publiques", {"GOVE", "ECON"}),
        ("Citoyenneté", {"GOVE"}),
        ("Spectacle vivant", {"EDUC"}),
        ("Énergies et réseaux", {"ENER"}),
        ("energies-et-reseaux", {"ENER"}),
        ("Équipements, bâtiments et logement", {"REGI"}),
        ("Environnement", {"ENVI"}),
        ("Agriculture, Environnement", {"AGRI", "ENVI"}),
        ("http://inspire.ec.europa.eu/theme/hb", {"ENVI"}),
        ("geospatial", set()),
    ],
)
def test_data_theme(value, codes):
    assert resolve("data-theme", value) == codes


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("Shapefile (zip)", "SHP"),
        ("shp (wgs84)", "SHP"),
        ("CSV LonLat/XY", "CSV"),
        ("application/csv; charset=utf-8", "CSV"),
        ("OGC:WMS", "WMS_SRVC"),
        ("OGC:WFS", "WFS_SRVC"),
        (".xlsx", "XLSX"),
        ("application/vnd.ms-excel", "XLS"),
        ("application/vnd.geo+json", "GEOJSON"),
        ("application/geo+json", "GEOJSON"),
        ("application/zip", "ZIP"),
        ("application/pdf", "PDF"),
        ("text/xml", "XML"),
        ("application/xml", "XML"),
        ("application/json", "JSON"),
        ("https://www.iana.org/assignments/media-types/text/csv", "CSV"),
        ("texte", "TXT"),
        ("gtfs", "GTFS"),
    ],
)
def test_file_type(value, code):
    assert resolve("file-type", value) == {code}


@pytest.mark.parametrize("value", ["application/octet-stream", "api", "document", "xml et pdf"])
def test_what_says_nothing_of_the_file(value):
    assert resolve("file-type", value) == set()


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("media-type", "application/csv", "text/csv"),
        ("media-type", "application/x-zip-compressed", "application/zip"),
        ("media-type", "application/vnd.geo+json", "application/geo+json"),
        ("language", "fr", "FRA"),
        ("language", "french", "FRA"),
        ("language", "http://id.loc.gov/vocabulary/iso639-1/fr", "FRA"),
        ("publisher-type", "LocalAuthority", "LocalAuthority"),
        ("publisher-type", "Commune", "LocalAuthority"),
        ("access-right", "open", "PUBLIC"),
        ("distribution-status", "http://purl.org/adms/status/Completed", "COMPLETED"),
        ("hvd-category", "entreprises-et-propriete-d-entreprises", "c_a9135398"),
        ("hvd-category", "observation-de-la-terre-et-environnement", "c_dd313021"),
        ("hvd-category", "hvd-statistics", "c_e1da4e07"),
        ("country", "FR", "FRA"),
        ("datatype", "_text", "string"),
        ("datatype", "int4", "integer"),
        ("datatype", "datetime", "dateTime"),
        ("datatype", "timestamptz", "dateTime"),
        ("datatype", "geo_point_2d", "geo_point_2d"),
        ("datatype", "geo_shape", "geoJSONLiteral"),
        ("datatype", "json_blob", "json"),
    ],
)
def test_other_lists(name, value, code):
    assert resolve(name, value) == {code}
