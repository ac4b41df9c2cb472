"""``kill -9`` at random instants of a harvest: is the served snapshot whole, does the next run end?

    python bench/kill.py [--kills 200] [--seed 1]

A CKAN portal on the loopback lists 60 packages in pages of ten; each version of it has other
titles. A harvest is started and killed after a random time; in every third round the store is
fresh, so that first loads are killed too. After each kill the served snapshot has to hold one
version whole (or nothing at all, where nothing was ever published); then a harvest that is left
alone has to end with exit code 0 and publish the portal's version as it is now. Printed: how many
snapshots were corrupt or lost something.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

from graph.snapshot import Snapshots

BIN = Path(sys.executable).parent
COUNT, SIZE = 60, 10
REGISTRY = """[ville]
type = "ckan"
url = "http://127.0.0.1:{port}"
title = "Ville"
description = "Les données de la ville."
homepage = "https://ville.example/"
territory = "commune/75056"
publisher = {{ name = "Ville de Paris", siren = "217500016" }}
"""


class Portal(BaseHTTPRequestHandler):
    """The portal; ``version`` is in every title."""

    version = 0

    def do_GET(self) -> None:
        """Answer a page of the search; robots.txt is none."""
        address = urlsplit(self.path)
        if "package_search" not in address.path:
            self.send_error(404)
            return
        start = int(parse_qs(address.query)["start"][0])
        packages = [
            {"id": f"jeu-{number:03}", "title": f"v{self.version}", "notes": "Des données."}
            for number in range(start, min(start + SIZE, COUNT))
        ]
        result = {"success": True, "result": {"count": COUNT, "results": packages}}
        body = json.dumps(result).encode()
        time.sleep(0.01)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def served(store: Path) -> Counter[str]:
    """The titles of the current snapshot, with how many datasets have each."""
    if not (store / "current").exists():
        return Counter()
    snapshot = Snapshots(store).current()
    found = snapshot.store.query(
        "SELECT ?t { ?c <http://www.w3.org/ns/dcat#dataset> ?d . ?d a"
        " <http://www.w3.org/ns/dcat#Dataset> ; <http://purl.org/dc/terms/title> ?t }",
        use_default_graph_as_union=True,
    )
    assert isinstance(found, ox.QuerySolutions)
    titles = Counter(str(row[0].value) for row in found)
    listed = [row.title for catalog in snapshot.index.catalogs()
              for row in snapshot.index.datasets(catalog.iri, 1, COUNT + 1)]  # fmt: skip
    if Counter(listed) != titles:
        raise RuntimeError(f"the index says {Counter(listed)}, the store {titles}")
    return titles


def one_kill(folder: Path, seconds: float, is_fresh: bool) -> str:
    """Kill one harvest after ``seconds``, and let the next one be; what was wrong, if anything."""
    store = folder / "store"
    if is_fresh:
        shutil.rmtree(store, ignore_errors=True)
    before = served(store)
    Portal.version += 1
    command = [str(BIN / "jointure"), "harvest", "--no-places",
               "--portals", str(folder / "portals.toml"), "--store", str(store)]  # fmt: skip
    nowhere = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=nowhere, stderr=nowhere)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()
    whole = Counter({f"v{Portal.version}": COUNT})
    now = served(store)
    if now not in (before, whole):
        return f"after the kill: {now}, expected {before} or {whole}"
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode or served(store) != whole:
        return f"the next run: exit {done.returncode}, {served(store)}: {done.stderr[-300:]!r}"
    return ""


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    folder = Path(tempfile.mkdtemp(prefix="jointure-kill-"))
    (folder / "portals.toml").write_text(REGISTRY.format(port=server.server_port), "utf-8")
    chance, wrong = random.Random(options.seed), []
    begun = time.monotonic()
    subprocess.run(
        [str(BIN / "jointure"), "harvest", "--no-places", "--portals",
         str(folder / "portals.toml"), "--store", str(folder / "store")],
        check=True, capture_output=True, env=os.environ,
    )  # fmt: skip
    longest = time.monotonic() - begun
    for number in range(options.kills):
        if said := one_kill(folder, chance.uniform(0, longest), is_fresh=number % 3 == 0):
            wrong.append(said)
            print(f"kill {number + 1}: {said}", flush=True)
    print(f"{options.kills} kills within {longest:.1f} s: {len(wrong)} corrupt or lost")
    shutil.rmtree(folder)
    server.shutdown()
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
