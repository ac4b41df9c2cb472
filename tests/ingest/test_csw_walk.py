"""How a CSW is walked: GetRecords in pages, whatever servers say of them."""

import pytest
from lxml import etree

from ingest.connectors import csw_walk
from tests.ingest.csw_answers import CSW, GMD, REPORT, asked, catalogue, numbered, response


@pytest.fixture
def portal(server, make_portal):
    return make_portal(type="csw", url=f"{server.url}/csw")


@pytest.fixture
def bodies(server):
    """The requests that came, as they were written."""
    return lambda: server.queries("/csw")


def test_all_pages_are_asked_for_in_the_order_of_the_ids(server, portal, run, held, bodies):
    server.answers["/csw"] = catalogue(numbered(120))
    assert run(portal).error is None
    assert len(held()) == 120
    assert [asked(body) for body in bodies()] == [(1, 50), (51, 50), (101, 50)]
    for body in bodies():
        request = etree.fromstring(body)
        assert request.tag == f"{{{CSW}}}GetRecords"
        assert (request.get("service"), request.get("version")) == ("CSW", "2.0.2")
        assert (request.get("resultType"), request.get("outputSchema")) == ("results", GMD)
        query = request.find(f"{{{CSW}}}Query")
        assert query.get("typeNames") == "gmd:MD_Metadata"
        assert query.findtext(f"{{{CSW}}}ElementSetName") == "full"
        assert query.findtext("{*}SortBy/{*}SortProperty/{*}PropertyName") == "apiso:Identifier"
        assert query.find(f"{{{CSW}}}Constraint") is None


def test_what_is_sent_and_asked_for_is_xml(server, portal, run):
    server.answers["/csw"] = catalogue(numbered(1))
    run(portal)
    [headers] = [headers for path, _, headers in server.requests if path == "/csw"]
    assert headers["Content-Type"] == headers["Accept"] == "application/xml"


def test_the_filter_of_a_portal_is_a_constraint_in_cql(server, make_portal, run, bodies):
    server.answers["/csw"] = catalogue(numbered(1))
    wanted = "OrganisationName = 'Eaux & Forêts' AND Modified > '2020-01-01'"
    run(make_portal(type="csw", url=f"{server.url}/csw", filter=wanted))
    [body] = bodies()
    query = etree.fromstring(body).find(f"{{{CSW}}}Query")
    assert [etree.QName(part).localname for part in query] == [
        "ElementSetName", "Constraint", "SortBy",
    ]  # fmt: skip
    constraint = query.find(f"{{{CSW}}}Constraint")
    assert constraint.get("version") == "1.1.0"
    assert constraint.findtext(f"{{{CSW}}}CqlText") == wanted


# --- what servers say of their pages --------------------------------------------------------------


@pytest.mark.parametrize(
    "next_record",
    [
        lambda start: 0,
        lambda start: None,
        lambda start: 99_999,
        lambda start: start,
        lambda start: -1,
        lambda start: "",
        lambda start: start + 10,
    ],
)
def test_a_next_record_that_lies_changes_nothing(server, portal, run, held, next_record):
    server.answers["/csw"] = catalogue(numbered(120), nextRecord=next_record)
    assert run(portal).error is None
    assert len(held()) == 120


@pytest.mark.parametrize("returned", [0, 1, 500, None, "tous"])
def test_a_number_of_records_returned_that_lies_changes_nothing(
    server, portal, run, held, returned
):
    lie = {"numberOfRecordsReturned": lambda start: returned}
    server.answers["/csw"] = catalogue(numbered(60), **lie)
    assert run(portal).error is None
    assert len(held()) == 60


def test_a_server_that_gives_short_pages_is_walked_to_its_end(server, portal, run, held):
    records = numbered(45)

    def answer(body):
        start, _ = asked(body)
        return response(records[start - 1 : start + 9], 45)

    server.answers["/csw"] = answer
    assert run(portal).error is None
    assert len(held()) == 45


@pytest.mark.parametrize("total", [3, 1])
def test_a_total_that_lies_is_a_source_error(server, portal, run, held, total):
    server.answers["/csw"] = catalogue(numbered(2), total=total)
    error = str(run(portal).error)
    assert f"{total} records announced, 2 distinct received" in error
    assert error.startswith("ville: ")
    assert held() == set()


@pytest.mark.parametrize("total", [None, "", "beaucoup", "[object Object]", -2, "1e3"])
def test_a_total_that_is_no_number_is_a_source_error(server, portal, run, total):
    server.answers["/csw"] = response(numbered(1), total)
    assert "the count announced is no number" in str(run(portal).error)


