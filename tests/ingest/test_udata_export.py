"""The CSV exports of a udata portal: over HTTP, in a folder, and that of the datasets alone."""

import csv
import gzip
import io

import pytest

from graph.issues import Issue
from ingest.answer import SourceError
from ingest.record import Record

EXPORTS = "/api/1/site/"
HEADER = ("id", "title", "url", "organization", "organization_id", "archived", "resources_count")


def table(header, *rows, end="\r\n"):
    """A CSV as udata writes it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator=end)
    writer.writerows([header, *rows])
    return text.getvalue()


def row(number, **cells):
    found = {"id": f"{number:04}", "title": f"Jeu {number}", "archived": "False", **cells}
    return [found.get(name, "") for name in HEADER]


RESOURCES = table(
    ("dataset.id", "dataset.title", "id", "url", "title", "format", "filesize", "schema_name",
     "modified", "downloads", "extras"),
    ("0001", "Jeu 1", "r1", "https://a.example/1.csv", "Un", "csv", "42", "scdl/budget",
     "2026-01-01T00:00:00", "7", '{"check:status": 200, "dcat": {"license": ["lov2"]}}'),
    ("0001", "Jeu 1", "r2", "https://a.example/2.pdf", "Deux", "pdf", "", "", "", "9", ""),
)  # fmt: skip
BODIES = table(
    ("id", "name", "badges", "business_number_id", "metric.views"),
    ("b1", "Ville d'Aubrac", "public-service,local-authority", "20009998400011", "3"),
)


@pytest.fixture
def whole(server, make_portal):
    """A portal without a filter."""
    return make_portal(type="udata", url=server.url)


@pytest.fixture
def serve(server):
    """A portal's exports, and its API with as many datasets as it announces."""

    def answers(datasets, announced, resources=RESOURCES, organizations=BODIES):
        server.answers[f"{EXPORTS}datasets.csv"] = (200, datasets)
        server.answers[f"{EXPORTS}resources.csv"] = (200, resources)
        server.answers[f"{EXPORTS}organizations.csv"] = (200, organizations)
        server.answers["/api/1/datasets/"] = {"data": [], "total": announced}

    return answers


@pytest.fixture
def read(connectors, open_fetcher):
    """A portal's records by id, and its issues."""

    def walked(portal):
        with open_fetcher(portal) as fetcher:
            found = list(connectors["udata"].records(portal, fetcher))
        records = {each.id: each.payload for each in found if isinstance(each, Record)}
        return records, [each for each in found if isinstance(each, Issue)]

    return walked


