"""What a killed process leaves of the journal, and what the next one makes of it."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graph import memory
from graph.snapshot import Snapshots
from graph.store import GraphStore
from tests.graph.in_step import content, is_in_step

ROOT = Path(__file__).resolve().parents[2]

# A process that writes to a store and dies by SIGKILL where the test says.
DYING = """
import os, signal, sys
from pathlib import Path
from graph import journal, journaled, publication, store as module
from graph.difference import Change

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

store = module.GraphStore(Path(sys.argv[1]))
where, what = sys.argv[2:4]
if where == "before the store":
    journaled.ox.Store = None
    class Dying:
        def __getattr__(self, name):
            if name in ("query", "quads_for_pattern"):
                return getattr(held, name)
            return die
    held, store._journaled.quads = store._journaled.quads, Dying()
elif where == "before the journal":
    journal.Journal.append = die
elif where == "within the frame":
    class Torn:
        def write(self, frame):
            log = store._journaled.journal._path.open("ab")
            log.write(frame[:-3]); log.close(); die()
        def close(self): pass
    store._journaled.journal._file = Torn()
elif where == "before the publication":
    module.Publication.publish = die
elif where == "within the publication":
    publication.Path.symlink_to = die
if what == "update":
    text = "INSERT DATA { <http://a.example/new> <http://a.example/p> 1 }"
    store.update(text, "http://a.example/", is_replayable=True)
elif what == "load":
    graph = store.iris.graph("agents")
    store.load("agents", f'<http://a.example/new> <http://a.example/p> "1" <{graph}> .'.encode())
elif what == "clear":
    store.clear("ville")
store.publish()
"""
KEPT = {
    # Of a transaction the log of what was committed tells whether it was, of a bulk load nothing.
    ("before the store", "update"): True,
    ("before the store", "load"): False,
    ("before the store", "clear"): False,
    ("before the journal", "update"): False,
    ("before the journal", "load"): False,
    ("before the journal", "clear"): False,
    ("within the frame", "update"): False,
    ("within the frame", "load"): False,
    ("before the publication", "update"): True,
    ("before the publication", "clear"): True,
    ("within the publication", "update"): True,
    ("within the publication", "load"): True,
}


@pytest.mark.parametrize(("where", "what"), list(KEPT))
def test_a_process_killed_between_store_journal_and_publication(loaded, where, what):
    loaded.publish()
    first = loaded._journaled.journal.mark.generation
    loaded.close()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", DYING, str(loaded.folder), where, what]
    assert subprocess.run(command, env=environment).returncode == -signal.SIGKILL
    snapshot = Snapshots(loaded.folder).current()
    assert content(memory.load(snapshot.folder).store) == content(snapshot.store)
    opened = GraphStore(loaded.folder)
    held = opened._journaled.journal.mark
    assert (held is not None and held.generation == first) == KEPT[where, what]
    assert opened.has_unpublished()
    opened.recover()
    assert is_in_step(opened)


# A process whose update takes seconds, and commits at its end.
LONG = """
import sys
from pathlib import Path
from graph.store import GraphStore

store = GraphStore(Path(sys.argv[1]))
values = " ".join(f"<http://a.example/{number}>" for number in range(1000))
sys.stdout.write("begun\\n"); sys.stdout.flush()
store.update(
    f"INSERT {{ ?a ?b ?b }} WHERE {{ VALUES ?a {{ {values} }} VALUES ?b {{ {values} }} }}",
    "http://a.example/", is_replayable=True)
"""


def test_the_journal_outlives_an_update_that_is_killed_before_it_ends(loaded):
    loaded.publish()
    held, before = loaded._journaled.journal.mark, content(loaded._journaled.quads)
    loaded.close()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", LONG, str(loaded.folder)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        time.sleep(1)
        assert process.poll() is None
        process.kill()
    opened = GraphStore(loaded.folder)
    assert opened._journaled.journal.mark == held
    assert content(opened._journaled.quads) == before
    assert is_in_step(opened)


# A process that writes to a store at random, and publishes, until it is killed.
RESTLESS = """
import random, sys
from pathlib import Path
from graph import journal
from graph.difference import Change, Description
from graph.store import GraphStore

journal._LEAST = 20_000
store, chance = GraphStore(Path(sys.argv[1])), random.Random(int(sys.argv[2]))
store.recover()
title = "<http://purl.org/dc/terms/title>"
version = "<http://www.w3.org/2002/07/owl#versionInfo>"

def said(name, portal):
    root = f"http://localhost:8000/dataset/{portal}/{name}"
    graph = f"<{store.iris.graph(portal)}>"
    lines = (f'<{root}> {title} "{chance.random()} {line}" {graph} .' for line in range(200))
    return root, Description("\\n".join(lines).encode() + b"\\n")

def load():
    portal = chance.choice("abc")
    store.clear(portal)
    for name in "xyz":
        store.load(portal, said(name, portal)[1].content)
    mark = f'<{store.iris.catalog(portal)}> {version} "1" <{store.iris.graph(portal)}> .'
    store.load(portal, mark.encode())

def apply():
    store.apply("a", Change([said(name, "a") for name in chance.sample("xyzw", 2)]))

def update():
    text = f"DELETE WHERE {{ <s> <p> ?o }} ; INSERT DATA {{ <s> <p> {chance.random()} }}"
    store.update(text, "http://a.example/", is_replayable=True)

def replace():
    store.replace("quality", [said("x", "quality")[1].content for _ in range(2)])

while True:
    chance.choice((load, apply, update, update, replace))()
    if chance.random() < 0.3:
        store.publish()
"""


def kills(folder, count, seed):
    """Kill a restless process at random instants; how often the journal outlived it."""
    chance, outlived = random.Random(seed), 0
    GraphStore(folder, "http://localhost:8000/").close()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for number in range(count):
        command = [sys.executable, "-c", RESTLESS, str(folder), str(number)]
        process = subprocess.Popen(command, env=environment)
        time.sleep(chance.uniform(0.3, 1))
        assert process.poll() is None
        process.kill()
        process.wait()
        if (folder / "current").exists():
            snapshot = Snapshots(folder).current()
            assert content(memory.load(snapshot.folder).store) == content(snapshot.store)
        opened = GraphStore(folder)
        outlived += opened._journaled.journal.mark is not None
        opened.recover()
        assert is_in_step(opened)
        opened.close()
    return outlived


def test_killed_at_random_instants_the_journal_is_in_step(tmp_path):
    kills(tmp_path / "store", 5, seed=1)


@pytest.mark.slow
def test_killed_a_hundred_times_the_journal_is_in_step_and_often_outlives(tmp_path):
    assert 10 < kills(tmp_path / "store", 100, seed=2) < 100
