"""What portals do wrong, over a real server: what was held is served unchanged, and the run says
what happened. Every fault, for every type of portal."""

import gzip
import socket
import struct
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpx2
import pytest

from graph.snapshot import Snapshots
from ingest import run as harvests
from ingest.fetch import Limits
from ingest.outcome import Options
from ingest.politeness import Hosts
from tests.ingest.doors import PAGED, TYPES, open_door

RUNS = """
PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX schema: <http://schema.org/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?status ?why WHERE {
  ?run a prov:Activity ; prov:startedAtTime ?at ; schema:actionStatus ?status
  OPTIONAL { ?run rdfs:comment ?why } } ORDER BY DESC(?at) LIMIT 1"""
NAMES = ("a", "b", "c", "d", "e")
Handler = BaseHTTPRequestHandler


def reply(handler: Handler, status: int, body: bytes = b"", **headers: str) -> bool:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)
    return True


def an_error(handler: Handler) -> bool:
    return reply(handler, 500)


def a_quota(handler: Handler) -> bool:
    return reply(handler, 429, Retry_After="7")


def a_long_quota(handler: Handler) -> bool:
    return reply(handler, 429, Retry_After="86400")


def a_reset(handler: Handler) -> bool:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b'{"success": true, "results": [')
    handler.wfile.flush()
    lingering = struct.pack("ii", 1, 0)  # closing sends a reset
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, lingering)
    handler.connection.close()
    handler.close_connection = True
    return True


def a_drip(handler: Handler) -> bool:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    try:
        for _ in range(200):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.02)
    except OSError:
        pass  # the harvester has gone, as it should
    handler.close_connection = True
    return True


