"""How portals are walked, over HTTP: complete, or not at all."""

import re

import pytest

CATALOG = "/api/explore/v2.1/catalog"
EXPORT, PAGES = f"{CATALOG}/exports/json", f"{CATALOG}/datasets"
SEARCH_V1 = "/api/datasets/1.0/search/"
PACKAGES = "/api/3/action/package_search"


def entries(*names):
    return [{"dataset_id": name, "metas": {"default": {"title": name}}} for name in names]


def numbered(count):
    return entries(*(f"{number:04}" for number in range(count)))


def pages(listed, total=None, cap=100):
    """``/catalog/datasets`` as Opendatasoft answers it."""

    def answer(query):
        start = int(query.get("offset", 0))
        shown = listed[start : start + min(int(query.get("limit", 10)), cap)]
        return {"total_count": len(listed) if total is None else total, "results": shown}

    return answer


def search(listed, total=None, cap=1000):
    """``package_search`` as CKAN answers it."""

    def answer(query):
        start = int(query.get("start", 0))
        shown = listed[start : start + min(int(query.get("rows", 10)), cap)]
        count = len(listed) if total is None else total
        return {"success": True, "result": {"count": count, "results": shown}}

    return answer


def packages(count):
    return [{"id": f"{number:04}", "title": "Un jeu"} for number in range(count)]


@pytest.fixture
def portal(server, make_portal):
    return make_portal(url=server.url)


@pytest.fixture
def ckan(server, make_portal):
    return make_portal(type="ckan", url=server.url)


def test_the_export_is_asked_first_and_is_enough(server, portal, run, held):
    server.answers[EXPORT] = entries("arbres", "velos")
    assert run(portal).error is None
    assert held() == {"arbres", "velos"}
    assert [path for path, _, _ in server.requests] == ["/robots.txt", EXPORT]


def test_we_say_who_we_are(server, portal, run):
    server.answers[EXPORT] = entries("arbres")
    run(portal)
    assert len(server.requests) == 2
    for _, _, headers in server.requests:
        assert re.fullmatch(
            r"Jointure/[\d.]+ \(\+https://jointure.example/\)", headers["User-Agent"]
        )


@pytest.mark.parametrize("status", [400, 403, 404])
def test_without_export_the_pages_are_read_in_order(server, portal, run, held, status):
    server.answers[EXPORT] = (status, {})
    server.answers[PAGES] = pages(numbered(250))
    assert run(portal).error is None
    assert len(held()) == 250
    asked = [(query["offset"], query["limit"]) for query in server.queries(PAGES)]
    assert asked == [("0", "100"), ("100", "100"), ("200", "100")]
    assert {query["order_by"] for query in server.queries(PAGES)} == {"dataset_id"}


def test_without_version_2_the_search_of_version_1_is_read(server, portal, run, held):
    def answer(query):
        start, rows = int(query["start"]), int(query["rows"])
        shown = [
            {"datasetid": f"{number:04}", "metas": {"title": "Un jeu"}}
            for number in range(start, min(start + rows, 120))
        ]
        return {"nhits": 120, "datasets": shown}

    server.answers[SEARCH_V1] = answer
    assert run(portal).error is None
    assert len(held()) == 120
    assert {query["interopmetas"] for query in server.queries(SEARCH_V1)} == {"true"}


def test_attachments_that_the_export_leaves_out_come_from_the_pages(
    server, portal, run, store, read
):
    exported = entries("arbres", "velos")
    exported[0] |= {"has_attachments": True, "attachments_count": 1}
    attachment = {"id": "notice", "title": "notice.pdf", "mimetype": "application/pdf"}
    paged = [{**entry, "attachments": [attachment]} for entry in exported]
    server.answers |= {EXPORT: exported, PAGES: pages(paged)}
    outcome = run(portal)
    assert (outcome.added, outcome.issues) == (2, {"missing": 2})  # their descriptions
    assert any("arbres/distribution/attachment-notice>" in line for line in read(store))
    assert not any("velos/distribution" in line for line in read(store))


def test_the_pages_are_not_asked_where_nothing_has_attachments(server, portal, run):
    server.answers[EXPORT] = entries("arbres")
    run(portal)
    assert server.queries(PAGES) == []


def test_pages_beyond_the_limit_of_the_api_are_a_source_error(server, portal, run):
    server.answers[PAGES] = pages(entries("arbres"), total=10_001)
    assert "the export is needed" in str(run(portal).error)


