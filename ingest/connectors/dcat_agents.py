"""Agents and contact points as DCAT feeds describe them: FOAF, vCard, schema.org, or an IRI."""

import re
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus

from graph.iris import slug
from ingest import agents, describing
from ingest.connectors.dcat_resource import Resource
from ingest.connectors.dcat_terms import Terms, put
from ingest.connectors.dcat_values import Value
from ingest.isolation import Dropped
from ingest.reading import Node, Reading
from ingest.siret import is_siren, is_siret

_NAMES = (
    "foaf:name", "vcard:fn", "vcard:organization-name", "schema:name", "skos:prefLabel",
    "rdfs:label", "dct:title",
)  # fmt: skip
_NUMBERS = ("org:identifier", "dct:identifier", "schema:identifier", "adms:identifier")
_IN_IRIS = (
    (re.compile(r"[?&]refine\.[\w.]*(?:publisher|creator|contributor)=([^&#]+)"), unquote_plus),
    (re.compile(r"/organizations/([^/?#]*[^/?#\d.a-f-][^/?#]*)/?$"), unquote),
)
"""Where Opendatasoft and GeoNetwork write an agent's name into the IRI that they make for it."""
_ROLES = frozenset(
    f"geodcatap:{role}"
    for role in (
        "custodian", "distributor", "originator", "principalInvestigator", "processor",
        "resourceProvider", "user",
    )
)  # fmt: skip
_ROLE = "http://inspire.ec.europa.eu/metadata-codelist/ResponsiblePartyRole/"


class _Named(NamedTuple):
    """An agent, the feed's name of it and its number, and the SIREN that this holds."""

    agent: agents.Agent
    name: str
    number: str
    siren: str


