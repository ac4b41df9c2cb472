"""``jointure check``: score, findings, what to mend; written to ``graph/quality``."""

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pyoxigraph as ox

from graph.check import PortalCheck, check
from graph.mqa import ACCESS_URL, DOWNLOAD_URL
from graph.quality import Quality
from graph.snapshot import Snapshots
from graph.store import GraphStore
from ingest.probing import Prober
from server import console
from server.check_results import Results
from server.options import STORE, option
from vocab.codelist import CodeList
from vocab.context import Model


@click.command("check")
@STORE
@option("--portal", of="CHECK_", help="Only this portal; then nothing is written.")
@option(
    "--format",
    "form",
    of="CHECK_",
    type=click.Choice(["text", "json", "ttl"]),
    default="text",
    show_default=True,
    help="json has every dataset, ttl is the graph quality (DQV).",
)
@option("--probe", of="CHECK_", is_flag=True, help="Ask whether links answer: 80 more points.")
@option("--contact", default="", help="Where hosts find whom to write to; the base if not given.")
@option("--dry-run", of="CHECK_", is_flag=True, help="Check and say, write nothing.")
def check_command(
    store: Path, portal: str | None, form: str, probe: bool, contact: str, dry_run: bool
) -> None:
    """Check the published snapshot against DCAT-AP, score it, and say what to mend.

    The score is that of data.europa.eu (MQA, 405 points); whether links answer, 80 of them, is
    measured with --probe alone, of each dataset's best distribution. The results are written to
    the graph quality and published.
    """
    snapshots = Snapshots(store)
    snapshot = snapshots.current()
    iris = snapshots.iris
    checks = check(snapshot, iris, portal)
    if probe:
        links = _links(snapshot.store, checks)
        answers = Prober(contact or iris.base).probe(links)
        told = {f"<{link}>": answer for link, answer in answers.items()}
        checks = check(snapshot, iris, portal, told)
    ended = datetime.now(UTC)
    results = Results(checks, snapshot.store, iris, ended)
    if form == "json":
        results.write_json(sys.stdout)
    elif form == "ttl":
        _write_turtle(Quality(iris, ended).chunks(checks), Model(iris.base))
    else:
        for table in results.tables():
            console.show(table)
    sys.stdout.flush()
    if portal is None and not dry_run:
        _publish(store, Quality(iris, ended).chunks(checks))


def _links(store: ox.Store, checks: Iterable[PortalCheck]) -> Iterator[str]:
    """The links of each dataset's best distribution, the one that counts."""
    best = {each.score.distribution for found in checks for each in found.datasets}
    for distribution in sorted(best - {""}):
        for name in (ACCESS_URL, DOWNLOAD_URL):
            node = ox.NamedNode(distribution.strip("<>"))
            for quad in store.quads_for_pattern(node, ox.NamedNode(name), None, None):
                yield str(quad.object)[1:-1]


def _publish(store: Path, chunks: Iterable[bytes]) -> None:
    writer = GraphStore(store)
    try:
        base = writer.iris.base
        for name in ("quality", "fix"):
            writer.write_concepts(CodeList(name, base).quads)
        writer.replace("quality", chunks)
        writer.publish()
    finally:
        writer.close()


def _write_turtle(chunks: Iterable[bytes], model: Model) -> None:
    triples = (quad.triple for chunk in chunks for quad in ox.parse(chunk, ox.RdfFormat.N_QUADS))
    ox.serialize(triples, sys.stdout.buffer, ox.RdfFormat.TURTLE, prefixes=model.prefixes)
