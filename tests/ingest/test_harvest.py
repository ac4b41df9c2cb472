"""A portal into its graph: the first load, then the difference, and what is never lost."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ingest import run as harvests
from ingest.connectors import CONNECTORS
from ingest.digest import mapping_version
from ingest.outcome import Options
from ingest.spool import Spool

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
GRAPH = "http://localhost:8000/graph/ville"


def records(*names, title="Un jeu"):
    default = {"title": title, "description": "Des données."}
    return [{"dataset_id": name, "metas": {"default": default}} for name in names]


TEN = tuple("abcdefghij")


@pytest.fixture
def harvest(recorded, run):
    """Harvest a portal that answers these records."""

    def harvested(listed, **options):
        return run(recorded(listed), **options)

    return harvested


def counts(outcome):
    return outcome.added, outcome.changed, outcome.removed, outcome.unchanged


def test_the_first_harvest_adds_everything(harvest, held):
    outcome = harvest(records(*TEN))
    assert counts(outcome) == (10, 0, 0, 0)
    assert outcome.quads > 0
    assert held() == set(TEN)


def test_the_count_of_quads_is_what_is_held(harvest, store, read):
    outcome = harvest(records(*TEN))
    assert outcome.quads == len(read(store))


def test_the_same_again_writes_nothing_and_says_so(harvest, store, read):
    harvest(records(*TEN))
    before = read(store)
    outcome = harvest(records(*reversed(TEN)))
    assert counts(outcome) == (0, 0, 0, 10)
    assert outcome.quads == 0
    assert read(store) == before


def test_a_changed_record_alone_is_written(harvest, store, read):
    harvest(records(*TEN))
    before = read(store)
    outcome = harvest(records(*TEN[:9]) + records("j", title="Un autre"))
    assert counts(outcome) == (0, 1, 0, 9)
    after = read(store)
    assert outcome.quads == len(before ^ after) == 4  # a title and a digest
    assert {line.split(" ")[0].split("/ville/")[1].split("/")[0] for line in before ^ after} == {
        "j>",
        "j",
    }


def test_a_new_record_is_added(harvest, held):
    harvest(records(*TEN))
    assert counts(harvest(records(*TEN, "k"))) == (1, 0, 0, 10)
    assert held() == {*TEN, "k"}


def test_a_record_that_left_the_portal_is_removed(harvest, held, store, read):
    harvest(records(*TEN))
    assert counts(harvest(records(*TEN[1:]))) == (0, 0, 1, 9)
    assert held() == set(TEN[1:])
    listed = [line for line in read(store) if "dcat#dataset>" in line]
    assert len(listed) == 9
    assert not any("/a>" in line for line in listed)


def test_a_harvest_after_a_change_is_what_a_first_one_would_be(harvest, store, read):
    harvest(records(*TEN))
    harvest(records(*TEN[1:], title="Autre") + records("k", title="Neuf"))
    by_difference = read(store)
    store.clear("ville")
    harvest(records(*TEN[1:], title="Autre") + records("k", title="Neuf"))
    tombstone = {line for line in by_difference if "ville/a" in line or "dataset/a/" in line}
    assert read(store) == by_difference - tombstone


def test_a_fifth_may_go_but_no_more(harvest, held):
    harvest(records(*TEN))
    assert harvest(records(*TEN[2:])).error is None
    outcome = harvest(records(*TEN[4:]))
    assert "ville: " in str(outcome.error)
    assert "2 of 8 datasets are gone" in str(outcome.error)
    assert counts(outcome) == (0, 0, 0, 0)
    assert held() == set(TEN[2:])


def test_any_loss_may_be_accepted(harvest, held):
    harvest(records(*TEN))
    assert harvest(records("a"), accept_loss=True).removed == 9
    assert held() == {"a"}


def test_new_identifiers_for_all_are_a_loss(harvest, held):
    harvest(records(*TEN))
    assert "10 of 10" in str(harvest(records(*"klmnopqrst")).error)
    assert held() == set(TEN)


def test_a_dry_run_counts_and_writes_nothing(harvest, held, store, read):
    assert counts(harvest(records(*TEN), dry_run=True)) == (10, 0, 0, 0)
    assert read(store) == set()
    harvest(records(*TEN))
    before = read(store)
    outcome = harvest(records(*TEN[1:], "k"), dry_run=True)
    assert (counts(outcome), outcome.quads) == ((1, 0, 1, 9), 0)
    assert read(store) == before


def test_a_limit_ends_the_walk_and_removes_nothing(harvest, held):
    harvest(records(*TEN))
    assert counts(harvest(records("k", *TEN), limit=3)) == (1, 0, 0, 2)
    assert held() == {*TEN, "k"}


def test_a_full_harvest_describes_all_again_and_writes_no_difference(harvest):
    harvest(records(*TEN))
    outcome = harvest(records(*TEN), full=True)
    assert (counts(outcome), outcome.quads) == ((0, 0, 0, 10), 0)


def test_a_record_that_is_listed_twice_is_kept_once(harvest, held, caplog):
    outcome = harvest(records("a", "b") + records("a", title="Le second"))
    assert counts(outcome) == (2, 0, 0, 0)
    assert outcome.issues == {"duplicate": 1}
    assert "ville: id: 'a' is listed twice" in caplog.text
    assert held() == {"a", "b"}


def test_issues_without_record_are_the_catalogues_and_change_with_it(harvest, store, read):
    def noted():
        return [
            line for line in read(store) if "catalog/ville> <http://www.w3.org/ns/shacl" in line
        ]

    harvest([*records("a"), {"metas": {}}])
    assert len(noted()) == 1
    assert harvest([*records("a"), {"metas": {}}]).quads == 0
    assert harvest(records("a")).quads > 0
    assert noted() == []


def test_the_same_identifiers_of_another_portal_are_other_datasets(recorded, run, store, read):
    run(recorded(records("a")))
    run(recorded(records("a"), name="autre"))
    for name in ("ville", "autre"):
        assert any(f"dataset/{name}/a>" in line for line in read(store))
    run(recorded(records("b"), name="autre"), accept_loss=True)
    assert any("dataset/ville/a>" in line for line in read(store))


def test_a_portal_that_moves_changes_no_iri_but_its_links(recorded, run, held, store, read):
    run(recorded(records("a")))
    outcome = run(recorded(records("a"), site="https://opendata.ville.example"))
    assert counts(outcome) == (0, 1, 0, 0)
    assert held() == {"a"}
    assert not any("//data.ville.example/explore" in line for line in read(store))


def test_the_address_of_a_recorded_answer_is_no_part_of_it(recorded, run, tmp_path):
    portal = recorded(records("a"))
    run(portal)
    (tmp_path / "autre.json").write_bytes((tmp_path / "answer.json").read_bytes())
    assert run(replace(portal, url=f"file:{tmp_path / 'autre.json'}")).unchanged == 1


def test_a_new_mapping_describes_all_again(harvest, monkeypatch):
    harvest(records("a"))
    monkeypatch.setattr("ingest.digest.mapping_version", lambda: "another")
    described = []
    monkeypatch.setattr(Spool, "keep", lambda _, reading: described.append(reading.root))
    harvest(records("a"))
    assert described == [
        "http://localhost:8000/dataset/ville/a",
        "http://localhost:8000/catalog/ville",
    ]


def test_the_version_of_the_mapping_is_of_this_code():
    assert mapping_version() == mapping_version()
    assert len(mapping_version()) == 64


def test_a_file_that_is_not_there_is_a_source_error(make_portal, run, tmp_path):
    error = run(make_portal(url=f"file:{tmp_path / 'rien.json'}")).error
    assert "there is no such file" in str(error)


@pytest.fixture
def all_of(store):
    """The command's own way: every portal in turn, then one publication."""

    def harvested(*portals, **options):
        return list(harvests.harvest(portals, store, Options(**options), lambda: NOW))

    return harvested


