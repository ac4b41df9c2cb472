"""Answers and records as they should not be: a clear message, and what is held stays."""

import json

import pytest

EXPORT = "/api/explore/v2.1/catalog/exports/json"
PACKAGES = "/api/3/action/package_search"
PAGE = {"opendatasoft": "/api/explore/v2.1/catalog/datasets", "ckan": PACKAGES}
TYPES = ("opendatasoft", "ckan")
KEYS = {
    "opendatasoft": {"id": "dataset_id", "title": "metas.default.title"},
    "ckan": {"id": "id", "title": "title"},
}


def record(type, identifier, title="Un jeu", **more):
    if type == "ckan":
        return {"id": identifier, "title": title, "notes": "Des données.", **more}
    default = {"title": title, "description": "Des données.", **more}
    return {"dataset_id": identifier, "metas": {"default": default}}


def answer(type, records, total=None):
    if type == "opendatasoft":
        return records
    count = len(records) if total is None else total
    return {"success": True, "result": {"count": count, "results": records}}


@pytest.fixture(params=TYPES)
def type(request):
    return request.param


@pytest.fixture
def portal(type, server, make_portal):
    return make_portal(type=type, url=server.url)


@pytest.fixture
def serve(type, server):
    """The portal's whole catalogue: records, or what is answered in their place."""

    def answers(records):
        path = EXPORT if type == "opendatasoft" else PACKAGES
        server.answers[path] = answer(type, records) if isinstance(records, list) else records

    return answers


@pytest.fixture
def messages(caplog):
    """What was said of records, a line each."""
    caplog.set_level("INFO", logger="jointure.harvest")
    return lambda: caplog.messages


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<!DOCTYPE html><html>Maintenance</html>", "HTML or XML, application/json is expected"),
        ('﻿ <?xml version="1.0"?>', "HTML or XML, application/json is expected"),
        ("", "an empty answer"),
        (" \n ", "an empty answer"),
        ("Service indisponible", "JSON"),
        ("null", "JSON"),
        ("42", "JSON"),
        ('"maintenance"', "JSON"),
        ('{"message": "quota"}', ""),
        (b"\xff\xfe\x00", "JSON"),
        (b"\x1f\x8b\x08", "JSON"),
    ],
)
def test_an_answer_that_is_no_catalogue_is_a_source_error(
    portal, serve, run, held, store, body, said
):
    serve(lambda _: [] if isinstance(body, list) else (200, body))
    error = run(portal).error
    assert error is not None
    assert str(error).startswith(f"ville: {portal.url}/api/")
    assert said in str(error)
    assert held() == set()


