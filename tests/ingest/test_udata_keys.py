"""Every key of a captured entry shows in its description, is ignored by name, or is an issue."""

import json
import tomllib
from importlib.resources import files

import pytest

from ingest.connectors.udata_entry import Entries

STAND_IN = {
    "created_at": "harvest.created_at",
    "extras.dct:identifier": "harvest.remote_id",
    "extras.freqMAJ": "frequency",
    "extras.frequence": "frequency",
    "extras.frequency": "frequency",
    "extras.label_theme": "extras.theme",
    "extras.licence": "license",
    "extras.modified": "harvest.modified_at",
    "extras.ods:url": "extras.remote_url",
    "extras.spatial": "spatial.geom",
    "frequency": "unknown says nothing",
    "harvest.created_at": "created_at",
    "harvest.ods_url": "harvest.remote_url",
    "harvest.remote_url": "harvest.ods_url",
    "last_update": "harvest.modified_at",
    "license": "notspecified says nothing",
    "organization.id": "ignored by name",
    "organization.badges.kind": "public-service and certified say nothing of its type",
    "resources.checksum.type": "the length of the digits",
    "resources.created_at": "resources.published",
    "resources.harvest.created_at": "resources.published",
    "resources.harvest.modified_at": "resources.last_modified",
    "resources.id": "the name of the distribution",
    "resources.last_modified": "resources.harvest.modified_at",
    "resources.mime": "resources.format",
    "resources.published": "resources.harvest.created_at",
    "resources.filetype": "the format says it",
    "resources.type": "main says nothing",
    "id": "the dataset's own name",
}
"""Keys that another one says the same here, or whose values here say nothing."""


@pytest.fixture
def captured(shared):
    """The 420 entries of the API, without what the capture added."""
    lines = (shared / "portals/udata/datasets-api1.jsonl").read_text("utf-8").splitlines()
    return [
        {key: value for key, value in json.loads(line).items() if not key.startswith("_captured")}
        for line in lines
    ]


def leaves(value, path=()):
    """The path of each value that is no object and not empty; ``*`` stands for a list's members."""
    if isinstance(value, dict) and path != ("spatial", "geom"):
        for key, member in value.items():
            yield from leaves(member, (*path, key))
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        for member in value:
            yield from leaves(member, (*path, "*"))
    elif value not in (None, "", [], {}, False):
        yield path


def without(value, path):
    step, *rest = path
    if step == "*":
        return [without(each, rest) for each in value]
    if not isinstance(value, dict) or step not in value:
        return value
    left = {key: member for key, member in value.items() if key != step}
    return {**left, step: without(value[step], rest)} if rest else left


def is_ignored(path, tables):
    """Whether a table ignores the key by name, an object that it is in, or its beginning."""
    steps = [step for step in path if step != "*"]
    table = tables["Dataset"]
    if path[0] == "resources" and len(steps) > 1:
        table, steps = tables["Distribution"], steps[1:]
    if steps[0] == "extras" and str(steps[1]).startswith(tuple(tables["extras"])):
        return True
    names = (".".join(steps[:length]) for length in range(1, len(steps) + 1))
    whole = ".".join(step for step in path if step != "*")
    inner = tables["members"].get(whole, "")
    lifted = tables["lifted"].get(steps[-1], "") if steps[0] == "extras" else ""
    return (
        "ignored" in inner
        or "ignored" in tables["Dataset"].get(f"harvest.{lifted}", "")
        or any("ignored" in table.get(name, "") for name in names)
    )


def test_no_key_is_lost_in_silence(describe, captured):
    tables = tomllib.loads(files("ingest").joinpath("connectors/udata.toml").read_text("utf-8"))
    having: dict[tuple[str, ...], list[dict[str, object]]] = {}
    steady = Entries(tables).steady
    for payload in map(steady, captured):
        for path in set(leaves(payload)):
            having.setdefault(path, []).append(payload)

    def shows(path, key):
        for payload in having[path][:10]:
            whole = describe("udata", payload)
            if any(issue.key == key for issue in whole.issues):
                return True
            if whole.triples != describe("udata", without(payload, path)).triples:
                return True
        return False

    keys = {path: ".".join(step for step in path if step != "*") for path in having}
    lost = [
        key
        for path, key in keys.items()
        if key not in STAND_IN and not is_ignored(path, tables) and not shows(path, key)
    ]
    assert not lost, sorted(lost)
