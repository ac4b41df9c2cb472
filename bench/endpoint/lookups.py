"""One-subject lookups: many different ones that nobody has asked before, or one again and again."""

import random
from statistics import median

from bench.endpoint.load import client, loaded
from bench.endpoint.servers import Server
from bench.endpoint.watching import processor

CONNECTIONS = 8
_COUNT = 2000
_DATASETS = (
    "SELECT ?d { ?d a <http://www.w3.org/ns/dcat#Dataset> ;"
    " <http://purl.org/dc/terms/identifier> ?identifier }"
)


def queries(server: Server) -> list[str]:
    """Lookups of 2,000 datasets by chance, always the same."""
    rows = server.ask(_DATASETS)["results"]["bindings"]
    names = sorted({row["d"]["value"] for row in rows})
    chosen = random.Random(1).sample(names, min(_COUNT, len(names)))
    return [f"SELECT ?p ?o WHERE {{ <{name}> ?p ?o }}" for name in chosen]


def compare(
    ours: Server, peer: Server, asked: list[str], rounds: int, seconds: float, goal: float
) -> None:
    """Load both in turn with what is asked; print the rounds and the ratio of the medians."""
    print(f"  {CONNECTIONS} connections by {client()}, {len(asked)} queries")
    rates: dict[str, list[float]] = {ours.name: [], peer.name: []}
    for server in (peer, ours):
        loaded(server, asked, CONNECTIONS, 1)  # what is read first is read from disk
    for number in range(rounds):
        for server in (peer, ours) if number % 2 == 0 else (ours, peer):
            before = processor(server.pid)
            found = loaded(server, asked, CONNECTIONS, seconds)
            busy = (processor(server.pid) - before) / found.requests
            rates[server.name].append(found.rate)
            print(f"  {server.name:9} {found}, {busy * 1e6:4.0f} us of processors each", flush=True)
    ratio = median(rates[ours.name]) / median(rates[peer.name])
    print(f"  ratio {ratio:.2f}, goal at least {goal:g}")
