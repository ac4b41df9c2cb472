"""What a person calls a node of a snapshot: by its name, label or title, in a language."""

import pyoxigraph as ox

_NAMES = tuple(
    ox.NamedNode(iri)
    for iri in (
        "http://www.w3.org/2004/02/skos/core#prefLabel",
        "http://xmlns.com/foaf/0.1/name",
        "http://purl.org/dc/terms/title",
        "http://www.w3.org/2000/01/rdf-schema#label",
    )
)


def label(store: ox.Store, iri: str, language: str = "fr") -> str:
    """The name of an IRI; its last segment where nothing is said."""
    for name in _NAMES:
        found = [
            quad.object
            for quad in store.quads_for_pattern(ox.NamedNode(iri), name, None, None)
            if isinstance(quad.object, ox.Literal)
        ]
        if found:
            return min(found, key=lambda each: (each.language != language, each.value)).value
    return iri.rstrip("/").rsplit("/", 1)[-1].rsplit("#", 1)[-1]