def test_a_json_that_is_cut_off_is_a_source_error(type, portal, serve, run, held):
    whole = json.dumps(answer(type, [record(type, str(number)) for number in range(50)]))
    serve(lambda _: (200, whole[: len(whole) // 2]))
    error = str(run(portal).error)
    assert error.startswith(f"ville: {portal.url}/api/")
    assert "cut off or broken" in error
    assert held() == set()


def test_a_500_on_page_2_is_a_source_error(type, server, portal, run, held):
    records = [record(type, f"{number:04}") for number in range(2000)]
    start, size = ("offset", 100) if type == "opendatasoft" else ("start", 1000)

    def paged(query):
        if int(query[start]):
            return 500, "boum"
        if type == "ckan":
            return answer(type, records[:size], total=2000)
        return {"total_count": 2000, "results": records[:size]}

    server.answers[PAGE[type]] = paged
    error = str(run(portal).error)
    assert "HTTP 500" in error
    assert f"{start}={size}" in error
    assert held() == set()


@pytest.mark.parametrize("count", [None, "beaucoup", [], -1])
def test_a_count_that_is_no_number_is_a_source_error(type, server, portal, run, count):
    listed = [record(type, "1")]
    server.answers[PAGE[type]] = (
        {"success": True, "result": {"count": count, "results": listed}}
        if type == "ckan"
        else {"total_count": count, "results": listed}
    )
    assert str(run(portal).error).startswith("ville: ")


def test_an_empty_list_is_a_source_error(portal, serve, run):
    serve([])
    assert "lists no dataset at all" in str(run(portal).error)


@pytest.mark.parametrize("broken", ["<html>", '[{"dataset_id": "1"', "[]", '{"result": null}'])
def test_what_was_held_stays(type, portal, serve, run, held, read, store, broken):
    serve([record(type, "1"), record(type, "2")])
    run(portal)
    before = read(store)
    serve(lambda _: (200, broken))
    assert run(portal).error is not None
    assert held() == {"1", "2"}
    assert read(store) == before


@pytest.mark.parametrize("nameless", [None, "", " ", [], {}, "..", "x" * 401])
def test_a_record_without_id_is_left_out_and_the_rest_goes_in(
    type, portal, serve, run, held, nameless, messages
):
    serve([record(type, nameless), record(type, "2")])
    outcome = run(portal)
    assert outcome.error is None
    assert held() == {"2"}
    assert sum(outcome.issues.values()) == 1
    [message] = messages()
    assert message.startswith((f"ville: {KEYS[type]['id']}:", "ville: id:"))


@pytest.mark.parametrize("entry", [None, "texte", 3, [], ["liste"], True])
def test_an_entry_that_is_no_object_is_left_out(type, portal, serve, run, held, entry):
    serve([entry, record(type, "2")])
    outcome = run(portal)
    assert outcome.error is None
    assert held() == {"2"}
    assert outcome.issues == {"missing": 1}


def test_a_record_without_title_names_portal_record_and_key(
    type, portal, serve, run, held, messages
):
    serve([record(type, "1", title=None), record(type, "2")])
    outcome = run(portal)
    assert held() == {"1", "2"}
    assert outcome.issues == {"missing": 1}
    assert messages()[0].startswith(f"ville: 1: {KEYS[type]['title']}: no title")


@pytest.mark.parametrize(
    ("written", "kind", "kept"),
    [
        ("https://ville.example/un jeu", "repaired-iri", "https://ville.example/un%20jeu"),
        ("https://ville.example/{id}", "repaired-iri", "https://ville.example/%7Bid%7D"),
        ("https:///sans-hote", "invalid-value", None),
    ],
)
def test_an_iri_is_repaired_or_refused(
    type, portal, serve, run, read, store, messages, written, kind, kept
):
    key = "url" if type == "ckan" else "references"
    serve([record(type, "1", **{key: written}), record(type, "2")])
    assert run(portal).issues == {kind: 1}
    assert f"{key}: " in messages()[0]
    assert messages()[0].startswith("ville: 1: ")
    lines = read(store)
    assert any(f"<{kept}>" in line for line in lines) == (kept is not None)
    assert not any(f"<{written}" in line for line in lines)


@pytest.mark.parametrize("script", ["javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,<b>"])
def test_a_script_is_never_an_iri(type, portal, serve, run, read, store, script):
    resource = {"id": "r", "url": script, "format": "CSV"}
    link = f'<a href="{script}">clic</a>'
    attachment = {"id": "a", "url": script, "title": "a.csv"}
    entry = (
        record(type, "1", notes=link, url=script, uri=script, resources=[resource])
        if type == "ckan"
        else {**record(type, "1", description=link, references=script), "attachments": [attachment]}
    )
    serve([entry, record(type, "2")])
    assert run(portal).error is None
    assert not any(f"<{script}" in line for line in read(store))


def test_an_iri_of_ours_is_not_the_portals_to_use(type, portal, serve, run, read, store):
    ours = "http://localhost:8000/dataset/ville/2"
    entry = record(type, "1", url=ours) if type == "ckan" else record(type, "1", references=ours)
    serve([entry, record(type, "2")])
    assert run(portal).issues == {"invalid-value": 1}
    assert not any("foaf/0.1/Document" in line and ours in line for line in read(store))


def test_a_date_of_year_4_is_an_issue(type, portal, serve, run, read, store, messages):
    key = "issued" if type == "ckan" else "modified"
    serve([record(type, "1", **{key: "0004-11-21"}), record(type, "2")])
    assert run(portal).issues == {"invalid-value": 1}
    path = key if type == "ckan" else f"metas.default.{key}"
    assert messages()[0].startswith(f"ville: 1: {path}: '0004-11-21' lies before the year 1000")
    assert not any('"0004-11-21"^^' in line for line in read(store))


def test_a_format_that_nobody_knows_is_an_issue(type, portal, serve, run, messages):
    entry = record(type, "1")
    if type == "ckan":
        entry["resources"] = [{"id": "r", "url": "https://a.example/x", "format": "lasagne"}]
    else:
        entry["attachments"] = [{"id": "a", "title": "x", "mimetype": "lasagne"}]
    serve([entry])
    assert run(portal).issues == {"unknown-value": 1}
    key = "resources.format" if type == "ckan" else "attachments.mimetype"
    assert messages()[0].startswith(f"ville: 1: {key}: 'lasagne'")


def test_a_key_that_nobody_knows_is_an_issue(type, portal, serve, run, held, messages):
    serve([{**record(type, "1"), "parfum": "rose"}])
    assert run(portal).issues == {"unknown-key": 1}
    assert messages()[0].startswith("ville: 1: parfum: ")
    assert held() == {"1"}


def test_63_000_characters_of_html_are_kept_as_text(type, portal, serve, run, read, store):
    html = "<p>Les <b>données</b>.</p>" * 2500
    key = "notes" if type == "ckan" else "description"
    serve([record(type, "1", **{key: html})])
    run(portal)
    [line] = [line for line in read(store) if "dc/terms/description" in line and "/1>" in line]
    assert line.count("Les données.") == 2500
    assert "<b>" not in line