class AgentMethods:
    """The methods of the connector for agents and contact points."""

    _terms: Terms

    def publisher(self, reading: Reading, node: Node, resource: Resource) -> None:
        """The publisher: one is allowed, others are issues."""
        key, path = "dct:publisher", f"{resource.path}dct:publisher"
        read = (self._agent(reading, resource, key, value) for value in resource.values(key))
        found = {each.agent.iri: each for each in read if each is not None}
        for number, iri in enumerate(sorted(found)):
            agent, name, written, _ = found[iri]
            if number == 0:
                node.link("publisher", iri)
                describing.known_by(reading, agent, (path, name), (path, written))
                continue
            message = f"{path}: one publisher is allowed, the first is kept"
            reading.issue("duplicate", path, name, message)

    def others(self, reading: Reading, node: Node, resource: Resource) -> None:
        """Creators and contributors."""
        for key, term in (("dct:creator", "creator"), ("dct:contributor", "contributor")):
            for iri in dict.fromkeys(
                each.agent.iri for each in self._agents(reading, resource, key)
            ):
                node.link(term, iri)

    def roles(self, reading: Reading, node: Node, resource: Resource) -> None:
        """Agents in roles of ISO 19115, which GeoDCAT-AP has properties for, as attributions."""
        for key in sorted(_ROLES & resource.properties.keys()):
            role = _ROLE + key.partition(":")[2]
            for each in self._agents(reading, resource, key):
                self._attribute(reading, node, each, role, resource.path + key)

    def attributions(self, reading: Reading, node: Node, resource: Resource) -> None:
        """Agents in a role that is said (PROV-O: prov:qualifiedAttribution)."""
        key = "prov:qualifiedAttribution"
        for value in resource.values(key):
            part = resource.to(value, key)
            self._terms.audit("Attribution", part, reading)
            role = next(iter(part.texts("dcat:hadRole")), "")
            if not role:
                message = f"{part.path}dcat:hadRole: an attribution without a role; left out"
                reading.issue("missing", f"{part.path}dcat:hadRole", "", message)
                continue
            for each in self._agents(reading, part, "prov:agent"):
                self._attribute(reading, node, each, role, f"{part.path}dcat:hadRole")

    def _attribute(self, reading: Reading, node: Node, by: _Named, role: str, key: str) -> None:
        # By what the feed says of the agent: a table that grows must not change an IRI.
        name = f"{slug(re.split('[/#]', role)[-1])}-{by.siren or slug(by.name)}"
        with reading.droppable(key, role):
            part = node.part("qualifiedAttribution", f"attribution/{name}", "Attribution")
            part.link("agent", by.agent.iri)
            if not part.add("hadRole", role, key):
                raise Dropped

    def _agents(self, reading: Reading, resource: Resource, key: str) -> list[_Named]:
        found = [self._agent(reading, resource, key, value) for value in resource.values(key)]
        return [each for each in found if each is not None]

    def _agent(self, reading: Reading, resource: Resource, key: str, value: Value) -> _Named | None:
        """Our agent for one of the feed's; none where it has no name."""
        agent, path = resource.to(value, key), resource.path + key
        self._terms.audit("Agent", agent, reading)
        name = agent.text(*_NAMES)
        if not name and value.kind in ("text", "typed"):
            name = value.text.strip()
        if not name and (name := _name_in(value.text)):
            message = f"{path}: an agent without a name; read from its IRI"
            reading.issue("missing", path, value.text, message)
        if not name or name.startswith(("http:", "https:", "_:")):
            message = f"{path}: an agent without a name; left out"
            reading.issue("missing", path, value.text, message)
            return None
        written, siren = _number(agent)
        found = agents.described(reading, name, siren)
        own = reading.context.iris.agent(reading.context.portal.publisher.siren)
        if found.iri != own and found.iri not in resource.source.agents:
            resource.source.agents.add(found.iri)
            self._describe(reading, found, agent)
        return _Named(found, name, written, siren)

    def _describe(self, reading: Reading, found: agents.Agent, agent: Resource) -> None:
        """What else is said of an agent that is shared by records: not the kind of a body known."""
        node, terms = reading.node(found.iri, graph="agents"), reading.terms
        told = (("dct:type", "publisherType"), ("foaf:homepage", "homepage"))
        for key, term in told if found.body is None else told[1:]:
            for value in agent.values(key):
                put(reading, node, terms[term], agent, key, value)

    def contacts(self, reading: Reading, node: Node, resource: Resource) -> None:
        """The contact points; several are told apart by whom they reach."""
        found = [
            (value, resource.to(value, key))
            for key in ("dcat:contactPoint", "adms:contactPoint")
            for value in resource.values(key)
        ]
        base = node.iri.removeprefix(reading.root).lstrip("/")
        for value, point in found:
            self._terms.audit("Kind", point, reading)
            name = point.text(*_NAMES) or (value.text if value.kind == "text" else "")
            email = _email(point)
            url = next(iter(point.texts("vcard:hasURL", "vcard:url", "foaf:homepage")), "")
            if value.kind == "iri" and not point.properties:
                email, url = ("", value.text) if value.text.startswith("http") else (value.text, "")
            told = slug(name or email or url) if len(found) > 1 else ""
            path = "/".join(filter(None, (base, f"contact-{told}" if told else "contact")))
            mail = (f"{point.path}vcard:hasEmail", email)
            with reading.isolated(point.path, value.text):
                describing.contact(reading, node, name, mail, url, path)


def _email(point: Resource) -> str:
    """A contact's address: literal, ``mailto:``, or the value of a node."""
    for key in ("vcard:hasEmail", "vcard:email", "foaf:mbox", "schema:email"):
        for value in point.values(key):
            if value.kind == "node":
                found = point.to(value, key).texts("vcard:hasValue", "vcard:value", "rdf:value")
            else:
                found = [value.text.strip()]
            for text in found:
                if text.removeprefix("mailto:"):
                    return unquote(text)
    return ""


def _name_in(iri: str) -> str:
    for pattern, read in _IN_IRIS:
        if found := pattern.search(iri):
            return read(found[1]).strip()
    return ""


def _number(agent: Resource) -> tuple[str, str]:
    """An agent's identifier and the SIREN that it holds; empty where it is no number of INSEE's."""
    for text in agent.texts(*_NUMBERS):
        digits = re.sub(r"\s", "", text.rstrip("/").rpartition("/")[2])
        if is_siren(digits) or is_siret(digits):
            return text, digits[:9]
    return "", ""
