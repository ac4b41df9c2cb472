"""The journal says what the store holds, whatever was written and whenever the process was killed.

Each check publishes and compares the snapshot's store with what its journal gives in memory.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import repeat
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph import journal as journals
from graph import memory
from graph.check import check
from graph.difference import Change, Withdrawal
from graph.frames import UPDATE, BrokenJournal, framed, frames, generation, replay
from graph.journal import JOURNAL
from graph.quality import Quality
from graph.snapshot import Snapshots
from graph.store import GraphStore
from ingest import run as harvests
from ingest.outcome import Options
from tests.graph.in_step import is_in_step, update

ROOT = Path(__file__).resolve().parents[2]
STARTED = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)


def portal_of(path, entries):
    """The bundled sample of Paris, with these entries."""
    path.write_text(json.dumps(entries), "utf-8")
    return replace(harvests.sample_portals()["paris"], url=f"file:{path}")


def test_the_journal_gives_what_harvests_wrote(store, tmp_path):
    samples = {portal.type: portal for portal in harvests.sample_portals().values()}
    entries = json.loads((ROOT / "ingest/samples/paris.json").read_text("utf-8"))
    later = [dict(entry) for entry in entries[2:]]
    later[0]["metas"] = {"default": {**later[0]["metas"]["default"], "title": "Un autre"}}
    for number, listed in enumerate((entries, later)):
        paris = portal_of(tmp_path / "paris.json", listed)
        portals = [paris, *(each for each in samples.values() if each.name != "paris")]
        moment = STARTED + timedelta(days=number)
        outcomes = list(harvests.harvest(portals, store, Options(), repeat(moment).__next__))
        assert [each.error for each in outcomes] == [None] * len(portals)
        assert is_in_step(store)
    assert sum(each.removed for each in outcomes) == 2  # the tombstones
    checks = check(Snapshots(store.folder).current(), store.iris, None)
    for _ in range(2):
        store.replace("quality", Quality(store.iris, STARTED).chunks(checks))
        assert is_in_step(store)


@pytest.mark.slow
def test_the_journal_gives_the_places(store):
    store.hold_places()
    assert is_in_step(store)


def test_the_journal_gives_what_was_written_and_taken_away(loaded, graphs):
    assert is_in_step(loaded)
    gone = Withdrawal(STARTED, "http://a.example/run", "Parti")
    loaded.apply("ville", Change([(graphs.root("arbres"), None)], b"", gone))
    assert is_in_step(loaded)
    loaded.replace("quality", [graphs.nquads('<a> dct:title "a" .', "quality")])
    loaded.replace("quality", [graphs.nquads('<b> dct:title "b" .', "quality")])
    assert is_in_step(loaded)
    loaded.clear("ville")
    assert is_in_step(loaded)


def test_the_journal_gives_what_users_wrote(loaded):
    update(loaded, "INSERT DATA { <s> <p> 'é'@FR, 01, <o> GRAPH <g> { <s> <p> '''a\nb''' } }")
    assert is_in_step(loaded)
    update(loaded, "BASE <http://b.example/> INSERT { GRAPH <h> { ?s <q> ?o } } WHERE { ?s ?p ?o }")
    update(loaded, "DELETE WHERE { ?s ?p 1 } ; MOVE <g> TO <i> ; CREATE GRAPH <empty>")
    assert is_in_step(loaded)
    loaded.update("INSERT DATA { <http://a.example/s> a <http://C> }", "", is_replayable=True)
    with pytest.raises(SyntaxError):
        loaded.update("INSERT DATA { <s> a <http://C> }", "", is_replayable=True)
    names = loaded.graph_names()
    assert {"http://a.example/empty", "http://a.example/i", "http://b.example/h"} <= names
    assert "http://a.example/g" not in names
    update(loaded, "CLEAR GRAPH <i> ; DROP GRAPH <empty> ; COPY DEFAULT TO <j>")
    assert is_in_step(loaded)


def test_an_update_that_fails_is_not_told(loaded):
    before = loaded._journaled.journal.mark
    with pytest.raises(SyntaxError):
        update(loaded, "INSERT DATA { <s> <p> }")
    with pytest.raises(RuntimeError):
        update(loaded, "INSERT DATA { <s> <p> 1 } ; CREATE GRAPH <g> ; CREATE GRAPH <g>")
    assert loaded._journaled.journal.mark == before
    assert is_in_step(loaded)


def test_an_update_that_cannot_be_replayed_forgets_the_journal_until_it_is_made_anew(loaded):
    with pytest.raises(SyntaxError):
        update(loaded, "INSERT DATA { <s> <p> }", is_replayable=False)
    assert is_in_step(loaded)
    update(loaded, "INSERT { <s> <p> ?at } WHERE { BIND(NOW() AS ?at) }", is_replayable=False)
    update(loaded, "CREATE GRAPH <empty>")
    number = loaded.publish()
    assert not (loaded.folder / "published" / str(number) / JOURNAL).exists()
    loaded.recover(dry=True)
    assert loaded._journaled.journal.mark is None
    loaded.recover()
    assert is_in_step(loaded)


def test_a_store_without_a_journal_gets_one(loaded):
    loaded.publish()
    loaded.close()
    (loaded.folder / "journal" / "log").unlink()
    opened = GraphStore(loaded.folder)
    opened.recover()
    assert is_in_step(opened)


def test_the_count_of_quads_is_that_of_the_store_and_of_lines_that_were_loaded_twice(
    loaded, graphs
):
    agent = graphs.nquads('<agent/a> foaf:name "A"@fr .', "agents")
    loaded.apply("ville", Change([(graphs.root("arbres"), None)], agent))
    loaded.replace("quality", [graphs.nquads('<a> dct:title "a", "b" .', "quality")])
    loaded.clear("quality")
    loaded.publish()
    snapshot = Snapshots(loaded.folder).current()
    twice = 1  # what both datasets' landing page is
    assert loaded._journaled.journal.mark.quads == len(snapshot.store) + twice
    assert memory.needed(snapshot.folder) == (len(snapshot.store) + twice) * 430


def test_the_quads_of_users_are_estimated(loaded):
    before = loaded._journaled.journal.mark.quads
    values = " ".join(f"<http://a.example/{number}>" for number in range(100))
    update(loaded, f"INSERT {{ ?a <p> ?b }} WHERE {{ VALUES ?a {{ {values} }} BIND(?a AS ?b) }}")
    assert 50 < loaded._journaled.journal.mark.quads - before < 200


# --- a journal that grew long ---------------------------------------------------------------------


def grow(store):
    for number in range(20):
        update(store, f"DELETE WHERE {{ <s> <p> ?o }} ; INSERT DATA {{ <s> <p> {number} }}")


@pytest.mark.parametrize("fits", [True, False])
def test_a_long_journal_is_begun_anew_and_a_short_one_is_not(loaded, graphs, monkeypatch, fits):
    monkeypatch.setattr("graph.journaled._fits", lambda mark: fits)
    loaded.publish()
    first = loaded._journaled.journal.mark.generation
    grow(loaded)
    update(loaded, "CREATE GRAPH <empty>")
    loaded.recover()
    assert loaded._journaled.journal.mark.generation == first
    monkeypatch.setattr(journals, "_LEAST", 5000)
    assert loaded._journaled.journal.is_long()
    loaded.publish()  # after updates alone, which are to be quick
    assert loaded._journaled.journal.mark.generation == first
    loaded.load("agents", graphs.nquads('<agent/a> foaf:name "A"@fr .', "agents"))
    assert is_in_step(loaded)
    assert loaded._journaled.journal.mark.generation != first
    assert not loaded._journaled.journal.is_long()


def test_a_long_journal_is_begun_anew_by_who_recovers(loaded, monkeypatch):
    loaded.publish()
    first = loaded._journaled.journal.mark.generation
    grow(loaded)
    monkeypatch.setattr(journals, "_LEAST", 5000)
    loaded.recover()
    assert loaded._journaled.journal.mark.generation != first
    assert is_in_step(loaded)


def test_a_dump_has_frames_of_a_bounded_size(loaded, monkeypatch):
    monkeypatch.setattr("graph.frames.DUMPED", 20_000)
    values = " ".join(f"<http://a.example/{number}>" for number in range(1000))
    update(loaded, f"INSERT {{ ?a <p> ?b }} WHERE {{ VALUES ?a {{ {values} }} BIND(?a AS ?b) }}")
    held = loaded._journaled.journal
    held.begin(loaded._journaled.quads)
    with (loaded.folder / "journal" / "log").open("rb") as file:
        assert len(list(journals.whole(file, held.mark))) > 3
    assert is_in_step(loaded)


# --- journals that are broken ---------------------------------------------------------------------


def test_a_torn_frame_is_cut(loaded):
    update(loaded, "INSERT DATA { <s> <p> 1 }")
    loaded.publish()
    held = loaded._journaled.journal.mark
    loaded.close()
    frame = framed(UPDATE, b"INSERT DATA { <http://a.example/s> <http://a.example/p> 2 }", 1)
    log = loaded.folder / "journal" / "log"
    whole = log.read_bytes()
    for kept in (1, 5, frame.index(b"\n"), frame.index(b"\n") + 1, len(frame) - 1):
        log.write_bytes(whole + frame[:kept])
        opened = GraphStore(loaded.folder)
        assert opened._journaled.journal.mark == held
        assert log.read_bytes() == whole
        opened.close()
    opened = GraphStore(loaded.folder)
    update(opened, "INSERT DATA { <s> <p> 3 }")
    assert is_in_step(opened)


def test_a_file_that_is_no_journal_is_dropped(loaded):
    loaded.publish()
    loaded.close()
    for text in (b"", b"jointure-jour", b"\n\n", b"jointure-journal 1 0"):
        (loaded.folder / "journal" / "log").write_bytes(text)
        opened = GraphStore(loaded.folder)
        assert opened._journaled.journal.mark is None
        opened.close()


def test_a_changed_byte_is_found(loaded, tmp_path):
    log = tmp_path / "log"
    text = bytearray((loaded.folder / "journal" / "log").read_bytes())
    text[-10] ^= 1
    log.write_bytes(text)
    with log.open("rb") as file:
        generation(file)
        found = list(frames(file, file.tell(), len(text)))
        with pytest.raises(BrokenJournal, match="was changed"):
            replay(file, found, ox.Store())


def test_a_log_of_the_engine_that_goes_while_it_is_looked_at_is_none(tmp_path):
    (tmp_path / "000004.log").symlink_to(tmp_path / "gone")  # listed, and then not there
    (tmp_path / "000005.log").write_bytes(b"12345")
    assert journals.log_sizes(tmp_path) == {"000005.log": 5}
    assert journals.commits(tmp_path) == "000005.log:5"
