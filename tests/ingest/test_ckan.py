"""What a CKAN package says of its dataset, with the ways of IDGO, DKAN and look-alikes."""

import json

import pytest

AUTHORITY = "http://publications.europa.eu/resource/authority/"
BASE = "http://localhost:8000/"
WMS = "https://geo.example/ows"


@pytest.fixture
def said(describe):
    def described(**keys):
        package = {"id": "1", "name": "arbres", "title": "Arbres", "notes": "Les arbres.", **keys}
        return describe("ckan", package, url="https://ckan.example")

    return described


def resource(**keys):
    return {"id": "r", "url": "https://ckan.example/arbres.csv", "format": "CSV", **keys}


def distributions(description):
    return [iri.rsplit("/", 1)[-1] for iri in description("", "distribution")]


def test_a_package_without_url_has_its_page_on_the_portal(said):
    assert said()("", "landingPage") == ["https://ckan.example/dataset/arbres"]
    given = said(url="https://ville.example/arbres")
    assert given("", "landingPage") == ["https://ville.example/arbres"]


def test_a_resource_is_a_distribution(said):
    found = said(
        license_id="lov2",
        resources=[
            resource(
                name="Arbres en CSV",
                description="Le fichier",
                size=1955,
                created="2025-07-16T14:34:50.656523",
                last_modified="2025-07-17",
                hash="d41d8cd98f00b204e9800998ecf8427e",
            )
        ],
    )
    part = "/distribution/r"
    assert found.one(part, "title") == "Arbres en CSV"
    assert found.one(part, "description") == "Le fichier"
    assert found.one(part, "downloadURL") == "https://ckan.example/arbres.csv"
    assert found.one(part, "format") == f"{AUTHORITY}file-type/CSV"
    assert found.one(part, "byteSize") == "1955"
    assert found.one(part, "issued") == "2025-07-16T14:34:50.656523"
    assert found.one(part, "modified") == "2025-07-17"
    assert found.one(part, "license") == f"{AUTHORITY}licence/ETALAB_2_0"
    assert found.one(f"{part}/checksum", "checksumValue") == "D41D8CD98F00B204E9800998ECF8427E"
    assert found.one(f"{part}/checksum", "algorithm").endswith("checksumAlgorithm_md5")
    assert found.issues == []


def test_extras_stand_beside_the_keys_of_the_package(said):
    extras = [
        {"key": "theme", "value": json.dumps([f"{AUTHORITY}data-theme/ENVI"])},
        {"key": "language", "value": '["fr"]'},
        {"key": "temporal_start", "value": "2015-01-01"},
        {"key": "publisher_name", "value": "Direction des arbres"},
        {"key": "conforms_to", "value": '["https://schema.example/arbres"]'},
        {"key": "guid", "value": "urn-1"},
        {"key": "title", "value": "un autre titre"},
    ]
    found = said(extras=extras)
    assert found("", "theme") == [f"{AUTHORITY}data-theme/ENVI"]
    assert found("", "language") == [f"{AUTHORITY}language/FRA"]
    assert found.one("/temporal", "startDate") == "2015-01-01"
    assert found("", "publisher") == [f"{BASE}agent/ville/direction-des-arbres"]
    assert found("", "conformsTo") == ["https://schema.example/arbres"]
    assert found.one("/identifier/urn-1", "notation") == "urn-1"
    assert found("", "title") == ["Arbres"]


def test_an_extra_that_nobody_knows_is_an_issue(said):
    found = said(extras=[{"key": "parfum", "value": "rose"}])
    assert found.complaints == {("unknown-key", "parfum"): 1}


def test_json_in_strings_is_read(said):
    box = {"type": "Polygon", "coordinates": [[[5, 43], [6, 43], [6, 44], [5, 43]]]}
    found = said(
        spatial=json.dumps(box),
        resources=[resource(restricted='{"level": "registered"}')],
    )
    assert found.one("/spatial", "bbox").startswith("POLYGON((5 43,6 43,6 44")
    assert found("", "accessRights") == [f"{AUTHORITY}access-right/RESTRICTED"]


def test_a_string_that_only_looks_like_json_stays_a_string(said):
    assert said(title="[Archives] Arbres")("", "title") == ["[Archives] Arbres"]


@pytest.mark.parametrize("title", ['["Arbres"]', "{}", "[2024]"])
def test_a_title_in_brackets_is_a_title(said, title):
    assert said(title=title)("", "title") == [title]


@pytest.mark.parametrize(
    ("keys", "right"),
    [
        ({"private": True}, "RESTRICTED"),
        ({"private": False}, "PUBLIC"),
        ({}, "PUBLIC"),
        ({"access_rights": f"{AUTHORITY}access-right/NON_PUBLIC"}, "NON_PUBLIC"),
    ],
)
def test_rights_of_access(said, keys, right):
    assert said(**keys)("", "accessRights") == [f"{AUTHORITY}access-right/{right}"]


def test_two_resources_that_share_an_id_are_told_apart_by_format(said):
    found = said(
        resources=[
            resource(id="1112", format="OGC:WMS", url=WMS),
            resource(id="1112", format="OGC:WFS", url=f"{WMS}?service=WFS"),
            resource(id="1113"),
        ]
    )
    assert distributions(found) == ["1112-ogc-wfs", "1112-ogc-wms", "1113"]


def test_the_same_resource_twice_is_an_issue(said):
    found = said(resources=[resource(id="1"), resource(id="1")])
    assert found.complaints == {("duplicate", "resources.id"): 1}
    assert distributions(found) == ["1-csv"]


def test_a_resource_without_id_is_named_by_its_address_and_not_its_place(said):
    nameless = {"url": "https://ckan.example/x.csv", "format": "CSV"}
    alone = distributions(said(resources=[nameless]))
    assert set(alone) < set(distributions(said(resources=[resource(), nameless])))


