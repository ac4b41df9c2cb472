"""The options that several commands have, each with its environment twin."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def option(*names: str, **settings: Any) -> Callable[[Any], Any]:
    """An option with its environment twin: ``--store`` and ``JOINTURE_STORE``; ``of`` begins the
    twin's name where several commands have options of one name and other values."""
    name = names[0].partition("/")[0].lstrip("-").replace("-", "_").upper()
    twin = f"JOINTURE_{settings.pop('of', '')}{name}"
    return click.option(*names, envvar=twin, show_envvar=True, **settings)


STORE = option(
    "--store",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("store"),
    show_default=True,
    help="The folder of the store.",
)
BASE = option("--base", help="The base of all IRIs minted, fixed when the store is made.")
PLACES = option(
    "--places/--no-places",
    default=True,
    show_default=True,
    help="Hold the territories of France (code officiel géographique) in graph/places.",
)
