"""What an Opendatasoft entry says of its dataset."""

import pytest

AUTHORITY = "http://publications.europa.eu/resource/authority/"
BASE = "http://localhost:8000/"
API = "https://data.ville.example/api/explore/v2.1/catalog/datasets/arbres"


def entry(default=(), dcat=(), **keys):
    """An entry of the dataset ``arbres`` with what a test needs."""
    metas = {"default": {"title": "Arbres", "description": "Les arbres.", **dict(default)}}
    return {"dataset_id": "arbres", "metas": {**metas, "dcat": dict(dcat)}, **keys}


@pytest.fixture
def said(describe):
    def described(default=(), dcat=(), **keys):
        return describe("opendatasoft", entry(default, dcat, **keys))

    return described


def exports(description):
    parts = (iri.removeprefix(description.root) for iri in description("", "distribution"))
    return {part.rsplit("/", 1)[-1] for part in parts}


def test_the_landing_page_is_the_portals(said):
    assert said()("", "landingPage") == ["https://data.ville.example/explore/dataset/arbres/"]


def test_a_table_has_an_export_in_every_format(said):
    found = said(has_records=True, features=["analyze", "timeserie"])
    assert exports(found) == {
        "csv", "json", "jsonl", "jsonld", "parquet", "xlsx", "n3", "rdfxml", "turtle", "api",
    }  # fmt: skip


def test_a_map_has_the_geographic_formats_too(said):
    found = said(has_records=True, features=["geo"])
    assert {"geojson", "shp", "kml", "gpx", "fgb", "ov2"} <= exports(found)


def test_an_export_has_its_real_address_and_format(said):
    found = said(has_records=True, features=["geo"])
    csv, shp = "/distribution/csv", "/distribution/shp"
    assert found.one(csv, "downloadURL") == found.one(csv, "accessURL") == f"{API}/exports/csv"
    assert found.one(csv, "format") == f"{AUTHORITY}file-type/CSV"
    assert found.one(csv, "mediaType").endswith("/media-types/text/csv")
    assert found.one(shp, "format") == f"{AUTHORITY}file-type/SHP"
    assert found.one(shp, "packageFormat").endswith("/media-types/application/zip")


def test_the_api_is_a_service_of_the_catalogue(said):
    found = said(has_records=True)
    assert found.one("/distribution/api", "accessURL") == f"{API}/records"
    service = found.one("/distribution/api", "accessService")
    assert service == f"{BASE}catalog/ville/service/explore"
    assert found(service, "servesDataset") == [found.root]


def test_a_dataset_without_records_has_no_export(said):
    assert exports(said(has_records=False)) == set()


def test_an_attachment_is_a_distribution(said):
    attachment = {
        "id": "notice_pdf",
        "url": "odsfile://notice.pdf",
        "title": "notice.pdf",
        "mimetype": "application/pdf",
    }
    found = said(attachments=[attachment], has_attachments=True, attachments_count=1)
    part = "/distribution/attachment-notice_pdf"
    assert found.one(part, "downloadURL") == f"{API}/attachments/notice_pdf"
    assert found.one(part, "format") == f"{AUTHORITY}file-type/PDF"
    assert found.one(part, "title") == "notice.pdf"
    assert found.issues == []


def test_an_attachment_elsewhere_keeps_its_address(said):
    elsewhere = {"id": "a", "url": "https://files.example/a.csv", "title": "A"}
    found = said(alternative_exports=[elsewhere])
    assert found.one("/distribution/alternative_export-a", "accessURL") == elsewhere["url"]


@pytest.mark.parametrize("nameless", [{}, {"title": "notice.pdf"}, {"id": None, "url": ""}])
def test_an_attachment_without_id_and_address_is_no_distribution(said, nameless):
    found = said(attachments=[nameless])
    assert found("", "distribution") == []
    assert len(found.issues) == 1


def test_attachments_that_were_not_listed_are_an_issue(said):
    found = said(has_attachments=True, attachments_count=2)
    assert found.complaints == {("missing", "attachments"): 1}
    assert "2" in found.issues[0].message


FIELDS = [
    {
        "name": "hauteur",
        "label": "Hauteur (m)",
        "type": "double",
        "description": "<p>Du <b>sol</b> à la cime</p>",
        "annotations": {"unit": ["m"], "id": [], "facet": []},
    },
    {
        "name": "date_plantation",
        "label": "Planté",
        "type": "date",
        "annotations": [{"name": "timeserie_precision", "args": ["day"]}],
    },
    {"name": "essences", "label": "Essences", "annotations": {"multivalued": [","]}},
]