def a_cut_gzip(handler: Handler) -> bool:
    whole = gzip.compress(b'{"success": true, "results": []}' * 100)
    return reply(handler, 200, whole[: len(whole) // 2], Content_Encoding="gzip")


def a_page_for_people(handler: Handler) -> bool:
    return reply(handler, 200, b"<!DOCTYPE html><html><body>Maintenance</body></html>")


def nothing(handler: Handler) -> bool:
    return reply(handler, 200)


def a_redirect_to(address: str) -> Callable[[Handler], bool]:
    return lambda handler: reply(handler, 302, Location=address)


def an_endless_redirect(handler: Handler) -> bool:
    return reply(handler, 302, Location=handler.path + "x")


FAULTS = {
    "an error": (an_error, "HTTP 500"),
    "a quota": (a_quota, "HTTP 429"),
    "a long quota": (a_long_quota, "HTTP 429"),
    "a reset": (a_reset, "ReadError"),
    "a drip": (a_drip, "too slow"),
    "a cut gzip": (a_cut_gzip, "ends before its end"),
    "a page for people": (a_page_for_people, "HTML"),
    "nothing": (nothing, "an empty answer"),
    "a private network": (a_redirect_to("http://10.1.2.3/api"), "private network"),
    "another port of ours": (a_redirect_to("http://127.0.0.1:1/api"), "private network"),
    "metadata of a cloud": (a_redirect_to("http://169.254.169.254/x"), "private network"),
    "a file": (a_redirect_to("file:///etc/passwd"), "http: or https:"),
    "an endless redirect": (an_endless_redirect, "redirects"),
}


@pytest.fixture(autouse=True)
def _no_concepts(monkeypatch):
    """They are no part of this, and many."""
    monkeypatch.setattr(harvests, "CONCEPT_LISTS", ())


@pytest.fixture(params=TYPES)
def kind(request):
    return request.param


@pytest.fixture
def door(kind, server, make_portal):
    """The portal of a type, that has these datasets now."""

    def opened(names=NAMES, **different):
        return make_portal(**open_door(kind, server, names, **different))

    return opened


@pytest.fixture
def harvest(store, pauses):
    """Harvest as the command does, without waiting; the outcome."""
    # No certificate is asked for on the loopback, and none is read.
    hosts = Hosts(sleep=pauses.append)

    def harvested(portal, patience=0.2, **options):
        limits = Limits(patience=patience, pace=10_000)
        network = harvests.Network(httpx2.HTTPTransport(verify=False), hosts, limits)
        now = lambda: datetime.now(UTC)  # noqa: E731
        [outcome] = harvests.harvest([portal], store, Options(**options), now, network)
        return outcome

    return harvested


@pytest.fixture
def served(store):
    """What is served of the portal."""

    def quads():
        held: Any = Snapshots(store.folder).current().store
        graphs = {each for each in held.named_graphs() if not each.value.endswith("provenance")}
        return {
            str(quad)
            for graph in graphs
            for quad in held.quads_for_pattern(None, None, None, graph)
        }

    return quads


@pytest.fixture
def last_run(store):
    """The last run as it is served: done or failed, and why."""

    def said():
        held: Any = Snapshots(store.folder).current().store
        [row] = held.query(RUNS, use_default_graph_as_union=True)
        return row["status"].value.rpartition("/")[2], row["why"].value if row["why"] else ""

    return said


def test_a_portal_that_does_right_is_harvested_whole(door, harvest, held):
    outcome = harvest(door())
    assert (outcome.error, outcome.added) == (None, 5)
    assert held() == set(NAMES)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_leaves_what_was_held_and_is_told(
    door, harvest, server, served, last_run, held, name
):
    harvest(door(), patience=5)
    before = served()
    server.fault, expected = FAULTS[name]
    outcome = harvest(door())
    assert str(outcome.error).startswith("ville: http://127.0.0.1")
    assert expected in str(outcome.error)
    assert served() == before
    assert last_run() == ("FailedActionStatus", str(outcome.error))
    server.fault = lambda handler: False
    assert harvest(door(), patience=5).error is None
    assert held() == set(NAMES)


@pytest.mark.parametrize("kind", PAGED, indirect=True)
@pytest.mark.parametrize(
    ("wrong", "expected"), [({"repeat": True}, "repeat"), ({"more": 1}, "announced")]
)
def test_a_listing_that_is_not_whole_leaves_what_was_held(
    door, harvest, served, last_run, held, wrong, expected
):
    harvest(door())
    before = served()
    outcome = harvest(door(**wrong))
    assert expected in str(outcome.error)
    assert served() == before
    assert last_run()[0] == "FailedActionStatus"
    assert harvest(door()).error is None
    assert held() == set(NAMES)


def test_a_listing_of_nothing_leaves_what_was_held(door, harvest, served):
    harvest(door())
    before = served()
    assert harvest(door(())).error is not None
    assert served() == before


def test_a_quota_is_waited_for(door, harvest, server, pauses, held):
    portal, told = door(), []

    def once(handler):
        told.append(handler.path)
        return len(told) == 1 and a_quota(handler)

    server.fault = once
    assert harvest(portal).error is None
    assert max(pauses) >= 7
    assert held() == set(NAMES)


def test_a_quota_longer_than_a_night_is_not_waited_for(door, harvest, server, pauses):
    server.fault = a_long_quota
    assert "HTTP 429" in str(harvest(door()).error)
    assert pauses == []


def test_an_error_that_passes_is_tried_again(door, harvest, server, pauses, held):
    portal, told = door(), []

    def thrice(handler):
        told.append(handler.path)
        return len(told) <= 3 and a_reset(handler)

    server.fault = thrice
    assert harvest(portal).error is None
    assert len(pauses) == 3
    assert held() == set(NAMES)


def test_what_left_is_a_tombstone_and_what_comes_back_is_alive(door, harvest, held, served):
    harvest(door())
    assert harvest(door(NAMES[:4])).removed == 1
    assert held() == set(NAMES[:4])
    assert any("/e/record" in line and "Withdrawn" in line for line in served())
    outcome = harvest(door())
    assert (outcome.error, outcome.added) == (None, 1)
    assert not any("Withdrawn" in line for line in served() if "/dataset/" in line)
