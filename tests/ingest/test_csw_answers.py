"""What is no catalogue, records that are none, and catalogues in files."""

import pytest

from tests.ingest.csw_answers import CSW, NAMESPACES, REPORT, catalogue, numbered, record, response


@pytest.fixture
def portal(server, make_portal):
    return make_portal(type="csw", url=f"{server.url}/csw")


BOMB = """<?xml version="1.0"?>
<!DOCTYPE csw:GetRecordsResponse [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">]>
"""
FILE = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/hostname">]>\n'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<!DOCTYPE html><html>Maintenance</html>", "HTML"),
        ("<html><body>Maintenance</body></html>", "HTML"),
        ("Service indisponible", "no well-formed XML"),
        ('{"message": "quota"}', "no well-formed XML"),
        (b"\xff\xfe\x00", "no well-formed XML"),
        (" \n ", "an empty answer"),
        (response(numbered(2), 2)[:900], "no well-formed XML, or cut off"),
        ("<csw:Capabilities xmlns:csw='x'/>", "not <Capabilities>"),
        (f"<csw:GetRecordsResponse {NAMESPACES}/>", "a GetRecordsResponse is expected"),
        (BOMB + "<x y='&f;'>&f;</x>", ""),
        (FILE + response([record("&secret;")], 1).partition("?>")[2], "a DOCTYPE"),
    ],
)
def test_an_answer_that_is_no_catalogue_is_a_source_error(server, portal, run, held, body, said):
    server.answers["/csw"] = body
    error = str(run(portal).error)
    assert error.startswith(f"ville: {server.url}/csw")
    assert said in error
    assert held() == set()


def test_what_was_held_stays(server, portal, run, held, read, store):
    server.answers["/csw"] = catalogue(numbered(2))
    run(portal)
    before = read(store)
    server.answers["/csw"] = response(numbered(1), 2)
    assert run(portal).error is not None
    assert held() == {"0000", "0001"}
    assert {line for line in read(store) if "/graph/ville" in line} == {
        line for line in before if "/graph/ville" in line
    }


@pytest.mark.parametrize("start", ["", "\ufeff", "\n\n  ", "\ufeff\r\n"])
def test_what_stands_before_the_xml_is_no_harm(server, portal, run, held, start):
    server.answers["/csw"] = start + response(numbered(1), 1)
    assert run(portal).error is None
    assert held() == {"0000"}


def test_another_encoding_is_read(server, portal, run, store, read):
    text = response([record("1", title="Forêts")], 1).replace("UTF-8", "ISO-8859-1")
    server.answers["/csw"] = text.encode("latin-1")
    assert run(portal).error is None
    assert any('"Forêts"@fr' in line for line in read(store))


@pytest.mark.parametrize("character", ["\x0b", "\x1f", "&#11;", "&#x1F;", "&#x0b;"])
def test_a_character_that_xml_forbids_costs_itself_alone(server, portal, run, held, character):
    server.answers["/csw"] = catalogue([record("a", title=f"Un{character} jeu"), record("b")])
    outcome = run(portal)
    assert outcome.error is None
    assert held() == {"a", "b"}
    assert outcome.issues["invalid-value"] == 1


# --- single records -------------------------------------------------------------------------------


def test_a_record_without_identifier_is_left_out_and_the_rest_goes_in(server, portal, run, held):
    server.answers["/csw"] = catalogue([record("a"), record(""), record(""), record("b")])
    outcome = run(portal)
    assert outcome.error is None
    assert held() == {"a", "b"}
    assert outcome.issues["missing"] == 2


DUBLIN_CORE = "<csw:Record><dc:identifier>x</dc:identifier></csw:Record>"


def test_dublin_core_in_place_of_iso_is_a_source_error(server, portal, run):
    server.answers["/csw"] = response([DUBLIN_CORE], 1)
    assert "records of ISO 19139 are expected (MD_Metadata), not Record" in str(run(portal).error)


def test_one_record_of_another_form_is_left_out(server, portal, run, held):
    server.answers["/csw"] = catalogue([record("a"), DUBLIN_CORE, record("b")])
    outcome = run(portal)
    assert outcome.error is None
    assert held() == {"a", "b"}
    assert outcome.issues["shape"] == 1


def test_what_a_server_makes_anew_each_time_changes_no_record(server, portal, run):
    server.answers["/csw"] = response([record("a", gml_id="d1e2")], 1, stamp="2026-01-01T00:00:00Z")
    run(portal)
    server.answers["/csw"] = response([record("a", gml_id="d7e9")], 1, stamp="2026-01-02T00:00:00Z")
    outcome = run(portal)
    assert (outcome.changed, outcome.unchanged) == (0, 1)


# --- files ----------------------------------------------------------------------------------------


@pytest.fixture
def pages(tmp_path, make_portal):
    """A portal that is a folder of recorded pages, or one file where there is one."""

    def write(*texts):
        folder = tmp_path / "pages"
        folder.mkdir()
        for number, text in enumerate(texts):
            (folder / f"{number}.xml").write_text(text, "utf-8")
        place = folder / "0.xml" if len(texts) == 1 else folder
        return make_portal(type="csw", url=f"file:{place}", site="https://geo.example/csw")

    return write


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (response(numbered(3), 3, nextRecord=0), {"0000", "0001", "0002"}),
        (record("seul"), {"seul"}),
        (
            f'<csw:GetRecordByIdResponse xmlns:csw="{CSW}">{record("un")}{record("deux")}'
            "</csw:GetRecordByIdResponse>",
            {"un", "deux"},
        ),
    ],
)
def test_a_file_is_a_catalogue(pages, run, held, text, names):
    assert run(pages(text)).error is None
    assert held() == names


def test_a_file_that_is_one_page_of_several_is_a_source_error(pages, run, held):
    error = str(run(pages(response(numbered(2), 6, nextRecord=3))).error)
    assert "6 records announced, 2 distinct received" in error
    assert held() == set()


def test_a_folder_holds_the_pages_of_a_catalogue(pages, run, held):
    whole = numbered(6)
    assert run(pages(*(response(whole[at : at + 2], 6) for at in (0, 2, 4)))).error is None
    assert len(held()) == 6


def test_a_folder_that_lacks_a_page_is_a_source_error(pages, run):
    whole = numbered(6)
    error = run(pages(*(response(whole[at : at + 2], 6) for at in (0, 4)))).error
    assert "6 records announced, 4 distinct received" in str(error)


def test_a_folder_may_hold_bare_records(pages, run, held):
    assert run(pages(record("a"), record("b"))).error is None
    assert held() == {"a", "b"}


def test_a_folder_without_pages_is_a_source_error(pages, run):
    assert "a folder without any .xml file" in str(run(pages()).error)


def test_a_recorded_error_is_a_source_error(pages, run):
    error = run(pages(REPORT.format(code="x", locator="", text="en panne"))).error
    assert "en panne" in str(error)
