"""What records say of each other: known when all have passed, and kept as it comes and goes."""

from typing import Any

import pyoxigraph as ox
import pytest

from graph.description import describe
from graph.snapshot import Snapshots
from ingest.connectors import csw_relations
from tests.ingest.iso_records import BASE, described, record, service

OWS = "https://geo.example/ows"


def dataset(identifier, code="", **members):
    identifiers = {"identifier": {"@type": "MD_Identifier", "code": code}} if code else {}
    found = record(citation=identifiers, **members)
    return {**found, "fileIdentifier": identifier}


def resolved(*records) -> list[Any]:
    """The records in the order in which they come."""
    return list(csw_relations.resolved(records))


def related(*records):
    """What each record refers to, by its id."""
    return {
        payload["fileIdentifier"]: payload.get(csw_relations.RELATED)
        for payload in resolved(*records)
    }


@pytest.mark.parametrize(
    "reference",
    [
        {"uuidref": "arbres"},
        {"uuidref": "fr-2000-arbres"},
        {"uuidref": "inconnu", "href": "https://a.example/csw?REQUEST=GetRecordById&ID=arbres"},
        {"href": "https://a.example/geonetwork/srv/api/records/arbres"},
        {"href": "https://a.example/srv/fre/catalog.search#/metadata/arbres"},
        {"href": "https://a.example/srv/resources/datasets/fr-2000-arbres"},
        {"@type": "MD_DataIdentification", "citation": {
            "@type": "CI_Citation", "identifier": {"@type": "MD_Identifier", "code": "arbres"}}},
    ],
)  # fmt: skip
def test_a_coupled_dataset_is_known_by_any_of_its_names(reference):
    found = related(service(operatesOn=reference), dataset("arbres", "fr-2000-arbres"))
    assert list(found["svc"].values()) == ["arbres"]


@pytest.mark.parametrize(
    "reference", [{"uuidref": "trottoirs"}, {"href": "http://[::1"}, {"uuidref": "svc"}]
)
def test_what_the_portal_has_not_is_not_known(reference):
    found = related(service(operatesOn=reference), dataset("arbres"))
    assert list(found["svc"].values()) == [""]


def test_references_of_datasets():
    aggregations = [
        {"@type": "MD_AggregateInformation", "aggregateDataSetIdentifier": {
            "@type": "MD_Identifier", "code": "arbres-2020"}},
        {"@type": "MD_AggregateInformation", "aggregateDataSetName": {
            "@type": "CI_Citation", "identifier": {"@type": "MD_Identifier", "code": "haies"}}},
    ]  # fmt: skip
    found = related(
        {**dataset("arbres", aggregationInfo=aggregations), "parentIdentifier": "vegetation"},
        dataset("arbres-2020"),
        {**dataset("vegetation"), "parentIdentifier": "vegetation"},
    )
    assert found == {
        "arbres-2020": None,
        "arbres": {"arbres-2020": "arbres-2020", "haies": "", "vegetation": "vegetation"},
        "vegetation": {"vegetation": ""},
    }  # fmt: skip


def test_an_id_is_before_what_the_data_is_called_beside():
    operates = [{"uuidref": "produit"}, {"uuidref": "commun"}]
    found = related(
        service(operatesOn=operates), dataset("produit"), dataset("a", "produit"),
        dataset("b", "commun"), dataset("c", "commun"),
    )  # fmt: skip
    assert found["svc"] == {"produit": "produit", "commun": ""}


def test_records_that_refer_to_nothing_do_not_wait():
    records = [dataset("c"), service(operatesOn={"uuidref": "a"}), dataset("a"), dataset("b")]
    found = [payload["fileIdentifier"] for payload in resolved(*records)]
    assert found == ["c", "a", "b", "svc"]


def test_a_relation_is_to_a_dataset_or_an_address_or_an_issue(connectors, begin):
    payload = {
        **dataset("arbres"),
        "parentIdentifier": "vegetation",
        "@related": {"vegetation": "vegetation", "https://a.example/b": "", "haies": ""},
    }
    found = described(connectors, begin, payload)
    assert found("", "relation") == [
        f"{BASE}dataset/ville/vegetation", "https://a.example/b",
    ]  # fmt: skip
    key = "identificationInfo.aggregationInfo"
    assert found.complaints == {("unknown-value", key): 1}


# --- in the store ---------------------------------------------------------------------------------

