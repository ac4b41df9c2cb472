"""The captured records: GéoIDE, a GeoNetwork and the Géoplateforme, every one of them."""

import json
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from lxml import etree
from shacl import Shapes

from graph.snapshot import Snapshots
from ingest.record import Record
from tests.ingest.conftest import Description

AUTHORITY = "http://publications.europa.eu/resource/authority/"
GEOIDE = "geo-ide-ddt24/csw-response-001.xml"
PLU = "geo-ide-ddt24/geoide-iso19139-single-dataset.xml"
RPG = "geoplateforme/geoplateforme-iso19139-IGNF_RPG.xml"
GEONETWORK = "geonetwork/geonetwork-iso19139-page-{}.xml"
CAPTURES = {GEOIDE: 4, PLU: 1, "geo-ide-ddt24/record-combles.xml": 1, RPG: 1}
LINKAGE = ("invalid-value", "distributionInfo.transferOptions.onLine.linkage")
BOX = ("invalid-value", "identificationInfo.extent.geographicElement")


@pytest.fixture
def captured(shared, make_portal):
    """A portal that is a captured page."""

    def portal(file):
        site = "https://geo.example/geonetwork/srv/fre/csw"
        return make_portal(type="csw", url=f"file:{shared / 'portals/csw' / file}", site=site)

    return portal


@pytest.fixture
def described(captured, connectors, begin, open_fetcher):
    """Every record of a captured page, described, by its identifier."""

    def of(file):
        portal, found = captured(file), {}
        with open_fetcher(portal) as fetcher:
            for record in connectors["csw"].records(portal, fetcher):
                assert isinstance(record, Record)
                reading = begin(record.id, type="csw", site=portal.site)
                connectors["csw"].describe(record, reading)
                found[record.id] = Description(reading)
        return found

    return of


@pytest.fixture
def geonetwork(shared, server, make_portal):
    """A GeoNetwork of six records that gives two at a time, as it was captured."""

    def answer(body):
        start = etree.fromstring(body).get("startPosition")
        return (shared / "portals/csw" / GEONETWORK.format(start)).read_bytes()

    server.answers["/geonetwork/srv/fre/csw"] = answer
    return make_portal(type="csw", url=f"{server.url}/geonetwork/srv/fre/csw")


@pytest.mark.parametrize("file", CAPTURES)
def test_every_record_goes_in(captured, run, held, file):
    outcome = run(captured(file))
    assert outcome.error is None
    assert outcome.added == len(held()) == CAPTURES[file]
    assert "unknown-key" not in outcome.issues
    assert "shape" not in outcome.issues


def test_every_page_of_a_geonetwork_goes_in(geonetwork, server, run, held):
    outcome = run(geonetwork)
    assert outcome.error is None
    assert len(held()) == 6
    assert len(server.queries("/geonetwork/srv/fre/csw")) == 3
    assert outcome.issues == {"invalid-value": 18, "unknown-value": 21, "duplicate": 1}
    assert run(geonetwork).unchanged == 6


def test_one_page_of_several_is_no_catalogue(captured, run):
    error = str(run(captured(GEONETWORK.format(3))).error)
    assert "6 records announced, 2 distinct received" in error


def test_the_records_of_geoide(described):
    found = described(GEOIDE)
    noise = found["fr-120066022-jdd-912496f5-2ee6-4cf2-b2f9-ab030d646168"]
    assert noise.one("", "title").startswith("Table décrivant les Zones de Bruit")
    assert noise("", "alternative") == ["N_BRUIT_ZBR_INFRA_S_024"]
    assert noise("", "publisher") == ["http://localhost:8000/agent/130010820"]
    assert noise("", "conformsTo") == ["http://www.opengis.net/def/crs/EPSG/0/2154"]
    assert noise("", "accessRights") == [f"{AUTHORITY}access-right/PUBLIC"]
    assert "http://localhost:8000/place/departement/24" in [
        place for other in found.values() for place in other("", "spatial")
    ]
    paths = noise("", "distribution")
    assert Counter(iri for path in paths for iri in noise(path, "format")) == {
        f"{AUTHORITY}file-type/{name}": 1 for name in ("SHP", "WMS_SRVC", "WFS_SRVC")
    }
    assert {iri for path in paths for iri in noise(path, "license")} == {
        f"{AUTHORITY}licence/ETALAB_2_0"
    }
    endpoints = {
        noise.one(service, "endpointURL")
        for path in paths
        for service in noise(path, "accessService")
    }
    assert len(endpoints) == 1
    assert endpoints.pop().partition("?")[2].startswith("map=/opt/data/stack/mapfiles/")


