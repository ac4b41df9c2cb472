"""CKAN portals (Action API v3, ``package_search``), with the ways of IDGO, DKAN and look-alikes."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urljoin

from graph.iris import segment, slug
from graph.issues import Issue
from ingest import coverage, describing, distributing, spatial
from ingest.connectors import ckan_columns, ckan_walk
from ingest.describing import Candidate, text, texts
from ingest.fetch import Fetcher
from ingest.isolation import Dropped
from ingest.mapping import MappingTable, Values
from ingest.portals import Portal
from ingest.readers import html_text
from ingest.reading import Node, Reading
from ingest.record import Record
from vocab.context import Model


class Ckan:
    """The connector ``ckan``. A portal's ``filter`` is the search's ``fq``."""

    def __init__(self, model: Model) -> None:
        """Raises ``ConfigError`` where the table says what the model does not know."""
        self._table = MappingTable("ckan.toml", model, self)

    def records(self, portal: Portal, fetcher: Fetcher) -> Iterator[Record | Issue]:
        """See ``Connector.records``."""
        for package in ckan_walk.packages(portal, fetcher):
            identifier = ckan_walk.identifier(package)
            if identifier:
                yield Record(identifier, package)
            else:
                message = "id: a package without id and name can have no IRI; left out"
                yield Issue("missing", "id", str(package), message)

    def describe(self, record: Record, reading: Reading) -> None:
        """See ``Connector.describe``."""
        dataset = reading.node(reading.root, "Dataset")
        package = ckan_walk.lifted(record.payload, reading)
        reading.body = (ckan_walk.organization(package), "")
        self._table.apply("Dataset", package, dataset, reading)

    def services(self, portal: Portal, catalog: Node) -> None:
        """See ``Connector.services``: the Action API is the catalogue's, not the data's: none."""

    def title(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Title and description (Markdown, kept as it is)."""
        candidates = []
        for key in ("title", "notes"):
            translated = values.get(f"{key}_translated")
            held = translated if isinstance(translated, dict) else values.get(key)
            candidates.append((key, held))
        describing.titles(reading, dataset, *candidates)

    def landing_page(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The dataset's page: the one that is given, else the portal's own."""
        given, name = text(values.get("url")), text(values.get("name"))
        if not (given and dataset.add("landingPage", given, "url")) and name:
            root = reading.context.portal.root
            dataset.add("landingPage", f"{root}/dataset/{quote(name)}", "name")

    def tags(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Keywords."""
        names = self._names(reading, "tags", values["tags"], "display_name", "name")
        describing.keywords(dataset, "tags", names)

    def groups(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Themes: the portal's groups and categories, or EU themes by their IRI."""
        for key, value in values.items():
            labels = self._names(reading, key, value, "title", "display_name", "name")
            own = [label for label in labels if not label.startswith(("http:", "https:"))]
            describing.themes(reading, dataset, key, own)
            for label in labels:
                if label not in own:
                    dataset.add("theme", label, key)

    def publisher(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The publisher: the one named in an extra, else the organisation."""
        named = texts(values.get("publisher_name"))
        if organization := values.get("organization"):
            named += self._names(reading, "organization", organization, "title", "name")
        describing.publisher(reading, dataset, ", ".join(values), named)

    def creator(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The author."""
        dataset.link("creator", describing.agent(reading, text(values["author"])))

    def contact(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The contact points: an extra's, the maintainer, the author; the first is ``contact``."""
        seen: list[tuple[str, str]] = []
        for person in ("contact", "maintainer", "author"):
            asked = person == "contact"
            name = text(values.get("contact_name" if asked else person))
            email = "contact-email" if asked and "contact-email" in values else f"{person}_email"
            url = text(values.get("contact_uri") or values.get("contact_url")) if asked else ""
            who = name, text(values.get(email))
            # An author who gives no address is the creator, and no contact.
            if (who[1] or url or (name and person != "author")) and who not in seen:
                path = f"contact-{person}" if seen else "contact"
                seen.append(who)
                describing.contact(reading, dataset, name, (email, who[1]), url, path)

    def dates(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Dates of the dataset, and of its entry in the catalogue."""
        record = reading.node(f"{reading.root}/record")
        for node, term, keys in (
            (dataset, "created", ("dataset_creation_date",)),
            (dataset, "issued", ("issued", "dataset_publication_date", "metadata_created")),
            (dataset, "modified", ("modified", "dataset_modification_date", "metadata_modified")),
            (record, "modified", ("metadata_modified",)),
        ):
            for key in keys:
                if key in values and (day := text(values[key])) and node.add(term, day, key):
                    break

    def origin(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Where the portal itself took the dataset from (PROV-O: prov:wasDerivedFrom)."""
        for key, value in values.items():
            for address in texts(value):
                dataset.add("wasDerivedFrom", address, key)

    def other_identifier(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Identifiers given elsewhere."""
        for key, value in values.items():
            for found in texts(value):
                name = f"identifier/{segment(found)}"
                dataset.part("otherIdentifier", name, "Identifier").add("notation", found, key)

    def provenance(self, reading: Reading, dataset: Node, values: Values) -> None:
        """How the data came to be, in the portal's words."""
        words = "\n".join(found for value in values.values() for found in texts(value))
        describing.statement(reading, dataset, ", ".join(values), words)

    def temporal(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The period covered."""
        start = values.get("temporal_start") or values.get("temporal-extent-begin")
        end = values.get("temporal_end") or values.get("temporal-extent-end")
        coverage.period(
            reading, dataset, ("temporal_start", start), ("temporal_end", end), ("", None)
        )

    def spatial(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The extent, GeoJSON (inside a string, on most portals), or a place's name or IRI."""
        for key, value in values.items():
            if isinstance(value, dict):
                coverage.extent(reading, dataset, key, value)
                continue
            for place in texts(value):
                is_known = spatial.cover(reading, dataset, key, place)
                if place.startswith(("http://", "https://")):
                    dataset.add("spatial", place, key)
                elif not is_known:
                    reading.issue("unknown-value", key, place, f"{key}: {place!r} is no territory")

    def relationships(self, reading: Reading, _: Node, values: Values) -> None:
        """Relations between packages: named by accounts of the portal, no IRI to be had."""
        message = "relations between packages are not mapped"
        for key, value in values.items():
            reading.issue("unknown-value", key, value, f"{key}: {message}")

    def resources(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Every resource as a distribution; their licence, and the dataset's access rights."""
        found: list[Any] = values.get("resources") or []
        candidates: list[Candidate] = [
            (key, values.get(key)) for key in ("license_url", "license_id", "license_title")
        ]
        licence = describing.licence(reading, candidates, texts(values.get("rights")))
        if text(values.get("access_rights")):
            dataset.add("accessRights", text(values["access_rights"]), "access_rights")
        else:
            private = describing.readable(reading, ("private", values.get("private")))
            closed = private.lower() == "true" or any(map(ckan_walk.is_restricted, found))
            dataset.add("accessRights", "RESTRICTED" if closed else "PUBLIC")
        seen: set[str] = set()
        for resource, name in zip(found, _distribution_names(found), strict=True):
            if name in seen:
                message = f"resources.id: a second resource {name!r}; left out"
                reading.issue("duplicate", "resources.id", name, message)
                continue
            seen.add(name)
            with reading.droppable("resources", resource):
                node = dataset.part("distribution", f"distribution/{name}", "Distribution")
                self._table.apply("Distribution", resource, node, reading, prefix="resources.")
                if not reading.has(node, "accessURL"):
                    message = "resources.url: a resource without address is none; left out"
                    reading.issue("missing", "resources.url", resource.get("url"), message)
                    raise Dropped
                licence.grant(node)

    def _names(self, reading: Reading, key: str, members: Any, *keys: str) -> list[str]:
        """The names of tags, groups …: objects that have one, or bare texts."""
        names = []
        for each in members if isinstance(members, list) else [members]:
            self._table.audit(key, each, reading)
            held = each if isinstance(each, dict) else {keys[0]: each}
            given = [held[name] for name in keys if held.get(name)]
            try:
                name = text(given[0]) if given else ""
            except ValueError as error:
                reading.surprised(len(reading.lines), key, each, error)
                continue
            if name:
                names.append(name)
            else:
                message = f"{key}: one without a name ({', '.join(keys)}); left out"
                reading.issue("missing", key, each, message)
        return names

    def resource_title(self, _: Reading, node: Node, values: Values) -> None:
        """A distribution's title and description."""
        title = text(values.get("resources.name")) or text(values.get("resources.title"))
        if title:
            node.add("title", title)
        if about := text(values.get("resources.description")):
            node.add("description", html_text(about))

    def address(self, reading: Reading, node: Node, values: Values) -> None:
        """Where the resource is: its page or service, else its file."""
        for key in ("resources.access_url", "resources.url", "resources.download_url"):
            found = _address(reading, values, key)
            if found and node.add("accessURL", found, key):
                return

    def format(self, reading: Reading, node: Node, values: Values) -> None:
        """Format and media type; a map service is a DataService of its own."""
        keys = ("resources.format", "resources.mimetype", "resources.data_type")
        given = [(key, found) for key in keys if (found := text(values.get(key)))]
        if len(given) > 1:  # what the portal displays, where nothing else is said
            given = [(key, found) for key, found in given if key != "resources.data_type"]
        url = _address(reading, values, "resources.url")
        download = _address(reading, values, "resources.download_url")
        file_type = distributing.file_format(reading, node, given, url)
        if file_type in distributing.SERVICES:
            distributing.add_service(reading, node, url, "resources.url")
        elif download or (
            url and (values.get("resources.access_url") or file_type not in distributing.PAGES)
        ):
            node.add("downloadURL", download or url, "resources.url")

    def columns(self, reading: Reading, node: Node, values: Values) -> None:
        """The columns of a table, where the portal lists them."""
        ckan_columns.add_columns(self._table, reading, node, values)

    def size(self, _: Reading, node: Node, values: Values) -> None:
        """The size in bytes: a number, or DKAN's « 42 octets »."""
        for key, value in values.items():
            node.add("byteSize", re.sub(r"\s|octets?|bytes?|\.0$", "", text(value)), key)

    def checksum(self, reading: Reading, node: Node, values: Values) -> None:
        """The checksum, where it is one: ``md5:…``, or told by its length."""
        key = "resources.hash"
        given, _, bare = text(values.get(key)).rpartition(":")
        named = text(values.get("resources.hash_algorithm")) or given
        algorithm = named.rpartition("#")[2].removeprefix("checksumAlgorithm_")
        distributing.add_checksum(reading, node, key, bare, algorithm)

    def resource_rights(self, reading: Reading, _: Node, values: Values) -> None:
        """Rights of a single resource: the package's licence holds for all (one a distribution)."""
        for key, value in values.items():
            message = f"{key}: rights of a single resource are not mapped; the package's are"
            reading.issue("unknown-value", key, value, message)


def _distribution_names(resources: list[Any]) -> list[str]:
    """A name for each resource: its id; with its format where two share an id (DataSud's services
    of one layer); by its address where it has none. Never its position, which moves."""
    ids = [text(each.get("id")) if isinstance(each, dict) else "" for each in resources]
    shared = Counter(ids)
    names = []
    for resource, identifier in zip(resources, ids, strict=True):
        if not isinstance(resource, dict):
            names.append("")
            continue
        if not identifier:
            names.append(slug(text(resource.get("url")) or text(resource.get("name")) or "?"))
            continue
        name = segment(identifier)
        if shared[identifier] > 1:
            kind = text(resource.get("format")) or text(resource.get("data_type")) or "other"
            name += f"-{slug(kind)}"
        names.append(name)
    return names


def _address(reading: Reading, values: Values, key: str) -> str:
    """An address; one without a host is the portal's own."""
    if key not in values:
        return ""
    given = text(values[key])
    return urljoin(f"{reading.context.portal.root}/", given) if given.startswith("/") else given
