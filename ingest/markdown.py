"""Markdown as portals write it: kept as it is, but for what belongs to HTML."""

import html
import re

from ingest.readers import html_text

_TAGS = (
    "a|b|big|blockquote|br|center|code|div|em|font|h[1-6]|hr|i|iframe|img|li|ol|p|pre|small|span"
    "|strong|sub|sup|table|tbody|td|th|thead|tr|u|ul"
)
_TAG = re.compile(rf"</?(?:{_TAGS})(?:[\s/>]|$)|<!--", re.IGNORECASE)
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]+|[^<>\s@]+@[^<>\s@]+)>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,31});")


def markdown_text(text: str) -> str:
    """The text of a Markdown field. Its lines stay, links in angle brackets (CommonMark 0.31,
    section 6.4) and character references (2.5) are read; a text that has tags is read as HTML."""
    if "<" in text:
        text = _AUTOLINK.sub(r"\1", text)
        if _TAG.search(text):
            return html_text(text)
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found.group()), text)
    return text.strip()
