"""When and where: the dates of a record, and what its dataset covers."""

import pytest

from tests.ingest.iso_records import AUTHORITY, BASE, described, parts, record


@pytest.fixture
def said(connectors, begin):
    """A record with these members of its identification, as the connector describes it."""

    def of(different=None, **members):
        return described(connectors, begin, record(**members), **(different or {}))

    return of


def date(kind, moment):
    return {"@type": "CI_Date", "date": moment, "dateType": kind}


def test_dates_are_the_first_and_the_last(said):
    dates = [
        date("revision", "2024-05-01"), date("publication", "2020-01-01"),
        date("revision", "2025-06-30"), date("creation", "2014"), date("publication", "2022-01-01"),
    ]  # fmt: skip
    found = said(beside={"dateStamp": "2025-07-01T10:00:00"}, citation={"date": dates})
    assert found("", "created") == ["2014"]
    assert found("", "issued") == ["2020-01-01"]
    assert found("", "modified") == ["2025-06-30"]
    assert found("/record", "modified") == ["2025-07-01T10:00:00"]
    assert found.issues == []


def test_a_date_that_is_none_gives_way_to_the_next(said):
    dates = [date("revision", "dernièrement"), date("revision", "2025-06-30")]
    found = said(citation={"date": dates})
    assert found("", "modified") == ["2025-06-30"]
    assert found.complaints == {("invalid-value", "identificationInfo.citation.date"): 1}


def test_a_date_of_another_kind_is_an_issue(said):
    found = said(citation={"date": [date("superseded", "2024-01-01")]})
    [issue] = found.issues
    assert (issue.kind, issue.value) == ("unknown-value", "superseded 2024-01-01")


@pytest.mark.parametrize(
    ("code", "frequency"),
    [
        ("continual", "CONT"), ("daily", "DAILY"), ("weekly", "WEEKLY"),
        ("fortnightly", "BIWEEKLY"), ("monthly", "MONTHLY"), ("quarterly", "QUARTERLY"),
        ("biannually", "ANNUAL_2"), ("annually", "ANNUAL"), ("asNeeded", "AS_NEEDED"),
        ("irregular", "IRREG"), ("notPlanned", "NOT_PLANNED"), ("unknown", "UNKNOWN"),
        ("semimonthly", "MONTHLY_2"), ("biennially", "BIENNIAL"), ("periodic", "OTHER"),
    ],
)  # fmt: skip
def test_how_often_it_is_maintained(said, code, frequency):
    maintenance = {"@type": "MD_MaintenanceInformation", "maintenanceAndUpdateFrequency": code}
    found = said(resourceMaintenance=maintenance)
    assert found("", "accrualPeriodicity") == [f"{AUTHORITY}frequency/{frequency}"]


def test_a_duration_says_how_often_where_no_code_does(said):
    found = said(
        resourceMaintenance={
            "@type": "MD_MaintenanceInformation",
            "maintenanceAndUpdateFrequency": "parfois",
            "userDefinedMaintenanceFrequency": "P2Y",
            "maintenanceNote": "Un an sur deux.",
        }
    )
    assert found("", "accrualPeriodicity") == [f"{AUTHORITY}frequency/BIENNIAL"]
    assert found("", "comment") == ["Un an sur deux."]
    assert [issue.value for issue in found.issues] == ["parfois"]


def temporal(**moment):
    element = {"@type": "EX_TemporalExtent", "extent": moment}
    return {"@type": "EX_Extent", "temporalElement": element}


@pytest.mark.parametrize(
    ("moment", "start", "end"),
    [
        ({"beginPosition": "2007-01-01", "endPosition": "2025-01-01"}, "2007-01-01", "2025-01-01"),
        ({"beginPosition": "2007", "endPosition": {"indeterminatePosition": "now"}}, "2007", ""),
        (
            {
                "begin": {"@type": "TimeInstant", "timePosition": "2020-01"},
                "end": {"@type": "TimeInstant", "timePosition": "2020-12"},
            },
            "2020-01",
            "2020-12",
        ),
        ({"timePosition": "2021-07-14"}, "2021-07-14", "2021-07-14"),
    ],
)
def test_the_time_covered(said, moment, start, end):
    found = said(extent=temporal(**{"@type": "TimePeriod", **moment}))
    assert found("/temporal", "startDate") == [start]
    assert found("/temporal", "endDate") == ([end] if end else [])
    assert found("", "spatial") == []


def test_a_second_period_is_an_issue(said):
    moments = [{"@type": "TimePeriod", "beginPosition": year} for year in ("2007", "2012")]
    found = said(extent=[temporal(**moment) for moment in moments])
    assert found.one("/temporal", "startDate") == "2007"
    assert [issue.kind for issue in found.issues] == ["duplicate"]


def box(west, east, south, north):
    return {
        "@type": "EX_GeographicBoundingBox",
        "westBoundLongitude": west,
        "eastBoundLongitude": east,
        "southBoundLatitude": south,
        "northBoundLatitude": north,
    }


def place(code):
    identifier = {"@type": "MD_Identifier", "code": code}
    return {"@type": "EX_GeographicDescription", "geographicIdentifier": identifier}


def extent(*elements, **members):
    return {"@type": "EX_Extent", "geographicElement": list(elements), **members}


def test_a_rectangle_is_a_place_with_its_name(said):
    found = said(extent=extent(box("1.4", "3.2", "49.5", "50.3"), description="La Somme"))
    assert found.one("/spatial/la-somme", "bbox") == (
        "POLYGON((1.4 49.5,3.2 49.5,3.2 50.3,1.4 50.3,1.4 49.5))"
    )
    assert found.one("/spatial/la-somme", "centroid") == "POINT(2.3 49.9)"
    assert found.one("/spatial/la-somme", "prefLabel") == "La Somme"
    assert found.issues == []


