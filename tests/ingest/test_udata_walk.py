"""How a udata portal is walked: the API, the exports, files; complete, or not at all."""

import json
from importlib import resources
from pathlib import Path

import pytest

from graph.issues import Issue
from ingest.answer import SourceError
from ingest.record import Record

DATASETS, ORGANIZATIONS = "/api/1/datasets/", "/api/1/organizations/"


def dataset(number, **keys):
    return {"id": f"{number:04}", "title": f"Jeu {number}", "description": "Des données.", **keys}


def pages(listed, total=None, cap=100):
    """The API's list, as udata answers it."""

    def answer(query):
        page, size = int(query.get("page", 1)), min(int(query.get("page_size", 20)), cap)
        shown = listed[(page - 1) * size : page * size]
        more = page * size < len(listed)
        return {
            "data": shown,
            "page": page,
            "page_size": size,
            "total": len(listed) if total is None else total,
            "next_page": f"/api/1/datasets/?page={page + 1}" if more else None,
        }

    return answer


@pytest.fixture
def portal(server, make_portal):
    return make_portal(type="udata", url=server.url, filter="organization=b1")


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
    """What a file of this content is read as."""

    def walked(content):
        path = tmp_path / "answer"
        path.write_text(content, "utf-8")
        return read(make_portal(type="udata", url=f"file:{path}", site="https://ville.example"))

    return walked


# --- the API -------------------------------------------------------------------------------------


def test_every_page_is_asked_in_the_order_of_creation(server, portal, read):
    server.answers[DATASETS] = pages([dataset(number) for number in range(250)])
    records, issues = read(portal)
    assert len(records) == 250
    assert issues == []
    queries = server.queries(DATASETS)
    assert [query["page"] for query in queries] == ["1", "2", "3"]
    assert {(query["page_size"], query["sort"]) for query in queries} == {("100", "created")}
    assert {query["organization"] for query in queries} == {"b1"}


def test_a_portal_that_gives_shorter_pages_is_walked_to_its_end(server, portal, read):
    server.answers[DATASETS] = pages([dataset(number) for number in range(45)], cap=20)
    assert len(read(portal)[0]) == 45


@pytest.mark.parametrize("total", [249, 251])
def test_more_or_fewer_than_announced_is_a_source_error(server, portal, read, total):
    server.answers[DATASETS] = pages([dataset(number) for number in range(250)], total=total)
    with pytest.raises(SourceError, match=f"{total} datasets announced, 250 distinct received"):
        read(portal)


def test_a_page_that_repeats_is_a_source_error(server, portal, read):
    listed = [dataset(number) for number in range(100)]
    server.answers[DATASETS] = lambda _: {"data": listed, "total": 200, "next_page": "…"}
    with pytest.raises(SourceError, match="a page that repeats"):
        read(portal)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"message": "quota"}, "no list of datasets under data (quota)"),
        ({"data": {}, "total": 0}, "no list of datasets under data"),
        ({"data": [], "total": "beaucoup"}, "no number"),
        ([], "a JSON object is expected"),
        ("<!DOCTYPE html><html>", "HTML"),
    ],
)
def test_an_answer_that_is_no_page_is_a_source_error(server, portal, read, body, said):
    server.answers[DATASETS] = (200, body)
    with pytest.raises(SourceError, match=said.replace("(", r"\(").replace(")", r"\)")):
        read(portal)


def test_each_organisation_is_asked_once_for_its_number(server, portal, read):
    body = {"id": "b1", "name": "Ville d'Aubrac", "slug": "ville"}
    other = {"id": "b2", "name": "Office"}
    server.answers[DATASETS] = pages(
        [
            dataset(1, organization=body),
            dataset(2, organization=body),
            dataset(3, organization=other),
        ]
    )
    server.answers[f"{ORGANIZATIONS}b1/"] = {
        "id": "b1",
        "business_number_id": "20009998400011",
        "badges": [{"kind": "certified"}],
        "metrics": {"views": 12},
    }
    records, _ = read(portal)
    assert records["0001"]["organization"] == {
        **body,
        "business_number_id": "20009998400011",
        "badges": [{"kind": "certified"}],
    }
    assert records["0003"]["organization"] == other  # 404: what the list says is all
    assert len(server.queries(f"{ORGANIZATIONS}b1/")) == 1
    assert len(server.queries(f"{ORGANIZATIONS}b2/")) == 1


def test_an_organisation_that_fails_otherwise_is_a_source_error(server, portal, read):
    server.answers[DATASETS] = pages([dataset(1, organization={"id": "b1", "name": "Ville"})])
    server.answers[f"{ORGANIZATIONS}b1/"] = (403, "non")
    with pytest.raises(SourceError, match="HTTP 403"):
        read(portal)


