"""The options that several commands have, each with its environment twin."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def option(*names: str, **settings: Any) -> Callable[[Any], Any]:
    """An option with its environment twin: ``--store`` and ``JOINTURE_STORE``; ``of`` begins the
    twin's name where several commands have options of one name and other values."""
    twin = f"JOINTURE_{settings.pop('of', '')}{names[0].lstrip('-').replace('-', '_').upper()}"
    return click.option(*names, envvar=twin, show_envvar=True, **settings)


STORE = option(
    "--store",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("store"),
    show_default=True,
    help="The folder of the store.",
)
