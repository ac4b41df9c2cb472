"""``jointure serve``: the options of the server, and its limits."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from graph.snapshot import Snapshots
from graph.store import GraphStore
from server.http import listening
from server.options import BASE, STORE, option
from server.serving import Served
from server.settings import Settings
from server.workers.limits import Limits
from vocab.errors import ConfigError

TOKEN = "JOINTURE_TOKEN"
_DEFAULT = Limits()
_MIB = 1 << 20
_LIMITS: tuple[tuple[str, str, Any, str], ...] = (
    ("timeout", "seconds", click.FloatRange(0.1), "Seconds that a query has."),
    (
        "query-memory",
        "query_memory",
        click.IntRange(0),
        "MiB that a query has; 0: any.",
    ),
    ("rows", "rows", click.IntRange(0), "Rows of an answer; 0: any number."),
    ("result-size", "size", click.IntRange(0), "MiB of an answer; 0: any."),
    ("workers", "at_once", click.IntRange(1), "Queries that run at the same time."),
    ("per-client", "at_once_per_client", click.IntRange(1), "Of these, those of one client."),
    ("queue", "queue", click.IntRange(0), "Queries that wait for a worker."),
    ("wait", "wait", click.FloatRange(0.1), "Seconds that a query waits for one."),
    ("stall", "stall", click.FloatRange(1), "Seconds that a client may leave an answer unread."),
    ("body", "body", click.IntRange(1), "MiB of a posted update or RDF document."),
    ("query-size", "query", click.IntRange(1), "KiB of a query."),
    ("spare", "spare", click.IntRange(0), "Idle workers kept ready; 0: 8 in memory, else 2."),
)
"""The option, the field of ``Limits``, its values, what it says."""
_UNITS = {"query_memory": _MIB, "size": _MIB, "body": _MIB, "query": 1 << 10}


def _limits(command: Callable[..., None]) -> Callable[..., None]:
    for name, field, kind, said in reversed(_LIMITS):
        default = getattr(_DEFAULT, field)
        command = option(
            f"--{name}",
            field,
            type=kind,
            default=default // _UNITS[field] if field in _UNITS else default,
            show_default=True,
            help=said,
        )(command)
    return command


@click.command("serve")
@STORE
@BASE
@option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Its port.")
@option(
    "--memory",
    type=click.Choice(["auto", "yes", "no"]),
    default="auto",
    show_default=True,
    help="Answer from memory, where queries are several times faster; auto: where there is room.",
)
@option(
    "--union-default-graph/--no-union-default-graph",
    "is_union",
    default=True,
    show_default=True,
    help="The default graph is the union of all graphs, where a query names no dataset.",
)
@option("--writable", is_flag=True, help=f"Take updates with the token that {TOKEN} holds.")
@option(
    "--writable-graph",
    "writable_graphs",
    multiple=True,
    metavar="IRI",
    help="A harvested graph that may be written to all the same; may be repeated.",
)
@option(
    "--allow-remote",
    multiple=True,
    metavar="IRI",
    help="An address that SERVICE and LOAD may call, all below it where it ends in /;"
    " may be repeated.",
)
@option(
    "--trusted-proxy",
    "trusted_proxies",
    multiple=True,
    metavar="ADDRESS",
    help="An address or network whose Forwarded and X-Forwarded-* are believed; may be repeated.",
)
@option(
    "--cache",
    type=click.IntRange(0),
    default=64,
    show_default=True,
    help="MiB of answers kept to be given again.",
)
@option("--access-log/--no-access-log", default=True, show_default=True, help="A JSON line each.")
@option(
    "--grace",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="Seconds that running queries have when the server is asked to end.",
)
@_limits
def serve_command(
    store: Path,
    base: str | None,
    host: str,
    port: int,
    memory: str,
    is_union: bool,
    writable: bool,
    writable_graphs: tuple[str, ...],
    allow_remote: tuple[str, ...],
    trusted_proxies: tuple[str, ...],
    cache: int,
    access_log: bool,
    grace: int,
    **limits: Any,
) -> None:
    """Serve the published snapshot, and each new one as it is published."""
    held = {name: value * _UNITS.get(name, 1) for name, value in limits.items()}
    settings = Settings(
        store=store,
        limits=Limits(**held),
        memory="no" if writable and memory == "auto" else memory,
        is_union=is_union,
        cache=cache * _MIB,
        allow_remote=allow_remote,
        trusted_proxies=trusted_proxies,
        access_log=access_log,
        token=_token() if writable else "",
        writable_graphs=writable_graphs,
    )
    if writable:
        _make(store, base)
    serve(settings, host, port, grace, base)


def _token() -> str:
    token = os.environ.get(TOKEN, "")
    if not token:
        raise ConfigError(f"--writable needs a token in the environment: {TOKEN} is not set")
    return token


def _make(store: Path, base: str | None) -> None:
    """A store to write to, where there is none yet: empty, and published so."""
    if not (store / "current").exists():
        writer = GraphStore(store, base)
        writer.publish()
        writer.close()


def serve(
    settings: Settings, host: str, port: int, grace: int = 20, base: str | None = None
) -> None:
    """Serve until a signal ends it. Raises ``ConfigError``."""
    iris = Snapshots(settings.store, base).iris
    served = Served(settings)
    click.echo(
        f"Serving {settings.store} on http://{host}:{port}/ ; its IRIs begin with {iris.base}"
    )
    listening.serve(served, host, port, grace)
