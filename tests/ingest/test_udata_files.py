"""What becomes of the resources of a udata dataset, and of the formats that an export tells."""

import pytest

AUTHORITY = "http://publications.europa.eu/resource/authority/"
ROOT = "https://www.data.gouv.example"
LICENCE_TYPE = "http://purl.org/adms/licencetype/"
REGULATION = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
ETALAB = "https://www.etalab.gouv.fr/wp-content/uploads/2017/04/ETALAB-Licence-Ouverte-v2.0.pdf"


@pytest.fixture
def said(describe):
    def described(**keys):
        entry = {
            "id": "5369",
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


def distributions(description):
    return [iri.rsplit("/", 1)[-1] for iri in description("", "distribution")]


# --- high-value datasets -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "keys", [{"tags": ["hvd", "mobilite"]}, {"badges": [{"kind": "hvd"}], "tags": ["mobilite"]}]
)
def test_a_high_value_dataset_says_so_with_its_distributions(said, keys):
    wms = resource(id="w", format="wms", url="https://geo.example/ows?service=WMS")
    found = said(resources=[resource(), wms], **keys)
    assert found("", "hvdCategory") == ["http://data.europa.eu/bna/c_b79e35eb"]
    for node in ("", "/distribution/r", "/distribution/w", "/service/w"):
        assert found(node, "applicableLegislation") == [REGULATION]


def test_common_words_are_no_categories_of_high_value(said):
    assert said(tags=["hvd", "emploi", "entreprises"])("", "hvdCategory") == []
    assert said(tags=["mobilite"])("", "hvdCategory") == []
    assert said(tags=["mobilite"])("", "applicableLegislation") == []


# --- distributions -------------------------------------------------------------------------------


def test_a_resource_is_a_distribution(said):
    found = said(
        license="lov2",
        resources=[
            resource(
                title="Arbres en CSV",
                description="En UTF-8 &amp; propre",
                filesize=1955,
                mime="text/csv",
                created_at="2024-01-01T00:00:00",
                published="2023-01-01T00:00:00",
                last_modified="2025-07-17T00:00:00",
                checksum={"type": "sha1", "value": "694d7d651f5e745108f1798585cba2425d343a6f"},
                schema={"name": "etalab/schema-irve-statique", "version": "2.3.1"},
            )
        ],
    )
    part = "/distribution/r"
    assert found.one(part, "title") == "Arbres en CSV"
    assert found.one(part, "description") == "En UTF-8 & propre"
    assert found.one(part, "accessURL") == f"{ROOT}/api/1/datasets/r/r"
    assert found.one(part, "downloadURL") == "https://static.example/arbres.csv"
    assert found.one(part, "format") == f"{AUTHORITY}file-type/CSV"
    assert found.one(part, "byteSize") == "1955"
    assert found.one(part, "issued") == "2023-01-01T00:00:00"
    assert found.one(part, "modified") == "2025-07-17T00:00:00"
    assert found.one(part, "license") == f"{AUTHORITY}licence/ETALAB_2_0"
    schema = "https://schema.data.gouv.fr/etalab/schema-irve-statique/"
    assert found.one(part, "conformsTo") == schema
    assert found.one(f"{part}/checksum", "algorithm").endswith("checksumAlgorithm_sha1")
    assert found.issues == []


def test_dates_of_a_harvested_resource_are_those_of_its_source(said):
    dates = {"created_at": "2010-01-01T00:00:00", "modified_at": "2020-01-01T00:00:00"}
    found = said(resources=[resource(harvest=dates, last_modified="2026-01-01")])
    assert found.one("/distribution/r", "issued") == "2010-01-01T00:00:00"
    assert found.one("/distribution/r", "modified") == "2020-01-01T00:00:00"


def test_a_schema_has_its_own_address(said):
    schema = {"name": "x", "url": "https://s.example/schema.json"}
    found = said(resources=[resource(schema=schema)])
    assert found.one("/distribution/r", "conformsTo") == "https://s.example/schema.json"
    assert said(schema={"name": "scdl/budget"})("", "conformsTo") == [
        "https://schema.data.gouv.fr/scdl/budget/"
    ]


def test_without_a_permanent_link_the_address_is_the_access(said):
    found = said(resources=[resource(latest=None)])
    assert found.one("/distribution/r", "accessURL") == "https://static.example/arbres.csv"


def test_a_page_is_nothing_to_download_but_an_uploaded_file_is(said):
    page = resource(format="web page", url="https://ville.example/page")
    assert said(resources=[page])("/distribution/r", "downloadURL") == []
    upload = resource(format="", filetype="file", url="https://static.example/1")
    found = said(resources=[upload])
    assert found.one("/distribution/r", "downloadURL") == "https://static.example/1"


