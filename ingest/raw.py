"""The raw answers of a portal's last walk, kept with their validators.

What they are kept for: a walk that was cut off goes on where it was, a conditional GET spares the
portal, and a changed mapping is applied without any request.

The folder holds a body and a ``.json`` note for each answer, and ``walk.json``: which walk they
are of, and whether it ended. A note is written after its body, by an atomic rename: at any instant
each note has its body.
"""

import json
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

RESUMED_WITHIN = timedelta(hours=12)
"""How old the beginning of a walk may be that is gone on with."""
_WALK = "walk.json"


@dataclass(frozen=True)
class Kept:
    """An answer that is kept: where it came from, its body's file and size, its
    validators, its walk."""

    key: str
    address: str
    body: str
    media_type: str
    charset: str
    etag: str
    last_modified: str
    size: int
    walk: str


class RawAnswers:
    """The answers of one portal, in ``folder``.

    ``source`` says what is walked (type, address, filter): answers of another are never gone on
    with. With ``replay`` the last whole walk is given again and nothing is written.
    """

    def __init__(self, folder: Path, source: str, now: datetime, replay: bool = False) -> None:
        self._folder = folder
        self.replay = replay
        held = _read(folder / _WALK)
        is_same = held.get("source") == source
        self.is_whole = is_same and held.get("ended") is True
        is_fresh = _is_fresh(held.get("begun"), now)
        self.is_resumed = is_same and is_fresh and not self.is_whole and not replay
        self._walk = {"source": source, "begun": now.isoformat(), "ended": False}
        if self.is_resumed or replay:
            self._walk = held
        else:
            self.is_whole = False
        self._is_noted = False
        self._notes: dict[str, Kept] = {}
        for path in folder.glob("*.json"):
            if (kept := _kept(path)) is not None and _is_whole(folder / kept.body, kept.size):
                self._notes[kept.key] = kept

    def find(self, key: str) -> Kept | None:
        """The answer that is kept under ``key``, of this walk or one before."""
        return self._notes.get(key)

    def is_of_this_walk(self, kept: Kept) -> bool:
        """Whether an answer was received in the walk that is going on."""
        return kept.walk == self._walk.get("begun")

    def part(self, key: str) -> Path:
        """The file to receive a body into."""
        self._begin()
        return self._folder / f"{key}.part"

    def _begin(self) -> None:
        """Note, with its first answer, that the walk has begun."""
        if not self._is_noted:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(_WALK, self._walk)
            self._is_noted = True

    def keep(self, kept: Kept) -> Path:
        """Keep an answer whose body is in ``part``; the body's file."""
        part, body = self._folder / f"{kept.key}.part", f"{kept.key}-{secrets.token_hex(4)}"
        size = part.stat().st_size
        part.replace(self._folder / body)
        kept = replace(kept, walk=str(self._walk["begun"]), body=body, size=size)
        return self._note(kept)

    def renew(self, kept: Kept) -> Path:
        """Take an answer of a walk before into this one: the portal says it is still so."""
        self._begin()
        return self._note(replace(kept, walk=str(self._walk["begun"])))

    def _note(self, kept: Kept) -> Path:
        self._write(f"{kept.key}.json", asdict(kept))
        before = self._notes.get(kept.key)
        if before is not None and before.body != kept.body:
            (self._folder / before.body).unlink(missing_ok=True)
        self._notes[kept.key] = kept
        return self.path(kept)

    def path(self, kept: Kept) -> Path:
        """The file of an answer's body."""
        return self._folder / kept.body

    def end(self) -> None:
        """The listing was complete: what is of no use to this walk is swept away."""
        if self.replay or not self._folder.is_dir():
            return
        self._write(_WALK, {**self._walk, "ended": True})
        current = [kept for kept in self._notes.values() if self.is_of_this_walk(kept)]
        used = {kept.body for kept in current} | {f"{kept.key}.json" for kept in current} | {_WALK}
        for path in self._folder.iterdir():
            if path.name not in used and path.is_file():
                path.unlink()

    def forget(self) -> None:
        """The listing was no whole: its answers are not gone on with."""
        if not self.replay:
            (self._folder / _WALK).unlink(missing_ok=True)

    def _write(self, name: str, content: dict[str, Any]) -> None:
        fresh = self._folder / f".{name}"
        fresh.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        fresh.replace(self._folder / name)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _kept(path: Path) -> Kept | None:
    try:
        return Kept(**_read(path))
    except TypeError:
        return None


def _is_whole(body: Path, size: int) -> bool:
    """Whether a body is as long as its note says: a plug may have been pulled."""
    return body.is_file() and body.stat().st_size == size


def _is_fresh(begun: Any, now: datetime) -> bool:
    try:
        return timedelta(0) <= now - datetime.fromisoformat(str(begun)) <= RESUMED_WITHIN
    except (ValueError, TypeError):
        return False
