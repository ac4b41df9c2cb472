"""Licences and rights: a feed says them anywhere, DCAT-AP of distributions and services."""

import re
from collections.abc import Iterator, Sequence

from ingest.connectors.dcat_resource import LABELS, Resource, coded, shown, spellings
from ingest.connectors.dcat_terms import put
from ingest.connectors.dcat_values import Value
from ingest.describing import Licence
from ingest.readers import html_text
from ingest.reading import Node, Reading
from vocab.codelist import fold

LICENCE, RIGHTS, ACCESS = "dct:license", "dct:rights", "dct:accessRights"
_NO_LICENCE = Licence()
_ACCESS = (ACCESS, "pod:accessLevel")
_URL = re.compile(r"https?://[^\s<>\"')\],;]+")
_SAME_AS = (
    "skos:exactMatch",
    "owl:sameAs",
    "foaf:page",
    "foaf:homepage",
    "rdfs:seeAlso",
    "dct:source",
)
"""Where a licence of a portal's own says which one it is."""
_NOTHING = frozenset(
    {"license not specified", "licence not specified", "notspecified", "not specified",
     "non specifie", "non specifiee", "licence non specifiee", "none", "null"}
)  # fmt: skip
"""What is said where no licence is."""


def access(reading: Reading, node: Node, resource: Resource) -> list[str]:
    """Who may see the data (dct:accessRights). Gives the words that are in no code list."""
    term, words = reading.terms["accessRights"], []
    rights = reading.context.model.code_list("access-right")
    for key in _ACCESS:
        for value in resource.values(key):
            if coded(rights, resource, value, key) or value.kind == "iri":
                put(reading, node, term, resource, key, value)
            elif text := shown(resource, value, key):
                words.append(text)
    return words


def grant(reading: Reading, node: Node, resource: Resource, default: Licence = _NO_LICENCE) -> None:
    """Say the licence and the rights on a distribution or a service: its own, else what holds for
    the whole dataset. A licence of its own that nobody knows is not replaced by the dataset's."""
    own = licence(reading, resource, f"{node.iri}/rights")
    said = own.licence or ("" if resource.values(LICENCE) else default.licence)
    Licence(said, own.rights or default.rights).grant(node)


def licence(reading: Reading, resource: Resource, at: str, words: Sequence[str] = ()) -> Licence:
    """The licence that is said of a node, and a statement of rights ``at`` an IRI, of the words
    that are in no code list and of further ``words``."""
    given = [
        (key, value, _concept(reading, resource, key, value))
        for key in (LICENCE, RIGHTS)
        for value in resource.values(key)
    ]
    known = list(dict.fromkeys(concept for _, _, concept in given if concept))
    for other in known[1:]:
        path = resource.path + LICENCE
        message = f"{path}: one licence is allowed, the first is kept"
        reading.issue("duplicate", path, other, message)
    statements = dict.fromkeys(words)
    for key, value, concept in given:
        if not concept:
            statements |= dict.fromkeys(_statement(reading, resource, key, value, bool(known)))
    if not statements:
        return Licence(known[0]) if known else _NO_LICENCE
    node = reading.node(at, "RightsStatement")
    node.add("description", " ; ".join(statements))
    return Licence(known[0] if known else "", node.iri)


def _statement(
    reading: Reading, resource: Resource, key: str, value: Value, is_known: bool
) -> Iterator[str]:
    """The words that a value adds to the rights: none where it says that nothing is said."""
    path, text = resource.path + key, _words(resource, value, key)
    if fold(text) in _NOTHING:
        reading.issue("missing", path, text, f"{path}: {text!r}: no licence is said")
    elif text:
        yield text
        if key == LICENCE and not is_known:
            what = f"{text[:200]!r} is not in the code list licence; kept as dct:rights"
            reading.issue("unknown-value", path, text, f"{path}: {what}")


def _words(resource: Resource, value: Value, key: str) -> str:
    """A statement: the text, or the label of its node and where that is."""
    label = resource.to(value, key).text(*LABELS)
    text = shown(resource, value, key)
    if value.kind == "node" or not label:
        return html_text(text)
    return f"{html_text(label)} ({text})"


def _concept(reading: Reading, resource: Resource, key: str, value: Value) -> str:
    """The licence that a value names: by its IRI, a label, a page of it, or a URL in its words."""
    code_list = reading.context.model.code_list("licence")
    if value.kind == "iri" and (found := code_list.find(value.text)):
        return found[0]
    target = resource.to(value, key)
    given = [*spellings(resource, value, key), *target.texts(*_SAME_AS)]
    for text in list(given):
        if value.kind != "iri" or text != value.text:
            given += [html_text(text), *(url.rstrip(".") for url in _URL.findall(text))]
    return next((found for text in given for found in code_list.find(text)), "")
