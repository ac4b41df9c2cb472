"""An entry of udata's API before it is described: without what changes daily, extras in place."""

from collections.abc import Mapping
from typing import Any

from ingest.mapping import EMPTY
from ingest.reading import Reading

DAILY = "changes daily"
"""What the reason of an ignored key says where the key is no part of the payload."""
BLANK_NODE = "blank node"
"""In the place of a blank node's name, which is another one after each harvest by the portal: it
takes it for a format where a catalogue that it harvests describes a format by a blank node."""


class Entries:
    """How entries are read, as the tables of ``udata.toml`` have it."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        self._daily_of_dataset = _daily(tables["Dataset"])
        self._daily_of_resource = _daily(tables["Distribution"])
        self._ignored_extras = tuple(tables["extras"])
        self._lifted: dict[str, str] = tables["lifted"]
        of_harvest = self._daily_of_dataset["harvest"]
        self._daily_extras = (
            *(start for start, reason in tables["extras"].items() if DAILY in reason),
            *(key for key, name in self._lifted.items() if name in of_harvest),
        )

    def steady(self, entry: dict[str, Any]) -> dict[str, Any]:
        """The entry without the keys whose reason says that they change daily."""
        kept = self._without_daily(entry, self._daily_of_dataset)
        listed = kept.get("resources")
        if isinstance(listed, list):
            kept["resources"] = [
                self.steady_resource(each) if isinstance(each, dict) else each for each in listed
            ]
        return kept

    def steady_resource(self, resource: dict[str, Any]) -> dict[str, Any]:
        """A resource without such keys."""
        return self._without_daily(resource, self._daily_of_resource)

    def _without_daily(self, found: dict[str, Any], daily: dict[str, Any]) -> dict[str, Any]:
        kept = _without(found, daily)
        if isinstance(extras := kept.get("extras"), dict):
            kept["extras"] = _beginning_otherwise(extras, self._daily_extras)
        return kept

    def told_apart(self, found: dict[str, Any]) -> dict[str, Any]:
        """A dataset or resource without the extras that are ignored by their beginning."""
        extras = found.get("extras")
        if not isinstance(extras, dict):
            return found
        return {**found, "extras": _beginning_otherwise(extras, self._ignored_extras)}

    def lifted(self, dataset: dict[str, Any], reading: Reading) -> dict[str, Any]:
        """``told_apart``, and what older versions of udata keep in extras is where newer ones keep
        it, under ``harvest``; a key that is there too and says otherwise is an issue."""
        if not dataset.get("extras"):
            return dataset
        dataset = self.told_apart(dataset)
        extras = dataset["extras"]
        old = [key for key in extras if key in self._lifted] if isinstance(extras, dict) else []
        if not old or not isinstance(dataset.get("harvest") or {}, dict):
            return dataset
        harvest = dict(dataset.get("harvest") or {})
        for key in old:
            name, value = self._lifted[key], extras[key]
            if harvest.get(name) in EMPTY:
                harvest[name] = value
            elif value not in EMPTY and value != harvest[name]:
                message = f"extras.{key}: harvest.{name} says otherwise and is kept"
                reading.issue("duplicate", f"extras.{key}", value, message)
        left = {key: value for key, value in extras.items() if key not in self._lifted}
        return {**dataset, "extras": left, "harvest": harvest}


def _daily(table: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a table that change daily, as a tree: ``None`` for a key, or what is under it."""
    tree: dict[str, Any] = {}
    for key, entry in table.items():
        if isinstance(entry, dict) and DAILY in entry.get("ignored", ""):
            *path, last = key.split(".")
            branch = tree
            for step in path:
                branch = branch.setdefault(step, {})
            branch[last] = None
    return tree


def _without(found: dict[str, Any], tree: dict[str, Any]) -> dict[str, Any]:
    kept = {}
    for key, value in found.items():
        if key not in tree:
            kept[key] = value
        elif (branch := tree[key]) is not None:
            kept[key] = _without(value, branch) if isinstance(value, dict) else value
    return kept


def _beginning_otherwise(extras: dict[str, Any], starts: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in extras.items() if not str(key).startswith(starts)}
