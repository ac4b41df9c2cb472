"""DCAT and DCAT-AP feeds, in any syntax of RDF, and data.json: what a record says of its dataset.

``dcat_walk.py`` walks the pages, ``dcat_syntax.py`` parses and repairs them, ``dcat_graph.py``
makes records of their triples, ``dcat_names.py`` says what they are called; ``dcat_terms.py`` puts
what they say through the model, with ``dcat.toml``, and the parts are in ``dcat_files.py``,
``dcat_agents.py``, ``dcat_rights.py`` and ``dcat_coverage.py``.
"""

import re
from collections.abc import Iterator

from graph.iris import segment, slug
from graph.issues import Issue
from ingest import describing
from ingest.connectors import dcat_walk
from ingest.connectors.dcat_agents import AgentMethods
from ingest.connectors.dcat_coverage import CoverageMethods
from ingest.connectors.dcat_files import FileMethods
from ingest.connectors.dcat_graph import TOPIC, TYPE
from ingest.connectors.dcat_iris import tail
from ingest.connectors.dcat_resource import LABELS, Resource, Source, shown
from ingest.connectors.dcat_terms import Terms, put
from ingest.fetch import Fetcher
from ingest.isolation import Dropped
from ingest.portals import Portal
from ingest.readers import distinct, html_text
from ingest.reading import Node, Reading
from ingest.record import Record
from vocab.context import Model

_TITLES = ("dct:title", "rdfs:label", "schema:name", "foaf:name")
_DESCRIPTIONS = ("dct:description", "dct:abstract", "dc:description", "schema:description")
_KEYWORDS = ("dcat:keyword", "dct:keywords", "schema:keywords")
_THEMES = ("dcat:theme", "dct:subject", "dc:subject", "geodcatap:topicCategory")
_CLASSES_OF_DATA = re.compile(r"http://purl\.org/dc/dcmitype/(Dataset|Collection)")
_LANGUAGE = re.compile(r"[a-zA-Z]{2}(?![a-zA-Z])")


