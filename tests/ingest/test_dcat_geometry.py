"""Extents as the portals of France and Belgium write them."""

import pytest

from ingest.connectors.dcat_geometry import is_geometry, points

SQUARE = [(1.0, 43.0), (2.0, 44.0)]


def corners(found):
    xs, ys = [x for x, _ in found], [y for _, y in found]
    return [(min(xs), min(ys)), (max(xs), max(ys))]


@pytest.mark.parametrize(
    "text",
    [
        "POLYGON((1 43,2 43,2 44,1 44,1 43))",
        "Polygon ((1.0 43.0, 2 43, 2 44, 1 44, 1 43))",
        "<http://www.opengis.net/def/crs/OGC/1.3/CRS84> POLYGON((1 43,2 43,2 44,1 43))",
        "<http://www.opengis.net/def/crs/EPSG/0/4326> POLYGON((43 1,43 2,44 2,43 1))",
        "SRID=4326;POLYGON((1 43,2 43,2 44,1 43))",
        "MULTIPOLYGON(((1 43,2 43,2 44,1 43)),((1.2 43.1,1.3 43.1,1.3 43.2,1.2 43.1)))",
        "POLYGON Z((1 43 5,2 43 5,2 44 5,1 43 5))",
        "ENVELOPE(1, 2, 44, 43)",
        "BBOX(1, 43, 2, 44)",
        '{"type":"Polygon","coordinates":[[[1,43],[2,43],[2,44],[1,43]]]}',
        "{'type':'Polygon','coordinates':[[[1,43],[2,43],[2,44],[1,43]]]}",
        '{"type":"envelope","coordinates":[[1,44],[2,43]]}',
        '{"type":"Feature","geometry":{"type":"LineString","coordinates":[[1,43],[2,44]]}}',
        '{"type":"FeatureCollection","bbox":[1,43,2,44]}',
        "[1, 43, 2, 44]",
        '<gml:Envelope srsName="http://www.opengis.net/def/crs/OGC/1.3/CRS84"><gml:lowerCorner>1 43'
        "</gml:lowerCorner><gml:upperCorner>2 44</gml:upperCorner></gml:Envelope>",
        "&lt;gml:Envelope srsName='urn:ogc:def:crs:EPSG::4326'&gt;&lt;gml:lowerCorner&gt;43 1"
        "&lt;/gml:lowerCorner&gt;&lt;gml:upperCorner&gt;44 2&lt;/gml:upperCorner&gt;",
        "1,43,2,44",
        "1.0 43.0 2.0 44.0",
        "northlimit=44; southlimit=43; westlimit=1; eastlimit=2; projection=WGS84",
    ],
)
def test_a_geometry_and_its_corners(text):
    assert is_geometry(text)
    assert corners(points(text)) == SQUARE


@pytest.mark.parametrize(
    "text",
    [
        "{{extent:computeSpatialProperty}}",
        "<http://www.opengis.net/def/crs/EPSG/0/2154> POINT(574356 6279642)",
        "SRID=2154;POINT(574356 6279642)",
        "POLYGON((1,2,3))",
        "POINT()",
        '{"type":"Polygon"}',
        '{"type":"Polygon","coordinates":[["a"]]}',
        "[[[" * 30_000,
        "northlimit=44; southlimit=43",
    ],
)
def test_a_geometry_that_cannot_be_read(text):
    assert is_geometry(text)
    with pytest.raises(ValueError):  # noqa: PT011 - the message is for people
        points(text)


@pytest.mark.parametrize("text", ["Rennes", "1,43", "01, 02, 03, 04, 05", "Point du jour"])
def test_a_name_is_no_geometry(text):
    assert not is_geometry(text)
