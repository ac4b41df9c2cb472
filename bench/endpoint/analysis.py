"""Ten questions that join and group over the whole graph, as researchers, city officers and
journalists would put them (``bench/questions``)."""

import hashlib
import json
import time
from typing import NamedTuple

from bench.endpoint.servers import ROOT, Server

GOAL, GOAL_EACH = 0.5, 1.0
_FOLDER = ROOT / "bench" / "questions"


class Answer(NamedTuple):
    """Rows, their hash without regard to order, and the seconds that it took."""

    rows: int
    hash: str
    seconds: float


def answered(server: Server, question: str) -> Answer:
    """Ask a question."""
    begun = time.monotonic()
    document = server.ask(question)
    seconds = time.monotonic() - begun
    rows = document["results"]["bindings"]
    lines = sorted(json.dumps(row, sort_keys=True) for row in rows)
    return Answer(len(rows), hashlib.sha256("\n".join(lines).encode()).hexdigest(), seconds)


def compare(ours: Server, peer: Server) -> None:
    """Put every question to both in turn; print the seconds, and where answers are not the same."""
    sums, worst = [0.0, 0.0], 0.0
    for path in sorted(_FOLDER.glob("*.rq")):
        question = path.read_text("utf-8")
        mine, other = answered(ours, question), answered(peer, question)
        sums[0] += mine.seconds
        sums[1] += other.seconds
        worst = max(worst, mine.seconds / other.seconds)
        same = "" if mine[:2] == other[:2] else f"  ANSWERS DIFFER: {other.rows} rows of the peer"
        print(f"  {path.stem:16} {mine.rows:6} rows  {_seconds(mine.seconds, other.seconds)}{same}",
              flush=True)  # fmt: skip
    print(f"  {'in sum':28} {_seconds(*sums)}")
    print(
        f"  ratio in sum goal at most {GOAL:g}; the worst {worst:.2f}, goal at most {GOAL_EACH:g}"
    )


def _seconds(mine: float, other: float) -> str:
    return f"{mine:7.2f} s, the peer {other:7.2f} s, ratio {mine / other:.2f}"