def test_every_column_has_all_its_properties(said):
    found = said(fields=FIELDS)
    column = "/column/hauteur"
    assert found("/schema", "column") == [
        f"{found.root}/column/{name}" for name in ("date_plantation", "essences", "hauteur")
    ]
    assert found.one(column, "columnName") == "hauteur"
    assert found.one(column, "columnTitle") == "Hauteur (m)"
    assert found.one(column, "description") == "Du sol à la cime"
    assert found.one(column, "unitText") == "m"
    assert found.one(column, "position") == "1"
    assert found.one(column, "datatype").startswith("http")
    assert found("/schema", "primaryKey") == ["hauteur"]
    assert found.one("/column/date_plantation", "temporalResolution") == "P1D"
    assert found.one("/column/essences", "separator") == ","
    assert found.issues == []


def test_the_datatype_of_every_type_of_the_platform_is_known(said):
    types = (
        "text", "int", "double", "date", "datetime", "boolean", "file", "geo_point_2d",
        "geo_shape", "json_blob",
    )  # fmt: skip
    found = said(fields=[{"name": each, "label": each, "type": each} for each in types])
    assert found.issues == []


def test_a_column_that_comes_twice_is_an_issue(said):
    found = said(fields=[{"name": "a", "label": "A"}, {"name": "a", "label": "B"}, {"label": "C"}])
    assert found.complaints == {("duplicate", "fields.name"): 1, ("missing", "fields.name"): 1}
    assert found.one("/column/a", "columnTitle") == "A"


def test_an_annotation_that_nobody_knows_is_an_issue(said):
    found = said(fields=[{"name": "a", "annotations": {"parfum": ["x"]}}])
    assert found.complaints == {("unknown-key", "fields.annotations.parfum"): 1}


def test_a_federated_dataset_says_where_it_comes_from(said):
    found = said(
        {
            "source_domain": "opendataparis",
            "source_domain_title": "Open Data Paris",
            "source_domain_address": "opendata.paris.fr",
            "source_dataset": "les-arbres",
            "federated": True,
        }
    )
    assert found("", "wasDerivedFrom") == ["https://opendata.paris.fr/explore/dataset/les-arbres/"]
    assert found("/provenance", "label") == ["Fédéré : Open Data Paris"]


def test_the_extent_is_that_of_the_bbox(said):
    corners = [[2.2, 48.8], [2.5, 48.8], [2.5, 48.9], [2.2, 48.8]]
    geometry = {"type": "Polygon", "coordinates": [corners]}
    found = said({"bbox": {"type": "Feature", "geometry": geometry, "properties": {}}})
    assert found.one("/spatial", "bbox").startswith("POLYGON((2.2 48.8,2.5 48.8")
    assert found.one("", "spatial") == f"{found.root}/spatial"


@pytest.mark.parametrize("geometry", [None, {}, {"coordinates": []}, {"coordinates": [[]]}])
def test_a_bbox_without_points_is_an_issue_alone(said, geometry):
    found = said({"bbox": {"type": "Feature", "geometry": geometry}})
    assert found.complaints == {("shape", "metas.default.bbox"): 1}
    assert found("", "title") == ["Arbres"]


@pytest.mark.parametrize(
    ("reference", "place"),
    [
        ("fr_80_75056", f"{BASE}place/commune/75056"),
        ("fr_70_243100518", f"{BASE}place/epci/243100518"),
        ("fr_60_31", f"{BASE}place/departement/31"),
        ("fr_40_93", f"{BASE}place/region/93"),
        ("world_fr", f"{AUTHORITY}country/FRA"),
    ],
)
def test_a_geographic_reference_is_a_place(said, reference, place):
    found = said({"geographic_reference": [reference], "territory": ["Ici"]})
    assert found("", "spatial") == sorted({place, f"{AUTHORITY}country/FRA"})
    assert found.issues == []


def test_a_territory_without_a_code_is_told_by_its_name(said):
    found = said({"territory": ["Colomiers"]})
    assert f"{BASE}place/commune/31149" in found("", "spatial")
    assert found.issues == []


def test_a_free_text_names_a_territory_or_is_an_issue(said):
    found = said(dcat={"spatial": "Toulouse"})
    assert f"{BASE}place/commune/31555" in found("", "spatial")
    vague = said(dcat={"spatial": "ici et là"})
    assert vague("", "spatial") == []
    assert vague.complaints == {("unknown-value", "metas.dcat.spatial"): 1}


