"""What is written and not published yet, and its publication: a snapshot, switched to at once."""

import shutil
from collections.abc import Callable
from pathlib import Path

from graph.folder import CONTENT, snapshot_numbers

_CONTENT_NOTE = "unpublished"
_RUNS_NOTE = "unpublished-runs"
_UPDATES_NOTE = "unpublished-updates"
_KEPT = 2


class Publication:
    """The snapshots of a store's folder, ``published/N/`` and the link ``current``, and the notes
    that outlive a killed process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        names = (_CONTENT_NOTE, _RUNS_NOTE, _UPDATES_NOTE)
        self._notes = [folder / name for name in names]
        self._is_noted = False

    def note(self) -> None:
        """Note, before it happens, that the store is to differ from what is published."""
        if not self._is_noted:
            self._notes[0].touch()
            self._is_noted = True

    def note_runs(self) -> None:
        """Note that runs are to be written, and nothing that is indexed."""
        self._notes[1].touch()

    def note_updates(self) -> None:
        """Note that a user's update is to be written: content, but nothing that is indexed."""
        self._notes[2].touch()

    @property
    def has_content(self) -> bool:
        """Whether there may be indexed content that is not published, of this process or a killed
        one."""
        return self._notes[0].exists()

    @property
    def is_due(self) -> bool:
        """Whether there is anything to publish: content, runs, updates, or a first snapshot."""
        return any(note.exists() for note in self._notes) or not self.has_published

    @property
    def has_published(self) -> bool:
        """Whether there is a snapshot to serve."""
        return (self._folder / "current").exists()

    def publish(
        self,
        backup: Callable[[str], None],
        index: Callable[[Path], None],
        journal: Callable[[Path], None],
    ) -> int:
        """Make a snapshot the current one; its number.

        ``backup`` makes a checkpoint (hard links) in a new folder, ``index`` the index of it in a
        file, ``journal`` puts the journal up to now into the snapshot's folder. Then one atomic
        switch of ``current``: readers see the last snapshot or this one, whenever the process is
        killed.
        """
        published = self._folder / "published"
        published.mkdir(exist_ok=True)
        number = 1 + max(snapshot_numbers(published), default=0)
        making, done = published / f".{number}", published / str(number)
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir()
        backup(str(making / "store"))
        journal(making)
        self._add_index(making, number, index)
        making.rename(done)
        link = self._folder / ".current"
        link.unlink(missing_ok=True)
        link.symlink_to(Path("published") / str(number))
        link.replace(self._folder / "current")
        for note in self._notes:
            note.unlink(missing_ok=True)
        self._is_noted = False
        for old in sorted(snapshot_numbers(published))[:-_KEPT]:
            shutil.rmtree(published / str(old))
        return number

    def _add_index(self, making: Path, number: int, index: Callable[[Path], None]) -> None:
        """The snapshot's index, and the number of the first snapshot that has this content: those
        of the one before, where nothing was written since that would change them."""
        before = (self._folder / "current").resolve()
        _, _, updates = self._notes
        is_linked = (before / CONTENT).exists() and not self.has_content
        if is_linked:
            (making / "index.sqlite").hardlink_to(before / "index.sqlite")
        else:
            index(making / "index.sqlite")
        if is_linked and not updates.exists():
            (making / CONTENT).hardlink_to(before / CONTENT)
        else:
            (making / CONTENT).write_text(f"{number}\n", "utf-8")
