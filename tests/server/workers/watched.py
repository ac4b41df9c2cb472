"""A server that is asked too much, and the processes that it is made of."""

import os
from pathlib import Path

PRODUCT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ROWS = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
HUNGRY = "SELECT DISTINCT ?a ?b ?c ?d ?e { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f"
SECONDS = 1.5


def varied(query, number):
    """The same query in other words: it is not known again."""
    return f"{query} LIMIT {1_000_000_000 + number}"


def ask(client, query, **others):
    return client.get("sparql", params={"query": query, **others}, timeout=60)


def children(pid):
    """The processes below a process, with those that nobody waited for."""
    found, parents = [], {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
    for child in parents:
        ancestor = child
        while ancestor in parents and ancestor != pid:
            ancestor = parents[ancestor]
        if ancestor == pid and child != pid:
            found.append(child)
    return found


def server_of(client):
    """The process that listens on the client's port."""
    port = client.base_url.port
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"serve" in words and str(port).encode() in words:
                return int(entry.name)
    raise AssertionError("no server")


def processor_seconds(pids):
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")
