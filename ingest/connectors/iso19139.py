"""A record of ISO 19139 (ISO 19115:2003 written in XML) as plain nested values.

The standard's XML takes turns: a property (``gmd:citation``, lower case) holds an object
(``gmd:CI_Citation``, upper case), whose properties hold objects (ISO/TS 19139, section 8). Here an
object is a dict of its properties by their local names, with its class under ``@type``; a property
that is repeated is a list. Text, numbers, dates and codes are ``str``, a code by its codeListValue;
where an attribute adds to a text (an ``xlink:href``, a unit) it is a dict, the text under ``text``.

What a server makes anew for each answer is left out, so that one record is always one value:
``gml:id``, schema locations, and GeoNetwork's own ``geonet:info``.
"""

from typing import Any

from ingest.mapping import EMPTY

Payload = dict[str, Any]
"""A record."""

_KEPT = {
    "{http://www.w3.org/1999/xlink}href": "href",
    "uuidref": "uuidref",
    "src": "src",
    "type": "type",
    "uom": "uom",
    "indeterminatePosition": "indeterminatePosition",
}
"""The attributes that say something, and their keys here."""
_GEONETWORK = "{http://www.fao.org/geonetwork}"
_TAGS = {
    "fre": "fr", "fra": "fr", "francais": "fr", "français": "fr", "eng": "en", "english": "en",
    "ger": "de", "deu": "de", "spa": "es", "ita": "it", "por": "pt", "dut": "nl", "nld": "nl",
    "oci": "oc", "bre": "br", "cos": "co", "cat": "ca", "baq": "eu", "eus": "eu", "gsw": "gsw",
}  # fmt: skip


def record(element: Any) -> Payload:
    """The record of an element: ``gmd:MD_Metadata``, ``gmi:MI_Metadata``, or any other object."""
    return {"@type": _name(element), **_members(element, _locales(element))}


def _members(element: Any, locales: dict[str, str]) -> Payload:
    """The properties of an object."""
    found: Payload = {}
    for child in _children(element):
        value = _property(child, locales)
        if value in EMPTY:
            continue
        name = _name(child)
        found[name] = [*listed(found[name]), *listed(value)] if name in found else value
    return found


def _property(element: Any, locales: dict[str, str]) -> Any:
    """What a property holds: the value of its object, a list of several, its own text."""
    values: list[Any] = []
    translated: dict[str, str] = {}
    for child in _children(element):
        if child.tag.endswith("}PT_FreeText"):
            translated |= _translations(child, locales)
        elif (value := _object(child, locales)) not in EMPTY:
            values.append(value)
    if translated:
        return {"text": words(values), "translated": translated}
    if values:
        return values[0] if len(values) == 1 else values
    return _leaf(element)


def _object(element: Any, locales: dict[str, str]) -> Any:
    members = _members(element, locales) if len(element) else {}
    return {"@type": _name(element), **members} if members else _leaf(element)


def _leaf(element: Any) -> Any:
    """A text or a code; with the attributes that say something a dict."""
    text = (element.text or "").strip()
    kept = {}
    for name, value in element.items():
        if name == "codeListValue" and value.strip():
            return value.strip()
        if name in _KEPT and value.strip():
            kept[_KEPT[name]] = value.strip()
    if not kept:
        return text
    return {"text": text, **kept} if text else kept


def _translations(element: Any, locales: dict[str, str]) -> dict[str, str]:
    """The texts of a ``gmd:PT_FreeText`` by their languages (ISO/TS 19139, section 9.2)."""
    found = {}
    for each in element.iterfind(".//{*}LocalisedCharacterString"):
        locale = each.get("locale", "").lstrip("#")
        text = (each.text or "").strip()
        if locale and text:
            found[locales.get(locale) or locale] = text
    return found


def _locales(element: Any) -> dict[str, str]:
    """The language tag of each ``gmd:PT_Locale`` by its id."""
    found = {}
    for each in element.iterfind("{*}locale/{*}PT_Locale"):
        code = next(each.iterfind("{*}languageCode/{*}LanguageCode"), None)
        if code is not None and (identifier := each.get("id")):
            found[identifier] = language_tag(code.get("codeListValue") or code.text or "")
    return found


def _children(element: Any) -> list[Any]:
    """The child elements: comments and what GeoNetwork adds of its own are none."""
    return [
        child
        for child in element
        if isinstance(child.tag, str) and not child.tag.startswith(_GEONETWORK)
    ]


def _name(element: Any) -> str:
    """The local name of an element."""
    return str(element.tag.rpartition("}")[2])


def listed(value: Any) -> list[Any]:
    """A property's values, one, several or none, as a list."""
    if isinstance(value, list):
        return value
    return [] if value in EMPTY else [value]


def objects(value: Any) -> list[Payload]:
    """The values of a property that have members."""
    return [each for each in listed(value) if isinstance(each, dict)]


def words(value: Any) -> str:
    """The text of a property, the first that holds some; empty where there is none."""
    for each in listed(value):
        text = each.get("text", "") if isinstance(each, dict) else str(each)
        if isinstance(text, str) and text:
            return text
    return ""


def href(value: Any) -> str:
    """The ``xlink:href`` of a property, empty where it has none."""
    found = value.get("href", "") if isinstance(value, dict) else ""
    return found if isinstance(found, str) else ""


def texts(value: Any) -> list[str]:
    """The texts of a property, as many as it has."""
    return [text for each in listed(value) if (text := words(each))]


def language_tag(code: str) -> str:
    """The tag (BCP 47) of a language code as records write it: ``fre``, ``fra``, ``fr``,
    ``fre; FRA``; empty for one that is not known."""
    first = code.replace(";", " ").replace("-", " ").split()
    word = first[0].lower() if first else ""
    return _TAGS.get(word, word if len(word) == 2 and word.isascii() and word.isalpha() else "")


def by_language(value: Any, language: str) -> Any:
    """A property's text; where it is translated, its texts by language, in ``language`` its own.

    Translations into what is no language of two letters (ISO 639-1) are left out.
    """
    for each in listed(value)[:1]:
        translated = each.get("translated") if isinstance(each, dict) else None
        if isinstance(translated, dict) and len(language) == 2:
            found = {tag: text for tag, text in translated.items() if len(language_tag(tag)) == 2}
            return {**found, language: words(each)} if words(each) else found
    return words(value)


def is_service(payload: Payload) -> bool:
    """Whether a record is about a service and no data (ISO 19119)."""
    identifications = objects(payload.get("identificationInfo"))
    return any(each.get("@type") == "SV_ServiceIdentification" for each in identifications)
