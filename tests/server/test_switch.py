"""A snapshot that is published while the server runs."""

from dataclasses import replace

import pyoxigraph as ox
import pytest

from graph.snapshot import Snapshots
from ingest.run import sample_portals

CATALOGS = "SELECT ?c { ?c a <http://www.w3.org/ns/dcat#Catalog> }"


@pytest.fixture
def served(tmp_path, free_port, gather, start):
    """A server of Toulouse alone, and how to harvest another portal beside it."""
    port = free_port()
    base, portals = f"http://localhost:{port}/", sample_portals()
    gather(tmp_path, base, [portals["toulouse"]])
    with start(port, "serve", "--store", tmp_path) as client:
        yield client, lambda portal: gather(tmp_path, base, [portal])


def count(client):
    answer = client.get("sparql", params={"query": CATALOGS})
    return len(answer.json()["results"]["bindings"])


def test_the_next_request_is_answered_from_the_new_snapshot(served):
    client, harvest = served
    assert count(client) == 1
    assert client.get("catalog/paris").status_code == 404
    harvest(sample_portals()["paris"])
    assert count(client) == 2
    assert client.get("catalog/paris.ttl").status_code == 200
    assert "Paris" in client.get("catalog/paris.html").text


def test_what_changed_has_another_tag(served):
    client, harvest = served
    first = client.get("catalog/toulouse.jsonld")
    harvest(replace(sample_portals()["toulouse"], title="Toulouse, autrement"))
    again = {"If-None-Match": first.headers["etag"]}
    second = client.get("catalog/toulouse.jsonld", headers=again)
    assert second.status_code == 200
    assert second.headers["etag"] != first.headers["etag"]
    assert "Toulouse, autrement" in second.text


def test_a_harvest_that_changes_nothing_leaves_the_tag(served):
    client, harvest = served
    tag = client.get("catalog/toulouse.ttl").headers["etag"]
    harvest(sample_portals()["toulouse"])
    answer = client.get("catalog/toulouse.ttl", headers={"If-None-Match": tag})
    assert answer.status_code == 304


def test_a_reader_keeps_the_snapshot_that_it_began_with(served, tmp_path, gather):
    _, harvest = served
    snapshots = Snapshots(tmp_path)
    held = snapshots.current()
    solutions = held.store.query("SELECT ?s { ?s ?p ?o }", use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    next(solutions)
    size = len(held.store)
    for name in ("paris", "strasbourg", "culture"):
        harvest(sample_portals()[name])
    assert len(held.store) == size
    assert len(list(solutions)) > 1000
    assert held.index.catalogs()[0].title.startswith("Toulouse")
    assert snapshots.current().number > held.number
