"""Harvest speed: a portal through ``jointure harvest``, beside the native loader.

    python bench/harvest.py [--source FILE] [--entries 20000] [--rounds 2]

The source is an Opendatasoft export (JSON, the bundled Paris sample where none is given), repeated
to ``--entries`` with identifiers of their own, or a udata export of datasets (``.csv.gz``) as it
is. Each round harvests it in a whole process into a fresh store, dumps the N-Quads, and has the
native ``oxigraph load`` load those into a fresh store. Then it is harvested again unchanged, and
once more with the title of every hundredth entry changed. Printed: seconds, their ratio to the
native load and to the first harvest, the peak of memory of each.
"""

import argparse
import csv
import gzip
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".bench"
BIN = Path(sys.executable).parent
REGISTRY = """[bench]
type = "{type}"
url = "file:{file}"
site = "https://data.example.org"
title = "Banc d'essai"
description = "Un portail répété."
homepage = "https://data.example.org/"
territory = "country/FRA"
publisher = {{ name = "Ville de Paris", siren = "217500016" }}
"""


class Run(NamedTuple):
    """A whole process: wall-clock seconds, and the peak of its resident memory in MB."""

    seconds: float
    megabytes: int

    def __str__(self) -> str:
        return f"{self.seconds:6.1f} s  {self.megabytes:5} MB"


def timed(*command: str) -> Run:
    """Run a command to its end; raises where it fails."""
    begun = time.monotonic()
    nowhere = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
    child = os.posix_spawn(command[0], command, os.environ, file_actions=nowhere)
    _, status, usage = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status):
        raise RuntimeError(f"{' '.join(command)} failed")
    return Run(time.monotonic() - begun, usage.ru_maxrss // 1024)


class Json:
    """An Opendatasoft export, repeated."""

    type, file = "opendatasoft", "entries.json"

    def __init__(self, source: Path, count: int) -> None:
        self._entries = json.loads(source.read_text("utf-8"))
        self._count = count

    def write(self, path: Path, is_changed: bool) -> int:
        """Write the entries, every hundredth with another title; how many."""
        with path.open("w", encoding="utf-8") as file:
            for number in range(self._count):
                entry = self._entries[number % len(self._entries)]
                turn = number // len(self._entries)
                copy = {**entry, "dataset_id": f"{entry['dataset_id']}-{turn}"}
                if is_changed and number % 100 == 0:
                    default = {**entry["metas"]["default"], "title": "Un autre titre"}
                    copy["metas"] = {**entry["metas"], "default": default}
                file.write("[\n" if number == 0 else ",\n")
                json.dump(copy, file, ensure_ascii=False)
            file.write("\n]\n")
        return self._count


class Csv:
    """A udata export of datasets."""

    type, file = "udata", "datasets.csv.gz"

    def __init__(self, source: Path, _: int) -> None:
        self._source = source

    def write(self, path: Path, is_changed: bool) -> int:
        """Write the rows, every hundredth with another title; how many."""
        csv.field_size_limit(1 << 30)
        count = -1
        with (
            gzip.open(self._source, "rt", encoding="utf-8", newline="") as rows,
            gzip.open(path, "wt", encoding="utf-8", newline="", compresslevel=1) as file,
        ):
            out = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL)
            for count, row in enumerate(csv.reader(rows, delimiter=";"), start=-1):
                if is_changed and count % 100 == 1:
                    row[1] = "Un autre titre"
                out.writerow(row)
        return count + 1


def one_round(source: Json | Csv) -> None:
    """Harvest, load natively, harvest again unchanged and changed; print the ratios."""
    store, native, dump = WORK / "store", WORK / "native", WORK / "dump.nq"
    for folder in (store, native):
        shutil.rmtree(folder, ignore_errors=True)
    source.write(WORK / source.file, is_changed=False)
    harvest = (
        str(BIN / "jointure"),
        "harvest",
        "--no-places",
        "--portals",
        str(WORK / "portals.toml"),
    )
    ours = timed(*harvest, "--store", str(store))
    ox.Store.read_only(str(store / "current" / "store")).dump(str(dump), ox.RdfFormat.N_QUADS)
    quads = sum(chunk.count(b"\n") for chunk in iter_chunks(dump))
    peer = timed(str(BIN / "oxigraph"), "load", "--location", str(native), "--file", str(dump))
    again = timed(*harvest, "--store", str(store))
    source.write(WORK / source.file, is_changed=True)
    changed = timed(*harvest, "--store", str(store))
    print(f"{quads:,} quads")
    print(f"oxigraph load              {peer}")
    print(f"jointure harvest           {ours}  {ours.seconds / peer.seconds:5.2f} of the load")
    print(f"again, unchanged           {again}  {again.seconds / ours.seconds:5.3f} of the first")
    print(
        f"again, 1 % changed         {changed}  {changed.seconds / ours.seconds:5.3f}", flush=True
    )


def iter_chunks(path: Path) -> Iterator[bytes]:
    """A file in pieces."""
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            yield chunk


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--source", type=Path, default=ROOT / "ingest/samples/paris.json")
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    WORK.mkdir(exist_ok=True)
    kind = Csv if options.source.name.endswith(".csv.gz") else Json
    source = kind(options.source, options.entries)
    registry = REGISTRY.format(type=source.type, file=source.file)
    (WORK / "portals.toml").write_text(registry, "utf-8")
    count = source.write(WORK / source.file, is_changed=False)
    size = (WORK / source.file).stat().st_size >> 20
    print(f"{count:,} entries, {size} MB, {os.cpu_count()} cores")
    for number in range(options.rounds):
        print(f"round {number + 1}")
        one_round(source)
    for name in ("store", "native", "dump.nq", source.file, "portals.toml"):
        gone = WORK / name
        shutil.rmtree(gone) if gone.is_dir() else gone.unlink()


if __name__ == "__main__":
    main()
