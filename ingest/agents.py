"""Agents in the graph: bodies by their SIREN, the units of bodies, and a portal's own names.

A body is one node for all portals (``BASE agent/{siren}``), whose name is that of
``vocab/bodies``; a unit (ORG, section 6.4) and whoever is no known body is the portal's
(``BASE agent/{portal}/{slug}``).
"""

import re
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from graph.iris import slug
from ingest import bodies
from ingest.bodies import Answer
from ingest.reading import Node, Reading
from vocab.bodies import Body, known_bodies
from vocab.codelist import fold


class Agent(NamedTuple):
    """The IRI of an agent. ``rule``, a notation of the code list, is what a body was known by,
    empty where none was; ``body`` is that body, its own or that of a unit, where the tables have
    it. ``number`` is a SIREN of the source's that is not that body's."""

    iri: str
    rule: str = ""
    confidence: float = 1.0
    number: str = ""
    body: Body | None = None
    """Whose kind is said already."""


def described(reading: Reading, name: str, siren: str = "") -> Agent:
    """The agent that a source names, by its checked ``siren`` too where there is one; described
    once in a harvest."""
    known = reading.context.agents
    if (name, siren) not in known:
        answer = bodies.identify(reading.context.portal, name, siren)
        known[name, siren] = _described(reading, name, siren, answer)
    return known[name, siren]


def _described(reading: Reading, name: str, siren: str, answer: Answer | None) -> Agent:
    context = reading.context
    if answer is None and siren:
        node = _named(reading, context.iris.agent(siren), name, "Organization")
        node.add("orgIdentifier", siren)
        return Agent(node.iri, "body-siren")
    if answer is None:
        return Agent(_named(reading, context.iris.agent(context.portal.name, slug(name)), name).iri)
    told = answer.rule, answer.confidence, answer.number, answer.body
    owner = describe(reading, answer.body)
    if not answer.is_unit:
        _also(owner, name, answer.body)
        return Agent(owner.iri, *told)
    own = context.iris.agent(context.portal.name, slug(name))
    unit = _named(reading, own, name, "OrganizationalUnit")
    unit.link("unitOf", owner.iri)
    _typed(reading, unit, answer.body)
    return Agent(unit.iri, *told)


def _named(reading: Reading, target: str, name: str, *classes: str) -> Node:
    node = reading.node(target, "Agent", *classes, graph="agents")
    node.name("name", re.sub(r"\s+", " ", name))
    return node


def describe(reading: Reading, body: Body) -> Node:
    """A body as the tables have it: its one name, its SIREN, its kind, and what took its place.

    Of a body that is no more: ``dct:isReplacedBy`` and ``prov:invalidatedAtTime``.
    """
    iris = reading.context.iris
    node = reading.node(iris.agent(body.siren), "Agent", "Organization", graph="agents")
    if node.iri in reading.context.named:
        return node
    reading.context.named.add(node.iri)
    node.add("name", body.name, language="fr")
    node.add("orgIdentifier", body.siren)
    _typed(reading, node, body)
    tables = known_bodies()
    succession = tables.successions.get(body.siren)
    if succession is not None and (successor := tables.get(succession.successor)) is not None:
        node.link("isReplacedBy", describe(reading, successor).iri)
        since = datetime.fromisoformat(succession.date).replace(tzinfo=ZoneInfo("Europe/Paris"))
        node.add("invalidatedAtTime", since.isoformat())
    return node


def _typed(reading: Reading, node: Node, body: Body) -> None:
    node.link("publisherType", reading.context.model.code_list("publisher-type")[body.type])


def _also(node: Node, name: str, body: Body) -> None:
    """The source's own name of a body, beside the body's."""
    if fold(name) != fold(body.name):
        node.add("altLabel", re.sub(r"\s+", " ", name).strip())


def own(reading: Reading) -> Node:
    """The portal's publisher."""
    portal = reading.context.portal
    body = bodies.own_body(portal)
    node = describe(reading, body)
    _also(node, portal.publisher.name, body)
    if portal.publisher.homepage:
        node.add("homepage", portal.publisher.homepage)
    return node
