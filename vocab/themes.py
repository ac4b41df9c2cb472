"""What a portal's own themes mean, where one list cannot say it for all portals."""

import csv
import io
from importlib.resources import files
from pathlib import Path

from vocab.codelist import CodeList, fold
from vocab.errors import ConfigError

FOLDER = "codes/themes"


def with_themes() -> list[str]:
    """The portals that have words of their own for themes, by name."""
    names = (Path(each.name) for each in files("vocab").joinpath(FOLDER).iterdir())
    return sorted(name.stem for name in names if name.suffix == ".csv")


class PortalThemes:
    """The themes of one portal, or of several of one platform: ``vocab/codes/themes/PORTAL.csv``
    (a column ``value``, a column ``notation``, as the other code lists), asked before
    ``data-theme.csv``. A portal without such a file has no meanings of its own."""

    def __init__(self, portal: str, themes: CodeList) -> None:
        """Raises ``ConfigError`` where a row has a notation that is no EU theme's."""
        self._found: dict[str, tuple[str, ...]] = {}
        source = files("vocab").joinpath(f"{FOLDER}/{portal}.csv")
        if not source.is_file():
            return
        for row in csv.DictReader(io.StringIO(source.read_text("utf-8"))):
            try:
                iri = themes[row["notation"]]
            except ConfigError as error:
                raise ConfigError(f"vocab/{FOLDER}/{portal}.csv: {error}") from error
            key = fold(row["value"])
            self._found[key] = (*self._found.get(key, ()), iri)

    def find(self, label: str) -> tuple[str, ...]:
        """The IRIs of the EU themes that ``label`` means on this portal; empty where it has no
        meaning of its own there."""
        return self._found.get(fold(label), ())
