"""The links of a record: services, files and pages."""

import pytest

from ingest.connectors import csw_links
from tests.ingest.iso_records import AUTHORITY, DOWNLOAD, described, distribution, online, parts
from tests.ingest.iso_records import record as iso_record

OWS = "https://geo.example/geoserver/ows"
LINK = "WWW:LINK-1.0-http--link"
LINKAGE = "distributionInfo.transferOptions.onLine.linkage"


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


def link(model, **members):
    return csw_links.link("key", online(**members), model.code_list("file-type"))


# --- what a link is -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "services"),
    [
        ({"protocol": "OGC:WMS"}, ("WMS",)),
        ({"protocol": "OGC:WMS-1.3.0-http-get-map"}, ("WMS",)),
        ({"protocol": "OGC:WFS-2.0.0-http-get-feature"}, ("WFS",)),
        ({"protocol": {"text": "OGC:WMTS", "href": "http://codes.example/wmts"}}, ("WMTS",)),
        ({"protocol": "OGC:WCS", "function": "download"}, ("WCS",)),
        ({"protocol": LINK, "address": f"{OWS}?service=WFS&version=2.0.0"}, ("WFS",)),
        ({"address": f"{OWS}?map=/a.map&SERVICE=WMS&REQUEST=GetCapabilities"}, ("WMS",)),
        ({"address": "https://geo.example/geoserver/wfs"}, ("WFS",)),
        ({"address": OWS, "name": "URL des services wms/wfs sur internet"}, ("WFS", "WMS")),
        ({"protocol": "ESRI:REST"}, ("ESRI REST",)),
        ({"address": "https://a.example/arcgis/rest/services/x/MapServer"}, ("ESRI REST",)),
        ({"protocol": "OGC API Features"}, ("OGC API",)),
        ({"protocol": DOWNLOAD, "name": "Le service wms des arbres"}, ()),
        ({"name": "Notice du WMS"}, ()),
        ({"address": "https://geo.example/wmsaide"}, ()),
    ],
)
def test_a_service(model, members, services):
    found = link(model, **members)
    assert found.services == services
    assert (found.kind == "service") == bool(services)


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ({"protocol": DOWNLOAD, "address": "https://a.example/get?id=1"}, "file"),
        ({"function": "download", "address": "https://a.example/get?id=1"}, "file"),
        ({"protocol": LINK, "function": "download", "address": "https://a.example/x"}, "file"),
        ({"protocol": LINK, "address": "https://a.example/arbres.zip"}, "file"),
        ({"address": "https://a.example/arbres.csv"}, "file"),
        ({"address": "ftp://a.example/arbres"}, "file"),
        ({"protocol": "INSPIRE Atom", "address": "https://a.example/atom/1"}, "file"),
        ({"protocol": "OGC:GML", "address": "https://a.example/1"}, "file"),
        ({"protocol": "WWW:DOWNLOAD:GeoPackage", "address": "https://a.example/1"}, "file"),
        ({"address": f"{OWS}?service=WFS&request=GetFeature&outputFormat=csv"}, "file"),
        ({"protocol": LINK, "address": "https://a.example/"}, "page"),
        ({"address": "https://a.example/notice.pdf"}, "page"),
        ({"address": "https://a.example/fiche.xml"}, "page"),
        ({"function": "information", "address": "https://a.example/arbres.csv"}, "page"),
        ({"address": "https://a.example/csw?REQUEST=GetRecordById&SERVICE=CSW&id=1"}, "page"),
        ({"address": "https://a.example/srv/fre/catalog.search#/metadata/1"}, "landing page"),
        ({"protocol": DOWNLOAD, "address": "https://a.example/srv/fre/x#/metadata/1"},
         "landing page"),
        ({"address": "https://a.example/srv/api/records/1"}, "landing page"),
        ({"address": "https://a.example/srv/api/records/1/attachments/a.zip"}, "file"),
        ({"address": "http://[::1"}, "page"),
    ],
)  # fmt: skip
def test_a_file_or_a_page(model, members, kind):
    assert link(model, **members).kind == kind


@pytest.mark.parametrize(
    ("address", "endpoint"),
    [
        (f"{OWS}?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetCapabilities", OWS),
        (f"{OWS}?map=/opt/a.map&SERVICE=WMS&layers=a", f"{OWS}?map=/opt/a.map"),
        (f"{OWS}?", OWS),
        (f"{OWS}?clé=é", f"{OWS}?clé=é"),
        (OWS, OWS),
    ],
)
def test_the_endpoint_of_a_service_is_who_is_asked(model, address, endpoint):
    assert link(model, protocol="OGC:WMS", address=address).endpoint == endpoint


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:8080/x", "http://127.0.0.1/x", "http://10.1.2.3/x", "http://[::1]/x",
        "https://192.168.1.1/", "http://serveur/x", "http://sig.ville.local/x",
        "https://atom.geo-ide.e2.rie.gouv.fr/x", "http://cete-mediterranee.i2/x",
    ],
)  # fmt: skip
def test_an_address_within_a_private_network_is_left_out(said, address):
    found = said(online(address, protocol=DOWNLOAD), online())
    assert len(found("", "distribution")) == 1
    assert found.complaints == {("invalid-value", LINKAGE): 1}


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("", "missing"),
        ("voir la mairie", "invalid-value"),
        (r"\\serveur\sig\a.shp", "invalid-value"),
        ("file:///sig/a.shp", "invalid-value"),
        ("jdbc:postgresql://h/b", "invalid-value"),
        ("http://[::1", "invalid-value"),
    ],
)
def test_what_is_no_address_is_left_out(said, address, kind):
    found = said(online(address, protocol=DOWNLOAD))
    assert found("", "distribution") == found("", "page") == []
    assert found.complaints == {(kind, LINKAGE): 1}


