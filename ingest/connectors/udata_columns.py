"""The columns of a udata export: what becomes of each, worked out once a file."""

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any

from graph.issues import Issue
from ingest.connectors.udata_entry import BLANK_NODE

_BETWEEN = re.compile(r",(?! )")
"""Names are joined by commas; one before a space is a name's own (« Chinon, Vienne et Loire »)."""
_BLANK = re.compile(r"n[0-9a-f]{32}")
_DECIDING = ("id", "archived", "private", "resources_count", "organization_id")

Payload = dict[str, Any]


class Plan:
    """What becomes of each column, worked out once a file."""

    def __init__(self, name: str, names: list[str], known: Mapping[str, Any]) -> None:
        self.width = len(names)
        self.issues: list[Issue] = []
        used: list[int] = []
        self._targets: list[tuple[str, str, Callable[[str], Any] | None]] = []
        for index, column in enumerate(names):
            entry = known.get(column) or known.get(f"{column.partition('.')[0]}.")
            if isinstance(entry, str):
                used.append(index)
                key, _, member = entry.partition(".")
                self._targets.append((key, member, _READ.get(entry)))
            elif entry is None:
                message = f"{column}: no column of {name}.csv that is known; left out"
                self.issues.append(Issue("unknown-key", column, "", message))
        # With a single column itemgetter gives no tuple; two are always required or known.
        self._pick: Callable[[list[str]], tuple[str, ...]] = itemgetter(*used, used[0])
        self._places = {column: index for index, column in enumerate(names)}
        keys = [key for key, _, _ in self._targets]
        self._set = keys.index("resources_formats") if "resources_formats" in keys else None

    def cells(self, row: list[str]) -> Mapping[str, str]:
        """The cells that say whether and how a dataset goes in; empty where there is none."""
        places = self._places
        return {name: row[places[name]] if name in places else "" for name in _DECIDING}

    def essence(self, row: list[str]) -> list[str]:
        """What differs wherever the payload does."""
        cells = list(self._pick(row))
        if self._set is not None:
            cells[self._set] = ",".join(_formats(cells[self._set]))
        return cells

    def payload(self, row: list[str]) -> Payload:
        """A row as the API has it; empty cells are left out."""
        made: Payload = {}
        for (key, member, read), cell in zip(self._targets, self._pick(row), strict=False):
            if not cell:
                continue
            value = cell if read is None else read(cell)
            if value is None:
                continue
            if member:
                made.setdefault(key, {})[member] = value
            else:
                made[key] = value
        return made


def _names(cell: str) -> list[str]:
    return cell.split(",") if ", " not in cell else _BETWEEN.split(cell)


@lru_cache(maxsize=4096)
def _formats(cell: str) -> list[str]:
    # The portal joins a set: the order is another one in each export.
    return sorted({BLANK_NODE if _BLANK.fullmatch(name) else name for name in _names(cell)})


def _flag(cell: str) -> str | bool | None:
    """True, nothing for False; the moment where a portal writes when it came to be true."""
    return None if cell == "False" else True if cell == "True" else cell


def number(cell: str) -> int | None:
    """A cell's whole number; ``None`` where it holds none."""
    return int(cell) if cell.isascii() and cell.isdigit() else None


def _badges(cell: str) -> list[dict[str, str]]:
    return [{"kind": kind} for kind in cell.split(",")]


def _json(cell: str) -> Any:
    try:
        return json.loads(cell) or None
    except (ValueError, RecursionError):
        return cell


_READ: Mapping[str, Callable[[str], Any]] = {
    "tags": _names,
    "spatial.zones": _names,
    "resources_formats": _formats,
    "archived": _flag,
    "private": _flag,
    "resources_count": number,
    "badges": _badges,
    "extras": _json,
}
"""How a cell is read, by the key that it is put under; all others are text."""
