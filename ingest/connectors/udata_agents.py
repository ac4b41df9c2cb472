"""Who stands behind a udata dataset: its organisation, its makers, whom to ask."""

import re
from functools import lru_cache
from typing import Any

from graph.iris import segment, slug
from ingest import agents, describing
from ingest.describing import text, texts
from ingest.mapping import MappingTable, Values
from ingest.reading import Node, Reading
from ingest.siret import is_siren, read_siret
from vocab.context import Model


class Agents:
    """Methods of ``[Dataset]``. The connector has ``_table`` and ``_model`` of its own."""

    _table: MappingTable
    _model: Model

    def publisher(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The organisation, by its SIREN where the portal knows its SIRET."""
        body = values.get("organization")
        self._table.audit("organization", body, reading)
        name = text(body.get("name")) if isinstance(body, dict) else text(body)
        if not name:
            message = "organization: none publishes it; a person's account is no publisher"
            reading.issue("missing", "organization", "", message)
            return
        held = body if isinstance(body, dict) else {}
        key = "organization.business_number_id"
        number = (key, text(held.get("business_number_id")))
        siren = _siren(reading, *number)
        agent = describing.publish(reading, dataset, ("organization.name", name), siren, number)
        if held.get("badges") or held.get("url"):
            self._say_of(reading, agent, held)

    def _say_of(self, reading: Reading, agent: agents.Agent, body: dict[str, Any]) -> None:
        """What the portal knows of a body beside its name: its kind, its site."""
        if agent.iri == reading.context.iris.agent(reading.context.portal.publisher.siren):
            return  # the registry says it
        node = reading.node(agent.iri, graph="agents")
        for kind in self.badges(reading, "publishers", body.get("badges"))[:1]:
            if agent.body is None:
                node.link("publisherType", self._model.code_list("publisher-type")[kind])
        if site := text(body.get("url")):
            node.add("homepage", site, "organization.url")

    def badges(self, reading: Reading, table: str, badges: Any) -> list[str]:
        """What badges mean, as a table of the connector has it."""
        known: dict[str, str] = self._table.tables[table]
        meant = []
        for badge in badges or ():
            with reading.isolated("badges", badge):
                self._table.audit("badges", badge, reading)
                kind = text(badge["kind"])
                if kind not in known:
                    message = f"badges: {kind!r} is no badge known: {', '.join(known)}"
                    reading.issue("unknown-value", "badges", kind, message)
                elif known[kind]:
                    meant.append(known[kind])
        return meant

    def creator(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Who made the data, by name."""
        for name in (found for value in values.values() for found in texts(value)):
            dataset.link("creator", describing.agent(reading, name))

    def contact(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Every contact point; one whose role is creator made the data too."""
        for point in values.get("contact_points") or ():
            with reading.isolated("contact_points", point):
                self._table.audit("contact_points", point, reading)
                name, mail = text(point.get("name")), text(point.get("email"))
                path = segment(text(point.get("id")) or slug(f"{name} {mail}"))
                form = text(point.get("contact_form"))
                email = ("contact_points.email", mail)
                describing.contact(reading, dataset, name, email, form, f"contact/{path}")
                if text(point.get("role")) == "creator" and name:
                    dataset.link("creator", describing.agent(reading, name))
        key = "extras.contact-email" if "extras.contact-email" in values else "extras.contact_email"
        name, url = (text(values.get(f"extras.contact_{part}")) for part in ("name", "uri"))
        describing.contact(reading, dataset, name, (key, values.get(key)), url)


def of_body(body: Any) -> tuple[str, str]:
    """The name and the SIREN of an organisation, of any shape; empty where there is none."""
    held = body if isinstance(body, dict) else {"name": body}
    name, siret = (held.get(key) for key in ("name", "business_number_id"))
    digits = re.sub(r"\s", "", siret)[:9] if isinstance(siret, str) else ""
    return (name if isinstance(name, str) else ""), (digits if is_siren(digits) else "")


def _siren(reading: Reading, key: str, written: str) -> str:
    """The SIREN of an organisation, from its SIRET; empty, and an issue, where that is none."""
    if not written:
        return ""
    try:
        return _siren_of(written)
    except ValueError as error:
        reading.issue("invalid-value", key, written, f"{key}: {error}")
        return ""


@lru_cache(maxsize=8192)
def _siren_of(written: str) -> str:
    return read_siret(written).siren
