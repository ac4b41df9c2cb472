"""One request in flight a host, none sooner than it allows, and what headers and robots ask."""

import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import httpx2
import pytest

from ingest.fetch import Fetcher, Limits
from ingest.politeness import (
    LONGEST_DELAY,
    LONGEST_WAIT,
    Hosts,
    TooLong,
    jittered,
    quota_wait,
    seconds_of,
)
from ingest.raw import RawAnswers
from tests.ingest.test_faults import reply

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
IN_A_MINUTE = NOW + timedelta(minutes=1)
BROKEN = 0.2
"""Seconds after which a barrier gives up that is not to be passed."""


class Clock:
    """A clock that goes on by what is slept."""

    def __init__(self):
        self.seconds = 1000.0
        self.slept: list[float] = []

    def __call__(self):
        return self.seconds

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.seconds += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def hosts(clock):
    return Hosts(clock.sleep, clock)


def met(hosts, names, patience):
    """Whether a thread a name has its turn at the same instant as the others."""
    barrier, found = threading.Barrier(len(names)), []

    def take(name):
        with hosts.turn(name):
            try:
                barrier.wait(patience)
                found.append(name)
            except threading.BrokenBarrierError:
                pass

    threads = [threading.Thread(target=take, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found) == sorted(names)


def test_two_hosts_have_their_turns_at_the_same_time(hosts):
    assert met(hosts, ["a.example", "b.example"], patience=10)


def test_a_host_has_one_turn_at_a_time(hosts):
    assert not met(hosts, ["a.example", "a.example"], BROKEN)


def test_a_turn_is_given_back_when_it_ends_by_an_error(hosts):
    with pytest.raises(KeyError), hosts.turn("a.example"):
        raise KeyError
    next_one = threading.Thread(target=lambda: hosts.turn("a.example").__enter__(), daemon=True)
    next_one.start()
    next_one.join(10)
    assert not next_one.is_alive()


def test_a_host_that_asks_for_nothing_is_not_waited_for(hosts, clock):
    for _ in range(3):
        with hosts.turn("a.example"):
            pass
    assert clock.slept == []


def test_a_held_host_is_waited_for_in_its_next_turn(hosts, clock):
    hosts.hold("a.example", 30)
    clock.seconds += 10
    with hosts.turn("a.example"):
        assert clock.slept == [20]
    with hosts.turn("a.example"):
        assert clock.slept == [20]


def test_a_host_that_is_held_holds_no_other(hosts, clock):
    hosts.hold("a.example", 30)
    with hosts.turn("b.example"):
        assert clock.slept == []


@pytest.mark.parametrize("holds", [(30, 5), (5, 30)])
def test_the_longest_of_two_holds_counts(hosts, clock, holds):
    for seconds in holds:
        hosts.hold("a.example", seconds)
    with hosts.turn("a.example"):
        assert clock.slept == [30]


def test_a_wait_longer_than_a_harvest_makes_is_no_wait_but_an_error(hosts, clock):
    hosts.hold("a.example", LONGEST_WAIT + 1)
    with pytest.raises(TooLong, match=r"a\.example asks to wait 601 seconds") as raised:
        hosts.turn("a.example").__enter__()
    assert raised.value.seconds == LONGEST_WAIT + 1
    assert clock.slept == []
    clock.seconds += 1
    with hosts.turn("a.example"):
        assert clock.slept == [LONGEST_WAIT]


@pytest.mark.parametrize(
    ("robots", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 5", 5),
        ("User-agent: Jointure\nCrawl-delay: 4", 4),
        ("User-agent: jointure/1.0\nCrawl-delay: 4", 0),  # a product token has no version
        ("User-agent: *\nCrawl-delay: 9\n\nUser-agent: Jointure\nCrawl-delay: 4", 4),
        ("User-agent: Jointure\nCrawl-delay: 4\n\nUser-agent: *\nCrawl-delay: 9", 4),
        ("User-agent: Jointure\nDisallow:\n\nUser-agent: *\nCrawl-delay: 9", 0),
        ("User-agent: Googlebot\nCrawl-delay: 9", 0),
        ("user-agent: * # all\ncrawl-delay: 5 # seconds", 5),
        ("User-agent: *\r\nCrawl-delay: 5\r\n", 5),
        (f"User-agent: *\nCrawl-delay: {LONGEST_DELAY:.0f}0", LONGEST_DELAY),
        ("User-agent: *\nDisallow: /", 0),
        ("User-agent: *\nCrawl-delay: -5", 0),
        ("User-agent: *\nCrawl-delay: bientôt", 0),
        ("Crawl-delay: 5", 0),  # of nobody
        ("", 0),
        ("<!DOCTYPE html><html><body>404</body></html>", 0),
        ("\0\ufffd:\n:::\n#", 0),
    ],
)
def test_the_delay_that_a_robots_txt_asks_for_is_kept_between_turns(hosts, clock, robots, delay):
    assert not hosts.knows("a.example")
    hosts.obey("a.example", robots, "Jointure")
    assert hosts.knows("a.example")
    for _ in range(3):
        with hosts.turn("a.example"):
            pass
    assert clock.slept == [delay] * 2 * (delay > 0)


def test_the_time_of_a_request_is_part_of_no_delay(hosts, clock):
    hosts.obey("a.example", "User-agent: *\nCrawl-delay: 5", "Jointure")
    with hosts.turn("a.example"):
        clock.seconds += 100
    clock.seconds += 2
    with hosts.turn("a.example"):
        assert clock.slept == [3]


@pytest.mark.parametrize(
    "line",
    ["Crawl-delay: ²", f"Crawl-delay: 1{'0' * 400}", "Request-rate: 1/²", "Disallow: http://["],
    ids=["a digit of its own", "an endless number", "a rate", "an address"],
)
def test_a_robots_txt_that_says_nonsense_asks_for_nothing(hosts, line):
    hosts.obey("a.example", f"User-agent: *\n{line}\n", "Jointure")


def test_a_delay_may_have_a_fraction(hosts, clock):
    hosts.obey("a.example", "User-agent: *\nCrawl-delay: 2.5", "Jointure")
    for _ in range(2):
        with hosts.turn("a.example"):
            pass
    assert clock.slept == [2.5]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("0.5", 0.5),
        ("0", 0),
        (format_datetime(IN_A_MINUTE, usegmt=True), 60),
        (format_datetime(IN_A_MINUTE.astimezone(timezone(timedelta(hours=2)))), 60),
        ("2026-11-21T06:31:00Z", 60),
        ("2026-11-21T07:31:00+01:00", 60),
        ("2026-11-21T06:31:00", 60),
        (f"{IN_A_MINUTE.timestamp():.0f}", 60),
    ],
)
def test_a_wait_is_seconds_an_epoch_second_or_a_moment(text, seconds):
    assert seconds_of(text, NOW) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "-1", "nan", "inf", "-inf", "1e400", "demain", "7 seconds", "²",
        format_datetime(NOW - timedelta(days=1), usegmt=True), "2026-11-20", "1000000001",
        f"{IN_A_MINUTE.timestamp() * 1000:.0f}", "9" * 5000, "Mon, 99 Nov 2026 99:00:00 GMT",
    ],
)  # fmt: skip
def test_what_is_past_or_no_moment_is_no_wait(text):
    assert seconds_of(text, NOW) == 0


