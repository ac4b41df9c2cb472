"""The captured payloads of data.gouv.fr: every dataset of them goes in, and no key is lost."""

import csv
import gzip
import json
import tomllib
from collections import Counter
from importlib.resources import files

import pytest

from ingest.digest import Digests
from ingest.reading import Reading
from ingest.record import Context, Record
from tests.ingest.conftest import NOW

SLICES = {
    "data.ampmetropole.fr": 106,
    "data.culture.gouv.fr": 37,
    "data.strasbourg.eu": 27,
    "data.toulouse-metropole.fr": 951,
    "opendata.paris.fr": 870,
    "org-ville-de-marseille": 387,
    "trouver.datasud.fr": 1661,
    "www.datasud.fr": 1121,
}
ROOT = "https://www.data.gouv.fr"
EXPORT = "udata/export-dataset-20260116.csv.gz"
MANY = 121_074


@pytest.fixture
def portal(make_portal, shared):
    def of(path):
        url = f"file:{path if hasattr(path, 'open') else shared / 'portals' / path}"
        return make_portal(name="datagouv", type="udata", url=url, site=ROOT)

    return of


@pytest.fixture
def walk(connectors, open_fetcher):
    def entries(portal):
        with open_fetcher(portal) as fetcher:
            yield from connectors["udata"].records(portal, fetcher)

    return entries


@pytest.fixture
def tell(connectors, store, model):
    """What each record of a portal is described as, one at a time; unnamed entries fail."""

    def described(portal, entries):
        context = Context(portal, store.iris, model, NOW)
        for record in entries:
            assert isinstance(record, Record), record
            reading = Reading(context, context.iris.dataset(portal.name, record.id), record.id)
            connectors["udata"].describe(record, reading)
            yield reading

    return described


@pytest.fixture
def captured(shared, tmp_path):
    """The 420 entries of the API, without what the capture added, in a file."""
    lines = (shared / "portals/udata/datasets-api1.jsonl").read_text("utf-8").splitlines()
    path = tmp_path / "datasets.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            entry = json.loads(line)
            kept = {key: value for key, value in entry.items() if not key.startswith("_captured")}
            file.write(json.dumps(kept) + "\n")
    return path


def complaints(readings):
    return Counter((issue.kind, issue.key) for each in readings for issue in each.issues)


def test_the_entries_of_the_api_go_in(portal, walk, tell, captured):
    of = portal(captured)
    readings = list(tell(of, walk(of)))
    assert len(readings) == len({each.root for each in readings}) == 420
    found = complaints(readings)
    assert found["missing", "organization"] == 46
    assert found["missing", "description"] == 12
    assert found["duplicate", "resources.id"] == 1
    assert 0 < found["unknown-value", "spatial.zones"] < 20
    assert found["unknown-value", "resources.format"] < 100
    assert sum(count for (kind, _), count in found.items() if kind == "unknown-key") <= 1
    assert found.total() < 250


def test_every_resource_of_the_api_is_a_distribution_or_a_page(portal, walk, tell, captured):
    of = portal(captured)
    records = list(walk(of))
    listed = [each for record in records for each in record.payload["resources"]]
    about = sum(each.get("type") == "documentation" for each in listed)
    text = "".join(line for each in tell(of, records) for line in each.lines)
    assert text.count("dcat#distribution> ") == len(listed) - about - 1  # one id is there twice
    assert text.count("dcat#accessURL> ") == len(listed) - about - 1


@pytest.mark.parametrize("name", SLICES)
def test_the_slices_of_the_export_go_in(portal, walk, tell, name):
    of = portal(f"udata/export-dataset-{name}.csv")
    readings = list(tell(of, walk(of)))
    assert len(readings) == len({each.root for each in readings}) == SLICES[name]
    keys = {key for kind, key in complaints(readings) if kind == "unknown-key"}
    assert keys == set()


def test_the_columns_of_the_exports_are_known(shared):
    tables = tomllib.loads(files("ingest").joinpath("connectors/udata.toml").read_text("utf-8"))
    for name in ("datasets", "resources", "organizations"):
        path = shared / f"portals/udata/test_{name}_catalog.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file, delimiter=";"))
        known = tables["columns"][name]
        lacking = [
            column
            for column in header
            if column not in known and f"{column.partition('.')[0]}." not in known
        ]
        assert lacking == []


def test_columns_that_change_daily_change_no_digest(portal, walk, shared, tmp_path):
    path = shared / "portals/udata/export-dataset-data.strasbourg.eu.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file, delimiter=";")
    daily = [index for index, name in enumerate(header) if name.startswith(("metric.", "quality"))]
    formats = header.index("resources_formats")
    for cells in rows:
        for index in daily:
            cells[index] = "7"
        cells[formats] = ",".join(reversed(cells[formats].split(",")))
    later = tmp_path / "later.csv"
    with later.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL).writerows([header, *rows])

    def digests(path):
        of = portal(path)
        digest = Digests(of)
        return {record.id: digest.of(record) for record in walk(of)}

    assert len(daily) > 5
    assert digests(path) == digests(later)


def test_what_the_api_changes_daily_changes_no_digest(portal, walk, captured, tmp_path):
    def later(value):
        """Another number wherever one is of the day."""
        if isinstance(value, list):
            return [later(each) for each in value]
        if not isinstance(value, dict):
            return value
        return {
            key: {"views": 99}
            if key in ("metrics", "quality")
            else "autre"
            if str(key).startswith(("check:", "analysis:", "harvest:last_update"))
            else later(member)
            for key, member in value.items()
        }

    path = tmp_path / "later.jsonl"
    lines = captured.read_text("utf-8").splitlines()
    path.write_text("".join(json.dumps(later(json.loads(line))) + "\n" for line in lines))
    first, second = (
        [record.payload for record in walk(portal(each)) if isinstance(record, Record)]
        for each in (captured, path)
    )
    assert first == second


@pytest.mark.slow
def test_the_whole_export_goes_in(portal, walk, tell):
    of = portal(EXPORT)
    names, lines = set(), 0
    found: Counter[tuple[str, str]] = Counter()
    for reading in tell(of, walk(of)):
        names.add(reading.root)
        lines += len(reading.lines)
        found.update((issue.kind, issue.key) for issue in reading.issues)
    assert len(names) == MANY
    assert lines > 3_000_000
    assert found["missing", "organization"] == 6470
    # Empty, templates with holes, and objects that a program wrote as text, their titles too.
    assert found["missing", "description"] == 822 + 1344 + 193
    assert found["shape", "title"] == found["shape", "description"] == 193
    assert found["unknown-value", "resources_formats"] < 15_000
    assert found["unknown-value", "license"] + found["missing", "resources"] < 9_000
    assert {kind for kind, _ in found} <= {
        "missing", "unknown-value", "invalid-value", "repaired-iri", "shape",
    }  # fmt: skip
    assert {key for kind, key in found if kind == "invalid-value"} == {
        "created_at", "harvest.created_at", "resources_formats",
        "temporal_coverage.start", "temporal_coverage.end",
    }  # fmt: skip


@pytest.mark.slow
def test_an_archived_dataset_of_the_export_says_so(portal, walk, tell, shared):
    with gzip.open(shared / "portals" / EXPORT, "rt", encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, delimiter=";")
        archived = {row["id"] for row in rows if row["archived"] != "False"}
    said = set()
    of = portal(EXPORT)
    for reading in tell(of, walk(of)):
        if any("adms/status/Deprecated" in line for line in reading.lines):
            said.add(reading.identifier)
    assert said == archived
    assert len(archived) == 50_499
