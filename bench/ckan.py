"""Describing speed: CKAN packages to DCAT-AP, beside ckanext-dcat's serializer.

    python bench/ckan.py [--packages 300] [--rounds 5] [FILE …]

The packages are those of ``package_search`` answers (the captured ones, the bundled samples where
they are absent), repeated with identifiers of their own. They are described in this process, from
the package to N-Quads with its CatalogRecord; ckanext-dcat turns them to RDF in one of its own
(``ckan_peer.py``), in both ways that it has, in its default syntax and in the fastest of rdflib's.
The two take turns. Imports and a first round are not counted. Printed: datasets a second, the best
of all rounds, and the ratios.

ckanext-dcat and the CKAN that it imports are installed once, under ``.bench/ckanext-dcat``.
"""

import argparse
import json
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from graph.iris import Iris
from ingest.cataloguing import described_record
from ingest.connectors.ckan import Ckan
from ingest.portals import Portal, Publisher
from ingest.record import Context, Record
from vocab.context import Model

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".bench"
PEER = WORK / "ckanext-dcat"
PINNED = ("ckan[requirements]==2.12.0", "ckanext-dcat==2.4.4", "rdflib==7.6.0")
SOURCES = (
    [*(ROOT.parent / "shared/portals/ckan").glob("*search*.json")]
    or [ROOT / "ingest/samples/datasud.json", ROOT / "ingest/samples/marseille.json"]
)  # fmt: skip
BASE = "http://localhost:8000/"
WAYS = ("dataset xml", "dataset nt", "page xml", "page nt")
"""How the peer is asked: each dataset on its own, or pages of a hundred; and the syntax."""


def packages_of(sources: list[Path], count: int) -> list[dict[str, Any]]:
    """``count`` packages of the sources, over and over, each with identifiers, a title and dates of
    its own, as no two of a portal share theirs."""
    found = [
        package
        for source in sources
        for package in json.loads(source.read_text("utf-8"))["result"]["results"]
    ]
    packages = []
    for number in range(count):
        package = json.loads(json.dumps(found[number % len(found)]))
        package["id"] = f"{package['id']}-{number}"
        package["title"] = f"{package['title']} ({number})"
        moment = datetime(2021, 1, 1) + number * timedelta(hours=1, microseconds=12_345)
        package["metadata_created"] = package["metadata_modified"] = moment.isoformat()
        for resource in package["resources"]:
            # The peer asks the database for a resource that does not name its package.
            resource["package_id"] = package["id"]
            resource["id"] = f"{resource['id']}-{number}"
        packages.append(package)
    return packages


class Ours:
    """Describes the packages as a harvest does, without fetching and loading."""

    def __init__(self, packages: list[dict[str, Any]]) -> None:
        self._records = [Record(package["id"], package) for package in packages]
        self._model = Model(BASE)
        self._connector = Ckan(self._model)

    def round(self) -> tuple[float, int]:
        """Seconds, and quads written."""
        publisher = Publisher("Ville de Paris", "217500016")
        portal = Portal(
            "bench", "ckan", "https://data.example.org", "Banc d'essai", "Un portail répété.",
            publisher, "https://data.example.org/", "country/FRA",
        )  # fmt: skip
        begun, quads = time.perf_counter(), 0
        context = Context(portal, Iris(BASE), self._model, datetime.now(UTC))
        for record in self._records:
            root = context.iris.dataset(portal.name, record.id)
            reading = described_record(context, self._connector, record, root, "0" * 32)
            quads += reading.finished().content.count(b"\n")
        return time.perf_counter() - begun, quads


class Peer:
    """ckanext-dcat in its own process, kept warm."""

    def __init__(self, packages: Path) -> None:
        python = PEER / "bin/python"
        if not (PEER / "ready").exists():
            print("installing ckanext-dcat …", flush=True)
            venv.create(PEER, with_pip=True, clear=True)
            install = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PINNED)
            subprocess.run([str(python), *install], check=True)
            (PEER / "ready").touch()
        script = Path(__file__).with_name("ckan_peer.py")
        self._child = subprocess.Popen(  # -P: this file is no package named ckan
            [str(python), "-P", "-W", "ignore", str(script), str(packages)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip

    def round(self, way: str) -> float:
        """Seconds that it took ``way``. Raises ``RuntimeError`` where the process has ended."""
        assert self._child.stdin
        assert self._child.stdout
        print(way, file=self._child.stdin, flush=True)
        answer = self._child.stdout.readline()
        if not answer:
            raise RuntimeError(f"{' '.join(self._child.args)} ended")  # type: ignore[arg-type]
        return float(answer.split()[0])

    def close(self) -> None:
        """End the process."""
        assert self._child.stdin
        self._child.stdin.close()
        self._child.wait()


def rounds(count: int, ours: Ours, peer: Peer) -> Iterator[dict[str, float]]:
    """The seconds of each round: of ours (``ours``), and of each way of the peer's."""
    for _ in range(count):
        for way in WAYS:
            yield {"ours": ours.round()[0], way: peer.round(way)}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--packages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("sources", nargs="*", type=Path, default=SOURCES, metavar="FILE")
    options = parser.parse_args()
    WORK.mkdir(exist_ok=True)
    packages = packages_of(options.sources, options.packages)
    written = WORK / "packages.json"
    written.write_text(json.dumps(packages), "utf-8")
    ours, peer = Ours(packages), Peer(written)
    quads = ours.round()[1] / len(packages)
    for way in WAYS:
        peer.round(way)  # warm
    measured = list(rounds(options.rounds, ours, peer))
    peer.close()
    best = {name: min(each[name] for each in measured if name in each) for name in ("ours", *WAYS)}
    print(f"{len(packages):,} packages, Python {sys.version.split()[0]}, {PINNED[1]}")
    speed = len(packages) / best["ours"]
    each = 1e6 / speed
    print(f"jointure           {speed:8,.0f} a second  {each:6.0f} µs each, {quads:.0f} quads")
    for way in WAYS:
        speed = len(packages) / best[way]
        print(f"peer, {way:12} {speed:8,.0f} a second  ratio {best[way] / best['ours']:6.1f}")
    written.unlink()


if __name__ == "__main__":
    main()
