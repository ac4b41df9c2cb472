"""Values of a feed, and names for its blank nodes.

A page holds millions of values, so each is kept as one text, whose first character says what it
is; this is also how they stand in a record's payload.
"""

import hashlib
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import pyoxigraph as ox

from vocab.ntriples import XSD

Said = str
"""A value as it is kept: ``<`` and an IRI, the name of a blank node (``_:…``), ``"`` and a text;
``@`` a language, ``^`` a datatype or ``=`` an identifier of ours, a line break, and the text (of
``=`` the IRI)."""
Properties = dict[str, Sequence[Said]]
"""What is said of a node, by compact IRI. A single value stands in a tuple, which costs the garbage
collector nothing; there are millions of them."""
Kind = Literal["iri", "node", "text", "typed", "dataset"]

_KINDS: dict[str, Kind] = {"@": "text", "^": "typed", "=": "dataset"}
_STRING = f"{XSD}string"
_ROUNDS = 8
"""How often nodes that lead to one another are told apart by their neighbours."""


class Value(NamedTuple):
    """An object of a triple, read.

    ``text`` is the IRI, the name of a blank ``node``, or the literal's text; ``tag`` a text's
    language, a ``typed`` literal's datatype, a ``dataset``'s identifier among the portal's.
    """

    text: str
    kind: Kind = "text"
    tag: str = ""


def encoded(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Said:
    """A term as it is kept; a statement about a statement (RDF 1.2) as a text."""
    if isinstance(term, ox.NamedNode):
        return f"<{term.value}"
    if isinstance(term, ox.Literal):
        if language := term.language:
            return f"@{language}\n{term.value}"
        datatype = term.datatype.value
        return f'"{term.value}' if datatype == _STRING else f"^{datatype}\n{term.value}"
    return str(term) if isinstance(term, ox.BlankNode) else f'"{term}'


def decoded(said: Said) -> Value:
    """A value that was kept."""
    head = said[0]
    if head == "<":
        return Value(said[1:], "iri")
    if head == '"':
        return Value(said[1:])
    if head == "_":
        return Value(said, "node")
    tag, _, text = said[1:].partition("\n")
    return Value(text, _KINDS[head], tag)


def add(of: Properties, key: str, values: Iterable[Said]) -> None:
    """Add values to what is said of a node."""
    held = of.get(key)
    if isinstance(held, list):
        held.extend(values)
    else:
        of[key] = [*(held or ()), *values]


def target(said: Said) -> str:
    """The name of the node that a value leads to."""
    return said[1:] if said[0] == "<" else said


def blank_names(nodes: Mapping[str, Properties]) -> dict[str, str]:
    """A name for each blank node, by what is said of it: the same for the same content.

    From the leaves up; what is left are nodes that lead to one another, told apart by what is
    within so many steps of them.
    """
    blank = {name for name in nodes if name.startswith("_:")}
    leads = {
        name: {value for values in nodes[name].values() for value in values if value in blank}
        for name in blank
    }
    led: dict[str, list[str]] = {name: [] for name in blank}
    for name, targets in leads.items():
        for each in targets:
            led[each].append(name)
    waiting = {name: len(targets) for name, targets in leads.items()}
    ready = deque(name for name, count in waiting.items() if not count)
    names: dict[str, str] = {}
    while ready:
        name = ready.popleft()
        names[name] = _content_name(nodes[name], names)
        for other in led[name]:
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    tangled = blank - names.keys()
    for _ in range(_ROUNDS if tangled else 0):
        names |= {name: _content_name(nodes[name], names) for name in tangled}
    return names


def _content_name(of: Properties, names: Mapping[str, str]) -> str:
    lines = [
        f"{key}\0{names.get(value, '_:') if value[0] == '_' else value}"
        for key, values in of.items()
        for value in values
    ]
    text = "\1".join(sorted(set(lines)))
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=10)
    return f"_:{digest.hexdigest()}"
