"""What a record says of the data itself (ISO 19115, MD_DataIdentification and beside it)."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from graph.iris import segment
from ingest import describing
from ingest.connectors import csw_links
from ingest.connectors.csw_relations import in_code_space
from ingest.connectors.iso19139 import Payload, href, listed, objects, texts, words
from ingest.reading import Node, Reading
from vocab.codelist import fold

_ID = "identificationInfo."
_SERIES = "http://inspire.ec.europa.eu/metadata-codelist/ResourceType/series"
"""What the EU's table of dataset types has no concept for."""
_DATES = {
    "creation": "created",
    "publication": "issued",
    "released": "issued",
    "revision": "modified",
    "lastRevision": "modified",
    "lastUpdate": "modified",
}
_THEMES = ("inspire themes", "inspire spatial data themes", "themes inspire")
"""Part of a thesaurus' folded name, where its words are the themes of INSPIRE."""
_AUTHORITY = "publications.europa.eu/resource/authority"
_THEME_IRI = re.compile(rf"https?://(inspire\.ec\.europa\.eu/theme|{_AUTHORITY}/data-theme)/")
_HVD_IRI = re.compile(rf"https?://(data\.europa\.eu|{_AUTHORITY})/bna/")
_GEONETWORK = re.compile(r"(https?://.+)/srv/(?:[a-z]{3}/)?csw\S*")
_METRES = {"m": 1.0, "metre": 1.0, "meter": 1.0, "9001": 1.0, "km": 1000.0, "cm": 0.01}
"""Metres by the last part of a unit's name, ``9001`` being EPSG's."""
_CRS = "http://www.opengis.net/def/crs/"
_EPSG = re.compile(r"\bEPSG\b\W*(?:[\d.]*[:/])*(\d{4,6})\b|^(\d{4,6})$", re.IGNORECASE)
_REGULATIONS = {
    "1089/2010": "http://data.europa.eu/eli/reg/2010/1089/oj",
    "1088/2010": "http://data.europa.eu/eli/reg/2010/1088/oj",
    "976/2009": "http://data.europa.eu/eli/reg/2009/976/oj",
    "1205/2008": "http://data.europa.eu/eli/reg/2008/1205/oj",
}
"""The regulations of INSPIRE, by the number that is in their titles in every language."""


def add_level(reading: Reading, dataset: Node, codes: Iterable[str]) -> None:
    """What the record is about (MD_ScopeCode): a dataset where it says nothing else."""
    for code in codes:
        if code == "series":
            kind = reading.node(_SERIES, "Concept", graph="vocab")
            kind.add("prefLabel", "Série de jeux de données", language="fr")
            dataset.link("dct:type", _SERIES)
        elif code not in ("dataset", "nonGeographicDataset"):
            message = f"hierarchyLevel: {code!r} is described as a dataset"
            reading.issue("unknown-value", "hierarchyLevel", code, message)


def add_dates(reading: Reading, dataset: Node, found: Iterable[Payload]) -> None:
    """The first creation and publication, and the last revision, in whatever order they stand."""
    key, by_term = f"{_ID}citation.date", dict[str, list[str]]()
    for each in found:
        kind, moment = words(each.get("dateType")), words(each.get("date"))
        if kind in _DATES and moment:
            by_term.setdefault(_DATES[kind], []).append(moment)
        elif moment:
            message = f"{key}: {kind!r} is no kind of date that DCAT has"
            reading.issue("unknown-value", key, f"{kind} {moment}", message)
    for term, moments in by_term.items():
        for moment in sorted(set(moments), reverse=term == "modified"):
            if dataset.add(term, moment, key):
                break


def add_identifiers(reading: Reading, dataset: Node, found: Iterable[Payload]) -> None:
    """The identifiers that the data has beside that of its record, with their code spaces."""
    for each in found:
        code = words(each.get("code")) or href(each.get("code"))
        add_identifier(
            reading,
            dataset,
            f"{_ID}citation.identifier",
            in_code_space(code, words(each.get("codeSpace"))),
        )


def add_identifier(reading: Reading, dataset: Node, key: str, notation: str) -> None:
    """One more identifier (adms:identifier)."""
    if notation and notation != reading.identifier:
        with reading.isolated(key, notation):
            path = f"identifier/{segment(notation)}"
            dataset.part("otherIdentifier", path, "Identifier").add("notation", notation, key)


def add_address(reading: Reading, dataset: Node, key: str, address: str) -> None:
    """The address of the data (dataSetURI): a page where it is one, an identifier where not."""
    if csw_links.leads_somewhere(address):
        dataset.add("page", address, key)
    else:
        add_identifier(reading, dataset, key, address)