@pytest.fixture
def filed(make_portal, tmp_path, read):
    """What a file of this content and name is read as."""

    def walked(content, name="datasets.csv"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read(make_portal(type="udata", url=f"file:{path}", site="https://ville.example"))

    return walked


def test_the_exports_are_joined(whole, serve, read):
    first = row(1, organization="Ville d'Aubrac", organization_id="b1", resources_count="2")
    serve(table(HEADER, first, row(2)), announced=2)
    records, issues = read(whole)
    assert issues == []
    body = records["0001"]["organization"]
    assert body["business_number_id"] == "20009998400011"
    assert body["badges"] == [{"kind": "public-service"}, {"kind": "local-authority"}]
    first, second = records["0001"]["resources"]
    assert first == {
        "id": "r1",
        "url": "https://a.example/1.csv",
        "latest": f"{whole.root}/api/1/datasets/r/r1",
        "title": "Un",
        "format": "csv",
        "filesize": "42",
        "schema": {"name": "scdl/budget"},
        "last_modified": "2026-01-01T00:00:00",
        "extras": {"dcat": {"license": ["lov2"]}},
    }
    assert second["id"] == "r2"
    assert records["0002"]["resources"] == []


def test_an_export_that_fails_is_a_source_error(server, whole, serve, read):
    serve(table(HEADER, row(1)), announced=1)
    server.answers[f"{EXPORTS}datasets.csv"] = (403, "non")
    with pytest.raises(SourceError, match="HTTP 403"):
        read(whole)
    serve(table(HEADER, row(1)), announced=1, resources="<!DOCTYPE html><html></html>")
    with pytest.raises(SourceError, match="HTML"):
        read(whole)


def test_an_export_of_far_fewer_than_the_api_lists_is_a_source_error(whole, serve, read):
    archived = [row(number, archived="2025-01-01T00:00:00") for number in range(50)]
    live = [row(100 + number) for number in range(90)]
    serve(table(HEADER, *archived, *live), announced=100)
    with pytest.raises(SourceError, match="100 datasets announced by the API, 90 live ones"):
        read(whole)
    serve(table(HEADER, *archived, *live), announced=92)
    assert len(read(whole)[0]) == 140


def test_resources_that_are_counted_and_do_not_come_are_a_source_error(whole, serve, read):
    serve(table(HEADER, row(1, resources_count="2"), row(2, resources_count="9")), announced=2)
    with pytest.raises(SourceError, match="11 resources counted in the datasets, 2 received"):
        read(whole)


def test_resources_of_no_dataset_are_one_issue(whole, serve, read):
    serve(table(HEADER, row(2), row(3)), announced=2)
    _, issues = read(whole)
    message = "resources.csv: of datasets that are not in datasets.csv; left out"
    assert [(issue.value, issue.message) for issue in issues] == [("2", message)]


def test_an_unknown_column_is_one_issue(filed):
    listed = [[*row(number), "rose"] for number in range(30)]
    records, issues = filed(table((*HEADER, "parfum"), *listed))
    assert len(records) == 30
    assert [(issue.kind, issue.key) for issue in issues] == [("unknown-key", "parfum")]


def test_a_row_that_does_not_fit_is_an_issue(filed):
    records, issues = filed(table(HEADER, row(1), ["0002", "court"], row(3), [*row(4), "long"]))
    assert list(records) == ["0001", "0003"]
    assert [issue.message for issue in issues] == [
        "datasets.csv: a row of 2 columns, 7 are expected; left out",
        "datasets.csv: a row of 8 columns, 7 are expected; left out",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "expected"),
        ("<html><body>Maintenance</body></html>", "expected"),
        (table(("id", "url"), ("1", "x")), "no column title"),
        (table(("title", "url"), ("1", "x")), "no column id"),
        (table(HEADER, row(1))[:-9], "broken or cut off"),
        (table(HEADER, row(1), row(2))[:-20] + '"', "in the middle of a row"),
        (table(HEADER, row(1)).encode() + b'"\xff";', "broken or cut off"),
        (gzip.compress(table(HEADER, row(1)).encode())[:-12], "broken or cut off"),
    ],
)
def test_a_broken_export_is_a_source_error(filed, content, said):
    with pytest.raises(SourceError, match=said):
        filed(content)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("zipped", [False, True])
def test_a_file_is_told_by_its_content(filed, separator, mark, zipped):
    text = table(HEADER, row(1, title="L'été")).replace('";"', f'"{separator}"')
    content = (mark + text).encode()
    records, _ = filed(gzip.compress(content) if zipped else content, "export")
    assert records["0001"]["title"] == "L'été"


def test_cells_are_brought_into_the_api_s_shape(filed):
    header = ("id", "title", "tags", "archived", "featured", "spatial.zones", "resources_formats",
              "resources_count", "temporal_coverage.start", "harvest.domain", "metric.views",
              "quality_score", "organization", "organization_id", "owner")  # fmt: skip
    cells = ("1", "Un", "a,b", "False", "True", "Tours,Chinon, Vienne et Loire", "zip,csv,csv",
             "0", "2015-01-01", "a.example", "12", "0.5", "Ville", "b1", "user")  # fmt: skip
    records, _ = filed(table(header, cells))
    assert records["1"] == {
        "id": "1",
        "title": "Un",
        "tags": ["a", "b"],
        "spatial": {"zones": ["Tours", "Chinon, Vienne et Loire"]},
        "resources_formats": ["csv", "zip"],
        "resources_count": 0,
        "temporal_coverage": {"start": "2015-01-01"},
        "harvest": {"domain": "a.example"},
        "organization": {"name": "Ville", "id": "b1"},
    }


def test_names_of_blank_nodes_are_no_formats(filed):
    def formats(digit):
        cells = [*row(1), f"csv,n{digit * 32}"]
        return filed(table((*HEADER, "resources_formats"), cells))[0]["0001"]["resources_formats"]

    assert formats("0") == formats("f") == ["blank node", "csv"]


def test_drafts_are_left_out_of_an_export(filed):
    listed = ([*row(1), "False"], [*row(2), "True"])
    assert list(filed(table((*HEADER, "private"), *listed))[0]) == ["0001"]


def test_a_folder_of_exports(make_portal, tmp_path, read):
    (tmp_path / "datasets.csv.gz").write_bytes(
        gzip.compress(table(HEADER, row(1, resources_count="2")).encode())
    )
    (tmp_path / "resources.csv").write_text(RESOURCES)
    portal = make_portal(type="udata", url=f"file:{tmp_path}", site="https://ville.example")
    assert len(read(portal)[0]["0001"]["resources"]) == 2
    (tmp_path / "datasets.csv.gz").unlink()
    with pytest.raises(SourceError, match=r"there is no datasets\.csv"):
        read(portal)
