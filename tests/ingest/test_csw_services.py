"""Records about services."""

import pytest

from ingest.connectors import csw_relations, csw_services
from tests.ingest.iso_records import (
    AUTHORITY,
    BASE,
    described,
    distribution,
    online,
    party,
    service,
)

DCAT = "http://www.w3.org/ns/dcat#"
OWS = "https://geo.example/ows"
CAPABILITIES = f"{OWS}?service=WMS&request=GetCapabilities"


def operation(address, name="GetCapabilities"):
    return {
        "@type": "SV_OperationMetadata",
        "operationName": name,
        "connectPoint": {"@type": "CI_OnlineResource", "linkage": address},
    }


@pytest.fixture
def said(connectors, begin):
    """A service as the connector describes it."""

    def of(*operations, **members):
        payload = service(containsOperations=list(operations), **members)
        [payload] = csw_relations.resolved([payload])
        return described(connectors, begin, payload, identifier="svc")

    return of


def test_a_service_is_a_data_service(said):
    found = said(
        operation(f"{OWS}?", "GetMap"), operation(CAPABILITIES), serviceType="view",
        pointOfContact=party("owner", "Ville"), topicCategory="environment",
    )  # fmt: skip
    assert found("", "title") == ["Service des arbres"]
    assert found("", "description") == ["Les arbres en WMS."]
    assert found("", "endpointURL") == [OWS]
    assert found("", "endpointDescription") == [CAPABILITIES]
    assert found("", "conformsTo") == ["http://www.opengis.net/def/serviceType/ogc/wms"]
    assert found("", "publisher") == [f"{BASE}agent/ville/ville"]
    assert found("", "theme") == [f"{AUTHORITY}data-theme/ENVI"]
    assert f"<{found.root}> a" not in found.text
    types = {t.object.value for t in found.triples if t.subject.value == found.root}
    assert f"{DCAT}DataService" in types
    assert f"{DCAT}Dataset" not in types
    assert found.issues == []


@pytest.mark.parametrize(
    ("operations", "links", "address", "kinds"),
    [
        ([operation(f"{OWS}?", "GetMap"), operation("https://b.example/")], [],
         "https://b.example/", ()),
        ([operation("http://localhost/ows")], [online(CAPABILITIES)], OWS, ("WMS",)),
        ([operation("partout")], [online("https://a.example/carte")],
         "https://a.example/carte", ()),
        ([], [online("https://a.example/carte"), online(CAPABILITIES)], OWS, ("WMS",)),
        ([], [online("https://a.example/srv/fre/x#/metadata/1")], None, ()),
        ([], [online("http://10.0.0.1/ows?service=WMS")], None, ()),
        ([], [], None, ()),
    ],
)  # fmt: skip
def test_where_a_service_answers(model, operations, links, address, kinds):
    payload = service(containsOperations=operations, beside=distribution(*links))
    found = csw_services.endpoint(payload, model.code_list("file-type"))
    assert (found and found.address) == address
    assert found is None or found.kinds == kinds


@pytest.mark.parametrize(
    ("type", "version", "kinds"),
    [
        ("OGC:WMS", "1.3.0", ("WMS",)),
        ("view", "OGC:WMS 1.3.0", ("WMS",)),
        ("download", ["1.1.0", "OGC:WFS 2.0.0"], ("WFS",)),
        ("other", "", ()),
    ],
)
def test_the_kind_of_a_service(model, type, version, kinds):
    payload = service(
        containsOperations=operation(OWS.removesuffix("/ows")),
        serviceType=type,
        serviceTypeVersion=version,
    )
    found = csw_services.endpoint(payload, model.code_list("file-type"))
    assert found is not None
    assert found.kinds == kinds


def test_a_service_carries_its_licence_and_rights_of_access(said):
    constraints = [
        {"@type": "MD_LegalConstraints", "otherConstraints": ["lov2", "Citer la Ville."]},
        {"@type": "MD_LegalConstraints", "accessConstraints": "restricted"},
    ]
    found = said(operation(CAPABILITIES), resourceConstraints=constraints)
    assert found("", "license") == [f"{AUTHORITY}licence/ETALAB_2_0"]
    assert found("", "rights") == [f"{found.root}/rights"]
    assert found("", "accessRights") == [f"{AUTHORITY}access-right/RESTRICTED"]


def test_who_has_a_role_that_no_service_has_is_an_issue(said):
    parties = [party("custodian", "Hébergeur"), party("pointOfContact", "Ville")]
    found = said(operation(CAPABILITIES), pointOfContact=parties)
    assert found("/contact/sig-ville-example", "fn") == ["Ville"]
    assert [(issue.kind, issue.value) for issue in found.issues] == [("unknown-value", "custodian")]