XML = """<csw:GetRecordByIdResponse xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"
 xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco"
 xmlns:srv="http://www.isotc211.org/2005/srv">{}</csw:GetRecordByIdResponse>"""
RECORD = """<gmd:MD_Metadata><gmd:fileIdentifier>{id}</gmd:fileIdentifier>
<gmd:identificationInfo><{kind}><gmd:citation><gmd:CI_Citation><gmd:title>{title}</gmd:title>
</gmd:CI_Citation></gmd:citation><gmd:abstract>Texte</gmd:abstract>{more}
</{kind}></gmd:identificationInfo></gmd:MD_Metadata>"""
POINT = f"""<srv:containsOperations><srv:SV_OperationMetadata><srv:connectPoint>
<gmd:CI_OnlineResource><gmd:linkage>{OWS}</gmd:linkage></gmd:CI_OnlineResource>
</srv:connectPoint></srv:SV_OperationMetadata></srv:containsOperations>"""


@pytest.fixture
def catalogue(tmp_path, make_portal, run):
    """Harvest a service ``svc`` of ``arbres``, beside datasets by their titles."""

    def harvested(with_service=True, **titles):
        records = [
            RECORD.format(id=name, kind="gmd:MD_DataIdentification", title=title, more="")
            for name, title in titles.items()
        ]
        if with_service:
            more = f'{POINT}<srv:operatesOn uuidref="arbres"/>'
            kind = "srv:SV_ServiceIdentification"
            records.append(RECORD.format(id="svc", kind=kind, title="Service", more=more))
        path = tmp_path / "answer.xml"
        path.write_text(XML.format("".join(records)), "utf-8")
        return run(
            make_portal(type="csw", url=f"file:{path}", site="https://geo.example/csw"),
            accept_loss=True,
        )

    return harvested


@pytest.fixture
def triples(store):
    """What is published of the portal: subject, local name of the predicate, object."""

    def published():
        store.publish()
        held: Any = Snapshots(store.folder).current().store
        return {
            (
                quad.subject.value.removeprefix(BASE),
                quad.predicate.value.rpartition("#")[2],
                quad.object.value.removeprefix(BASE),
            )
            for quad in held
            if quad.graph_name.value == f"{BASE}graph/ville"
        }

    return published


ARBRES, HAIES, SVC = (f"dataset/ville/{name}" for name in ("arbres", "haies", "svc"))


def test_the_catalogue_lists_a_service_as_a_service(catalogue, triples):
    assert catalogue(arbres="Arbres").added == 2
    found = triples()
    assert ("catalog/ville", "service", SVC) in found
    assert ("catalog/ville", "record", f"{SVC}/record") in found
    assert ("catalog/ville", "dataset", SVC) not in found
    assert ("catalog/ville", "dataset", ARBRES) in found
    assert (SVC, "servesDataset", ARBRES) in found


def test_a_dataset_that_changes_keeps_its_service(catalogue, triples):
    catalogue(arbres="Arbres")
    outcome = catalogue(arbres="Arbres en ville")
    assert (outcome.changed, outcome.unchanged) == (1, 1)
    assert (SVC, "servesDataset", ARBRES) in triples()


def test_a_service_that_goes_leaves_the_catalogue(catalogue, triples):
    catalogue(arbres="Arbres")
    assert catalogue(with_service=False, arbres="Arbres").removed == 1
    found = triples()
    assert not [each for each in found if each[1:] == ("service", SVC)]
    assert (SVC, "servesDataset", ARBRES) not in found


def test_a_dataset_that_goes_leaves_its_service(catalogue, triples):
    catalogue(arbres="Arbres", haies="Haies")
    outcome = catalogue(haies="Haies")
    assert (outcome.removed, outcome.changed) == (1, 1)
    assert (SVC, "servesDataset", ARBRES) not in triples()
    outcome = catalogue(arbres="Arbres", haies="Haies")
    assert (SVC, "servesDataset", ARBRES) in triples()


def test_a_service_is_described_with_its_catalogue(catalogue, store):
    catalogue(arbres="Arbres")
    store.publish()
    found = describe(Snapshots(store.folder).current().store, f"{BASE}{SVC}")
    catalog, svc = ox.NamedNode(f"{BASE}catalog/ville"), ox.NamedNode(f"{BASE}{SVC}")
    assert [triple for triple in found if triple.subject == catalog and triple.object == svc]
