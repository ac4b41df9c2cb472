"""JSON-LD with the contexts that are bundled, and data.json (Project Open Data v1.1).

No context is ever fetched: the addresses that are known have theirs in ``vocab/contexts``. A feed
without a context, or with one that nobody knows, is read as data.json where it has that shape.
"""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any

from graph.issues import Issue
from ingest.answer import Answer

_CONTEXTS = (
    (
        re.compile(r"https?://project-open-data\.cio\.gov/v1\.1/schema(/|/catalog\.jsonld)?"),
        "project-open-data.jsonld",
    ),
    (
        re.compile(r"https?://resources\.data\.gov/schemas/dcat-us/v1\.1/schema/catalog\.jsonld"),
        "project-open-data.jsonld",
    ),
    (re.compile(r"https?://\S*/dcat-ap[\w.-]*\.jsonld", re.IGNORECASE), "dcat-ap-feeds.jsonld"),
)
_LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")
_DATA_JSON = "project-open-data.jsonld"
_DEEPEST = 100
"""Levels of nesting: the parser takes the machine's own stack for each."""


def document(answer: Answer, body: bytes, issues: list[Issue]) -> bytes:
    """A JSON-LD document whose contexts all stand in it.

    Raises ``SourceError`` where it is no whole JSON, is nested too deep, or has a context that is
    not bundled and not the shape of data.json.
    """
    parsed = _parsed(answer, body, issues)
    if not isinstance(parsed, (dict, list)) or _depth(parsed) > _DEEPEST:
        raise answer.error(f"no JSON-LD: an object or a list, nested {_DEEPEST} deep at the most")
    is_data_json = isinstance(parsed, dict) and isinstance(parsed.get("dataset"), list)
    if isinstance(parsed, dict) and is_data_json and "@context" not in parsed:
        parsed = {"@context": _context(_DATA_JSON), **parsed}
    is_bundled = False
    for holder in list(_holders(parsed)):
        given = holder["@context"]
        members = given if isinstance(given, list) else [given]
        is_bundled |= any(isinstance(member, str) for member in members)
        holder["@context"] = [
            _known(answer, member, is_data_json, issues) if isinstance(member, str) else member
            for member in members
        ]
    text = json.dumps(_tagged(parsed) if is_bundled else parsed, ensure_ascii=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        message = "characters: halves of characters (surrogates); read as question marks"
        issues.append(Issue("shape", "characters", "", message))
        return text.encode(errors="replace")


def _parsed(answer: Answer, body: bytes, issues: list[Issue]) -> Any:
    try:
        return json.loads(body)
    except json.JSONDecodeError as error:
        fault: Exception = error
    except RecursionError as error:
        raise answer.error("JSON that is nested without end") from error
    try:
        parsed = json.loads(body, strict=False)
    except ValueError:
        raise answer.error(f"the JSON is cut off or broken ({fault})") from fault
    message = "control characters: in texts, where JSON has no place for them; kept out"
    issues.append(Issue("shape", "control characters", "", message))
    return parsed


def _depth(parsed: Any) -> int:
    deepest, level = 0, [parsed]
    while level and deepest <= _DEEPEST:
        deepest += 1
        level = [
            member
            for each in level
            for member in (each.values() if isinstance(each, dict) else each)
            if isinstance(member, (dict, list))
        ]
    return deepest


def _holders(parsed: Any) -> Iterator[dict[str, Any]]:
    """Every object that has a context of its own."""
    if isinstance(parsed, dict):
        if parsed.get("@context") is not None:
            yield parsed
        for key, member in parsed.items():
            if key != "@context":
                yield from _holders(member)
    elif isinstance(parsed, list):
        for member in parsed:
            yield from _holders(member)


def _tagged(parsed: Any) -> Any:
    """A document whose texts by language (``{"fr": …, "en": …}``) are texts with their tags: the
    bundled contexts do not say where to expect them."""
    if isinstance(parsed, list):
        return [_tagged(member) for member in parsed]
    if not isinstance(parsed, dict):
        return parsed
    if parsed and all(map(_LANGUAGE.fullmatch, parsed)):
        return [
            {"@value": text, "@language": language}
            for language, texts in parsed.items()
            for text in (texts if isinstance(texts, list) else [texts])
            if isinstance(text, str)
        ]
    return {key: member if key == "@context" else _tagged(member) for key, member in parsed.items()}


def _known(answer: Answer, address: str, is_data_json: bool, issues: list[Issue]) -> Any:
    name = next((name for pattern, name in _CONTEXTS if pattern.fullmatch(address.strip())), "")
    if not name and is_data_json:
        name = _DATA_JSON
        message = f"@context: {address} is not fetched; read as data.json v1.1"
        issues.append(Issue("unknown-value", "@context", address, message))
    if not name:
        raise answer.error(f"the context {address} is not bundled, and none is fetched")
    return _context(name)


@lru_cache(maxsize=4)
def _context(name: str) -> Any:
    return json.loads(files("vocab").joinpath(f"contexts/{name}").read_text("utf-8"))["@context"]
