"""Triples as the JSON-LD tree that is published: framed with PyLD against our own context."""

import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

import pyoxigraph as ox
from pyld import jsonld

from graph.writing import SYNTAXES, write
from vocab.context import CONTEXT_FILE

_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@cache
def context_document() -> dict[str, Any]:
    """The published context, ``/context.jsonld``: the model without what only we read of it."""
    whole = json.loads(files("vocab").joinpath(CONTEXT_FILE).read_text("utf-8"))
    return {"@context": whole["@context"]}


@cache
def _frame(name: str) -> dict[str, Any]:
    found = files("vocab").joinpath(f"frames/{name}.jsonld")
    chosen = found if found.is_file() else files("vocab").joinpath("frames/resource.jsonld")
    document: dict[str, Any] = json.loads(chosen.read_text("utf-8"))
    return document


def framed(triples: Iterable[ox.Triple], iri: str, kind: str, context_iri: str) -> bytes:
    """The tree of ``iri`` as compacted JSON-LD 1.1; ``kind`` names its frame (dataset, catalog)."""
    expanded = json.loads(write(triples, SYNTAXES["jsonld"], {}))
    for node in expanded:
        # The engine writes rdf:type as any other property; JSON-LD's word for it is @type.
        if types := node.pop(_RDF_TYPE, None):
            node["@type"] = [each["@id"] for each in types]

    def load(url: str, _: dict[str, Any]) -> dict[str, Any]:
        # The one document that a frame of ours refers to; nothing is ever fetched.
        if url != context_iri:
            raise ValueError(f"{url} is no context of ours")
        return {
            "contextUrl": None,
            "documentUrl": url,
            "contentType": "application/ld+json",
            "document": context_document(),
        }

    frame = {"@context": context_iri, "@id": iri, **_frame(kind)}
    options = {"documentLoader": load, "omitGraph": True, "processingMode": "json-ld-1.1"}
    tree = jsonld.frame(expanded, frame, options)
    return json.dumps(tree, ensure_ascii=False, indent=1).encode()
