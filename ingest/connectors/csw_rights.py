"""Who may use what, and how (ISO 19115, MD_Constraints): licence, access, and words about both.

Records say all of it in free text. A statement is looked up whole, by its link, by an address in
its text and by its text without the address; what no code list knows stays in words.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest import describing
from ingest.connectors.iso19139 import Payload, href, listed, texts, words
from ingest.reading import Node, Reading
from vocab.codelist import CodeList

KEY = "identificationInfo.resourceConstraints"
_ADDRESS = re.compile(r"https?://[^\s<>\"«»]+[^\s<>\"«».,;:)]")
_ARTICLE_13 = re.compile(r"article[ _]?13[ .(_-]*1|L\.? ?124-[45]", re.IGNORECASE)
"""The limits to public access of the directive INSPIRE (2007/2/EC, article 13.1), and their place
in the French law (code de l'environnement, L124-4 and L124-5)."""
_BY_SEVERITY = ("CONFIDENTIAL", "NON_PUBLIC", "SENSITIVE", "RESTRICTED", "NORMAL", "PUBLIC")


@dataclass
class Rights:
    """What the constraints of a resource state: licences that are known, statements of a licence
    that are not, other words, and notations of access rights."""

    licences: list[describing.Candidate] = field(default_factory=list)
    unknown: list[describing.Candidate] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    access: list[str] = field(default_factory=list)

    @property
    def is_silent(self) -> bool:
        """Whether there is neither a licence nor a word about rights."""
        return not (self.licences or self.unknown or self.words)

    def licence(self, reading: Reading) -> describing.Licence:
        """What distributions and services are granted: the first licence that is known."""
        if not self.licences:
            return describing.licence(reading, self.unknown, self.words)
        find = reading.context.model.code_list("licence").find
        first = self.licences[0][1]
        for key, value in self.licences[1:]:
            if find(value) != find(first):
                message = f"{key}: one licence is allowed, {first!r} is kept"
                reading.issue("duplicate", key, value, message)
        statements = [*self.words, *(value for _, value in self.unknown)]
        return describing.licence(reading, self.licences, statements)


def rights(reading: Reading, constraints: Iterable[Payload]) -> Rights:
    """The rights that the MD_Constraints, MD_LegalConstraints and MD_SecurityConstraints state."""
    found, model = Rights(), reading.context.model
    licences, access = model.code_list("licence"), model.code_list("access-right")
    for each in constraints:
        is_licence = "license" in texts(each.get("useConstraints"))
        for name in ("classification", "accessConstraints"):
            for code in texts(each.get(name)):
                found.access += _notations(access, [code])
        for name in ("otherConstraints", "useLimitation"):
            for value in listed(each.get(name)):
                _state(found, licences, access, (f"{KEY}.{name}", value), is_licence)
    return found


def _state(
    found: Rights,
    licences: CodeList,
    access: CodeList,
    statement: describing.Candidate,
    is_licence: bool,
) -> None:
    """Take one statement in; ``is_licence``: the record says that there is a licence beside it."""
    key, value = statement
    forms = _forms(value)
    if not forms:
        return
    text, bare = words(value) or forms[0], _without_addresses(words(value))
    if known := next((form for form in forms if licences.find(form)), ""):
        found.licences.append((key, known))
        if not licences.find(text) and not licences.find(bare):
            found.words.append(text)  # it says more than the licence's name
    elif notations := _notations(access, forms):
        found.access += notations
        if notations != ["PUBLIC"]:
            found.words.append(text)
    elif _ARTICLE_13.search(" ".join(forms)):
        found.access.append("RESTRICTED")
        found.words.append(text)
    elif is_licence:
        found.unknown.append((key, text))
    else:
        found.words.append(text)


def _without_addresses(text: str) -> str:
    return " ".join(_ADDRESS.sub(" ", text).split()).rstrip(" .:;,(")


def _forms(value: Any) -> list[str]:
    """The ways in which a statement may be known: its link, itself, the addresses in its text, its
    text without them."""
    text = words(value)
    candidates = [href(value), text, *_ADDRESS.findall(text), _without_addresses(text)]
    return list(filter(None, dict.fromkeys(candidates)))


def _notations(access: CodeList, forms: Iterable[str]) -> list[str]:
    """The notations of the first form that the code list access-right knows."""
    by_iri = {iri: notation for notation, iri in access.notations.items()}
    known = next(filter(None, map(access.find, forms)), ())
    return [by_iri[iri] for iri in known]


def allow(reading: Reading, node: Node, rights: Rights) -> None:
    """The access rights: the strictest that is stated, none where none is."""
    stated = sorted(set(rights.access), key=_BY_SEVERITY.index)
    for notation in stated[:1]:
        node.add("accessRights", notation, KEY)
    for notation in stated[1:]:
        message = f"{KEY}: {stated[0]} and {notation} are stated; the stricter is kept"
        reading.issue("duplicate", KEY, notation, message)


def grant(reading: Reading, nodes: Sequence[Node], rights: Rights) -> None:
    """Licence and rights, on what may carry them; an issue where there is nothing that may."""
    if rights.is_silent:
        return
    if not nodes:
        said = [value for _, value in (*rights.licences, *rights.unknown)]
        message = f"{KEY}: a licence or rights, and no distribution that could have them"
        reading.issue("missing", KEY, " ; ".join([*said, *rights.words]), message)
        return
    licence = rights.licence(reading)
    for node in nodes:
        licence.grant(node)
