"""The captured payloads: every dataset and every column of them, and no key lost in silence."""

import json
import tomllib
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest

from graph.snapshot import Snapshots
from ingest.connectors import CONNECTORS
from ingest.portals import bundled_registry, load_portals

CAPTURES = {
    "paris": ("opendatasoft/paris-v2.1-2023-10-03.json", 501),
    "datasud": ("ckan/datasud-package_search-2021.json", 8),
    "marseille": ("ckan/datasud-package_search-2025.json", 7),  # any CKAN portal reads it
    "culture": ("opendatasoft/culture-v1-search.json", 1),
}
COLUMNS = {"paris": 8348, "culture": 16}
COUNT = """
PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX csvw: <http://www.w3.org/ns/csvw#>
SELECT (COUNT(DISTINCT ?x) AS ?n) WHERE { %s }"""


@pytest.fixture
def captured(shared):
    """A portal of the registry that reads a captured payload."""
    registry = load_portals(bundled_registry(), CONNECTORS)

    def portal(name, file=""):
        path = shared / "portals" / (file or CAPTURES[name][0])
        return replace(registry[name], url=f"file:{path}", site=registry[name].root)

    return portal


@pytest.fixture
def count(store):
    def counted(pattern):
        store.publish()
        held = Snapshots(store.folder).current().store
        rows: Any = held.query(COUNT % pattern, use_default_graph_as_union=True)
        [row] = rows
        return int(row["n"].value)

    return counted


@pytest.mark.parametrize("name", CAPTURES)
def test_every_dataset_comes_out_with_all_its_columns(captured, run, count, name):
    outcome = run(captured(name))
    assert outcome.error is None
    assert outcome.added == count("?x a dcat:Dataset") == CAPTURES[name][1]
    assert count("?x a dcat:CatalogRecord") == CAPTURES[name][1]
    assert count("?x a csvw:Column") == COLUMNS.get(name, 0)
    assert count("?dataset csvw:tableSchema/csvw:column ?x") == COLUMNS.get(name, 0)


def test_a_day_later_49_records_of_paris_are_rewritten(captured, run):
    run(captured("paris"))
    outcome = run(captured("paris", "opendatasoft/paris-v2.1-2023-10-04.json"))
    assert (outcome.changed, outcome.unchanged) == (49, 452)
    assert (outcome.added, outcome.removed) == (0, 0)


def test_the_difference_gives_what_a_first_load_gives(captured, run, store, read, shared, tmp_path):
    portal = captured("paris")
    days = [shared / "portals/opendatasoft" / f"paris-v2.1-2023-10-0{day}.json" for day in (3, 4)]
    before, after = ({each["dataset_id"]: each for each in loaded(day)} for day in days)
    some = [name for name in before if before[name] != after[name]] + list(before)[:20]
    for number, listed in enumerate((before, after)):
        (tmp_path / f"{number}.json").write_text(json.dumps([listed[name] for name in some]))
    run(replace(portal, url=f"file:{tmp_path / '0.json'}"))
    run(replace(portal, url=f"file:{tmp_path / '1.json'}"))
    by_difference = read(store)
    store.clear("paris")
    run(replace(portal, url=f"file:{tmp_path / '1.json'}"))
    assert read(store) == by_difference


# --- every key of a payload shows in its description, is ignored by name, or is an issue ---------

VALUES = ("metas.default.bbox", "spatial")
"""GeoJSON: one value, whatever its members."""
TABLES = {"resources": "Distribution", "fields": "Column"}
"""The tables of keys whose members have one."""
STAND_IN = {
    "attachments_count": "attachments",
    "has_attachments": "attachments",
    "author_email": "maintainer_email",
    "category.name": "category.title",
    "groups.display_name": "groups.title",
    "groups.name": "groups.title",
    "groups.title": "groups.display_name",
    "license_id": "license_url",
    "license_title": "license_url",
    "license_url": "license_title",
    "metadata_created": "dataset_publication_date",
    "metas.default.license": "metas.default.license_url",
    "metas.default.license_url": "metas.default.license",
    "metas.default.territory": "metas.default.geographic_reference",
    "metas.default.visibility": "visibility",
    "name": "url",
    "organization.name": "organization.title",
    "private": "resources",  # public unless it says otherwise
    "resources.data_type": "resources.format",
    "resources.mimetype": "resources.format",
    "tags.display_name": "tags.name",
    "tags.name": "tags.display_name",
}
"""Keys that are read where another one holds nothing, which says the same here."""


def loaded(path):
    return json.loads(path.read_bytes())


def leaves(value, path=()):
    """The path of each value that is no object and not empty; ``*`` stands for a list's members."""
    if isinstance(value, dict) and ".".join(path) not in VALUES:
        for key, member in value.items():
            yield from leaves(member, (*path, key))
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        for member in value:
            yield from leaves(member, (*path, "*"))
    elif value not in (None, "", [], {}):
        yield path


def without(value, path):
    """A payload without the key at ``path``."""
    step, *rest = path
    if step == "*":
        return [without(each, rest) for each in value]
    if not isinstance(value, dict) or step not in value:
        return value
    left = {key: member for key, member in value.items() if key != step}
    return {**left, step: without(value[step], rest)} if rest else left


def is_ignored(path, tables):
    """Whether a table ignores the key by name, or an object that it is in."""
    steps = [step for step in path if step != "*"]
    table = tables["Dataset"]
    if path[0] in TABLES and len(steps) > 1:
        table, steps = tables[TABLES[path[0]]], steps[1:]
    names = (".".join(steps[:length]) for length in range(1, len(steps) + 1))
    inner = tables.get("members", {}).get(".".join(steps), "")
    return "ignored" in inner or any("ignored" in table.get(name, "") for name in names)


@pytest.fixture
def records(captured, connectors, open_fetcher):
    """The records of a capture; annotations as v2.1 writes them, by name."""

    def read(name):
        portal = captured(name)
        with open_fetcher(portal) as fetcher:
            found = list(connectors[portal.type].records(portal, fetcher))
        for record in found:
            for field in record.payload.get("fields", []):
                if isinstance(field.get("annotations"), list):
                    field["annotations"] = {
                        each["name"]: each.get("args") or True for each in field["annotations"]
                    }
        return portal.type, found

    return read


@pytest.mark.parametrize("name", CAPTURES)
def test_no_key_is_lost_in_silence(records, describe, name):
    connector, found = records(name)
    text = files("ingest").joinpath(f"connectors/{connector}.toml").read_text("utf-8")
    tables = tomllib.loads(text)
    having: dict[tuple[str, ...], list[Any]] = {}
    for record in found:
        for path in set(leaves(record.payload)):
            having.setdefault(path, []).append(record.payload)

    def shows(path, key):
        for payload in having[path][:10]:
            whole = describe(connector, payload)
            if any(issue.key == key for issue in whole.issues):
                return True
            if whole.triples != describe(connector, without(payload, path)).triples:
                return True
        return False

    keys = {path: ".".join(step for step in path if step != "*") for path in having}
    lost = [
        key
        for path, key in keys.items()
        if key not in STAND_IN and not is_ignored(path, tables) and not shows(path, key)
    ]
    assert not lost, sorted(lost)