def test_each_rectangle_is_a_place_of_its_own(said):
    found = said(
        extent=[
            extent(box("-5", "9", "41", "51"), place("FXX"), description="Métropole"),
            extent(box("45", "46", "-13", "-12"), description="Mayotte"),
            extent(box("1", "2", "43", "44"), box("5", "6", "43", "44")),
        ]
    )
    assert [each for each in parts(found, "spatial") if each.startswith("/")] == [
        "/spatial/1-43-2-44", "/spatial/5-43-6-44", "/spatial/mayotte", "/spatial/metropole",
    ]  # fmt: skip
    assert f"{AUTHORITY}country/FXX" in found("", "spatial")


@pytest.mark.parametrize(
    ("sides", "message", "polygon"),
    [
        (("3.2", "1.4", "49.5", "50.3"), "read the other way round", "POLYGON((1.4 49.5,3.2"),
        (("1,4", "3,2", "49,5", "50,3"), "", "POLYGON((1.4 49.5,3.2"),
        (("177", "-176", "-22", "-12"), "crosses the antimeridian", ""),
        (("500000", "600000", "6900000", "7000000"), "no degrees", ""),
        (("1", "2", "50", "49"), "no degrees", ""),
        (("nan", "2", "49", "50"), "no degrees", ""),
        (("ouest", "2", "49", "50"), "not in the shape expected", ""),
        (("1", "2", "49", ""), "not in the shape expected", ""),
    ],
)
def test_a_rectangle_that_is_none(said, sides, message, polygon):
    found = said(extent=extent(box(*sides), description="Ici"))
    assert [message in issue.message for issue in found.issues] == [True] * bool(message)
    assert [text[: len(polygon)] for text in found("/spatial/ici", "bbox")] == [polygon] * bool(
        polygon
    )


@pytest.mark.parametrize(
    ("code", "spatial"),
    [
        ("http://id.insee.fr/geo/departement/80", "place/departement/80"),
        ("https://id.insee.fr/geo/region/32", "place/region/32"),
        ("http://id.insee.fr/geo/commune/2A004", "place/commune/2A004"),
        ({"text": "Somme", "href": "x"}, "place/departement/80"),
    ],
)
def test_a_place_by_its_code(said, code, spatial):
    found = said(extent=extent(place(code)))("", "spatial")
    assert found == [f"{BASE}{spatial}", f"{AUTHORITY}country/FRA"]


def test_a_code_of_no_territory_is_kept(said):
    found = said(extent=extent(place({"text": "X12", "href": "x"})))
    assert found.one("", "spatial") == f"{BASE}dataset/ville/arbres/spatial/x12"


def test_a_country_is_the_one_of_the_eu(said):
    assert said(extent=extent(place("FRA")))("", "spatial") == [f"{AUTHORITY}country/FRA"]


def test_a_shared_place_has_the_name_of_the_cog_alone(said):
    shouted = said(extent=extent(place("http://id.insee.fr/geo/departement/80"), description="X Y"))
    assert shouted(f"{BASE}place/departement/80", "prefLabel") == ["Somme"]
    codes = [place(f"http://id.insee.fr/geo/departement/{code}") for code in (59, 62)]
    several = said(extent=extent(*codes, description="Nord et Pas-de-Calais"))
    assert several(f"{BASE}place/departement/59", "prefLabel") == ["Nord"]


@pytest.mark.parametrize(
    ("code", "space", "iri"),
    [
        ({"text": "2154", "href": "http://www.opengis.net/def/crs/EPSG/0/2154"}, "", "EPSG/0/2154"),
        ("EPSG:2154", "", "EPSG/0/2154"),
        ("2154", "EPSG", "EPSG/0/2154"),
        ("2154", "", "EPSG/0/2154"),
        ("urn:ogc:def:crs:EPSG::3857", "", "EPSG/0/3857"),
        ("urn:ogc:def:crs:EPSG:6.9:27572", "", "EPSG/0/27572"),
        ("RGF93 / Lambert-93 (EPSG:2154)", "", "EPSG/0/2154"),
        ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "", "OGC/1.3/CRS84"),
        ("2154", "IGNF", ""),
        ("RGF93LAMB93", "", ""),
    ],
)
def test_reference_systems_are_standards(said, code, space, iri):
    identifier = {"@type": "RS_Identifier", "code": code, "codeSpace": space}
    system = {"@type": "MD_ReferenceSystem", "referenceSystemIdentifier": identifier}
    found = said(beside={"referenceSystemInfo": system})
    assert found("", "conformsTo") == ([f"http://www.opengis.net/def/crs/{iri}"] if iri else [])
    assert [issue.kind for issue in found.issues] == ([] if iri else ["unknown-value"])


@pytest.mark.parametrize(
    ("distance", "metres", "kinds"),
    [
        ({"text": "5", "uom": "m"}, ["5"], []),
        ({"text": "0,5", "uom": "http://standards.iso.org/x/gmxUom.xml#m"}, ["0.5"], []),
        ({"text": "2.5", "uom": "km"}, ["2500"], []),
        ({"text": "20", "uom": "urn:ogc:def:uom:EPSG::9001"}, ["20"], []),
        ({"text": "1", "uom": "°"}, [], ["unknown-value"]),
        ("5", [], ["unknown-value"]),
        ({"text": "fin", "uom": "m"}, [], ["shape"]),
        ({"uom": "m"}, [], []),
    ],
)
def test_resolution_in_metres(said, distance, metres, kinds):
    found = said(spatialResolution={"@type": "MD_Resolution", "distance": distance})
    assert found("", "spatialResolutionInMeters") == metres
    assert [issue.kind for issue in found.issues] == kinds
