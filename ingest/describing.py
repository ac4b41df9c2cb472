"""What every connector says in the same way: titles, agents, licences, formats."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from graph.iris import slug
from ingest import agents
from ingest.isolation import SURPRISES
from ingest.readers import distinct, html_text
from ingest.reading import Node, Reading
from vocab.codelist import fold

Candidate = tuple[str, Any]
"""A source's key and its value."""

_LANGUAGE = re.compile("[a-z]{2}")
_LEAKED = re.compile(
    r"""\{\s*(['"])\#text\1\s*:\s*(['"])(?P<text>[^{}]*)\2\s*\}|(?:\[object\ Object\]\s*)+""",
    re.DOTALL,
)
"""An object of the portal's own program, written as text by Python, JSON or JavaScript."""
_EMAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[a-zA-Z]{2,}")


def text(value: Any) -> str:
    """A value as text; a list gives its first member that holds something."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return next((found for found in map(text, value) if found), "")
    if isinstance(value, dict):
        if set(value) == {"#text"}:  # an XML element, as converters to JSON write it
            return text(value["#text"])
        raise ValueError("an object where text is expected")
    return "" if value is None else str(value).strip()


def texts(value: Any) -> list[str]:
    """A value as a list of texts without the empty ones."""
    members = value if isinstance(value, list) else [value]
    return [found for found in map(text, members) if found]


def titles(
    reading: Reading,
    node: Node,
    title: Candidate,
    description: Candidate,
    *,
    read: Callable[[str], str] = html_text,
) -> None:
    """Title and description, each of which DCAT-AP asks for: the other stands in, with an issue.

    ``read`` makes a text of the description.
    """
    title, of_title = _translated(node, "title", title)
    description, of_description = _translated(node, "description", description)
    name, about = readable(reading, title), read(readable(reading, description))
    if not name:
        name = node.iri.rsplit("/", 1)[-1]
        reading.issue("missing", title[0], "", f"{title[0]}: no title; the identifier stands in")
    node.add("title", name, title[0], of_title)
    if not about:
        message = f"{description[0]}: no description; the title stands in"
        reading.issue("missing", description[0], "", message)
    node.add("description", about or name, description[0], of_description if about else of_title)


def _translated(node: Node, term: str, candidate: Candidate) -> tuple[Candidate, str]:
    """A candidate in one language, and which (empty: the record's own); of an object by language
    the other texts are added here."""
    key, value = candidate
    if not isinstance(value, dict) or not value or not all(map(_LANGUAGE.fullmatch, value)):
        return candidate, ""
    texts = {code: text(found) for code, found in value.items() if text(found)}
    first = next((code for code in ("fr", *texts) if code in texts), "")
    for code, found in texts.items():
        if code != first:
            node.add(term, html_text(found), key, code)
    return (key, texts.get(first)), first


def readable(reading: Reading, candidate: Candidate) -> str:
    """A candidate's text; empty, and an issue, where it holds none.

    What a portal wrote of an object of its program is read for the text in it.
    """
    try:
        found = text(candidate[1])
    except SURPRISES as error:
        reading.surprised(len(reading.lines), *candidate, error)
        return ""
    if found[:1] in ("{", "[") and (leaked := _LEAKED.fullmatch(found)):
        key, inner = candidate[0], (leaked["text"] or "").strip()
        message = f"{key}: an object written as text; {'its text is read' if inner else 'left out'}"
        reading.issue("shape", key, found, message)
        return inner
    return found


def keywords(node: Node, key: str, words: Iterable[str]) -> None:
    """Keywords, once each whatever their case and accents."""
    for word in distinct([part.strip() for each in words for part in each.split(";")]):
        if word:
            node.add("keyword", word, key)


def themes(reading: Reading, node: Node, key: str, labels: Iterable[str]) -> None:
    """The portal's own themes, as concepts of its own scheme, and the EU themes they mean."""
    described = reading.context.themes
    for label in labels:
        if label not in described:
            described[label] = _theme(reading, label)
        own = described[label]
        node.link("theme", own)
        reading.derive("theme", own, key, label, "portal-list")
        if meant := _portal_themes(reading, label):
            for concept in meant:
                node.link("theme", concept)
                reading.derive("theme", concept, key, label, "portal-list")
        elif not reading.context.model.code_list("data-theme").says_nothing(label):
            node.add("theme", label, key)


def _portal_themes(reading: Reading, label: str) -> tuple[str, ...]:
    """The EU themes that a label means on this portal, where the portal has a list of its own or
    uses another's."""
    portal = reading.context.portal
    return reading.context.model.themes_of(portal.themes or portal.name).find(label)


def _theme(reading: Reading, label: str) -> str:
    iris, portal = reading.context.iris, reading.context.portal
    scheme = iris.concept(f"theme-{portal.name}")
    own = reading.node(f"{scheme}/{slug(label)}", "Concept", graph="vocab")
    own.name("prefLabel", label)
    own.link("inScheme", scheme)
    in_scheme = reading.node(scheme, "ConceptScheme", graph="vocab")
    in_scheme.name("title", f"Thèmes : {portal.title}")
    themes = reading.context.model.code_list("data-theme")
    for concept in _portal_themes(reading, label) or themes.find(label):
        own.link("closeMatch", concept)
    return own.iri


def agent(reading: Reading, name: str, siren: str = "") -> str:
    """The IRI of an agent: a body's, where its ``siren`` or its name is one's; else one of the
    portal's own, made of the name."""
    return agents.described(reading, name, siren).iri


def publisher(reading: Reading, node: Node, key: str, names: list[str]) -> None:
    """The publisher: the first of the names, DCAT-AP allows one; others are issues."""
    for name in names[:1]:
        publish(reading, node, (key, name))
    for name in names[1:]:
        if fold(name) != fold(names[0]):
            message = f"{key}: one publisher is allowed, the first is kept"
            reading.issue("duplicate", key, name, message)


def publish(
    reading: Reading, node: Node, name: Candidate, siren: str = "", number: Candidate = ("", "")
) -> agents.Agent:
    """Link the publisher, and say what it was known by. ``siren`` is the one that a source's
    ``number`` holds."""
    found = agents.described(reading, name[1], siren)
    node.link("publisher", found.iri)
    known_by(reading, found, name, number)
    return found


def known_by(reading: Reading, found: agents.Agent, name: Candidate, number: Candidate) -> None:
    """Say what a publisher was known by: the source's ``name`` of it, or a ``number``."""
    if found.rule:
        key, said = number if found.rule == "body-siren" else name
        reading.derive("publisher", found.iri, key, said, found.rule, found.confidence)
    if found.number:
        message = f"{number[0]}: the number of a body unknown, and the name of a known one"
        reading.issue("invalid-value", *number, message)


def contact(
    reading: Reading,
    node: Node,
    name: str,
    email: Candidate,
    url: str = "",
    path: str = "contact",
) -> None:
    """A contact point, where there is something to reach it by or a name to ask for; ``path``
    tells several of one dataset apart."""
    address = text(email[1]).removeprefix("mailto:").strip(" ;,.")
    if address and not _EMAIL.fullmatch(address):
        message = f"{email[0]}: {address!r} is no e-mail address"
        reading.issue("invalid-value", email[0], address, message)
        address = ""
    if not (name or address or url):
        return
    point = node.part("contactPoint", path, "Kind")
    point.add("fn", name or address)
    if address:
        point.add("hasEmail", f"mailto:{address}", email[0])
    if url:
        point.add("hasURL", url)


@dataclass(frozen=True)
class Licence:
    """What may be done with a dataset's distributions: a licence, and words about rights."""

    licence: str = ""
    rights: str = ""

    def grant(self, distribution: Node) -> None:
        """Say it on a distribution (DCAT-AP 3.0.1: one licence, one statement of rights)."""
        if self.licence:
            distribution.link("license", self.licence)
        if self.rights:
            distribution.link("rights", self.rights)


def licence(reading: Reading, candidates: Iterable[Candidate], words: Iterable[str]) -> Licence:
    """The licence that the first known candidate names; unknown ones become words about rights.

    No version is ever supposed: « Licence Ouverte » alone is a concept of its own.
    """
    code_list = reading.context.model.code_list("licence")
    said = [(key, text(value)) for key, value in candidates]
    given = [(key, value) for key, value in said if value and not code_list.says_nothing(value)]
    known = ""
    for key, value in given:
        if found := code_list.find(value):
            known = found[0]
            reading.derive("license", known, key, value, "code-list")
            break
    statements = [word for word in words if word]
    if given and not known:
        statements = [*dict.fromkeys(value for _, value in given), *statements]
    if not statements:
        return Licence(known)
    rights = reading.node(f"{reading.root}/rights", "RightsStatement")
    rights.add("description", " ; ".join(statements))
    if given and not known:
        _unnamed(reading, rights, given)
    return Licence(known, rights.iri)


def _unnamed(reading: Reading, rights: Node, given: list[Candidate]) -> None:
    """A licence that is none of the code list: its type, where the words say no more than that
    (« Other (Attribution) »), and the issue."""
    types = reading.context.model.code_list("licence-type")
    for key, value in given:
        if types.find(value):
            rights.add("licenceType", value, key)
            message = f"{key}: {value!r} names no licence, only a type of them"
            reading.issue("missing", key, value, message)
            return
    key, value = given[0]
    message = f"{key}: {value!r} is not in the code list licence; kept as dct:rights"
    reading.issue("unknown-value", key, value, message)


def statement(reading: Reading, node: Node, key: str, words: str) -> None:
    """How the data came to be (dct:provenance), in the portal's words."""
    node = node.part("provenance", "provenance", "ProvenanceStatement")
    node.add("label", html_text(words), key)