class Dcat(FileMethods, AgentMethods, CoverageMethods):
    """The connector ``dcat``. A portal's ``url`` is the feed's own, or that of its first page."""

    def __init__(self, model: Model) -> None:
        """Raises ``ConfigError`` where the table says what the model does not know."""
        self._terms = Terms(model, self)

    def records(self, portal: Portal, fetcher: Fetcher) -> Iterator[Record | Issue]:
        """See ``Connector.records``."""
        return dcat_walk.records(portal, fetcher, self._terms.prefixes)

    def describe(self, record: Record, reading: Reading) -> None:
        """See ``Connector.describe``."""
        payload = record.payload
        for kind, key, value, message in payload["repairs"]:
            reading.issue(kind, key, value, message)
        feed = Resource(Source(payload["nodes"], reading.language), payload["root"])
        node = self._described(reading, feed)
        if feed.iri:
            node.add("wasDerivedFrom", feed.iri, "rdf:about")
        for name in payload["entries"]:
            self._entry(reading, Resource(feed.source, name, f"^{TOPIC}/"))

    def _described(self, reading: Reading, feed: Resource) -> Node:
        """A dataset, a series of datasets, or a service that no distribution leads to."""
        classes = {iri.rpartition("#")[2] or iri for iri in feed.texts(TYPE)}
        if "DataService" in classes and not classes & {"Dataset", "DatasetSeries"}:
            reading.membership = "service"
            service = reading.node(reading.root, "DataService")
            self._terms.apply("DataService", feed, service, reading)
            for term, key in (("title", "dct:title"), ("endpointURL", "dcat:endpointURL")):
                if not reading.has(service, term):
                    reading.issue("missing", key, "", f"{key}: a service without any")
            if not reading.has(service, "title"):
                service.add("title", reading.identifier)
            return service
        series = ("DatasetSeries",) if "DatasetSeries" in classes else ()
        dataset = reading.node(reading.root, "Dataset", *series)
        self._terms.apply("Dataset", feed, dataset, reading)
        return dataset

    def _entry(self, reading: Reading, entry: Resource) -> None:
        """What the portal says of its own entry for the dataset, which ours is derived from:
        dct:source would have to lead to a whole CatalogRecord, and that is not here."""
        node = reading.node(f"{reading.root}/record")
        self._terms.apply("CatalogRecord", entry, node, reading)
        if entry.iri:
            node.add("wasDerivedFrom", entry.iri, f"{entry.path}rdf:about")

    def services(self, portal: Portal, catalog: Node) -> None:
        """See ``Connector.services``: those of a feed are with their distributions, or records."""

    # --- words ----------------------------------------------------------------------------------

    def titles(self, reading: Reading, dataset: Node, resource: Resource) -> None:
        """Title and description in every language that they are given in."""
        title, titles = _by_language(resource, _TITLES)
        about, others = _by_language(resource, _DESCRIPTIONS)
        lines = {language: " ".join(text.split()) for language, text in title.items()}
        describing.titles(
            reading, dataset, ("dct:title", lines or ""), ("dct:description", about or "")
        )
        for language, text in titles.items():
            dataset.add("title", " ".join(text.split()), "dct:title", language)
        for language, text in others.items():
            dataset.add("description", html_text(text), "dct:description", language)

    def keywords(self, reading: Reading, dataset: Node, resource: Resource) -> None:
        """Keywords, by language."""
        by_language: dict[str, list[str]] = {}
        for key in _KEYWORDS:
            for value in resource.values(key):
                tag = value.tag if value.kind == "text" else ""
                language = "" if tag.startswith(reading.language) else tag
                by_language.setdefault(language, []).append(shown(resource, value, key))
        describing.keywords(dataset, _KEYWORDS[0], by_language.pop("", []))
        for language, words in by_language.items():
            for word in distinct(words):
                dataset.add("keyword", word, _KEYWORDS[0], language)

    def themes(self, reading: Reading, dataset: Node, resource: Resource) -> None:
        """Themes: of the EU, by IRI or label; else the portal's own, by their labels."""
        term, themes = reading.terms["theme"], reading.context.model.code_list("data-theme")
        own: dict[str, str] = {}
        for key in _THEMES:
            for value in resource.values(key):
                if value.kind == "iri" and themes.find(value.text):
                    dataset.put(term, value.text, key)
                    continue
                label = resource.to(value, key).text(*LABELS) or shown(resource, value, key)
                if label and not label.startswith(("http:", "https:")):
                    own.setdefault(label, key)
                else:
                    put(reading, dataset, term, resource, key, value)
        for label, key in own.items():
            describing.themes(reading, dataset, key, [label])

    def provenance(self, reading: Reading, dataset: Node, resource: Resource) -> None:
        """How the data came to be, in the portal's words."""
        key = "dct:provenance"
        words = [
            resource.to(value, key).text(*LABELS) or shown(resource, value, key)
            for value in resource.values(key)
        ]
        if any(words):
            describing.statement(reading, dataset, key, "\n".join(filter(None, words)))

    # --- identifiers and relations --------------------------------------------------------------

    def version(self, reading: Reading, dataset: Node, resource: Resource) -> None:
        """The version, by the first of the properties that have meant it."""
        for key in ("dcat:version", "owl:versionInfo", "pav:version", "schema:version"):
            if text := resource.text(key):
                dataset.add("version", text, key)
                return

    def modified(self, reading: Reading, dataset: Node, resource: Resource) -> None:
        """When the data last changed: GeoNetwork's ``dct:updated`` where nothing else says."""
        for key in ("dct:modified", "dct:updated", "schema:dateModified"):
            for text in resource.texts(key):
                if dataset.add("modified", text, key):
                    return

    def kinds(self, reading: Reading, dataset: Node, resource: Resource) -> None:
        """The type of data; that it is a dataset or a collection its class says."""
        key, term = "dct:type", reading.terms["datasetType"]
        for value in resource.values(key):
            if not _CLASSES_OF_DATA.fullmatch(value.text):
                put(reading, dataset, term, resource, key, value)

    def identifiers(self, reading: Reading, dataset: Node, resource: Resource) -> None:
        """Identifiers given elsewhere (adms:Identifier), nodes or bare texts."""
        key = "adms:identifier"
        for value in resource.values(key):
            other = resource.to(value, key)
            self._terms.audit("Identifier", other, reading)
            notation = other.text("skos:notation", "rdfs:label") or value.text
            with reading.isolated(other.path, notation):
                if value.kind == "node" and notation == value.text:
                    raise ValueError("an identifier without a notation")
                path = f"identifier/{segment(notation)}"
                node = dataset.part("otherIdentifier", path, "Identifier")
                node.add("notation", notation, other.path)
                if agency := other.text("adms:schemaAgency", "dct:creator"):
                    node.add("schemaAgency", agency, other.path)
                for issued in other.texts("dct:issued")[:1]:
                    node.add("issued", issued, other.path)

    def relations(self, reading: Reading, dataset: Node, resource: Resource) -> None:
        """Qualified relations: what to, and in which role."""
        key = "dcat:qualifiedRelation"
        terms = reading.terms
        for value in resource.values(key):
            relation = resource.to(value, key)
            self._terms.audit("Relationship", relation, reading)
            roles, targets = relation.values("dcat:hadRole"), relation.values("dct:relation")
            told = slug(" ".join(tail(each.text) or each.text for each in (*roles, *targets)))
            with reading.droppable(relation.path, value.text):
                node = dataset.part("qualifiedRelation", f"relation/{told}", "Relationship")
                for each in roles:
                    put(reading, node, terms["hadRole"], relation, "dcat:hadRole", each)
                for each in targets:
                    put(reading, node, terms["relation"], relation, "dct:relation", each)
                if not (reading.has(node, "hadRole") and reading.has(node, "relation")):
                    message = f"{relation.path}: a relation without a role or a target; left out"
                    reading.issue("missing", key, value.text, message)
                    raise Dropped


def _by_language(
    resource: Resource, keys: tuple[str, ...]
) -> tuple[dict[str, str], dict[str, str]]:
    """The first text in each language, and further ones of the languages that have several.

    The first of the properties that says anything is read. An untagged text is in the portal's
    language, unless one is tagged so.
    """
    texts: dict[str, str] = {}
    further: dict[str, str] = {}
    own = resource.source.language
    values = next((found for key in keys if (found := resource.values(key))), ())
    for value in sorted(values, key=lambda each: (not each.tag, each)):
        text = value.text.strip()
        tag = _LANGUAGE.match(value.tag if value.kind == "text" else "")
        language = tag[0].lower() if tag else own
        if text and language not in texts:
            texts[language] = text
        elif text and text != texts.get(language):
            further[language] = text
    if own in texts:  # the first one is the one that stands in for others
        texts = {own: texts.pop(own), **texts}
    return texts, further
