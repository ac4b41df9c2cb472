"""Harvest speed: a portal of 20,000 entries through ``jointure harvest``, beside the native loader.

    python bench/harvest.py [--entries 20000] [--source FILE] [--rounds 2]

The entries are those of an Opendatasoft export (the bundled Paris sample, or a real one with
``--source``), repeated with identifiers of their own. Each round harvests them in a whole process
into a fresh store, exports the N-Quads, and has the native ``oxigraph load`` load those into a
fresh store, one right after the other. Printed: seconds, their ratio, the peak of memory of each.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".bench"
BIN = Path(sys.executable).parent
REGISTRY = """[bench]
type = "opendatasoft"
url = "file:entries.json"
site = "https://opendata.paris.fr"
title = "Banc d'essai"
description = "Un portail répété."
homepage = "https://opendata.paris.fr/"
territory = "commune/75056"
publisher = { name = "Ville de Paris", siren = "217500016" }
"""


class Run(NamedTuple):
    """A whole process: wall-clock seconds, and the peak of its resident memory in MB."""

    seconds: float
    megabytes: int


def timed(*command: str) -> Run:
    """Run a command to its end; raises where it fails."""
    begun = time.monotonic()
    child = os.posix_spawn(
        command[0],
        command,
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status):
        raise RuntimeError(f"{' '.join(command)} failed")
    return Run(time.monotonic() - begun, usage.ru_maxrss // 1024)


def write_entries(source: Path, count: int) -> None:
    """The source's entries over and over, each with an identifier of its own."""
    entries = json.loads(source.read_text("utf-8"))
    with (WORK / "entries.json").open("w", encoding="utf-8") as file:
        for number in range(count):
            entry = entries[number % len(entries)]
            copy = {**entry, "dataset_id": f"{entry['dataset_id']}-{number // len(entries)}"}
            file.write("[\n" if number == 0 else ",\n")
            json.dump(copy, file, ensure_ascii=False)
        file.write("\n]\n")


def one_round() -> None:
    """Harvest, load natively, harvest again unchanged; print the ratios."""
    store, native, dump = WORK / "store", WORK / "native", WORK / "dump.nq"
    for folder in (store, native):
        shutil.rmtree(folder, ignore_errors=True)
    harvest = (str(BIN / "jointure"), "harvest", "--portals", str(WORK / "portals.toml"))
    ours = timed(*harvest, "--store", str(store))
    with dump.open("wb") as file:
        export = (str(BIN / "jointure"), "export", "--store", str(store), "--format", "nq")
        subprocess.run(export, stdout=file, check=True)
    quads = sum(chunk.count(b"\n") for chunk in iter_chunks(dump))
    peer = timed(str(BIN / "oxigraph"), "load", "--location", str(native), "--file", str(dump))
    again = timed(*harvest, "--store", str(store))
    print(f"{quads:,} quads")
    print(f"jointure harvest        {ours.seconds:6.1f} s  {ours.megabytes:5} MB")
    print(f"oxigraph load           {peer.seconds:6.1f} s  {peer.megabytes:5} MB")
    print(f"ratio                   {ours.seconds / peer.seconds:6.2f}")
    print(f"harvest again, unchanged {again.seconds:5.1f} s  {again.megabytes:5} MB", flush=True)


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
    (WORK / "portals.toml").write_text(REGISTRY, "utf-8")
    write_entries(options.source, options.entries)
    size = (WORK / "entries.json").stat().st_size >> 20
    print(f"{options.entries:,} entries, {size} MB, {os.cpu_count()} cores")
    for number in range(options.rounds):
        print(f"round {number + 1}")
        one_round()
    shutil.rmtree(WORK)


if __name__ == "__main__":
    main()
