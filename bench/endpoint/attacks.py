"""Lookups beside attackers that ask what nobody can answer, each of them again and again, or each
time in other words."""

import http.client
import json
import threading
import time
from collections import Counter
from urllib.parse import urlencode

from bench.endpoint.load import loaded
from bench.endpoint.servers import JSON, Server
from bench.endpoint.watching import held

CONNECTIONS = 4
GOAL = 3.0
_QUIET = 10
_SETTLING = 10
_STRING = "x" * 100_000
_ATTACKS = {
    "product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "product with a filter": "SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(?c = ?f && ?a != ?d && ?b != ?e"
    " && STRLEN(STR(?c)) > 1000000) }",
    "memory bomb": f'SELECT (CONCAT({",".join(["?x"] * 400)}) AS ?y) {{ BIND("{_STRING}" AS ?w)'
    f" BIND(CONCAT({','.join(['?w'] * 100)}) AS ?x) }}",
    "huge ORDER BY": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?c DESC(?a)",
}


class Attacker(threading.Thread):
    """Asks one query ``rounds`` times from an address, with another LIMIT each time where
    ``is_varied``."""

    def __init__(
        self,
        server: Server,
        query: str,
        address: str,
        seconds: float,
        rounds: int,
        *,
        is_varied: bool,
    ) -> None:
        super().__init__(daemon=True)
        self._server, self._address = server, address
        self._is_varied = is_varied
        # Made once: the time that it takes is taken from the lookups, which this process asks too.
        self._body = urlencode({"timeout": f"{seconds:g}", "query": query}).encode()
        self._limit, self._rounds = seconds, rounds
        self.longest = 0.0
        self.outcomes: Counter[str] = Counter()

    def run(self) -> None:
        """Attack."""
        for number in range(self._rounds):
            begun = time.monotonic()
            more = f"+LIMIT+{1_000_000_000 + number}" if self._is_varied else ""
            outcome = self._attack(self._body + more.encode())
            self.outcomes[outcome] += 1
            self.longest = max(self.longest, time.monotonic() - begun)

    def _attack(self, body: bytes) -> str:
        """How one attack ended: the reason given, a status, or that it was broken off."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self._server.port, self._limit + 30, (self._address, 0)
        )
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Accept": JSON}
        try:
            connection.request("POST", self._server.path, body, kind)
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__
        finally:
            connection.close()
        if answer.status == 200:
            return "answered"
        return str(json.loads(said).get("reason", answer.status))


_WAYS = {
    "each its address": (False, False),
    "all from one address": (True, False),
    "in other words": (False, True),
}
"""Of attacking: whether from one address, and whether in other words each time."""


def compare(server: Server, asked: list[str], rounds: int, seconds: float) -> None:
    """Lookups quiet and attacked in every way; what is left behind."""
    quiet = loaded(server, asked, CONNECTIONS, _QUIET, is_plain=True)
    print(f"  quiet                          {quiet}")
    before = held(server.pid)
    for way in _WAYS:
        _attacked(server, asked, -(-rounds // len(_WAYS)), seconds, quiet.p95, way)
    time.sleep(_SETTLING)
    print(f"  before: {before}\n  after:  {held(server.pid)}")
    again = loaded(server, asked, CONNECTIONS, _QUIET, is_plain=True)
    print(f"  quiet again                    {again}")


def _attacked(
    server: Server, asked: list[str], rounds: int, seconds: float, quiet: float, way: str
) -> None:
    """Lookups from 127.0.0.1, the attackers from there too or each from elsewhere."""
    is_one, is_varied = _WAYS[way]
    attackers = {
        name: Attacker(
            server,
            query,
            "127.0.0.1" if is_one else f"127.0.0.{number}",
            seconds,
            rounds,
            is_varied=is_varied,
        )
        for number, (name, query) in enumerate(_ATTACKS.items(), 2)
    }
    for each in attackers.values():
        each.start()
    worst = 0.0
    while any(each.is_alive() for each in attackers.values()):
        some = min(30.0, rounds * seconds)
        found = loaded(server, asked, CONNECTIONS, some, is_plain=True)
        worst = max(worst, found.p95)
        print(f"  attacked, {way:20} {found}", flush=True)
    print(f"    now: {held(server.pid)}")
    for name, each in attackers.items():
        outcomes = ", ".join(f"{said} {count}" for said, count in each.outcomes.most_common())
        late = each.longest - seconds
        print(f"    {name:22} {outcomes}; the longest {late:+.2f} s of its limit, goal +1 s")
    print(f"    p95 {worst / quiet:.1f} times the quiet one, goal under {GOAL:g}", flush=True)