def test_one_portal_that_fails_leaves_the_others(recorded, make_portal, all_of, store, tmp_path):
    broken = make_portal(name="cassee", url=f"file:{tmp_path / 'rien.json'}")
    outcomes = all_of(broken, recorded(records("a")))
    assert {outcome.portal: outcome.error is None for outcome in outcomes} == {
        "cassee": False,
        "ville": True,
    }
    assert store.has_published()


def test_a_harvest_that_changes_nothing_publishes_its_run_alone(recorded, all_of, store):
    all_of(recorded(records("a")))
    before = (store.folder / "current" / "index.sqlite").stat().st_ino
    [outcome] = all_of(recorded(records("a")))
    assert outcome.quads == 0
    assert (store.folder / "current").readlink().name == "2"
    assert (store.folder / "current" / "index.sqlite").stat().st_ino == before


def test_a_dry_run_publishes_nothing(recorded, all_of, store):
    all_of(recorded(records("a")), dry_run=True)
    assert not store.has_published()


def test_what_a_killed_first_load_left_is_cleared(recorded, all_of, store, held, read):
    part = f'<http://localhost:8000/dataset/ville/x> <http://a.example/p> "x" <{GRAPH}> .\n'
    store.load("ville", part.encode())
    [outcome] = all_of(recorded(records("a")))
    assert counts(outcome) == (1, 0, 0, 0)
    assert part.strip(" .\n") not in read(store)


def test_a_first_load_that_breaks_leaves_no_part(recorded, run, store, read):
    cut = '[{"dataset_id": "a", "metas": {}}, {"dataset_id": "b"'
    assert "cut off" in str(run(recorded(cut)).error)
    assert read(store) == set()


def test_progress_is_told_of_every_record(recorded, store):
    told = []
    portal = recorded(records(*TEN))
    list(
        harvests.harvest(
            [portal],
            store,
            Options(),
            lambda: NOW,
            watch=lambda portal, count, total: told.append((portal.name, count)),
        )
    )
    assert told == [("ville", count) for count in range(1, 11)]


def test_every_bundled_sample_harvests_without_error(all_of):
    samples = harvests.sample_portals()
    assert {portal.type for portal in samples.values()} == set(CONNECTORS)
    outcomes = all_of(*samples.values())
    assert [outcome.error for outcome in outcomes] == [None] * len(samples)
    assert all(outcome.added >= 12 for outcome in outcomes)