@pytest.mark.parametrize("total", [3, 1])
def test_an_opendatasoft_total_that_lies_is_a_source_error(server, portal, run, held, total):
    server.answers[PAGES] = pages(entries("arbres", "velos"), total=total)
    error = str(run(portal).error)
    assert f"{total} datasets announced, 2 distinct received" in error
    assert error.startswith("ville: ")
    assert held() == set()


def test_an_opendatasoft_page_that_repeats_is_a_source_error(server, portal, run, held):
    first = numbered(100)
    server.answers[PAGES] = lambda query: {"total_count": 200, "results": first}
    assert "a page that repeats: its 100 datasets came before" in str(run(portal).error)
    assert held() == set()


def test_an_opendatasoft_that_gives_short_pages_is_walked_to_its_end(server, portal, run, held):
    server.answers[PAGES] = pages(numbered(50), cap=20)
    assert run(portal).error is None
    assert len(held()) == 50


def test_ckan_is_paged_in_the_order_of_the_ids(server, ckan, run, held):
    server.answers[PACKAGES] = search(packages(1500))
    assert run(ckan).error is None
    assert len(held()) == 1500
    asked = [(query["rows"], query["start"]) for query in server.queries(PACKAGES)]
    assert asked == [("1000", "0"), ("1000", "1000")]
    assert {query["sort"] for query in server.queries(PACKAGES)} == {"id asc"}


def test_ckan_that_caps_its_rows_is_walked_to_its_end(server, ckan, run, held):
    server.answers[PACKAGES] = search(packages(25), cap=10)
    assert run(ckan).error is None
    assert len(held()) == 25


def test_the_filter_of_a_ckan_portal_is_sent(server, make_portal, run):
    server.answers[PACKAGES] = search(packages(1))
    run(make_portal(type="ckan", url=server.url, filter="organization:ville-marseille"))
    assert server.queries(PACKAGES)[0]["fq"] == "organization:ville-marseille"


def test_without_filter_none_is_sent(server, ckan, run):
    server.answers[PACKAGES] = search(packages(1))
    run(ckan)
    assert "fq" not in server.queries(PACKAGES)[0]


@pytest.mark.parametrize("total", [3, 1])
def test_a_ckan_count_that_lies_is_a_source_error(server, ckan, run, held, total):
    server.answers[PACKAGES] = search(packages(2), total=total)
    assert f"{total} packages announced, 2 distinct received" in str(run(ckan).error)
    assert held() == set()


def test_a_ckan_page_that_repeats_is_a_source_error(server, ckan, run, held):
    same = {"success": True, "result": {"count": 20, "results": packages(10)}}
    server.answers[PACKAGES] = same
    assert "a page that repeats: its 10 packages came before" in str(run(ckan).error)
    assert held() == set()


def test_ckan_that_says_no_success_is_a_source_error(server, ckan, run):
    server.answers[PACKAGES] = {"success": False, "error": {"message": "solr is down"}}
    error = str(run(ckan).error)
    assert "success: false" in error
    assert "solr is down" in error


@pytest.mark.parametrize("result", [packages(2), [packages(2)]])
def test_dkan_answers_a_list(server, ckan, run, held, result):
    server.answers[PACKAGES] = {"success": True, "result": result}
    assert run(ckan).error is None
    assert held() == {"0000", "0001"}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_portal_that_is_busy_is_asked_again(server, portal, run, pauses, status):
    answers = [(status, "busy"), (status, "busy"), entries("arbres")]
    server.answers[EXPORT] = lambda _: answers.pop(0)
    assert run(portal).error is None
    assert len(pauses) == 2
    assert 0 < pauses[0] < pauses[1]


def test_a_portal_that_stays_busy_is_a_source_error(server, portal, run, pauses):
    server.answers[EXPORT] = (503, "busy")
    error = run(portal).error
    assert "HTTP 503" in str(error)
    assert error.status == 503
    assert len(pauses) == 3


def test_a_portal_that_refuses_is_not_asked_again(server, ckan, run, pauses):
    server.answers[PACKAGES] = (403, "non")
    assert "HTTP 403" in str(run(ckan).error)
    assert pauses == []


def test_a_portal_that_is_not_there_is_a_source_error(server, portal, run, pauses):
    server.close()
    assert str(run(portal).error).startswith("ville: http://127.0.0.1")
    assert len(pauses) == 3
