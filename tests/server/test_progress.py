"""What a harvest says as it goes and when it is done, where no terminal reads it."""

import json
from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from graph.store import GraphStore
from ingest import run as harvests
from ingest.answer import SourceError
from ingest.connectors import CONNECTORS
from ingest.outcome import Options, Outcome
from ingest.portals import load_portals
from server import console
from server.cli import commands

VILLE, AUTRE = SimpleNamespace(name="ville"), SimpleNamespace(name="autre")
ENTRY = """
[{name}]
type = "opendatasoft"
url = "file:{name}.json"
site = "https://data.{name}.example"
title = "Portail {name}"
description = "Un portail."
homepage = "https://data.{name}.example/"
territory = "commune/31555"
publisher = {{ name = "Ville", siren = "243100518" }}
"""


@pytest.fixture
def clock(monkeypatch):
    """The console's clock: ``clock.seconds`` is what it shows."""
    shown, walk = SimpleNamespace(seconds=0.0), console._Walk
    monkeypatch.setattr(console, "time", SimpleNamespace(monotonic=lambda: shown.seconds))
    # What a walk begins with was bound to the real clock when the class was made.
    monkeypatch.setattr(console, "_Walk", lambda: walk(shown.seconds, shown.seconds))
    return shown


@pytest.fixture
def lines(capsys):
    """The lines that went to standard error; standard output is for results."""

    def said():
        captured = capsys.readouterr()
        assert captured.out == ""
        return captured.err.splitlines()

    return said


def test_a_portal_that_announces_its_total_has_rate_and_what_remains(clock, lines):
    with console.HarvestProgress() as progress:
        progress.walked(VILLE, 1, 1000)
        clock.seconds = 10
        progress.walked(VILLE, 200, 1000)
    assert lines() == ["ville: 200 of 1000 records, 20/s, 40 s remain"]


def test_a_portal_that_announces_no_total_has_its_rate(clock, lines):
    with console.HarvestProgress() as progress:
        progress.walked(VILLE, 1, None)
        clock.seconds = 10
        progress.walked(VILLE, 200, None)
    assert lines() == ["ville: 200 records, 20/s"]


def test_a_line_comes_every_ten_seconds_and_no_sooner(clock, lines):
    with console.HarvestProgress() as progress:
        for second in range(36):
            clock.seconds = second
            progress.walked(VILLE, second, None)
    assert [line.split()[1] for line in lines()] == ["10", "20", "30"]


def test_each_portal_has_lines_of_its_own(clock, lines):
    with console.HarvestProgress() as progress:
        progress.walked(VILLE, 1, None)
        clock.seconds = 5
        progress.walked(AUTRE, 1, None)
        clock.seconds = 10
        progress.walked(VILLE, 2, None)
        progress.walked(AUTRE, 2, None)
        clock.seconds = 15
        progress.walked(AUTRE, 3, None)
    assert [line.partition(" records")[0] for line in lines()] == ["ville: 2", "autre: 3"]


def test_a_portal_that_has_more_than_it_announced_has_no_time_left(clock, lines):
    with console.HarvestProgress() as progress:
        progress.walked(VILLE, 1, 100)
        clock.seconds = 10
        progress.walked(VILLE, 200, 100)
    assert lines()[0].endswith("0 s remain")


def test_the_end_of_a_portal_says_how_many_and_how_fast(clock, lines):
    with console.HarvestProgress() as progress:
        progress.walked(VILLE, 1, 50)
        clock.seconds = 2
        progress.walked(VILLE, 50, 50)
        progress.ended("ville")
        progress.ended("autre")  # nothing of it was walked
    assert lines() == ["ville: 50 records, 25/s, done", "autre: 0 records, 0/s, done"]


def test_a_line_is_one_line_however_long(clock, lines):
    long = SimpleNamespace(name="metropole-aix-marseille-provence-donnees")
    with console.HarvestProgress() as progress:
        progress.walked(long, 1, 1_000_000)
        clock.seconds = 10
        progress.walked(long, 2000, 1_000_000)
    assert len(lines()) == 1


def cells(table, name):
    """The cells of the row that begins with a name."""
    rows = [[cell.strip() for cell in line.strip("│┃").split("│")] for line in table.splitlines()]
    [row] = (row for row in rows if row[0] == name)
    return row[1:]


def test_the_summary_has_the_counts_the_seconds_and_the_issues_of_each_portal(capsys):
    issues = Counter({"unknown-key": 7, "missing": 1})
    error = SourceError("autre", "https://autre.example", "HTTP 500")
    console.show_outcomes(
        [
            Outcome("ville", 3, 2, 1, 40, 120, issues, 12.345),
            Outcome("autre", error=error, seconds=0.04),
        ],
        dry_run=False,
    )
    table = capsys.readouterr().out
    assert table.startswith("Harvested")
    assert "quads written" in table
    assert cells(table, "ville") == ["3", "2", "1", "40", "120", "12.3", "1 missing, 7 unknown-key"]
    assert cells(table, "autre") == ["–"] * 5 + ["0.0", "failed: see above"]


def test_the_summary_of_a_dry_run_says_what_would_change(capsys):
    console.show_outcomes([Outcome("ville", 3)], dry_run=True)
    assert capsys.readouterr().out.startswith("What would change")


@pytest.fixture
def portals(tmp_path, monkeypatch):
    """Harvest these portals (their entries by name, none for one that fails) at an hour; then
    ``jointure portals``, and what it says."""
    monkeypatch.setattr(harvests, "CONCEPT_LISTS", ())  # they are no part of this, and many
    registry, store = tmp_path / "portals.toml", tmp_path / "store"

    def harvested(hour, **entries):
        registry.write_text("".join(ENTRY.format(name=name) for name in entries), "utf-8")
        for name, titles in entries.items():
            listed = [
                {"dataset_id": title, "metas": {"default": {"title": title}}} for title in titles
            ]
            (tmp_path / f"{name}.json").write_text(json.dumps(listed), "utf-8")
        writer = GraphStore(store)
        read = load_portals(registry, CONNECTORS).values()
        at = datetime(2026, 11, 21, hour, tzinfo=UTC)
        list(harvests.harvest(read, writer, Options(), lambda: at))
        writer.close()
        return said()

    def said():
        asked = ["portals", "--portals", str(registry), "--store", str(store)]
        done = CliRunner().invoke(commands, asked)
        assert done.exit_code == 0
        return done.output

    return harvested


def test_the_list_of_portals_says_when_each_was_last_harvested_and_whether_that_failed(portals):
    table = portals(3, ville=["a", "b"], autre=[])
    assert cells(table, "ville")[3:] == ["2", "2", "2026-11-21T03:00:00Z"]
    assert cells(table, "autre")[3:] == ["–", "–", "2026-11-21T03:00:00Z (failed)"]
    table = portals(4, ville=[], autre=["a"])
    assert cells(table, "ville")[3:] == ["2", "2", "2026-11-21T04:00:00Z (failed)"]
    assert cells(table, "autre")[3:] == ["1", "1", "2026-11-21T04:00:00Z"]


def test_before_any_harvest_the_list_of_portals_says_so(tmp_path):
    registry = tmp_path / "portals.toml"
    registry.write_text(ENTRY.format(name="ville"), "utf-8")
    asked = ["portals", "--portals", str(registry), "--store", str(tmp_path / "none")]
    table = CliRunner().invoke(commands, asked).output
    assert cells(table, "ville") == [
        "opendatasoft", "https://data.ville.example", "Portail ville", "–", "–", "–",
    ]  # fmt: skip
    assert not (tmp_path / "none").exists()