def page_on_the_portal(reading: Reading, dataset: Node) -> None:
    """The dataset's page on a GeoNetwork, where no link of its own leads to one."""
    found = _GEONETWORK.fullmatch(reading.context.portal.root)
    if found and not reading.has(dataset, "landingPage"):
        page = f"{found.group(1)}/srv/api/records/{quote(reading.identifier, safe='')}"
        dataset.add("landingPage", page)


def add_frequency(dataset: Node, found: Iterable[Payload]) -> None:
    """How often it is maintained: the code, else the duration; and what is noted beside."""
    key = f"{_ID}resourceMaintenance"
    for each in found:
        for name in ("maintenanceAndUpdateFrequency", "userDefinedMaintenanceFrequency"):
            value = words(each.get(name))
            if value and dataset.add("accrualPeriodicity", value, f"{key}.{name}"):
                break
        for note in texts(each.get("maintenanceNote")):
            dataset.add("comment", note)


def add_resolution(reading: Reading, dataset: Node, found: Iterable[Payload]) -> None:
    """The spatial resolution in metres; a scale is no distance."""
    key = f"{_ID}spatialResolution.distance"
    for each in found:
        distance = each.get("distance")
        number = words(distance).replace(",", ".")
        if not number:
            continue
        unit = str(distance.get("uom", "")) if isinstance(distance, dict) else ""
        factor = _METRES.get(re.split(r"[#:/]", unit)[-1].lower())
        with reading.isolated(key, distance):
            if factor is None:
                message = f"{key}: {unit!r} is no unit of length that is known (m, km, cm)"
                reading.issue("unknown-value", key, f"{number} {unit}", message)
            else:
                metres = f"{float(number) * factor:.10g}"
                dataset.add("spatialResolutionInMeters", metres, key)


def add_keywords(node: Node, found: Iterable[Payload]) -> None:
    """Keywords; those of INSPIRE's themes, of the EU's and of high-value data are that as well."""
    key, all_words = f"{_ID}descriptiveKeywords", list[str]()
    for group in found:
        thesaurus = fold(words([each.get("title") for each in objects(group.get("thesaurusName"))]))
        is_theme = any(name in thesaurus for name in _THEMES)
        is_category = "high value dataset" in thesaurus
        for value in listed(group.get("keyword")):
            link = href(value)
            if is_theme or _THEME_IRI.match(link):
                node.add("theme", link if _THEME_IRI.match(link) else words(value), key)
            elif is_category or _HVD_IRI.match(link):
                node.add("hvdCategory", link if _HVD_IRI.match(link) else words(value), key)
        all_words += texts(group.get("keyword"))
    describing.keywords(node, key, all_words)


def add_reference_systems(reading: Reading, dataset: Node, found: Iterable[Payload]) -> None:
    """Coordinate reference systems, by their IRIs at OGC."""
    key = "referenceSystemInfo.referenceSystemIdentifier.code"
    for system in found:
        for each in objects(system.get("referenceSystemIdentifier")):
            code, space = each.get("code"), words(each.get("codeSpace"))
            written = href(code) if href(code).startswith(_CRS) else words(code)
            is_bare = written.isdigit() and space and "epsg" not in space.lower()
            if number := None if is_bare else _EPSG.search(written):
                dataset.add("conformsTo", f"{_CRS}EPSG/0/{number.group(1) or number.group(2)}", key)
            elif written.startswith(_CRS):
                dataset.add("conformsTo", written, key)
            elif written:
                message = f"{key}: {written!r} holds no code of EPSG"
                reading.issue("unknown-value", key, written, message)


def add_quality(reading: Reading, dataset: Node, found: Iterable[Payload]) -> None:
    """How the data came to be, and what it was found to conform to."""
    lineage: list[str] = []
    for quality in found:
        for each in objects(quality.get("lineage")):
            lineage += texts(each.get("statement"))
            for name in ("source", "processStep"):
                lineage += [text for step in objects(each.get(name))
                            for text in texts(step.get("description"))]  # fmt: skip
        for report in objects(quality.get("report")):
            for result in objects(report.get("result")):
                _conform(reading, dataset, result)
    if lineage:
        key = "dataQualityInfo.lineage"
        describing.statement(reading, dataset, key, "\n".join(dict.fromkeys(lineage)))


def _conform(reading: Reading, dataset: Node, result: Payload) -> None:
    """A DQ_ConformanceResult that passed. One that failed, or was not made, says nothing."""
    key = "dataQualityInfo.report.result.specification"
    if words(result.get("pass")).lower() not in ("true", "1"):
        return
    for specification in objects(result.get("specification")):
        title = specification.get("title")
        number = next((number for number in _REGULATIONS if number in words(title)), "")
        if number:
            dataset.add("conformsTo", _REGULATIONS[number], key)
        elif csw_links.leads_somewhere(href(title)):
            dataset.add("conformsTo", href(title), key)
        else:
            message = f"{key}: {words(title)!r} has no IRI that is known"
            reading.issue("unknown-value", key, words(title), message)