def test_drafts_and_deleted_datasets_are_left_out_and_counted(server, portal, read, caplog):
    caplog.set_level("INFO", logger="jointure.udata")
    server.answers[DATASETS] = pages(
        [dataset(1), dataset(2, private=True), dataset(3, deleted="2024-01-01"), dataset(4)]
    )
    records, issues = read(portal)
    assert list(records) == ["0001", "0004"]
    assert issues == []
    assert "ville: 2 drafts and deleted datasets left out" in caplog.messages


def test_an_entry_without_id_is_an_issue(server, portal, read):
    server.answers[DATASETS] = pages([dataset(1), {"title": "Sans nom"}, "texte"])
    records, issues = read(portal)
    assert list(records) == ["0001"]
    assert [issue.kind for issue in issues] == ["missing", "missing"]


@pytest.mark.parametrize("filter", ["q=arbres", "organization", "organization=", "tag=hvd&x=1"])
def test_a_filter_that_is_none_is_refused_before_any_request(server, make_portal, read, filter):
    portal = make_portal(type="udata", url=server.url, filter=filter)
    with pytest.raises(SourceError, match="valid: organization=… and tag=… and schema=…"):
        read(portal)
    assert server.requests == []


def test_a_filter_may_name_a_key_twice(server, make_portal, read):
    asked = "tag=hvd&tag=mobilite&schema=etalab%2Fschema-irve"
    portal = make_portal(type="udata", url=server.url, filter=asked)
    server.answers[DATASETS] = pages([dataset(1)])
    read(portal)
    assert server.queries(DATASETS)[0]["schema"] == "etalab/schema-irve"


def test_a_portal_without_exports_is_walked_by_its_api(server, make_portal, read):
    whole = make_portal(type="udata", url=server.url)
    server.answers[DATASETS] = pages([dataset(number) for number in range(120)])
    assert len(read(whole)[0]) == 120


# --- what changes daily --------------------------------------------------------------------------


def test_what_changes_daily_is_no_part_of_a_record(server, portal, read):
    def day(number):
        extras = {"check:status": number, "analysis:error": number, "kept": "x"}
        return dataset(
            1,
            metrics={"views": number},
            quality={"score": number},
            harvest={"domain": "a.example", "last_update": f"2026-01-0{number}"},
            internal={"created_at_internal": "2020-01-01", "last_modified_internal": number},
            extras={"recommendations": [number], "kept": "x"},
            resources=[{"id": "r", "metrics": {"views": number}, "internal": {}, "extras": extras}],
        )

    found = []
    for number in (1, 2):
        server.answers[DATASETS] = pages([day(number)])
        found.append(read(portal)[0])
    assert found[0] == found[1]
    assert found[0]["0001"]["harvest"] == {"domain": "a.example"}
    assert found[0]["0001"]["resources"] == [{"id": "r", "extras": {"kept": "x"}}]


def test_a_day_s_visits_change_no_record(server, portal, run):
    server.answers[DATASETS] = pages([dataset(1, metrics={"views": 1})])
    assert run(portal).added == 1
    server.answers[DATASETS] = pages([dataset(1, metrics={"views": 2}, quality={"score": 1})])
    assert (run(portal).changed, run(portal).unchanged) == (0, 1)
    server.answers[DATASETS] = pages([dataset(1, title="Un autre titre")])
    assert run(portal).changed == 1


# --- JSON files ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"data": [dataset(1), dataset(2)], "total": 2}),
        json.dumps({"data": [dataset(1), dataset(2)], "total": 2}, indent=1),
        json.dumps([dataset(1), dataset(2)]),
        "".join(json.dumps(dataset(number)) + "\n" for number in (1, 2)),
        "\ufeff" + "\n\n".join(json.dumps(dataset(number)) for number in (1, 2)),
    ],
    ids=["page", "indented", "list", "lines", "blank-lines"],
)
def test_json_is_a_page_a_list_or_an_object_a_line(filed, content):
    assert list(filed(content)[0]) == ["0001", "0002"]


def test_a_single_object_is_one_dataset(filed):
    assert list(filed(json.dumps(dataset(1), indent=1))[0]) == ["0001"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (json.dumps({"data": [dataset(1)], "total": 2}), "2 datasets announced, 1 in the file"),
        (json.dumps({"message": "quota"}, indent=1), "no list of datasets under data"),
        (json.dumps(dataset(1)) + '\n{"id": "2", "ti', "line 2 is no JSON"),
        (json.dumps([dataset(1)])[:-5], "cut off or broken"),
    ],
)
def test_json_that_is_no_catalogue_is_a_source_error(filed, content, said):
    with pytest.raises(SourceError, match=said):
        filed(content)


def test_the_sample_is_the_same_city_through_another_door(make_portal, read):
    samples = Path(str(resources.files("ingest").joinpath("samples")))
    url = f"file:{samples / 'datagouv-paris.json'}"
    records, issues = read(make_portal(type="udata", url=url, site="https://www.data.gouv.fr"))
    own = {entry["dataset_id"] for entry in json.loads((samples / "paris.json").read_bytes())}
    assert issues == []
    assert len(records) == 14
    assert {payload["harvest"]["remote_id"] for payload in records.values()} < own
