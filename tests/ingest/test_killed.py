"""What a process that is killed leaves, and what the next harvest makes of it."""

import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from graph.snapshot import Snapshots
from graph.store import GraphStore
from ingest import run
from ingest.connectors import CONNECTORS
from ingest.outcome import Options
from ingest.portals import load_portals

ROOT = Path(__file__).resolve().parents[2]
TITLES = """
PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dct: <http://purl.org/dc/terms/>
SELECT ?t { ?dataset a dcat:Dataset ; dct:title ?t }"""
# A harvest in a process of its own, that dies by SIGKILL where the engine, or the file system, is
# about to do what the test says; without a step it goes through.
HARVEST = """
import os, signal, sys
from pathlib import Path
from graph import store as module
from ingest.connectors import CONNECTORS
from ingest.portals import load_portals
from ingest.run import harvest
from ingest.outcome import Options
from datetime import UTC, datetime

folder, registry, step = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

if step == "publish":
    module.GraphStore.publish = die
elif step == "index":
    module.Register.publish = die
elif step == "switch":
    module.Path.replace = die
elif step == "apply":
    module.GraphStore.apply = die
store = module.GraphStore(folder)
portals = load_portals(registry, CONNECTORS).values()
list(harvest(portals, store, Options(), lambda: datetime.now(UTC)))
"""
OF_THE_RUN = re.compile(rb"/run/|dc/terms/created|generatedAtTime")
REGISTRY = """[ville]
type = "opendatasoft"
url = "file:entries.json"
site = "https://data.ville.example"
title = "Ville"
description = "Les données de la ville."
homepage = "https://data.ville.example/"
territory = "commune/75056"
publisher = { name = "Ville", siren = "217500016" }
"""


def go_through(folder):
    """A harvest that nothing kills, in the process of the tests."""
    store = GraphStore(folder / "store")
    portals = load_portals(folder / "portals.toml", CONNECTORS).values()
    [outcome] = run.harvest(portals, store, Options(), lambda: datetime.now(UTC))
    store.close()
    assert outcome.error is None


@pytest.fixture
def harvest(tmp_path):
    """Harvest one dataset of this title; at a ``step`` its process is killed."""
    (tmp_path / "portals.toml").write_text(REGISTRY)

    def harvested(title, step=None):
        entry = f'[{{"dataset_id": "a", "metas": {{"default": {{"title": "{title}"}}}}}}]'
        (tmp_path / "entries.json").write_text(entry)
        if step is None:
            go_through(tmp_path)
            return
        command = [sys.executable, "-c", HARVEST, str(tmp_path / "store")]
        command += [str(tmp_path / "portals.toml"), step]
        ended = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
        assert ended.returncode == -signal.SIGKILL

    return harvested


@pytest.fixture
def published(tmp_path):
    """The titles that the current snapshot has."""

    def titles():
        snapshot = Snapshots(tmp_path / "store").current()
        rows: Any = snapshot.store.query(TITLES, use_default_graph_as_union=True)
        return {row["t"].value for row in rows}

    return titles


@pytest.mark.parametrize("step", ["publish", "index", "switch", "apply"])
def test_a_killed_update_leaves_the_old_snapshot_and_the_next_harvest_publishes(
    harvest, published, step
):
    harvest("Avant")
    harvest("Après", step)
    assert published() == {"Avant"}
    harvest("Après")
    assert published() == {"Après"}


@pytest.mark.parametrize("step", ["publish", "index", "apply"])
def test_a_killed_first_load_is_put_right_by_the_next(harvest, published, tmp_path, step):
    harvest("Avant", step)
    assert not (tmp_path / "store" / "current").exists()
    harvest("Avant")
    assert published() == {"Avant"}
    assert not GraphStore(tmp_path / "store").has_unpublished()


def test_a_description_does_not_depend_on_the_order_of_hashes(tmp_path):
    (tmp_path / "portals.toml").write_text(REGISTRY)
    (tmp_path / "entries.json").write_text(
        '[{"dataset_id": "a", "has_records": true, "fields": [], "metas": {"default": {'
        '"title": {"x": 1}, "metadata_processed": "2024-01-01T00:00:00Z", "bbox": "ailleurs"}}}]'
    )
    seen = set()
    for seed in range(4):
        store = tmp_path / f"store{seed}"
        environment = {**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", HARVEST, str(store), str(tmp_path / "portals.toml"), ""]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        held: Any = Snapshots(store).current().store
        lines = held.dump(format=ox.RdfFormat.N_QUADS).splitlines()
        seen.add(tuple(sorted(line for line in lines if not OF_THE_RUN.search(line))))
    assert len(seen) == 1