@pytest.mark.parametrize(
    "text",
    ["Mon, 16 Nov 99999999999999999999 00:00:00 GMT", "Mon, 16 Nov 2026 06:30:00 +99999999999999"],
)
def test_a_moment_beyond_all_calendars_is_no_wait(text):
    assert seconds_of(text, NOW) == 0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "30"}, 30),
        ({"x-ratelimit-remaining": " 0 ", "x-ratelimit-reset": "2026-11-21T06:31:00Z"}, 60),
        ({"x-ratelimit-remaining": "1", "x-ratelimit-reset": "30"}, 0),
        ({"x-ratelimit-remaining": "", "x-ratelimit-reset": "30"}, 0),
        ({"x-ratelimit-remaining": "0"}, 0),
        ({"x-ratelimit-reset": "30"}, 0),
        ({}, 0),
    ],
)
def test_a_quota_is_waited_for_where_it_is_used_up(headers, seconds):
    assert quota_wait(headers, NOW) == seconds


def test_a_pause_is_half_as_long_to_one_and_a_half_times():
    pauses = [jittered(2.0) for _ in range(200)]
    assert 1 <= min(pauses) < 1.5
    assert 2.5 < max(pauses) <= 3


@pytest.fixture
def fetcher_of(make_portal, tmp_path, hosts):
    """Fetchers of portals that talk to the same hosts; every address is allowed."""
    transport = httpx2.HTTPTransport(verify=False)

    def opened(url, name="ville", hosts=hosts):
        portal = make_portal(name=name, url=url, private=True)
        return Fetcher(portal, RawAnswers(tmp_path / name, url, NOW), transport, hosts)

    return opened