def test_the_intranet_of_geoide_is_left_out(described, shared):
    """Of eight links of a record four lead into the State's own network."""
    page = shared / "portals/csw" / GEOIDE.replace("csw-response-001.xml", "udata-mapped-*.json")
    [path] = Path(page.parent).glob(page.name)
    of_udata = {each["harvest"]["remote_url"]: each for each in json.loads(path.read_bytes())}
    assert len(of_udata) == 4
    for identifier, found in described(GEOIDE).items():
        assert found.complaints[LINKAGE] == 4
        [theirs] = [each for url, each in of_udata.items() if url.endswith(identifier)]
        assert found("", "title") == [theirs["title"]]
        outside = {
            resource["url"] for resource in theirs["resources"] if "rie.gouv" not in resource["url"]
        }
        ours = {found.one(path, "accessURL") for path in found("", "distribution")}
        assert ours == outside


def test_rectangles_whose_west_is_their_east_are_read(described):
    found = described(GEOIDE)
    assert sum(each.complaints[BOX] for each in found.values()) == 3
    boxes = [
        each.one(place, "bbox")
        for each in found.values()
        for place in each("", "spatial")
        if "/spatial/" in place
    ]
    assert len(boxes) == 3
    assert "POLYGON((-0.0415269 44.5717,1.44826 44.5717" in "".join(boxes)


def test_a_plan_of_urbanism(described):
    [found] = described(PLU).values()
    assert found("", "created") == ["2003-06-02"]
    assert found("", "issued") == ["2017-10-07"]
    assert set(found("", "theme")) == {
        f"{AUTHORITY}data-theme/{theme}" for theme in ("ECON", "ENVI", "REGI")
    }
    assert {"plu", "combles", "Usage des sols"} <= set(found("", "keyword"))
    licences = {iri for path in found("", "distribution") for iri in found(path, "license")}
    assert licences == {"http://localhost:8000/concept/licence/LO-1.0"}
    assert "Mentionner les noms des organismes" in found.one("/rights", "description")
    assert found.complaints[("unknown-value", "identificationInfo.aggregationInfo")] == 4
    assert found.one("/provenance", "label").startswith("Les limites d'une zone")


def test_the_same_record_in_another_answer_is_the_same(captured, connectors, open_fetcher):
    payloads = []
    for file in (PLU, "geo-ide-ddt24/record-combles.xml"):
        portal = captured(file)
        with open_fetcher(portal) as fetcher:
            payloads += [record.payload for record in connectors["csw"].records(portal, fetcher)]
    assert payloads[0] == payloads[1]


def test_the_parcels_of_the_geoplateforme(described):
    [found] = described(RPG).values()
    assert found("", "title") == ["RPG"]
    assert found("", "alternative") == ["Registre Parcellaire Graphique"]
    assert found("", "dct:type") == [
        "http://inspire.ec.europa.eu/metadata-codelist/ResourceType/series"
    ]
    assert found("", "accrualPeriodicity") == [f"{AUTHORITY}frequency/ANNUAL"]
    assert found("", "hvdCategory") == ["http://data.europa.eu/bna/c_ac64a52d"]
    assert set(found("", "theme")) == {
        f"{AUTHORITY}data-theme/{theme}" for theme in ("AGRI", "ECON", "ENVI", "REGI")
    }
    assert (found.one("/temporal", "startDate"), found.one("/temporal", "endDate")) == (
        "2007-01-01",
        "2025-01-01",
    )
    assert len([place for place in found("", "spatial") if found(place, "bbox")]) == 6
    assert len([iri for iri in found("", "conformsTo") if "/EPSG/" in iri]) == 5
    assert "http://data.europa.eu/eli/reg/2010/1089/oj" in found("", "conformsTo")
    assert len(found("", "page")) == 5
    paths = found("", "distribution")
    assert Counter(iri.rpartition("/")[2] for path in paths for iri in found(path, "format")) == {
        "CSV": 3, "GPKG": 1, "WFS_SRVC": 24, "WMS_SRVC": 23, "WMTS_SRVC": 23, "ZIP": 1,
    }  # fmt: skip
    assert {found.one(path, "license") for path in paths} == {f"{AUTHORITY}licence/ETALAB_2_0"}
    services = {service for path in paths for service in found(path, "accessService")}
    assert len(services) == 4
    assert [issue.value for issue in found.issues] == ["Common Agricultural Policy"]


@pytest.mark.parametrize("file", [GEOIDE, PLU, RPG, ""])
def test_the_captured_records_break_no_shape(
    shared, geonetwork, captured, run, store, tmp_path, file
):
    shapes = Shapes.from_file(str(shared / "shapes/dcat-ap-3.0.1/shapes.ttl"))
    assert run(captured(file) if file else geonetwork).error is None
    store.publish()
    held = {quad.triple for quad in Snapshots(store.folder).current().store}
    path = tmp_path / "data.nt"
    path.write_bytes(ox.serialize(held, format=ox.RdfFormat.N_TRIPLES) or b"")
    broken = [
        (result.path, result.message)
        for result in shapes.validate_file(str(path)).results
        if "Violation" in result.severity
    ]
    assert broken == []
