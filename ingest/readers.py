"""How a source's text is read before it becomes a term: pure functions, named in the tables."""

import html
import re
from collections.abc import Callable
from datetime import datetime

import nh3

from ingest.portals import Portal
from vocab.codelist import fold

Reader = Callable[[str, Portal], list[str]]
"""A source's text, and the portal that wrote it, to the values that it holds."""

_LOOKS_HTML = re.compile(r"<[a-zA-Z/!]|&(?:#\d+|\w+);")
_KEPT_TAGS = {"a", "br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol"}
_LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_BREAK = re.compile(r"<br>|</(?:p|div|li|tr|h\d|ul|ol)>")
_ITEM = re.compile(r"<li>")
_TAG = re.compile(r"<[^>]+>")


def plain(text: str, _: Portal) -> list[str]:
    """The text itself."""
    return [text]


def from_html(text: str, _: Portal) -> list[str]:
    """HTML as text: paragraphs and items on lines of their own, a link followed by its address."""
    return [html_text(text)]


def html_text(text: str) -> str:
    """The text of an HTML fragment; a text that is no HTML is given back as it is."""
    if ("<" not in text and "&" not in text) or not _LOOKS_HTML.search(text):
        return text.strip()
    # nh3 parses as a browser does and writes well-formed HTML: what follows may rely on it.
    source = " ".join(text.split())
    clean = nh3.clean(
        source,
        tags=_KEPT_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    clean = _LINK.sub(_link_text, clean)
    clean = _TAG.sub("", _BREAK.sub("\n", _ITEM.sub("\n- ", clean)))
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in html.unescape(clean).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _link_text(found: re.Match[str]) -> str:
    address, label = found.group(1), _TAG.sub("", found.group(2)).strip()
    bare = address.removeprefix("mailto:")
    if not bare or bare.rstrip("/") in (label, html.unescape(label)):
        return label
    return f"{label} ({bare})" if label else bare


def local_day(text: str, portal: Portal) -> str:
    """The day that a moment was on the portal's own clock: ``2003-12-31T23:00:00+00:00`` is
    2004-01-01 in Paris. A text that is no moment is given back, for the term to judge."""
    if "T" not in text:
        return text
    try:
        moment = datetime.fromisoformat(text)
        local = moment.astimezone(portal.timezone) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return text
    return local.date().isoformat()


def distinct(values: list[str]) -> list[str]:
    """``values`` without those that differ by case, accents and punctuation alone."""
    return list({fold(value) or value: value for value in reversed(values)}.values())[::-1]


READERS: dict[str, Reader] = {
    "plain": plain,
    "html": from_html,
}
