"""The store's folder: what lies in it beside the quads, and who holds it.

``jointure.json`` the base IRI · ``writer/`` the store · ``holder.json`` the process that writes ·
``published/N/`` the snapshots · ``current`` a link to one · ``raw/`` the portals' raw answers ·
``register.sqlite`` the records (graph/register.py) · ``journal/`` all that was written
(graph/journal.py) · ``unpublished``, ``unpublished-runs`` and ``unpublished-updates``: what the
snapshot lacks
"""

import json
import os
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

from graph.iris import Iris
from vocab.errors import ConfigError

CONTENT = "content"
"""In a snapshot's folder: the number of the first snapshot with this content, runs apart."""
_HOLDER = "holder.json"


def settle_base(folder: Path, base: str | None) -> str:
    """The base IRI that the store was made with, fixed now where it is new.

    Raises ``ConfigError`` where ``base`` is another one.
    """
    note = folder / "jointure.json"
    if not note.exists():
        chosen = Iris(base or "http://localhost:8000/").base
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / ".jointure.json"
        fresh.write_text(json.dumps({"base": chosen}) + "\n", "utf-8")
        fresh.replace(note)
        return chosen
    held = held_base(folder)
    if base is not None and base != held:
        raise ConfigError(
            f"the store {folder} was made with the base {held}, not {base}:"
            " IRIs are for ever; use its base, or another folder"
        )
    return held


def held_base(folder: Path) -> str:
    """The base IRI of an existing store. Raises ``ConfigError`` where there is none."""
    try:
        return str(json.loads((folder / "jointure.json").read_text("utf-8"))["base"])
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError(f"{folder} is no store of Jointure ({error}): harvest first") from error


def note_holder(folder: Path) -> None:
    """Write down that this process holds the store's lock, for others to be told."""
    holder = {
        "process": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]),
    }
    (folder / _HOLDER).write_text(json.dumps(holder) + "\n", "utf-8")


def holder(folder: Path) -> str:
    """Who wrote last that it holds the store's lock."""
    try:
        found = json.loads((folder / _HOLDER).read_text("utf-8"))
        return (
            f"process {found['process']} on {found['host']} holds it since {found['since']}"
            f" ({found['command']})"
        )
    except (OSError, ValueError, KeyError, TypeError):
        return "nobody said who holds it"


def release(folder: Path) -> None:
    """Take back that this process holds the lock."""
    (folder / _HOLDER).unlink(missing_ok=True)


def snapshot_numbers(published: Path) -> list[int]:
    """The numbers of the snapshots in a folder."""
    return [int(entry.name) for entry in published.iterdir() if entry.name.isdecimal()]
