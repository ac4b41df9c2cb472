"""The graphs that the benchmark asks: two portals whole, or the bundled samples."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.endpoint.servers import ROOT
from graph.snapshot import Snapshots
from graph.store import GraphStore
from ingest.outcome import Options
from ingest.run import harvest, sample_portals

WORK = ROOT / ".bench"
PORTALS = ROOT.parent / "shared" / "portals"
EXPORT = PORTALS / "udata/export-dataset-20260116.csv.gz"
PARIS = PORTALS / "opendatasoft/paris-v2.1-2023-10-03.json"
SAMPLE = ROOT / "ingest/samples/paris.json"
_REPEATED = 20_000
_REGISTRY = """[datagouv]
type = "{type}"
url = "file:{export}"
site = "https://www.data.gouv.fr"
title = "data.gouv.fr"
description = "La plateforme nationale des données publiques."
homepage = "https://www.data.gouv.fr/"
territory = "country/FRA"
publisher = {{ name = "Direction interministérielle du numérique", siren = "130025265" }}

[paris]
type = "opendatasoft"
url = "file:{paris}"
site = "https://opendata.paris.fr"
title = "Open Data Paris"
description = "Les données publiques de la Ville de Paris."
homepage = "https://opendata.paris.fr/"
territory = "commune/75056"
publisher = {{ name = "Ville de Paris", siren = "217500016" }}
"""


def large(source: Path | None) -> Path:
    """The store of the large graph, harvested where it is not there yet: ``source`` (a udata
    export, ``.csv.gz``) and the export of Paris; without these the bundled sample, repeated."""
    store, registry = WORK / "sparql-store", WORK / "sparql-store.toml"
    if (store / "current").exists():
        return store
    WORK.mkdir(exist_ok=True)
    export, paris = source or EXPORT, PARIS if PARIS.exists() else SAMPLE
    kind = "udata"
    if not export.exists():
        export, kind = WORK / "sparql-entries.json", "opendatasoft"
        _repeat(export)
    words = _REGISTRY.format(type=kind, export=export.resolve(), paris=paris.resolve())
    registry.write_text(words, "utf-8")
    _harvest("--portals", str(registry), "--store", str(store))
    return store


def small(folder: Path) -> None:
    """A store of the bundled samples, without the places."""
    writer = GraphStore(folder, "http://localhost:8000/")
    walk = harvest(list(sample_portals().values()), writer, Options(), lambda: datetime.now(UTC))
    failed = [outcome.error for outcome in walk if outcome.error]
    writer.close()
    if failed:
        raise RuntimeError(failed[0])


def size(store: Path) -> tuple[int, int]:
    """The datasets and the quads of a store."""
    snapshot = Snapshots(store).current()
    return sum(row.datasets for row in snapshot.index.catalogs()), len(snapshot.store)


def _harvest(*options: str) -> None:
    command = [sys.executable, "-m", "server.cli", "harvest", "--no-places", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)


def _repeat(path: Path) -> None:
    entries = json.loads(SAMPLE.read_text("utf-8"))
    repeated = [
        {**entries[number % len(entries)], "dataset_id": f"jeu-{number}"}
        for number in range(_REPEATED)
    ]
    path.write_text(json.dumps(repeated, ensure_ascii=False), "utf-8")
