"""What a request changes in the store: an update, or one graph of it, as one transaction.

Called in the writer's process (server/workers/writer.py): here untrusted text is read.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from graph.store import GraphStore
from server.http.problems import BadGateway, BadRequest, Conflict, NotFound, PreconditionFailed
from server.lexing import complaints
from server.lexing.updates import Update, as_run, read_update, with_one_prologue, with_using
from server.sparql import documents
from server.sparql.remote import Allowed


class Rules(NamedTuple):
    """What the operator lets changes do: the addresses that they may call, and the harvested
    graphs that may be written to; ``prefixes`` are offered in complaints."""

    allowed: Allowed
    writable_graphs: frozenset[str]
    prefixes: Mapping[str, str]


def check_graph(iri: str, prefix: str, writable_graphs: frozenset[str]) -> None:
    """Raises ``Conflict`` for a graph under ``prefix``, where harvested ones are: the next harvest
    would undo what is written there, and take what it undoes for the portal's."""
    if iri.startswith(prefix) and iri not in writable_graphs:
        raise Conflict(
            f"the graph <{iri}> is written by harvests alone: write to another, or let the server"
            f" be started with --writable-graph {iri}",
            reason="harvested-graph",
            members={"graph": iri},
        )


def update(store: GraphStore, rules: Rules, job: dict[str, Any], text: str) -> None:
    """Run an update (SPARQL 1.1 Update). ``job``: ``base``, ``using`` and ``using_named``, the
    dataset that the request names. Raises a ``Problem``; nothing is written then."""
    said = read_update(text, job["base"])
    if not said.understood and (found := complaints.find(text, "update", rules.prefixes)):
        raise BadRequest.at(found)
    _check(said, store, rules)
    if job["using"] or job["using_named"]:
        text = _with_using(said, job, text)
    text = with_one_prologue(as_run(text, job["base"], rules.allowed.holds))
    try:
        store.update(text, job["base"], is_replayable=said.is_replayable)
    except SyntaxError as error:
        found = complaints.of_update(str(error), text, rules.prefixes, has_base=True)
        raise BadRequest.at(found) from error
    except (RuntimeError, ValueError) as error:
        raise BadRequest(f"the update cannot be made: {error}", reason="update-failed") from error
    except OSError as error:
        if not (said.loads or said.services):
            raise
        raise BadGateway(f"what the update calls did not answer well: {error}") from error


def _check(said: Update, store: GraphStore, rules: Rules) -> None:
    if said.too_deep:
        raise BadRequest("the update nests deeper than can be read here", reason="query-too-deep")
    rules.allowed.check(said.services)
    rules.allowed.check(said.loads, "LOAD")
    prefix = store.iris.graph("")
    for iri in sorted(said.targets):
        check_graph(iri, prefix, rules.writable_graphs)
    if said.writes_any:
        for iri in sorted(store.graph_names()):
            if iri.startswith(prefix) and iri not in rules.writable_graphs:
                raise _might_write(iri, said)


def _might_write(iri: str, said: Update) -> Conflict:
    what = (
        "the update may write to graphs that it does not name"
        if said.understood
        else "what the update writes to cannot be told"
    )
    return Conflict(
        f"{what}, and the graph <{iri}> is written by harvests alone: name the graphs to write to",
        reason="harvested-graph",
        members={"graph": iri},
    )


def _with_using(said: Update, job: dict[str, Any], text: str) -> str:
    """The update with the dataset of the request (SPARQL 1.1 Protocol, section 2.2.3)."""
    if said.understood and said.has_using:
        raise BadRequest(
            "the request names graphs to use (using-graph-uri, using-named-graph-uri), and so does"
            " the update (USING, USING NAMED or WITH): one of them may",
            reason="two-datasets",
        )
    try:
        return with_using(text, job["using"], job["using_named"])
    except ValueError as error:
        raise BadRequest(f"the graphs to use: {error}") from error


def replace(store: GraphStore, rules: Rules, job: dict[str, Any], body: bytes) -> bool:
    """Put a document in the place of a graph (SPARQL 1.1 Graph Store HTTP Protocol, section 5.3);
    whether there was none. ``job``: ``graph``, ``None`` for the default graph, ``type``, ``base``,
    ``if_match`` and ``if_none_match``. Raises a ``Problem``; nothing is written then."""
    is_new = _is_new(store, job)
    found = documents.triples(body, job["type"], job["base"], rules.prefixes)
    graph = job["graph"]
    before = f"DROP SILENT GRAPH <{graph}>; CREATE GRAPH <{graph}>" if graph else "DROP DEFAULT"
    _insert(store, graph, f"{before};\n", found)
    return is_new


def merge(store: GraphStore, rules: Rules, job: dict[str, Any], body: bytes) -> bool:
    """Add a document to a graph (section 5.5), as ``replace`` does."""
    is_new = _is_new(store, job)
    found = documents.triples(body, job["type"], job["base"], rules.prefixes)
    graph = job["graph"]
    _insert(store, graph, f"CREATE SILENT GRAPH <{graph}>;\n" if graph else "", found)
    return is_new


def drop(store: GraphStore, _rules: Rules, job: dict[str, Any], _body: bytes) -> bool:
    """Take a graph away (section 5.4). Raises ``NotFound`` where there is none."""
    if _is_new(store, job):
        raise NotFound(f"there is no graph <{job['graph']}>", reason="no-graph")
    graph = job["graph"]
    _write(store, f"DROP GRAPH <{graph}>" if graph else "DROP DEFAULT")
    return False


def _insert(store: GraphStore, graph: str | None, before: str, found: bytes) -> None:
    opening, closing = (f"GRAPH <{graph}> {{", "}") if graph else ("", "")
    text = f"{before}INSERT DATA {{ {opening}\n{found.decode()}{closing} }}"
    _write(store, text)


def _write(store: GraphStore, text: str) -> None:
    store.update(text, store.iris.base, is_replayable=True)


def _is_new(store: GraphStore, job: dict[str, Any]) -> bool:
    """Whether there is no such graph yet; the default graph is always there. Raises
    ``PreconditionFailed`` (RFC 9110, section 13.2.2)."""
    graph: str | None = job["graph"]
    is_new = graph is not None and not store.has_graph(graph)
    for what, is_wanted in (("if_match", True), ("if_none_match", False)):
        if (tags := job[what]) is None:
            continue
        holds = not is_new and ("*" in tags or _current(store.folder) in tags)
        if holds != is_wanted:
            raise PreconditionFailed(
                f"the header {what.replace('_', '-').title()} does not hold of what is there now"
            )
    return is_new


def _current(folder: Path) -> str:
    """The number of the snapshot that is current, with which every entity tag begins."""
    return (folder / "current").readlink().name