# --- what becomes of it ---------------------------------------------------------------------------


def test_a_file_is_a_distribution(said):
    found = said(online(protocol=DOWNLOAD, name="Arbres", description="En points"))
    [path] = parts(found, "distribution")
    assert path == "/distribution/https-geo-example-arbres-csv"
    assert found.one(path, "title") == "Arbres"
    assert found.one(path, "description") == "En points"
    assert found.one(path, "accessURL") == "https://geo.example/arbres.csv"
    assert found.one(path, "downloadURL") == "https://geo.example/arbres.csv"
    assert found.one(path, "format") == f"{AUTHORITY}file-type/CSV"
    assert found.issues == []


def test_a_layer_of_a_service_is_a_distribution_and_the_service_one_for_all(said):
    address = f"{OWS}?service=WMS&request=GetCapabilities"
    layers = [online(address, protocol="OGC:WMS", name=name) for name in ("arbres", "haies")]
    found = said(*layers)
    paths = parts(found, "distribution")
    assert [found.one(path, "title") for path in paths] == ["arbres", "haies"]
    [service] = {found.one(path, "accessService") for path in paths}
    assert found.one(service, "endpointURL") == OWS
    assert found.one(service, "endpointDescription") == address
    assert found.one(service, "title") == "WMS geo.example"
    assert found.one(service, "conformsTo") == "http://www.opengis.net/def/serviceType/ogc/wms"
    assert found(service, "servesDataset") == [found.root]
    for path in paths:
        assert found.one(path, "format") == f"{AUTHORITY}file-type/WMS_SRVC"
        assert found(path, "downloadURL") == []


def test_a_service_of_two_kinds_follows_two_standards_and_has_no_file_type(said):
    found = said(online(OWS, name="URL de base des services wms/wfs"))
    [path] = parts(found, "distribution")
    assert found(path, "format") == []
    assert len(found(found.one(path, "accessService"), "conformsTo")) == 2


def test_names_are_of_what_a_link_is_and_not_of_its_place(said):
    links = [online(f"https://geo.example/{name}.csv") for name in "abc"]
    links.append(online(f"{OWS}?{'x' * 90}", protocol="OGC:WMS", name="a"))
    assert parts(said(*links), "distribution") == parts(said(*links[::-1]), "distribution")
    assert set(parts(said(links[3]), "distribution")) < set(parts(said(*links), "distribution"))


def test_the_same_link_twice_is_an_issue(said):
    found = said(online(name="Un"), online(name="Deux"))
    assert len(found("", "distribution")) == 1
    assert found.complaints == {("duplicate", LINKAGE): 1}


def test_pages_are_pages(said):
    found = said(
        online("https://geo.example/notice.pdf"),
        online("https://geo.example/srv/fre/catalog.search#/metadata/arbres"),
    )
    assert found("", "page") == ["https://geo.example/notice.pdf"]
    assert found("", "landingPage") == [
        "https://geo.example/srv/fre/catalog.search#/metadata/arbres"
    ]
    assert found("", "distribution") == []


@pytest.mark.parametrize(
    ("url", "pages"),
    [
        ("https://geo.example/geonetwork/srv/fre/csw",
         ["https://geo.example/geonetwork/srv/api/records/arbres"]),
        ("https://geo.example/geonetwork/srv/csw-ville?x=1",
         ["https://geo.example/geonetwork/srv/api/records/arbres"]),
        ("https://geo.example/csw", []),
    ],
)  # fmt: skip
def test_a_geonetwork_has_a_page_for_each_record(said, url, pages):
    assert said(different={"url": url})("", "landingPage") == pages


def test_links_of_a_distributor_are_links(said):
    options = {"@type": "MD_DigitalTransferOptions", "onLine": online()}
    found = said(distributor={"@type": "MD_Distributor", "distributorTransferOptions": options})
    assert len(found("", "distribution")) == 1


@pytest.mark.parametrize(
    ("status", "state", "kinds"),
    [
        ("completed", ["COMPLETED"], []),
        ("obsolete", ["DEPRECATED"], []),
        ("underDevelopment", ["DEVELOP"], []),
        ("onGoing", [], []),
        ("historicalArchive", [], ["unknown-value"]),
    ],
)
def test_the_status_of_the_data_is_that_of_its_distributions(said, status, state, kinds):
    found = said(online(), status=status)
    [path] = parts(found, "distribution")
    expected = [f"{AUTHORITY}distribution-status/{name}" for name in state]
    assert found(path, "distributionStatus") == expected
    assert [issue.kind for issue in found.issues] == kinds