def test_the_robots_txt_of_a_host_is_read_once_for_all_portals(server, fetcher_of, clock):
    server.answers |= {"/robots.txt": "User-agent: *\nCrawl-delay: 5", "/a": [1]}
    for name in ("ville", "autre"):
        with fetcher_of(server.url, name) as fetcher:
            fetcher.get(f"{server.url}/a")
            fetcher.get(f"{server.url}/a", page=2)
    assert len(server.queries("/robots.txt")) == 1
    assert clock.slept == [5, 5, 5]


@pytest.mark.parametrize("robots", [(404, ""), (500, ""), (403, "User-agent: *\nCrawl-delay: 5")])
def test_a_robots_txt_that_is_not_there_asks_for_nothing(server, fetcher_of, clock, robots):
    server.answers |= {"/robots.txt": robots, "/a": [1]}
    with fetcher_of(server.url) as fetcher:
        fetcher.get(f"{server.url}/a")
        fetcher.get(f"{server.url}/a", page=2)
    assert clock.slept == []


def test_the_answer_that_ends_a_quota_is_taken_and_the_next_one_waited_for(
    server, fetcher_of, clock
):
    spent = {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "30"}
    server.fault = lambda handler: reply(handler, 200, b"[1]", **spent)
    with fetcher_of(server.url) as fetcher:
        fetcher.get(f"{server.url}/a")
        assert clock.slept == []
        fetcher.get(f"{server.url}/a", page=2)
    assert clock.slept == [30]


class Drip(httpx2.SyncByteStream):
    """A body of thirty bytes that comes byte by byte, and how many came."""

    def __init__(self, pause):
        self.pause, self.sent = pause, 0

    def __iter__(self):
        for self.sent in range(1, 31):
            time.sleep(self.pause)
            yield b"#"


def test_a_robots_txt_that_drips_is_not_waited_for(make_portal, tmp_path, hosts):
    drip, portal = Drip(0.02), make_portal(url="http://127.0.0.1:80")

    def answer(request):
        is_robots = request.url.path == "/robots.txt"
        return httpx2.Response(200, stream=drip if is_robots else Drip(0))

    raw, limits = RawAnswers(tmp_path, "", NOW), Limits(seconds=0.1)
    with Fetcher(portal, raw, httpx2.MockTransport(answer), hosts, limits) as fetcher:
        assert fetcher.get(f"{portal.url}/a").start() == b"#" * 30
    assert drip.sent < 20


def test_a_quota_is_of_the_host_that_answered(server, fetcher_of, clock):
    behind = f"http://localhost:{server.url.rpartition(':')[2]}"
    spent = {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "30"}

    def redirected(handler):
        if handler.path == "/a":
            return reply(handler, 302, Location=f"{behind}/b")
        return reply(handler, 200, b"[1]", **spent)

    server.fault = redirected
    with fetcher_of(server.url) as fetcher:
        fetcher.get(f"{server.url}/a")
    with fetcher_of(behind, "autre") as fetcher:
        fetcher.get(f"{behind}/c")
    assert clock.slept == [30]


def test_a_retry_after_is_kept_by_every_portal_of_the_host(server, fetcher_of, pauses):
    busy = [429]
    server.fault = lambda handler: bool(busy) and reply(handler, busy.pop(), Retry_After="60")
    server.answers |= {"/a": [1], "/b": [2]}
    at_one_instant = Hosts(pauses.append, lambda: 0.0)
    with fetcher_of(server.url, hosts=at_one_instant) as fetcher:
        fetcher.get(f"{server.url}/a")
    pauses.clear()
    with fetcher_of(server.url, "autre", at_one_instant) as fetcher:
        fetcher.get(f"{server.url}/b")
    assert pauses == [60]
