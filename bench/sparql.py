"""The SPARQL endpoint, beside the native server: ``oxigraph serve-read-only`` over the same data.

    python bench/sparql.py [--only PART …] [--source EXPORT.csv.gz | --store FOLDER] [--rounds 3]
                           [--seconds 5] [--attack-rounds 20] [--attack-seconds 5]
                           [--switch-seconds 60] [--realtime]

The graph is a udata export of datasets and the export of Paris, harvested once and kept in
``.bench/sparql-store``; ``--store`` takes another. The parts:

- ``lookups``: what is said of one of 2,000 datasets, at 8 connections, nothing cached
- ``repeated``: one such lookup again and again, the cache on
- ``questions``: ten analytic questions over the whole graph, nothing cached
- ``stream``: a result of 300 MB; slow readers beside one that is not
- ``attacks``: lookups beside two products, a memory bomb and a huge ORDER BY, the same again and
  again, and in other words each time
- ``switch``: a snapshot of a small store published every second under 8 clients

Printed: our figures, the peer's, their ratio, and the goal. ``--realtime`` runs both servers and
the client, all alike, before whatever else the machine does (SCHED_RR; needs the right to), but for
``attacks``, where the server's own priorities count. Ratios are to be trusted, not figures.
"""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.endpoint import analysis, attacks, graphs, lookups, streaming, switching
from bench.endpoint.servers import Server, native, ours

PARTS = ("lookups", "questions", "stream", "repeated", "attacks", "switch")
GOAL_LOOKUPS, GOAL_REPEATED = 0.7, 2.0
_UNCACHED = ("--cache", "0", "--timeout", "3600")
_PRIORITY = 10


@contextmanager
def both(store: Path, *options: str) -> Iterator[tuple[Server, Server]]:
    """Our server and the peer."""
    with native(store) as peer, ours(store, *options) as mine:
        yield mine, peer


def prioritize(is_realtime: bool) -> None:
    """Whether this process, and all that it starts, goes before others."""
    policy = os.SCHED_RR if is_realtime else os.SCHED_OTHER
    os.sched_setscheduler(0, policy, os.sched_param(_PRIORITY if is_realtime else 0))


def uncached(store: Path, parts: set[str], arguments: argparse.Namespace) -> None:
    """The parts that go without the cache, and with all the time that there is."""
    with both(store, *_UNCACHED) as (mine, peer):
        if "lookups" in parts:
            print("lookups")
            asked = lookups.queries(mine)
            lookups.compare(mine, peer, asked, arguments.rounds, arguments.seconds, GOAL_LOOKUPS)
        if "questions" in parts:
            print("questions")
            analysis.compare(mine, peer)
        if "stream" in parts:
            print("stream")
            streaming.compare(mine, peer)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--source", type=Path, help="a udata export of datasets (.csv.gz)")
    parser.add_argument("--store", type=Path, help="a store that is there")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--attack-rounds", type=int, default=20)
    parser.add_argument("--attack-seconds", type=float, default=5)
    parser.add_argument("--switch-seconds", type=int, default=60)
    parser.add_argument("--realtime", action="store_true")
    arguments = parser.parse_args()
    parts = set(arguments.only or PARTS)
    prioritize(arguments.realtime)
    if parts - {"switch"}:
        store = arguments.store or graphs.large(arguments.source)
        datasets, quads = graphs.size(store)
        print(f"{datasets:,} datasets, {quads:,} quads, {os.cpu_count()} processors", flush=True)
        if parts & {"lookups", "questions", "stream"}:
            uncached(store, parts, arguments)
        if "repeated" in parts:
            with both(store) as (mine, peer):
                print("repeated")
                one = lookups.queries(mine)[:1]
                lookups.compare(mine, peer, one, arguments.rounds, arguments.seconds, GOAL_REPEATED)
        if "attacks" in parts:
            prioritize(False)
            with ours(store, "--cache", "0") as mine:
                print("attacks")
                asked = lookups.queries(mine)
                attacks.compare(mine, asked, arguments.attack_rounds, arguments.attack_seconds)
            prioritize(arguments.realtime)
    if "switch" in parts:
        print("switch")
        switching.compare(arguments.switch_seconds)


if __name__ == "__main__":
    main()
