"""What every connector says in the same way: titles, agents, licences, formats."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from graph.iris import slug
from ingest.readers import distinct, html_text
from ingest.reading import SURPRISES, Node, Reading
from vocab.codelist import fold
from vocab.formats import FileFormat

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
        node.add("theme", label, key)


def _theme(reading: Reading, label: str) -> str:
    iris, portal = reading.context.iris, reading.context.portal
    scheme = iris.concept(f"theme-{portal.name}")
    own = reading.node(f"{scheme}/{slug(label)}", "Concept", graph="vocab")
    own.name("prefLabel", label)
    own.link("inScheme", scheme)
    in_scheme = reading.node(scheme, "ConceptScheme", graph="vocab")
    in_scheme.name("title", f"Thèmes : {portal.title}")
    for concept in reading.context.model.code_list("data-theme").find(label):
        own.link("closeMatch", concept)
    return own.iri


def agent(reading: Reading, name: str, siren: str = "") -> str:
    """The IRI of an agent: of its ``siren`` where that is known; else of the portal's publisher,
    where the name is the same, or one of the portal's own, made of the name."""
    iris, context = reading.context.iris, reading.context
    publisher = context.portal.publisher
    if siren == publisher.siren or (not siren and fold(name) == fold(publisher.name)):
        return iris.agent(publisher.siren)
    target = iris.agent(siren) if siren else iris.agent(context.portal.name, slug(name))
    if target not in context.named:
        node = reading.node(target, "Agent", graph="agents")
        node.name("name", re.sub(r"\s+", " ", name))
        if siren:
            node.add("orgIdentifier", siren)
    return target


def publisher(reading: Reading, node: Node, key: str, names: list[str]) -> None:
    """The publisher: the first of the names, DCAT-AP allows one; others are issues."""
    for name in names[:1]:
        node.link("publisher", agent(reading, name))
    for name in names[1:]:
        if fold(name) != fold(names[0]):
            message = f"{key}: one publisher is allowed, the first is kept"
            reading.issue("duplicate", key, name, message)


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
    given = [(key, said) for key, value in candidates if (said := text(value))]
    known = ""
    for key, value in given:
        if found := code_list.find(value):
            known = found[0]
            reading.derive("license", known, key, value, "code-list")
            break
    statements = [word for word in words if word]
    if given and not known:
        key, value = given[0]
        message = f"{key}: {value!r} is not in the code list licence; kept as dct:rights"
        reading.issue("unknown-value", key, value, message)
        statements = [*dict.fromkeys(value for _, value in given), *statements]
    if not statements:
        return Licence(known)
    rights = reading.node(f"{reading.root}/rights", "RightsStatement")
    rights.add("description", " ; ".join(statements))
    return Licence(known, rights.iri)


def file_format(reading: Reading, node: Node, candidates: Iterable[Candidate], url: str) -> str:
    """Format and media type of a distribution: declared format, media type, then the extension.

    Gives the notation of the EU file type, empty where none is known.
    """
    given = [(key, _media_type(each)) for key, value in candidates if (each := text(value))]
    told = [*given, ("extension", _extension(url))]
    found = reading.context.model.formats.find(*(value for _, value in told))
    if given and not found.is_known:
        key, value = given[0]
        message = f"{key}: {value!r} is not in the code lists file-type and media-type"
        reading.issue("unknown-value", key, value, message)
    if found.file_type:
        node.link("format", found.file_type)
        reading.derive("format", found.file_type, *told[found.type_from], _rule(told, found))
    if found.media_type:
        node.link("mediaType", found.media_type)
    return found.file_type.rpartition("/")[2]


def _rule(told: list[Candidate], found: FileFormat) -> str:
    """By what a file type was told: the extension is the last candidate."""
    if found.type_from == len(told) - 1:
        return "extension"
    return "media-type" if "/" in told[found.type_from][1] else "code-list"


def _extension(url: str) -> str:
    """The extension of the file that an address names; empty where it names none."""
    path = url.partition("#")[0].partition("?")[0].partition("//")[2].rstrip("/")
    name = path.partition("/")[2].rpartition("/")[2]
    stem, _, extension = name.rpartition(".")
    return extension if stem and len(extension) < 9 else ""


def _media_type(value: str) -> str:
    return value.partition(";")[0].strip() if "/" in value else value


def statement(reading: Reading, node: Node, key: str, words: str) -> None:
    """How the data came to be (dct:provenance), in the portal's words."""
    node = node.part("provenance", "provenance", "ProvenanceStatement")
    node.add("label", html_text(words), key)
