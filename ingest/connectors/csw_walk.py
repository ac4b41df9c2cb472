"""How a CSW is walked (OGC 07-006r1, CSW 2.0.2): GetRecords in pages, in the order of the ids.

``nextRecord`` is not followed: servers give 0, nothing, the same position again or one after the
last. The records that came are counted, and the distinct ids prove the listing complete.
"""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from lxml import etree

from graph.issues import Issue
from ingest.answer import Answer, SourceError, is_html
from ingest.connectors import iso19139
from ingest.connectors.iso19139 import Payload, words
from ingest.fetch import XML, Fetcher
from ingest.listing import Listing
from ingest.portals import Portal

_PAGE = 50
_METADATA = frozenset({"MD_Metadata", "MI_Metadata"})
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BLANK = b"\xef\xbb\xbf \t\r\n"
_BAD_REQUEST = 400
"""The status that some servers give their exception reports."""
_FORBIDDEN = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]"
    rb"|&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|x0*(?:[0-8bcef]|1[0-9a-f]));",
    re.IGNORECASE,
)
"""What XML 1.0 cannot hold (section 2.2), as it is or as a reference: word processors leave it in
texts that are pasted, and one of them would cost a whole portal."""
_ABOUT_THE_FORM = re.compile(r"sort|typename|type name", re.IGNORECASE)
_SORT = """
    <ogc:SortBy><ogc:SortProperty><ogc:PropertyName>apiso:Identifier</ogc:PropertyName>\
<ogc:SortOrder>ASC</ogc:SortOrder></ogc:SortProperty></ogc:SortBy>"""
_REQUEST = """<?xml version="1.0" encoding="UTF-8"?>
<csw:GetRecords xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"
    xmlns:ogc="http://www.opengis.net/ogc" xmlns:gmd="http://www.isotc211.org/2005/gmd"
    xmlns:apiso="http://www.opengis.net/cat/csw/apiso/1.0"
    service="CSW" version="2.0.2" resultType="results" outputFormat="application/xml"
    outputSchema="http://www.isotc211.org/2005/gmd" startPosition="{start}" maxRecords="{count}">
  <csw:Query typeNames="{type}">
    <csw:ElementSetName>full</csw:ElementSetName>{constraint}{sort}
  </csw:Query>
</csw:GetRecords>"""


class Page(NamedTuple):
    """What an answer holds: its records; how many match in all, ``None`` where the answer is no
    page of a listing; what the server says is wrong; whether the XML had to be mended."""

    records: list[Payload]
    matched: Any = None
    complaint: str = ""
    is_mended: bool = False


def is_metadata(payload: Payload) -> bool:
    """Whether an entry is a record of ISO 19139, and no Dublin Core in its place."""
    return payload.get("@type") in _METADATA


def identifier(payload: Payload) -> str:
    """A record's own identifier; empty where it has none."""
    return words(payload.get("fileIdentifier")) or words(payload.get("identifier"))


def records(portal: Portal, fetcher: Fetcher) -> Iterator[Payload | Issue]:
    """Every record of the portal; proved complete by the count and the distinct ids, over every
    page. Raises ``SourceError`` where that cannot be done. An issue for a page that was mended."""
    if portal.url.startswith("file:"):
        yield from _recorded(portal, fetcher)
        return
    listing, start, is_plain, page = Listing(fetcher, "records"), 1, False, None
    while page is None or (page.records and start <= listing.total):
        answer, page, is_plain = _page(portal, fetcher, start, is_plain)
        listing.announced(answer, page.matched)
        yield from _entries(listing, answer, page)
        start += len(page.records)
    listing.prove(answer)


def _entries(listing: Listing, answer: Answer, page: Page) -> Iterator[Payload | Issue]:
    if page.is_mended:
        message = "GetRecords: characters that XML forbids; left out"
        yield Issue("invalid-value", "GetRecords", answer.address, message)
    yield from listing.page(answer, page.records, identifier)


def _page(
    portal: Portal, fetcher: Fetcher, start: int, is_plain: bool
) -> tuple[Answer, Page, bool]:
    """A page, and whether it was asked for plainly: a server that refuses the order or the type of
    the first is asked once more, without order and for records of any type."""
    may_be_plainer = start == 1 and not is_plain
    try:
        answer = fetcher.post(portal.url, _request(portal, start, is_plain), XML, accept=XML)
        page = read(answer)
    except SourceError as error:
        if not may_be_plainer or error.status != _BAD_REQUEST:
            raise
        return _plain_page(portal, fetcher)
    if page.complaint:
        if may_be_plainer and _ABOUT_THE_FORM.search(page.complaint):
            return _plain_page(portal, fetcher)
        raise answer.error(f"an error in place of records: {page.complaint}")
    return answer, page, is_plain


