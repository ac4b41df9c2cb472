"""Distributions and the services that give access to them."""

import re
from collections.abc import Iterator
from urllib.parse import urldefrag

from graph.iris import segment, slug
from ingest import distributing
from ingest.connectors import dcat_rights
from ingest.connectors.dcat_names import distinct_names, usable
from ingest.connectors.dcat_resource import Resource, coded, shown
from ingest.connectors.dcat_terms import Terms, put
from ingest.connectors.dcat_values import Value
from ingest.isolation import Dropped
from ingest.reading import Node, Reading

_DISTRIBUTIONS = ("dcat:distribution", "dcat:distributions")
_ACCESS, _DOWNLOAD, _SERVICE, _ENDPOINT = (
    "dcat:accessURL", "dcat:downloadURL", "dcat:accessService", "dcat:endpointURL",
)  # fmt: skip
_SERVES = "dcat:servesDataset"
_TITLES = ("dct:title", "rdfs:label", "foaf:name")
_ALGORITHM = re.compile(r"(?:.*checksumAlgorithm_)?(\w+(?:-\w+)*)")
_BY_LENGTH = {32: "md5", 40: "sha1", 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}


class FileMethods:
    """The methods of the connector for distributions, their services and checksums."""

    _terms: Terms

    def distributions(self, reading: Reading, dataset: Node, resource: Resource) -> None:
        """Every distribution; with them the licence and the rights of access."""
        words = dcat_rights.access(reading, dataset, resource)
        given = [(key, value) for key in _DISTRIBUTIONS for value in resource.values(key)]
        if given:
            at = f"{reading.root}/rights"
            resource.source.licence = dcat_rights.licence(reading, resource, at, words)
        elif words or resource.values(dcat_rights.LICENCE, dcat_rights.RIGHTS):
            message = "dct:license: no distribution that it could be said of; left out"
            reading.issue("missing", "dct:license", resource.text("dct:license"), message)
        self._all(reading, dataset, resource, given, "distribution")

    def samples(self, reading: Reading, dataset: Node, resource: Resource) -> None:
        """Samples of the data, which are distributions too."""
        given = [("adms:sample", value) for value in resource.values("adms:sample")]
        self._all(reading, dataset, resource, given, "sample")

    def _all(
        self, reading: Reading, dataset: Node, resource: Resource,
        given: list[tuple[str, Value]], term: str,
    ) -> None:  # fmt: skip
        found = {value.text: resource.to(value, key) for key, value in given}
        names = distinct_names({name: _names(each) for name, each in found.items()})
        for name, distribution in found.items():
            with reading.droppable(distribution.path, name):
                if not distribution.properties:
                    key = distribution.path.rstrip("/")
                    message = f"{key}: described nowhere in the feed; left out"
                    reading.issue("missing", key, name, message)
                    continue
                path = f"{term}/{segment(names[name])}"
                node = dataset.part(term, path, "Distribution")
                self._terms.apply("Distribution", distribution, node, reading)
                iri = distribution.iri
                if iri and iri not in distribution.texts(_ACCESS, _DOWNLOAD):
                    node.add("identifier", iri, "rdf:about")

    def address(self, reading: Reading, node: Node, distribution: Resource) -> None:
        """Where the distribution is: the address of a download gives access too (DCAT 3, usage
        note of dcat:accessURL), and so does that of a service. Raises ``Dropped`` where there is
        none."""
        access, download = reading.terms["accessURL"], reading.terms["downloadURL"]
        for value in distribution.values(_DOWNLOAD):
            put(reading, node, download, distribution, _DOWNLOAD, value)
        self._access_services(reading, node, distribution)
        found = [
            put(reading, node, access, distribution, _ACCESS, value)
            for value in distribution.values(_ACCESS)
        ]
        if any(found):
            return
        others = (*distribution.each(_DOWNLOAD), *self._endpoints(distribution))
        if not any(node.put(access, value.text, key) for key, value in others):
            message = f"{distribution.path}{_ACCESS}: a distribution without address; left out"
            reading.issue("missing", distribution.path + _ACCESS, distribution.name, message)
            raise Dropped

    def _endpoints(self, distribution: Resource) -> Iterator[tuple[str, Value]]:
        for value in distribution.values(_SERVICE):
            yield from distribution.to(value, _SERVICE).each(_ENDPOINT)

    def _access_services(self, reading: Reading, node: Node, distribution: Resource) -> None:
        """The services that give access to the distribution."""
        for value in distribution.values(_SERVICE):
            service = distribution.to(value, _SERVICE)
            with reading.droppable(service.path, service.name):
                node.link("accessService", f"{reading.root}/{self._service(reading, service)}")

    def _service(self, reading: Reading, service: Resource) -> str:
        """The path of a service under the dataset's IRI; it is described once."""
        known = service.source.services
        if service.name in known:
            return known[service.name]
        endpoint = next(iter(service.texts(_ENDPOINT)), "")
        given = (*usable(service.texts("dct:identifier")), *usable([service.iri]), slug(endpoint))
        name = next(filter(None, given), "")
        if not endpoint or not name:
            message = f"{service.path}{_ENDPOINT}: a service without an address; left out"
            reading.issue("missing", service.path + _ENDPOINT, service.name, message)
            raise Dropped
        path = f"service/{segment(name)}"
        if path in known.values():
            path = f"{path}-{slug(f'{endpoint} {service.text(*_TITLES)}')}"
        node = reading.node(f"{reading.root}/{path}", "DataService")
        self._terms.apply("DataService", service, node, reading)
        if not reading.has(node, "endpointURL"):
            raise Dropped
        if not reading.has(node, "title"):
            node.add("title", service.text("rdfs:label", "foaf:name") or f"Service {name}")
        if not reading.has(node, "servesDataset"):
            node.link("servesDataset", reading.root)
        known[service.name] = path
        return path

    def serves(self, reading: Reading, node: Node, service: Resource) -> None:
        """The datasets that a service gives access to."""
        iris, portal = reading.context.iris, reading.context.portal
        for value in service.values(_SERVES):
            if value.kind == "dataset":
                node.link("servesDataset", iris.dataset(portal.name, value.tag))
            else:
                put(reading, node, reading.terms["servesDataset"], service, _SERVES, value)

    def service_terms(self, reading: Reading, node: Node, service: Resource) -> None:
        """Licence and rights of a service's own."""
        dcat_rights.grant(reading, node, service)

    def file_terms(self, reading: Reading, node: Node, distribution: Resource) -> None:
        """Licence and rights of a distribution: its own, else those of the dataset."""
        dcat_rights.grant(reading, node, distribution, distribution.source.licence)

    def format(self, reading: Reading, node: Node, distribution: Resource) -> None:
        """Format and media type, each from either property: feeds mix them up."""
        given = []
        for key in ("dct:format", "dcat:mediaType"):
            values = distribution.values(key)
            for value in values[:1]:
                given.append(
                    (distribution.path + key, self._format(reading, distribution, value, key))
                )
            for value in values[1:]:
                path, text = distribution.path + key, shown(distribution, value, key)
                message = f"{path}: one is allowed, the first is kept"
                reading.issue("duplicate", path, text, message)
        url = next(iter(distribution.texts(_DOWNLOAD, _ACCESS)), "")
        distributing.file_format(reading, node, given, url)

    def _format(self, reading: Reading, distribution: Resource, value: Value, key: str) -> str:
        model = reading.context.model
        lists = model.code_list("file-type"), model.code_list("media-type")
        if value.kind != "node" and any(each.find(value.text) for each in lists):
            return value.text
        known = (coded(each, distribution, value, key) for each in lists)
        return next(filter(None, known), "") or shown(distribution, value, key)

    def checksum(self, reading: Reading, node: Node, distribution: Resource) -> None:
        """The checksum and its algorithm, told by its length where it is not said."""
        key = "spdx:checksum"
        path = node.iri.removeprefix(f"{reading.root}/")
        for value in distribution.values(key)[:1]:
            given = distribution.to(value, key)
            self._terms.audit("Checksum", given, reading)
            digits = given.text("spdx:checksumValue", "rdf:value") or shown(
                distribution, value, key
            )
            said = _ALGORITHM.fullmatch(next(iter(given.texts("spdx:algorithm")), ""))
            known = reading.context.model.code_list("checksum-algorithm")
            algorithm = known.find(said[1] if said else _BY_LENGTH.get(len(digits), ""))
            if not algorithm or not re.fullmatch(r"([0-9a-fA-F]{2})+", digits):
                message = f"{given.path}: {digits!r} is no checksum of a known algorithm"
                reading.issue("invalid-value", given.path.rstrip("/"), digits, message)
                continue
            checksum = node.part("checksum", f"{path}/checksum", "Checksum")
            checksum.add("checksumValue", digits, given.path)
            checksum.link("algorithm", algorithm[0])


def _names(distribution: Resource) -> Iterator[str]:
    """The candidates of a distribution's name: see ``dcat_names.py``."""
    yield usable(distribution.texts("dct:identifier"))[0]
    yield usable([distribution.iri])[0]
    yield usable([urldefrag(distribution.iri)[0]])[0]
    for url in distribution.texts(_DOWNLOAD, _ACCESS)[:1]:
        yield slug(url)
        yield slug(f"{url} {distribution.text(*_TITLES)}")