def test_a_total_that_grows_is_the_one_of_the_last_page(server, portal, run, held):
    def answer(body):
        start, size = asked(body)
        records = numbered(60 if start == 1 else 61)
        return response(records[start - 1 : start - 1 + size], len(records))

    server.answers["/csw"] = answer
    assert run(portal).error is None
    assert len(held()) == 61


def test_a_total_that_shrinks_below_what_came_is_a_source_error(server, portal, run):
    def answer(body):
        start, size = asked(body)
        return response(numbered(60)[start - 1 : start - 1 + size], 60 if start == 1 else 52)

    server.answers["/csw"] = answer
    assert "52 records announced, 60 distinct received" in str(run(portal).error)


def test_a_page_that_repeats_is_a_source_error(server, portal, run, held):
    server.answers["/csw"] = lambda body: response(numbered(50), 120)
    assert "a page that repeats: its 50 records came before" in str(run(portal).error)
    assert held() == set()


def test_pages_that_overlap_are_a_source_error_where_something_is_missing(server, portal, run):
    def answer(body):
        start, size = asked(body)
        first = start - 1 - (10 if start > 1 else 0)
        return response(numbered(100)[first : first + size], 100)

    server.answers["/csw"] = answer
    assert "100 records announced, 90 distinct received" in str(run(portal).error)


def test_an_empty_page_before_the_end_is_a_source_error(server, portal, run, held):
    server.answers["/csw"] = catalogue(numbered(50), total=120)
    assert "120 records announced, 50 distinct received" in str(run(portal).error)
    assert held() == set()


def test_a_catalogue_without_records_is_a_source_error(server, portal, run):
    server.answers["/csw"] = response([], 0)
    assert "lists no dataset at all" in str(run(portal).error)


# --- what servers complain about ------------------------------------------------------------------


def test_an_exception_report_with_status_200_is_a_source_error(server, portal, run, bodies):
    text = REPORT.format(code="NoApplicableCode", locator="", text="Index is &lt;down&gt;")
    server.answers["/csw"] = text
    assert "NoApplicableCode Index is <down>" in str(run(portal).error)
    assert len(bodies()) == 1


@pytest.mark.parametrize(
    ("locator", "text"),
    [
        ("SortBy", "Property apiso:Identifier is not queryable"),
        ("typeNames", "gmd:MD_Metadata"),
        ("", "Invalid SortProperty"),
    ],
)
def test_a_server_that_cannot_sort_is_asked_again_without_order(
    server, portal, run, held, bodies, locator, text
):
    complaint = REPORT.format(code="InvalidParameterValue", locator=locator, text=text)
    plain = catalogue(numbered(60))
    server.answers["/csw"] = lambda body: complaint if b"SortBy" in body else plain(body)
    assert run(portal).error is None
    assert len(held()) == 60
    assert [b"SortBy" in body for body in bodies()] == [True, False, False]
    assert all(b'typeNames="csw:Record"' in body for body in bodies()[1:])


def test_without_order_no_walk_is_gone_on_with(server, portal, open_fetcher):
    complaint = REPORT.format(code="x", locator="SortBy", text="")
    plain = catalogue(numbered(2))
    for answer, is_ordered in (
        (plain, True),
        (lambda body: complaint if b"SortBy" in body else plain(body), False),
    ):
        server.answers["/csw"] = answer
        with open_fetcher(portal) as fetcher:
            assert len(list(csw_walk.records(portal, fetcher))) == 2
            assert fetcher.is_ordered == is_ordered


def test_a_server_that_answers_400_is_asked_again_without_order(server, portal, run, held):
    plain = catalogue(numbered(2))
    server.answers["/csw"] = lambda body: (400, "") if b"SortBy" in body else plain(body)
    assert run(portal).error is None
    assert len(held()) == 2


@pytest.mark.parametrize("answer", [(400, "non"), REPORT.format(code="x", locator="", text="sort")])
def test_a_server_is_asked_again_once_only(server, portal, run, bodies, answer):
    server.answers["/csw"] = answer
    assert run(portal).error is not None
    assert len(bodies()) == 2


def test_a_complaint_in_the_middle_is_a_source_error(server, portal, run, held, bodies):
    complaint = REPORT.format(code="x", locator="", text="Sort buffer: result window is too large")
    whole = catalogue(numbered(120))
    server.answers["/csw"] = lambda body: complaint if asked(body)[0] == 51 else whole(body)
    assert "result window is too large" in str(run(portal).error)
    assert held() == set()
    assert len(bodies()) == 2