def test_an_unknown_territory_is_an_issue(said):
    found = said({"geographic_reference": ["ch_40_12", "fr_80_75056"], "territory": ["Bâle"]})
    key = "metas.default.geographic_reference"
    assert found.complaints == {("unknown-value", key): 1, ("shape", key): 1}
    assert f"{BASE}place/commune/75056" in found("", "spatial")


def test_the_time_covered_is_in_days_of_paris(said):
    found = said(
        dcat={
            "temporal_coverage_start": "2003-12-31T23:00:00+00:00",
            "temporal_coverage_end": "2022-12-30T23:00:00+00:00",
        }
    )
    assert found.one("/temporal", "startDate") == "2004-01-01"
    assert found.one("/temporal", "endDate") == "2022-12-31"


def test_a_high_value_dataset_has_its_category_and_law(said):
    law = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
    hvd = {"hvd_category": ["Mobilité"], "applicable_legislation": law}
    payload = entry()
    payload["metas"]["dcat_ap_hvd"] = hvd
    found = said(metas=payload["metas"])
    assert found("", "hvdCategory") == ["http://data.europa.eu/bna/c_b79e35eb"]
    assert found("", "applicableLegislation") == [law]


@pytest.mark.parametrize(
    ("visibility", "right"), [("domain", "PUBLIC"), ("restricted", "RESTRICTED"), (None, "PUBLIC")]
)
def test_visibility_is_a_right_of_access(said, visibility, right):
    assert said(visibility=visibility)("", "accessRights") == [f"{AUTHORITY}access-right/{right}"]


def test_dates_of_the_dataset_and_of_its_entry(said):
    found = said(
        {
            "modified": "2024-05-31T08:00:00+00:00",
            "data_processed": "2024-06-01T08:00:00+00:00",
            "metadata_processed": "2024-06-02T08:00:00.125+00:00",
        },
        {"created": "2020-05-15", "issued": "2020-05-16"},
        has_records=True,
    )
    assert found("", "modified") == ["2024-05-31T08:00:00Z"]
    assert found("", "created") == ["2020-05-15"]
    assert found("", "issued") == ["2020-05-16"]
    assert found("/record", "modified") == ["2024-06-02T08:00:00.125Z"]
    assert found("/distribution/csv", "modified") == ["2024-06-01T08:00:00Z"]


def test_the_licence_is_on_every_distribution(said):
    found = said({"license": "Open Database License (ODbL)"}, has_records=True)
    for part in exports(found):
        assert found.one(f"/distribution/{part}", "license") == f"{AUTHORITY}licence/ODC_BL"


def test_references_are_pages_or_words(said):
    found = said({"references": "https://ville.example/arbres"})
    assert found("", "page") == ["https://ville.example/arbres"]
    assert said({"references": "Service des arbres"})("", "comment") == ["Service des arbres"]


def test_several_addresses_in_references_are_several_pages(said):
    found = said({"references": "https://a.example/x;https://b.example/y"})
    assert set(found("", "page")) == {"https://a.example/x", "https://b.example/y"}


def test_texts_are_in_the_language_that_the_dataset_declares(said):
    found = said({"title": "Trees", "language": "en"})
    assert f'"Trees"@en <{BASE}graph/ville>' in found.text


def test_a_second_attachment_of_one_id_is_left_out_with_an_issue(said):
    both = [{"id": "a", "url": f"https://ville.example/{name}", "title": name} for name in "xy"]
    found = said(attachments=both, has_attachments=True)
    assert found("/distribution/attachment-a", "title") == ["x"]
    assert found.complaints == {("duplicate", "attachments.id"): 1}


def test_alternative_exports_have_addresses_of_their_own(said):
    found = said(alternative_exports=[{"id": "gtfs"}])
    [address] = found("/distribution/alternative_export-gtfs", "downloadURL")
    assert address.endswith("/alternative_exports/gtfs")


def test_identifiers_with_strange_letters_are_quoted_in_addresses(describe):
    found = describe("opendatasoft", {"dataset_id": "été 1/2", "metas": {}, "has_records": True})
    assert found.root == f"{BASE}dataset/ville/%C3%A9t%C3%A9%201%2F2"
    [page] = found("", "landingPage")
    assert page == "https://data.ville.example/explore/dataset/%C3%A9t%C3%A9%201%2F2/"


def test_a_dataset_of_the_catalogue_of_inspire_has_its_identifier(said):
    payload = entry()
    payload["metas"]["inspire"] = {"file_identifier": "fr-1", "theme": ["Habitats et biotopes"]}
    found = said(metas=payload["metas"], dataset_uid="da_1")
    assert found("", "otherIdentifier") == [
        f"{found.root}/identifier/{name}" for name in ("da_1", "fr-1")
    ]
