"""Raw answers, one by one: spared where they are still so, gone on with, given again, swept."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from ingest.answer import SourceError
from ingest.fetch import Fetcher
from ingest.politeness import Hosts
from ingest.raw import RESUMED_WITHIN, RawAnswers
from tests.ingest.test_faults import reply

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
SOURCE = "ckan https://data.ville.example "


class Validated:
    """An address whose answers have validators: its body, and what is asked of it."""

    def __init__(self, server, **headers):
        self.body, self.headers = b"[1]", headers
        self.statuses: list[int] = []
        self._server = server
        server.fault = self._answered

    def _answered(self, handler):
        tag = self.headers.get("ETag")
        is_held = bool(tag) and handler.headers.get("If-None-Match") == tag
        self.statuses.append(304 if is_held else 200)
        return reply(handler, self.statuses[-1], b"" if is_held else self.body, **self.headers)

    @property
    def asked(self):
        """The headers of the last request."""
        return self._server.requests[-1][2]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "raw"


@pytest.fixture
def walk(server, make_portal, folder, pauses):
    """A walk of some hours later than the first one; a context manager of its fetcher."""

    def begun(hours=0, source=SOURCE, replay=False):
        raw = RawAnswers(folder, source, NOW + timedelta(hours=hours), replay)
        transport, hosts = httpx2.HTTPTransport(verify=False), Hosts(sleep=pauses.append)
        return Fetcher(make_portal(url=server.url), raw, transport, hosts)

    return begun


@pytest.fixture
def page(server):
    """An address of the portal that answers with its number of the request."""
    server.answers["/page"] = lambda query: [len(server.queries("/page"))]
    return f"{server.url}/page"


def bodies(folder):
    """What is kept, but for notes."""
    return sorted(path.read_bytes() for path in folder.iterdir() if not path.suffix)


def test_the_validators_of_the_answer_held_are_sent(server, walk):
    page = Validated(server, ETag='"1"', Last_Modified="Sat, 21 Nov 2026 06:00:00 GMT")
    with walk() as fetcher:
        fetcher.get(f"{server.url}/a")
        assert not {"If-None-Match", "If-Modified-Since"} & set(page.asked)
        fetcher.raw.end()
    with walk(24) as fetcher:
        fetcher.get(f"{server.url}/a")
    assert page.asked["If-None-Match"] == '"1"'
    assert page.asked["If-Modified-Since"] == "Sat, 21 Nov 2026 06:00:00 GMT"


def test_an_answer_that_is_still_so_is_read_from_what_is_held(server, walk):
    page = Validated(server, ETag='"1"', Content_Type="text/csv; charset=latin-1")
    for hours in (0, 24, 48):
        with walk(hours) as fetcher:
            answer = fetcher.get(f"{server.url}/a")
            assert answer.path.read_bytes() == b"[1]"
            assert (answer.media_type, answer.charset) == ("text/csv", "latin-1")
            fetcher.raw.end()
    assert page.statuses == [200, 304, 304]


def test_an_answer_that_changed_takes_the_place_of_the_one_held(server, walk, folder):
    page = Validated(server, ETag='"1"')
    with walk() as fetcher:
        fetcher.get(f"{server.url}/a")
        fetcher.raw.end()
    page.body, page.headers = b"[2]", {"ETag": '"2"'}
    with walk(24) as fetcher:
        assert fetcher.get(f"{server.url}/a").path.read_bytes() == b"[2]"
    assert bodies(folder) == [b"[2]"]
    with walk(48) as fetcher:
        fetcher.get(f"{server.url}/a")
    assert page.asked["If-None-Match"] == '"2"'


def test_what_is_asked_for_otherwise_is_another_answer(server, walk, folder):
    server.answers["/a"] = lambda asked: [str(asked)]
    with walk() as fetcher:
        fetcher.get(f"{server.url}/a")
        fetcher.get(f"{server.url}/a", accept="text/csv")
        fetcher.get(f"{server.url}/a", page=2)
        fetcher.post(f"{server.url}/a", b"<q/>", "application/xml")
        fetcher.post(f"{server.url}/a", b"<r/>", "application/xml")
    assert len(bodies(folder)) == 5


def test_what_a_later_walk_does_not_use_is_swept_when_it_ends(walk, page, folder):
    with walk() as fetcher:
        fetcher.get(page)
        fetcher.get(page, start=2)
        fetcher.raw.end()
    with walk(24) as fetcher:
        fetcher.get(page)
        assert len(bodies(folder)) == 2
        fetcher.raw.end()
    assert bodies(folder) == [b"[3]"]
    assert len(list(folder.glob("*.json"))) == 2  # a note and walk.json


def test_what_a_killed_process_left_half_received_is_swept(walk, page, folder):
    with walk() as fetcher:
        part = fetcher.raw.part("0123")
        part.write_bytes(b"[")
        fetcher.get(page)
        fetcher.raw.end()
    assert not part.exists()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda note, body: body.unlink(),
        lambda note, body: body.write_bytes(b"[1"),
        lambda note, body: body.write_bytes(b""),
        lambda note, body: note.write_text("{"),
        lambda note, body: note.write_text("[]"),
        lambda note, body: note.write_text("{}"),
        lambda note, body: note.write_bytes(b"\xff"),
    ],
)
def test_a_broken_note_or_body_is_asked_for_again(server, walk, folder, spoil):
    page = Validated(server, ETag='"1"')
    with walk() as fetcher:
        body = fetcher.get(f"{server.url}/a").path
    [note] = (path for path in folder.glob("*.json") if path.name != "walk.json")
    spoil(note, body)
    with walk(1) as fetcher:
        assert fetcher.get(f"{server.url}/a").path.read_bytes() == b"[1]"
    assert page.statuses == [200, 200]


def test_a_walk_that_was_cut_off_goes_on_with_the_answers_it_has(server, walk, page):
    with walk() as fetcher:
        fetcher.get(page)
    with walk(11) as fetcher:
        assert fetcher.get(page).path.read_bytes() == b"[1]"
        fetcher.get(page, start=2)
        fetcher.raw.end()
    assert server.queries("/page") == [{}, {"start": "2"}]


def test_a_walk_that_ended_is_not_gone_on_with(server, walk, page):
    with walk() as fetcher:
        fetcher.get(page)
        fetcher.raw.end()
    with walk(1) as fetcher:
        fetcher.get(page)
    assert len(server.queries("/page")) == 2


@pytest.mark.parametrize(
    "later",
    [
        {"hours": RESUMED_WITHIN / timedelta(hours=1) + 1},
        {"hours": -1},  # a clock that was put back
        {"hours": 1, "source": f"{SOURCE}organization:voirie"},
        {"hours": 1, "source": SOURCE.replace("ckan", "dcat")},
    ],
)
def test_a_walk_of_another_source_or_half_a_day_ago_is_not_gone_on_with(server, walk, page, later):
    with walk() as fetcher:
        fetcher.get(page)
    with walk(**later) as fetcher:
        assert fetcher.get(page).path.read_bytes() == b"[2]"


def test_a_walk_whose_order_is_unknown_is_not_gone_on_with(server, walk, page):
    with walk() as fetcher:
        fetcher.get(page)
    with walk(1) as fetcher:
        fetcher.is_ordered = False
        assert fetcher.get(page).path.read_bytes() == b"[2]"


def test_a_walk_is_gone_on_with_whose_first_answers_were_held(server, walk):
    page = Validated(server, ETag='"1"')
    with walk() as fetcher:
        fetcher.get(f"{server.url}/a")
        fetcher.raw.end()
    with walk(24) as fetcher:
        fetcher.get(f"{server.url}/a")
    with walk(25) as fetcher:
        fetcher.get(f"{server.url}/a")
    assert page.statuses == [200, 304]


def test_a_replay_gives_the_last_whole_walk_and_asks_for_nothing(server, walk, page):
    with walk() as fetcher:
        fetcher.get(page)
        fetcher.raw.end()
    server.close()
    with walk(24 * 30, replay=True) as fetcher:
        assert fetcher.get(page).path.read_bytes() == b"[1]"
        with pytest.raises(SourceError, match="harvest without --replay"):
            fetcher.get(page, start=2)


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_replay_changes_nothing_of_what_is_kept(walk, page, folder, is_whole):
    with walk() as fetcher:
        fetcher.get(page)
        if is_whole:
            fetcher.raw.end()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with walk(24, replay=True) as fetcher:
        fetcher.raw.end()
        fetcher.raw.forget()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    "later",
    [
        {},
        {"source": f"{SOURCE}organization:voirie"},
    ],
)
def test_a_replay_is_of_a_whole_walk_of_the_same_source(walk, page, later):
    with walk() as fetcher:
        fetcher.get(page)
        if later:
            fetcher.raw.end()
    expected = pytest.raises(SourceError, match="harvest without --replay")
    with walk(1, replay=True, **later) as fetcher, expected:
        fetcher.get(page)