def test_a_map_service_is_a_data_service(said):
    found = said(
        resources=[resource(format="WMS", url=f"{WMS}?service=WMS&request=GetCapabilities")]
    )
    service = found.one("/distribution/r", "accessService")
    assert found.one(service, "endpointURL") == WMS
    assert found.one(service, "endpointDescription").startswith(f"{WMS}?service=WMS")
    assert found(service, "servesDataset") == [found.root]
    assert found.one("/distribution/r", "format") == f"{AUTHORITY}file-type/WMS_SRVC"
    assert found("/distribution/r", "downloadURL") == []


def test_a_page_is_nothing_to_download(said):
    found = said(resources=[resource(format="HTML", url="https://ville.example/page")])
    assert found("/distribution/r", "downloadURL") == []


def test_a_resource_without_address_is_no_distribution(said):
    found = said(resources=[resource(url=""), resource(id="s")])
    assert found.complaints == {("missing", "resources.url"): 1}
    assert distributions(found) == ["s"]


def test_an_address_without_host_is_the_portals(said):
    found = said(resources=[resource(url="/fr/telecharger/1")])
    assert found.one("/distribution/r", "accessURL") == "https://ckan.example/fr/telecharger/1"


def test_dkan_writes_sizes_dates_and_licences_its_own_way(said):
    found = said(
        metadata_modified="jeu, 19/12/2019 - 03:00",
        license_title="https://opendatacommons.org/licenses/odbl/1.0/",
        resources=[
            resource(size="42 octets", mimetype="xlsx", format="", url="https://a.example/f")
        ],
    )
    part = "/distribution/r"
    assert found("", "modified") == ["2019-12-19"]
    assert found.one(part, "byteSize") == "42"
    assert found.one(part, "format") == f"{AUTHORITY}file-type/XLSX"
    assert found.one(part, "license") == f"{AUTHORITY}licence/ODC_BL"
    assert found.issues == []


@pytest.mark.parametrize(("size", "bytes"), [("1024", "1024"), (12.0, "12"), ("1 955", "1955")])
def test_a_size_is_a_number_of_bytes(said, size, bytes):
    assert said(resources=[resource(size=size)]).one("/distribution/r", "byteSize") == bytes


@pytest.mark.parametrize("size", ["2 Mo", -1, "gros"])
def test_a_size_that_is_none_is_an_issue_alone(said, size):
    found = said(resources=[resource(size=size)])
    assert found.complaints == {("invalid-value", "resources.size"): 1}
    assert distributions(found) == ["r"]


@pytest.mark.parametrize("written", ["pas un hash", "abc"])
def test_a_checksum_that_is_none_is_an_issue_alone(said, written):
    found = said(resources=[resource(hash=written)])
    assert found.complaints == {("invalid-value", "resources.hash"): 1}
    assert found("/distribution/r", "checksum") == []


def test_groups_and_categories_are_themes(said):
    found = said(
        groups=[{"name": "environnement", "title": "Environnement", "display_name": "Env"}],
        category=[{"id": "4", "name": "proteger", "title": "Protéger mon environnement"}],
    )
    own = f"{BASE}concept/theme-ville"
    themes = {f"{own}/environnement", f"{own}/proteger-mon-environnement"}
    assert themes <= set(found("", "theme"))


def test_dates_prefer_those_of_the_dataset(said):
    found = said(
        metadata_created="2021-01-01T00:00:00",
        metadata_modified="2021-02-01T00:00:00",
        dataset_creation_date="2019-05-16",
        dataset_publication_date="2020-10-13",
        dataset_modification_date="2021-01-31",
    )
    assert found("", "created") == ["2019-05-16"]
    assert found("", "issued") == ["2020-10-13"]
    assert found("", "modified") == ["2021-01-31"]
    assert found("/record", "modified") == ["2021-02-01T00:00:00"]


def test_a_date_that_is_none_gives_way_to_the_next(said):
    found = said(dataset_modification_date="hier", metadata_modified="2021-02-01")
    assert found("", "modified") == ["2021-02-01"]
    assert found.complaints == {("invalid-value", "dataset_modification_date"): 1}


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        ({"contact_name": "Accueil", "maintainer": "M"}, "Accueil"),
        (
            {"maintainer": "DATASUD", "maintainer_email": "m@a.example", "author_email": "x"},
            "DATASUD",
        ),
        ({"author": "DREAL", "author_email": "d@a.example"}, "DREAL"),
    ],
)
def test_the_contact_is_the_first_who_can_be_reached(said, keys, name):
    assert said(**keys)("/contact", "fn") == [name]


def test_every_contact_is_kept(said):
    found = said(maintainer="M", maintainer_email="m@a.example", author_email="a@a.example")
    assert found("/contact", "hasEmail") == ["mailto:m@a.example"]
    assert found("/contact-author", "hasEmail") == ["mailto:a@a.example"]


def test_an_organisation_beside_a_publisher_is_an_issue(said):
    found = said(publisher_name="Ville", organization={"title": "Métropole"})
    assert len(found("", "publisher")) == 1
    assert [issue.value for issue in found.issues if issue.kind == "duplicate"] == ["Métropole"]


def test_unknown_licences_are_rights(said):
    found = said(license_title="Autre Licence (spécifique)", resources=[resource()])
    assert found("/distribution/r", "license") == []
    assert found("/rights", "description") == ["Autre Licence (spécifique)"]


def test_high_value_data_has_its_category(said):
    found = said(hvd_category='["http://data.europa.eu/bna/c_ac64a52d"]')
    assert found("", "hvdCategory") == ["http://data.europa.eu/bna/c_ac64a52d"]
