"""Harvests that go on where one was cut off, and those that ask a portal for nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from ingest import run as harvests
from ingest.outcome import Options
from ingest.politeness import Hosts
from ingest.spool import Spool
from tests.ingest.doors import TYPES, open_door
from tests.ingest.test_faults import reply

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
NAMES = ("a", "b", "c", "d", "e")


@pytest.fixture
def harvest(store, pauses, monkeypatch):
    """Harvest as the command does, some hours after the first time; the outcome."""
    monkeypatch.setattr(harvests, "CONCEPT_LISTS", ())  # they are no part of this, and many
    network = harvests.Network(httpx2.HTTPTransport(verify=False), Hosts(sleep=pauses.append))

    def harvested(portal, hours=0, **options):
        at = NOW + timedelta(hours=hours)
        [outcome] = harvests.harvest([portal], store, Options(**options), lambda: at, network)
        return outcome

    return harvested


@pytest.fixture
def cut_off(server, make_portal, harvest):
    """A CKAN portal of three pages whose first harvest ended before the third."""
    portal = make_portal(**open_door("ckan", server, NAMES))
    server.fault = lambda handler: "start=4" in handler.path and reply(handler, 403)
    assert harvest(portal).error.status == 403
    server.fault = lambda handler: False
    server.requests.clear()
    return portal


def starts(server):
    return [int(query["start"]) for query in server.queries("/api/3/action/package_search")]


def test_a_harvest_that_was_cut_off_asks_for_no_page_twice(server, cut_off, harvest, held):
    outcome = harvest(cut_off, hours=1)
    assert (outcome.error, outcome.added) == (None, 5)
    assert starts(server) == [4]
    assert held() == set(NAMES)


def test_a_harvest_after_a_whole_one_asks_for_every_page(server, cut_off, harvest):
    harvest(cut_off, hours=1)
    harvest(cut_off, hours=2)
    assert starts(server) == [4, 0, 2, 4]


@pytest.mark.parametrize("hours", [13, -1])
def test_a_harvest_begins_anew_half_a_day_later(server, cut_off, harvest, hours):
    assert harvest(cut_off, hours).error is None
    assert starts(server) == [0, 2, 4]


def test_a_harvest_begins_anew_with_another_filter_or_address(server, cut_off, harvest):
    for other in (
        replace(cut_off, filter="organization:voirie"),
        replace(cut_off, url=f"{cut_off.url}/"),  # the same to a portal: its pages are the same
    ):
        server.requests.clear()
        assert harvest(other, hours=1, limit=5).error is None
        assert starts(server) == [0, 2, 4]


def test_a_limited_harvest_is_gone_on_with(server, make_portal, harvest, held):
    portal = make_portal(**open_door("ckan", server, NAMES))
    assert harvest(portal, limit=1).added == 1
    harvest(portal, hours=1)
    assert starts(server) == [0, 2, 4]
    assert held() == set(NAMES)


def test_a_portal_that_changed_since_it_was_cut_off_is_walked_anew_in_the_same_run(
    server, cut_off, harvest, held
):
    more = ("0", *NAMES)  # every page is another
    open_door("ckan", server, more)
    outcome = harvest(cut_off, hours=1)
    assert (outcome.error, outcome.added) == (None, 6)
    assert starts(server) == [4, 0, 2, 4]
    assert held() == set(more)


def test_a_portal_that_lost_a_dataset_since_it_was_cut_off_is_walked_anew(
    server, cut_off, harvest, held
):
    open_door("ckan", server, NAMES[1:])
    assert harvest(cut_off, hours=1).error is None
    assert held() == set(NAMES[1:])


def test_a_portal_that_proves_wrong_from_its_start_is_walked_once(server, make_portal, harvest):
    portal = make_portal(**open_door("ckan", server, NAMES, more=1))
    assert "announced" in str(harvest(portal).error)
    assert starts(server) == [0, 2, 4, 5]
    assert "announced" in str(harvest(portal, hours=1).error)
    assert starts(server) == [0, 2, 4, 5] * 2


def test_a_dry_run_keeps_no_answer(server, make_portal, harvest, store):
    portal = make_portal(**open_door("ckan", server, NAMES))
    assert harvest(portal, dry_run=True).added == 5
    assert not (store.folder / "raw").exists()


def test_a_dry_run_leaves_the_answers_kept_as_they_are(server, cut_off, harvest, store):
    def kept():
        return {path.name: path.read_bytes() for path in (store.folder / "raw/ville").iterdir()}

    before = kept()
    harvest(cut_off, hours=1, dry_run=True)
    assert kept() == before


@pytest.mark.parametrize("kind", TYPES)
def test_a_replay_describes_again_what_a_new_mapping_changes_without_any_request(
    server, make_portal, harvest, monkeypatch, kind
):
    portal = make_portal(**open_door(kind, server, NAMES))
    assert harvest(portal).added == 5
    server.close()
    monkeypatch.setattr("ingest.digest.mapping_version", lambda: "another")
    described, keep = [], Spool.keep

    def counted(spool, reading):
        described.append(reading.root)
        keep(spool, reading)

    monkeypatch.setattr(Spool, "keep", counted)
    outcome = harvest(portal, hours=24, replay=True)
    assert (outcome.error, outcome.unchanged) == (None, 5)
    assert len(described) == 6  # the datasets and the catalogue


def test_a_replay_before_any_harvest_says_so(server, make_portal, harvest, held):
    portal = make_portal(**open_door("ckan", server, NAMES))
    assert "harvest without --replay" in str(harvest(portal, replay=True).error)
    assert server.requests == []
    assert held() == set()


def test_a_replay_of_a_harvest_that_was_cut_off_says_so(server, cut_off, harvest, held):
    assert "harvest without --replay" in str(harvest(cut_off, hours=1, replay=True).error)
    assert server.requests == []
    assert held() == set()


def test_a_replay_may_be_tried_by_a_dry_run(server, make_portal, harvest):
    portal = make_portal(**open_door("ckan", server, NAMES))
    harvest(portal)
    outcome = harvest(portal, hours=24, replay=True, dry_run=True)
    assert (outcome.error, outcome.unchanged) == (None, 5)