def _plain_page(portal: Portal, fetcher: Fetcher) -> tuple[Answer, Page, bool]:
    """The first page, plainly; no page of another walk can be gone on with then."""
    fetcher.is_ordered = False
    return _page(portal, fetcher, 1, is_plain=True)


def _request(portal: Portal, start: int, is_plain: bool) -> bytes:
    """A GetRecords request (CSW 2.0.2, section 10.8); ``filter`` is a constraint in CQL."""
    constraint = ""
    if portal.filter:
        text = f"<csw:CqlText>{escape(portal.filter)}</csw:CqlText>"
        constraint = f'\n    <csw:Constraint version="1.1.0">{text}</csw:Constraint>'
    return _REQUEST.format(
        start=start,
        count=_PAGE,
        type="csw:Record" if is_plain else "gmd:MD_Metadata",
        constraint=constraint,
        sort="" if is_plain else _SORT,
    ).encode()


def _recorded(portal: Portal, fetcher: Fetcher) -> Iterator[Payload | Issue]:
    """The records of a file, or of a folder whose files are the pages of one listing."""
    place = Path(portal.url.removeprefix("file:"))
    pages = sorted(place.glob("*.xml")) if place.is_dir() else [place]
    if not pages:
        raise SourceError(portal.name, portal.url, "a folder without any .xml file")
    listing, total = Listing(fetcher, "records"), None
    for path in pages:
        answer = fetcher.get(f"file:{path}", accept=XML)
        page = read(answer)
        if page.complaint:
            raise answer.error(f"an error in place of records: {page.complaint}")
        total = page.matched if page.matched is not None else total
        yield from _entries(listing, answer, page)
    listing.announced(answer, listing.received if total is None else total)
    listing.prove(answer)


def read(answer: Answer) -> Page:
    """The page that an answer is: GetRecordsResponse, GetRecordByIdResponse, one bare record, or
    an exception report. Raises ``SourceError`` for anything else, a DOCTYPE and broken XML."""
    root, is_mended = _parsed(answer)
    name = etree.QName(root).localname
    if name == "ExceptionReport":
        return Page([], complaint=_complaint(root))
    if name in _METADATA:
        return Page([iso19139.record(root)], is_mended=is_mended)
    if name == "GetRecordByIdResponse":
        found = [iso19139.record(each) for each in root.iterchildren("{*}*")]
        return Page(found, is_mended=is_mended)
    results = next(root.iterfind("{*}SearchResults"), None)
    if name != "GetRecordsResponse" or results is None:
        raise answer.error(f"a GetRecordsResponse is expected, not <{name}>")
    found = [iso19139.record(each) for each in results.iterchildren("{*}*")]
    if found and not any(map(is_metadata, found)):
        kind = found[0]["@type"]
        raise answer.error(f"records of ISO 19139 are expected (MD_Metadata), not {kind}")
    matched = results.get("numberOfRecordsMatched", "")
    total = int(matched) if re.fullmatch(r"\d{1,9}", matched.strip()) else matched
    return Page(found, total, is_mended=is_mended)


def _parsed(answer: Answer) -> tuple[Any, bool]:
    """The root element, and whether characters had to be left out for it. No entity is ever
    resolved and nothing is fetched: what needs a DOCTYPE is refused."""
    body = answer.path.read_bytes().lstrip(_BLANK)
    if not body:
        raise answer.error("an empty answer, XML is expected")
    if is_html(body[:200]):
        raise answer.error(f"HTML, XML is expected: {body[:60]!r}")
    is_mended = False
    try:
        try:
            root = _root(body)
        except etree.XMLSyntaxError:
            mended = _FORBIDDEN.sub(b"", body)
            if mended == body or body[:2] in _UTF_16:
                raise
            root, is_mended = _root(mended), True
    except (etree.XMLSyntaxError, ValueError) as error:
        raise answer.error(f"no well-formed XML, or cut off ({error})") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise answer.error("a DOCTYPE, which no CSW needs: refused")
    return root, is_mended


def _root(body: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    return etree.fromstring(body, parser)


def _complaint(root: Any) -> str:
    """What an ``ows:ExceptionReport`` says (OGC 06-121, section 8)."""
    said = []
    for each in root.iterfind("{*}Exception"):
        heads = [each.get("exceptionCode", ""), each.get("locator", "")]
        said += [*heads, *(text.strip() for text in each.itertext())]
    return " ".join(filter(None, said))[:500] or "an exception report without a text"
