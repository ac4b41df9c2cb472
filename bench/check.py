"""The whole check: ``jointure check`` and ``jointure report`` over a large portal.

    python bench/check.py --source EXPORT.csv.gz [--store FOLDER]

The source is a udata export of datasets (``.csv.gz``), harvested first where the store is not
there. Printed: the datasets, the quads, the seconds of each command and the peak of memory of its
largest process; the seconds of check with nothing written, too.
"""

import argparse
import os
import resource
import sys
import time
from pathlib import Path

from graph.snapshot import Snapshots

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".bench"
REGISTRY = """[bench]
type = "udata"
url = "file:{file}"
site = "https://data.example.org"
title = "Banc d'essai"
description = "Un portail entier."
homepage = "https://data.example.org/"
territory = "country/FRA"
publisher = {{ name = "Ville de Paris", siren = "217500016" }}
"""


def timed(*arguments: str | Path) -> str:
    """Run a command of jointure to its end: its seconds, those of processors, and the peak of
    resident memory of its largest process in MB. Raises ``RuntimeError`` where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    command = [sys.executable, "-m", "server.cli", *map(str, arguments)]
    nowhere = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
    child = os.posix_spawn(command[0], command, os.environ, file_actions=nowhere)
    _, status, usage = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status):
        raise RuntimeError(f"{' '.join(command)} failed")
    seconds = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return f"{seconds:6.1f} s  {busy:6.1f} s of processors  {usage.ru_maxrss // 1024:5} MB"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--store", type=Path, default=WORK / "check")
    arguments = parser.parse_args()
    os.environ["PYTHONPATH"] = str(ROOT)
    store = arguments.store
    if not (store / "current").exists():
        store.mkdir(parents=True, exist_ok=True)
        registry = store.with_suffix(".toml")
        registry.write_text(REGISTRY.format(file=arguments.source.resolve()), "utf-8")
        print("harvest        ", timed("harvest", "--portals", registry, "--store", store))
    snapshot = Snapshots(store).current()
    datasets = sum(row.datasets for row in snapshot.index.catalogs())
    print(f"{datasets} datasets, {len(snapshot.store)} quads, {os.cpu_count()} processors")
    print("check --dry-run", timed("check", "--store", store, "--dry-run"))
    print("check          ", timed("check", "--store", store))
    print("report         ", timed("report", "--store", store))


if __name__ == "__main__":
    main()
