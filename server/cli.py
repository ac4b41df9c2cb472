"""The commands. Exit code 0: done; 1: a portal failed, the others are in; 2: our configuration."""

import logging
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import click

from graph.provenance import last_runs
from graph.snapshot import Snapshots
from graph.store import GraphStore
from graph.writing import GRAPH_SYNTAXES, SYNTAXES
from ingest.connectors import CONNECTORS
from ingest.outcome import Options
from ingest.portals import Portal, bundled_registry, load_portals
from ingest.run import Network, sample_portals
from ingest.run import harvest as harvest_portals
from server import console
from server.checking import check_command
from server.export import write_export
from server.http.problems import Problem
from server.lexing import preflight
from server.options import BASE, PLACES, STORE, option
from server.reporting import report_command
from server.serve_command import serve, serve_command
from server.settings import Settings
from server.sparql import evaluation
from server.sparql.protocol import Query
from server.sparql.remote import Allowed
from vocab.context import Model
from vocab.errors import ConfigError

_REGISTRY = option(
    "--portals",
    "registry",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The registry of portals, a TOML file; the bundled one where this is not given.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="jointure")
@click.option("--verbose", "-v", is_flag=True, help="Say every issue met, record by record.")
def commands(verbose: bool) -> None:
    """Jointure: French open-data catalogues as one linked-data graph."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING, format="%(message)s", force=True
    )
    logging.getLogger("httpx2").setLevel(logging.WARNING)


@commands.command("harvest")
@click.argument("names", metavar="[PORTAL]...", nargs=-1)
@_REGISTRY
@STORE
@BASE
@option("--dry-run", is_flag=True, help="Say what would change, write nothing.")
@option("--full", is_flag=True, help="Describe every record again, changed or not.")
@option("--max", "limit", type=click.IntRange(1), help="End after N records; removes nothing.")
@option("--accept-loss", is_flag=True, help="Let more than a fifth of a portal's datasets go.")
@PLACES
@option("--replay", is_flag=True, help="Describe the raw answers kept anew; no request.")
@option("--contact", default="", help="Where portals find whom to write to; the base if not given.")
def harvest_command(
    names: tuple[str, ...],
    registry: Path | None,
    store: Path,
    base: str | None,
    dry_run: bool,
    full: bool,
    limit: int | None,
    accept_loss: bool,
    places: bool,
    replay: bool,
    contact: str,
) -> None:
    """Harvest portals (all of the registry, or those named) and publish what changed."""
    portals = _chosen(load_portals(registry or bundled_registry(), CONNECTORS), names)
    options = Options(full, limit, accept_loss, dry_run, replay)
    with tempfile.TemporaryDirectory(prefix="jointure-") as scratch:
        # A dry run makes no store: what it would do to none is tried on one that goes away.
        folder = Path(scratch) if dry_run and not store.exists() else store
        writer = GraphStore(folder, base)
        try:
            if places and not dry_run:
                writer.hold_places()
            if not _harvest(portals, writer, options, Network(contact=contact)):
                sys.exit(1)
        finally:
            writer.close()


def _chosen(portals: dict[str, Portal], names: Sequence[str]) -> list[Portal]:
    for name in names:
        if name not in portals:
            raise ConfigError(f"no portal {name!r} in the registry; valid: {', '.join(portals)}")
    everyday = [name for name, portal in portals.items() if not portal.example]
    return [portals[name] for name in names or everyday]


def _harvest(
    portals: list[Portal], store: GraphStore, options: Options, network: Network | None = None
) -> bool:
    """Harvest with progress, then the summary; whether all portals went in."""
    outcomes = {}
    with console.HarvestProgress() as progress:
        walk = harvest_portals(portals, store, options, _now, network, progress.walked)
        for outcome in walk:
            progress.ended(outcome.portal)
            outcomes[outcome.portal] = outcome
            if outcome.error is not None:
                click.echo(f"error: {outcome.error}", err=True)
    ordered = [outcomes[portal.name] for portal in portals]
    console.show_outcomes(ordered, dry_run=options.dry_run)
    return all(outcome.error is None for outcome in ordered)


def _now() -> datetime:
    return datetime.now(UTC)


@commands.command("portals")
@_REGISTRY
@STORE
def portals_command(registry: Path | None, store: Path) -> None:
    """The registry: type and address of each portal, and what the store publishes of it."""
    portals = load_portals(registry or bundled_registry(), CONNECTORS)
    counts: dict[str, tuple[int, int]] = {}
    harvests: dict[str, str] = {}
    if (store / "current").exists():
        snapshots = Snapshots(store)
        harvests = last_runs(snapshots.current().store, snapshots.iris)
        for row in snapshots.current().index.catalogs():
            name = row.iri.removeprefix(snapshots.iris.catalog(""))
            counts[name] = (row.datasets, row.issues)
    console.show_portals(
        [(portal.name, portal.type, portal.root, portal.title) for portal in portals.values()],
        counts,
        harvests,
    )


@commands.command("query")
@click.argument("file", type=click.File("r", encoding="utf-8"), default="-")
@STORE
@option(
    "--format",
    "form",
    of="QUERY_",
    type=click.Choice(["table", *evaluation.RESULT_NAMES, *GRAPH_SYNTAXES]),
    default="table",
    show_default=True,
    help="How to write the results; ttl, nt, rdf and jsonld for CONSTRUCT and DESCRIBE.",
)
def query_command(file: TextIO, store: Path, form: str) -> None:
    """Answer a SPARQL query (a FILE, or - for the standard input) from the published snapshot."""
    snapshots = Snapshots(store)
    model = Model(snapshots.iris.base)
    text = file.read()
    said = preflight.read(text)
    Allowed().check(said.services)
    query = Query(text, [], [], said.names_dataset)
    try:
        results = evaluation.evaluate(snapshots.current().store, query, model, is_union=True)
        if form == "table":
            console.show_results(results, model.prefixes)
        else:
            evaluation.serialize(results, form, sys.stdout.buffer, model.prefixes)
    except RuntimeError as error:
        raise evaluation.failed(error) from error


@commands.command("export")
@STORE
@option("--portal", of="EXPORT_", help="Only this portal's catalogue, with all that it refers to.")
@option(
    "--format",
    "form",
    of="EXPORT_",
    type=click.Choice(list(SYNTAXES)),
    default="nq",
    show_default=True,
    help="nq and trig keep the named graphs, the others are their union.",
)
@option(
    "--output",
    of="EXPORT_",
    type=click.File("wb"),
    default="-",
    help="A file; - for standard output.",
)
def export_command(store: Path, portal: str | None, form: str, output: Any) -> None:
    """Write the published snapshot as RDF."""
    snapshots = Snapshots(store)
    model = Model(snapshots.iris.base)
    write_export(snapshots.current(), snapshots.iris, portal, SYNTAXES[form], model, output)


@commands.command("demo")
@option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="The port.")
@PLACES
def demo_command(port: int, places: bool) -> None:
    """Harvest the bundled samples of seven portals into a store, and serve it. No network."""
    with tempfile.TemporaryDirectory(prefix="jointure-demo-") as folder:
        store = Path(folder)
        writer = GraphStore(store, f"http://localhost:{port}/")
        if places:
            writer.hold_places()
        _harvest(list(sample_portals().values()), writer, Options())
        writer.close()
        click.echo(f"\nServing the samples on http://localhost:{port}/ (Ctrl-C ends it)")
        serve(Settings(store, access_log=False), "127.0.0.1", port)


commands.add_command(check_command)
commands.add_command(report_command)
commands.add_command(serve_command)


def main() -> None:
    """The console script ``jointure``."""
    try:
        commands.main(standalone_mode=False)
    except BrokenPipeError:
        sys.exit(1)
    except (ConfigError, Problem, OSError, UnicodeError) as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)


if __name__ == "__main__":
    main()
