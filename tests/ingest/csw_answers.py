"""Answers of a CSW: records, pages, exception reports."""

import re

CSW = "http://www.opengis.net/cat/csw/2.0.2"
GMD = "http://www.isotc211.org/2005/gmd"
NAMESPACES = (
    f'xmlns:csw="{CSW}" xmlns:gmd="{GMD}" xmlns:gco="http://www.isotc211.org/2005/gco"'
    ' xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
REPORT = """<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows" version="1.2.0">
<ows:Exception exceptionCode="{code}" locator="{locator}">
<ows:ExceptionText>{text}</ows:ExceptionText></ows:Exception></ows:ExceptionReport>"""


def record(identifier, title="Un jeu", gml_id="t"):
    """A dataset with a name, a text and a period."""
    name = f"<gco:CharacterString>{identifier}</gco:CharacterString>"
    return f"""<gmd:MD_Metadata {NAMESPACES}>
<gmd:fileIdentifier>{name if identifier else ""}</gmd:fileIdentifier>
<gmd:identificationInfo><gmd:MD_DataIdentification>
<gmd:citation><gmd:CI_Citation>
<gmd:title><gco:CharacterString>{title}</gco:CharacterString></gmd:title>
</gmd:CI_Citation></gmd:citation>
<gmd:abstract><gco:CharacterString>Des données.</gco:CharacterString></gmd:abstract>
<gmd:extent><gmd:EX_Extent><gmd:temporalElement><gmd:EX_TemporalExtent><gmd:extent>
<gml:TimePeriod gml:id="{gml_id}"><gml:beginPosition>2020</gml:beginPosition></gml:TimePeriod>
</gmd:extent></gmd:EX_TemporalExtent></gmd:temporalElement></gmd:EX_Extent></gmd:extent>
</gmd:MD_DataIdentification></gmd:identificationInfo></gmd:MD_Metadata>"""


def response(records, matched, stamp="2026-01-01T00:00:00Z", **attributes):
    """A page; ``attributes`` are those of its csw:SearchResults, ``None`` takes one away."""
    said = {"numberOfRecordsMatched": matched, "numberOfRecordsReturned": len(records)}
    written = " ".join(
        f'{name}="{value}"' for name, value in {**said, **attributes}.items() if value is not None
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<csw:GetRecordsResponse {NAMESPACES}><csw:SearchStatus timestamp="{stamp}"/>
<csw:SearchResults {written}>{"".join(records)}</csw:SearchResults></csw:GetRecordsResponse>"""


def asked(body):
    """The first position and the size of the page that a request asks for."""
    start, size = re.findall(rb'(?:startPosition|maxRecords)="(\d+)"', body)
    return int(start), int(size)


def catalogue(records, total=None, **attributes):
    """GetRecords as a server answers it that does not look at the order."""

    def answer(body):
        start, size = asked(body)
        shown = records[start - 1 : start - 1 + size]
        matched = len(records) if total is None else total
        return response(shown, matched, **{name: at(start) for name, at in attributes.items()})

    return answer


def numbered(count):
    """As many datasets, in the order of their ids."""
    return [record(f"{number:04}") for number in range(count)]
