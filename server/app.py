"""The pages and the resources: what answers at which address, beside what server/front.py does.

All that it needs are its arguments.
"""

from collections.abc import Iterator
from importlib.resources import files
from tempfile import TemporaryFile
from typing import IO
from urllib.parse import quote, unquote

import pyoxigraph as ox
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response, StreamingResponse

from graph.iris import UNRESERVED
from graph.snapshot import Snapshot, Snapshots
from graph.writing import SYNTAXES, restored
from server import pages, resources
from server.framing import context_document
from server.http.problems import MEDIA_TYPE, NotFound, Problem, answer
from vocab.context import Model

_READ = ["GET", "HEAD"]
KINDS = ("dataset", "catalog", "agent", "place", "concept", "run", "derivation")
"""The kinds of resources that have an address: the first segment of their IRIs' paths."""


def create_app(snapshots: Snapshots) -> FastAPI:
    """The server over the current snapshot of a store."""
    model = Model(snapshots.iris.base)
    app = FastAPI(title="Jointure", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(Problem, answer)
    app.add_exception_handler(HTTPException, _not_routed)
    app.add_exception_handler(Exception, answer)
    _add_resources(app, snapshots, model)
    _add_graphs(app, snapshots, model)
    _add_pages(app, snapshots, model)
    return app


def _not_routed(request: Request, error: Exception) -> Response:
    """An address or a method that nothing is routed to, in the one shape of errors."""
    assert isinstance(error, HTTPException)
    words = error.detail.lower().replace(" ", "-")
    body = {"title": error.detail, "status": error.status_code, "detail": request.url.path}
    return JSONResponse(
        {**body, "reason": words},
        error.status_code,
        headers=error.headers,
        media_type=MEDIA_TYPE,
    )


def _add_resources(app: FastAPI, snapshots: Snapshots, model: Model) -> None:
    representations = resources.Representations(model)

    def resource(request: Request) -> Response:
        snapshot, path = snapshots.current(), _path(request)
        accept = _accept(request)
        iri, suffix, body, is_gone = representations.get(snapshot, path, accept)
        status = 410 if is_gone else 200
        number = snapshot.number if path.startswith("run/") else snapshot.content
        headers = {
            "ETag": f'"{number}-{suffix}"',
            "Vary": "Accept",
            "Content-Location": f"{iri}.{suffix}",
            "Link": _alternates(iri),
        }
        if status == 200 and _is_held(request, headers["ETag"]) and not request.url.query:
            return Response(status_code=304, headers=headers)
        if suffix == "html":
            page = request.query_params.get("page", "1")
            return _page(pages.resource(snapshot, model, iri, page), headers, status)
        media_type = resources.MEDIA_TYPES[suffix]
        charset = "; charset=utf-8" if media_type.startswith("text/") else ""
        return Response(body, status, headers, media_type + charset)

    for kind in KINDS:
        app.add_api_route(
            f"/{kind}/{{path:path}}", resource, methods=_READ, response_class=Response
        )


def _add_graphs(app: FastAPI, snapshots: Snapshots, model: Model) -> None:
    def graph(request: Request) -> Response:
        snapshot, path = snapshots.current(), _path(request)
        stem, _, suffix = path.rpartition(".")
        if suffix not in resources.MEDIA_TYPES:
            stem, suffix = path, resources.negotiated(_accept(request))
        name = resources.named(model.base + stem)
        if not snapshot.store.contains_named_graph(name):
            raise NotFound(f"there is no graph <{name.value}>")
        headers = {
            "ETag": f'"{snapshot.number}-{suffix}"',
            "Vary": "Accept",
            "Link": _alternates(name.value),
        }
        if _is_held(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        if suffix == "html":
            return _page(pages.graph(model, name.value), headers)
        media_type = resources.MEDIA_TYPES[suffix]
        if request.method == "HEAD":  # the whole graph would be written, to be thrown away
            return Response(headers=headers, media_type=media_type)
        dump = _dump(snapshot, name, suffix, model)
        return StreamingResponse(dump, media_type=media_type, headers=headers)

    app.add_api_route("/graph/{path:path}", graph, methods=_READ, response_class=Response)


def _accept(request: Request) -> str | None:
    """The Accept header; several lines of it are one list (RFC 9110, section 5.3)."""
    return ", ".join(request.headers.getlist("accept")) or None


def _is_held(request: Request, etag: str) -> bool:
    """Whether the client holds this representation (RFC 9110, section 13.1.2: weak comparison)."""
    held = ",".join(request.headers.getlist("if-none-match")).split(",")
    return any(each.strip().removeprefix("W/") in (etag, "*") for each in held)


def _path(request: Request) -> str:
    """The path below the base, each segment percent-encoded as our IRIs are.

    Proxies may spell octets otherwise (RFC 3986, section 6.2.2): it is the same resource.
    """
    raw = request.scope["raw_path"].decode("latin-1").lstrip("/")
    return "/".join(
        quote(unquote(each, errors="replace"), safe=UNRESERVED) for each in raw.split("/")
    )


def _dump(snapshot: Snapshot, graph: ox.NamedNode, suffix: str, model: Model) -> Iterator[bytes]:
    """A whole named graph, by way of a file: it may be larger than the memory."""
    with TemporaryFile() as file:
        _write(file, snapshot, graph, suffix, model)
        file.seek(0)
        while chunk := file.read(1 << 16):
            yield chunk


def _write(
    file: IO[bytes], snapshot: Snapshot, graph: ox.NamedNode, suffix: str, model: Model
) -> None:
    """In a function of its own: the engine's iterator has to go in the thread that it came in,
    and each chunk of an answer is read in any thread of the pool."""
    quads = snapshot.store.quads_for_pattern(None, None, None, graph)
    triples = (restored(quad.triple) for quad in quads)
    ox.serialize(triples, file, SYNTAXES[suffix].format, prefixes=model.prefixes)


def _alternates(iri: str) -> str:
    return ", ".join(
        f'<{iri}.{suffix}>; rel="alternate"; type="{media_type}"'
        for suffix, media_type in resources.MEDIA_TYPES.items()
    )


def _add_pages(app: FastAPI, snapshots: Snapshots, model: Model) -> None:
    def home() -> Response:
        return _page(pages.home(snapshots.current(), model))

    def context() -> Response:
        return JSONResponse(context_document(), media_type="application/ld+json")

    def style() -> Response:
        sheet = files("server").joinpath("web/style.css").read_bytes()
        return Response(sheet, media_type="text/css; charset=utf-8")

    app.add_api_route("/", home, methods=_READ, response_class=Response)
    app.add_api_route("/context.jsonld", context, methods=_READ, response_class=Response)
    app.add_api_route("/web/style.css", style, methods=_READ, response_class=Response)


def _page(html: str, headers: dict[str, str] | None = None, status: int = 200) -> Response:
    held = {**pages.SECURITY, **(headers or {})}
    return Response(html, status, held, "text/html; charset=utf-8")
