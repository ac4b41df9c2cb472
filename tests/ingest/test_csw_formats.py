"""How the files of a record are written: what a link says, and what the record says of all."""

import pytest

from tests.ingest.iso_records import DOWNLOAD, described, distribution, online, parts
from tests.ingest.iso_records import record as iso_record

OWS = "https://geo.example/geoserver/ows"
LINK = "WWW:LINK-1.0-http--link"
FORMATS = "distributionInfo.distributionFormat.name"


@pytest.fixture
def said(connectors, begin):
    """A record with these links, and formats for all of them."""

    def of(*links, formats=(), distributor=None, different=None, **members):
        formats = [{"@type": "MD_Format", "name": name} for name in formats]
        more = {"distributor": distributor} if distributor else {}
        beside = distribution(*links, distributionFormat=formats, **more)
        payload = iso_record(beside=beside, **members)
        return described(connectors, begin, payload, **(different or {}))

    return of


def formats(found):
    """The format of each distribution, in the order of their titles."""
    by_title = {
        found.one(path, "title"): "".join(found(path, "format")).rpartition("/")[2]
        for path in parts(found, "distribution")
    }
    return [by_title[title] for title in sorted(by_title)]


def download(name, path="", **members):
    return online(f"https://geo.example/{path or name}", protocol=DOWNLOAD, name=name, **members)


@pytest.mark.parametrize("protocol", [LINK, LINK.lower(), DOWNLOAD])
def test_a_protocol_is_no_format(said, protocol):
    found = said(online("https://geo.example/x", protocol=protocol, function="download", name="a"))
    assert formats(found) == [""]
    assert found.issues == []


def test_the_only_format_is_that_of_every_download(said):
    found = said(download("a"), download("b", "b.csv"), download("c", "c.zip"), formats=["SHP"])
    assert formats(found) == ["SHP", "CSV", "SHP"]
    path = "/distribution/https-geo-example-c-zip"
    assert found.one(path, "packageFormat").endswith("application/zip")
    assert found.issues == []


def test_a_link_that_is_no_download_takes_no_format_of_the_record(said):
    found = said(online("https://geo.example/projets.zip", name="a"), formats=["SHP"])
    assert formats(found) == ["ZIP"]
    assert found.complaints == {("unknown-value", FORMATS): 1}


def test_a_format_of_services_is_none_of_files(said):
    assert formats(said(download("a"), formats=["GPKG", "WMS", "WFS", "WMTS"])) == ["GPKG"]


def test_of_several_formats_a_link_has_the_one_that_it_names(said):
    found = said(
        download("a en shp", "a"), download("b", description="Au format ECW"), download("c"),
        formats=["ESRI Shapefile (SHP)", "ECW"],
    )  # fmt: skip
    assert formats(found) == ["SHP", "ECW", ""]
    assert found.issues == []


def test_formats_that_no_link_names_are_an_issue(said):
    found = said(download("a"), formats=["SHP", "ECW"])
    assert formats(found) == [""]
    [issue] = found.issues
    assert (issue.kind, issue.key, issue.value) == ("unknown-value", FORMATS, "SHP, ECW")


def test_a_format_that_nobody_knows_is_an_issue(said):
    found = said(download("a"), formats=["ArcGIS"])
    assert [(issue.kind, issue.value) for issue in found.issues] == [("unknown-value", "ArcGIS")]


def test_a_placeholder_is_no_format(said):
    assert said(download("a"), formats=["Inconnu"]).issues == []


@pytest.mark.parametrize(
    ("protocol", "format"),
    [
        ({"text": DOWNLOAD, "type": "application/geopackage+sqlite3"}, "GPKG"),
        ("INSPIRE Atom", "ATOM"),
        ("WWW:DOWNLOAD:GeoPackage", "GPKG"),
        ("WWW:DOWNLOAD:ESRI Shapefile", "SHP"),
        ("GLG:KML-2.0-http-get-map", "KML"),
    ],
)
def test_a_link_may_say_its_format_itself(said, protocol, format):
    found = said(
        online("https://geo.example/x", protocol=protocol, name="a"), download("b"), formats=["CSV"]
    )
    assert formats(found) == [format, "CSV"]


def test_a_query_of_a_service_says_its_format(said):
    query = f"{OWS}?service=WFS&request=GetFeature&typeName=a&outputFormat=application/json"
    assert formats(said(online(query, name="a"))) == ["JSON"]


def test_formats_of_the_resource_and_of_distributors_are_formats(said):
    found = said(download("a"), resourceFormat={"@type": "MD_Format", "name": "DXF"})
    assert formats(found) == ["DXF"]
    distributor = {
        "@type": "MD_Distributor",
        "distributorFormat": {"@type": "MD_Format", "name": "DWG"},
    }
    assert formats(said(download("a"), distributor=distributor)) == ["DWG"]