def test_a_service_is_a_data_service(said):
    wms = resource(title="Carte", format="ogc:wms", url="https://geo.example/ows?service=WMS")
    api = resource(id="a", type="api", format="", url="https://api.example/v1")
    found = said(resources=[wms, api])
    assert found.one("/distribution/r", "accessService") == f"{found.root}/service/r"
    assert found.one("/service/r", "endpointURL") == "https://geo.example/ows"
    assert found.one("/service/r", "title") == "Carte"
    assert found("/distribution/r", "downloadURL") == []
    assert found.one("/service/a", "endpointURL") == "https://api.example/v1"


def test_documentation_is_a_page_and_no_distribution(said):
    notice = resource(id="n", type="documentation", format="pdf", latest=f"{ROOT}/r/n")
    code = resource(id="c", type="code", latest=None, url="https://git.example/arbres")
    found = said(resources=[notice, code, resource()])
    assert distributions(found) == ["r"]
    assert found("", "page") == [f"{ROOT}/r/n"]
    assert found("", "relation") == ["https://git.example/arbres"]


def test_the_same_resource_twice_and_one_without_address_are_issues(said):
    found = said(resources=[resource(), resource(), resource(id="s", url="", latest="")])
    assert distributions(found) == ["r"]
    assert found.complaints == {
        ("duplicate", "resources.id"): 1,
        ("missing", "resources.url"): 1,
    }


def test_a_resource_that_is_announced_and_missing_is_an_issue(said):
    found = said(resources=[resource()], resources_count=3)
    assert found.complaints == {("missing", "resources"): 1}


@pytest.mark.parametrize("licence", ["notspecified", "License Not Specified", None])
def test_a_licence_that_nobody_chose_is_none(said, licence):
    found = said(license=licence, resources=[resource()])
    assert found("/distribution/r", "license") == []
    assert found("/distribution/r", "rights") == []
    assert found.issues == []


def test_a_licence_at_the_source_holds_where_the_portal_has_none(said):
    at_source = resource(extras={"dcat": {"license": [ETALAB]}, "check:status": 200})
    odbl = f"{AUTHORITY}licence/ODC_BL"
    found = said(license="notspecified", resources=[at_source])
    assert found.one("/distribution/r", "license") == f"{AUTHORITY}licence/ETALAB_2_0"
    assert said(license="odc-odbl", resources=[at_source]).one("/distribution/r", "license") == odbl


def test_an_unknown_licence_is_words_about_rights(said):
    found = said(license="other-at", resources=[resource()])
    assert found.one("/rights", "description") == "other-at"
    assert found.one("/rights", "licenceType") == f"{LICENCE_TYPE}Attribution"
    assert found("/distribution/r", "rights") == [f"{found.root}/rights"]
    assert found("/distribution/r", "license") == []
    assert found.complaints == {("missing", "license"): 1}
    found = said(license="other-open", resources=[resource()])
    assert found("/rights", "licenceType") == []
    assert found.complaints == {("unknown-value", "license"): 1}


def test_a_licence_without_a_distribution_is_an_issue_and_leaves_no_node(said):
    found = said(license="other-at", resources=[])
    assert "/rights>" not in found.text
    assert found.complaints == {("missing", "resources"): 1}


@pytest.mark.parametrize(
    ("access", "right"),
    [("open", "PUBLIC"), ("open_with_account", "RESTRICTED"), ("restricted", "NON_PUBLIC")],
)
def test_rights_of_access(said, access, right):
    assert said(access_type=access)("", "accessRights") == [f"{AUTHORITY}access-right/{right}"]


def test_no_right_of_access_is_supposed(said):
    assert said()("", "accessRights") == []


def test_why_access_is_restricted_is_said(said):
    found = said(
        access_type="restricted",
        access_type_reason="Données personnelles",
        access_audiences=[{"role": "private", "condition": "no"}],
        authorization_request_url="https://demande.example/",
        resources=[resource()],
    )
    words = "Données personnelles ; https://demande.example/ ; private : no"
    assert found.one("/rights", "description") == words


# --- an export without resources -----------------------------------------------------------------


def test_formats_alone_are_distributions_of_the_page(said):
    found = said(license="lov2", resources_formats=["csv", "parfum", "shp"], resources_count=4)
    assert distributions(found) == ["csv", "parfum", "shp"]
    for path in ("csv", "parfum", "shp"):
        part = f"/distribution/{path}"
        assert found.one(part, "accessURL") == f"{ROOT}/datasets/arbres/"
        assert found(part, "downloadURL") == []
        assert found.one(part, "license") == f"{AUTHORITY}licence/ETALAB_2_0"
    assert found.one("/distribution/csv", "format") == f"{AUTHORITY}file-type/CSV"
    assert found("/distribution/csv", "title") == []
    assert found.one("/distribution/parfum", "title") == "parfum"
    assert found.complaints == {("unknown-value", "resources_formats"): 1}


def test_a_licence_without_a_format_is_said_of_the_page(said):
    found = said(license="lov2", resources_count=1)
    assert distributions(found) == ["page"]
    assert found.one("/distribution/page", "license") == f"{AUTHORITY}licence/ETALAB_2_0"


def test_no_resource_is_no_distribution(said):
    assert distributions(said(license="lov2", resources_count=0)) == []
    assert distributions(said(resources_count=2)) == []
