"""SPARQL 1.1 Protocol: the operation that a request asks for (section 2)."""

import re
from typing import NamedTuple
from urllib.parse import parse_qsl

from server.http.codings import decoded
from server.http.exchange import Exchange
from server.http.problems import BadRequest, UnsupportedMediaType, UriTooLong

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
_MALFORMED = re.compile(r"%(?![0-9A-Fa-f]{2}).{0,2}", re.DOTALL)
_LONGEST_TARGET = 1 << 14
"""Bytes of a query string; a longer query is sent by POST."""


class Query(NamedTuple):
    """A query operation (section 2.1): the text, the dataset that the request names, and whether
    the text names one itself (FROM)."""

    text: str
    default_graphs: list[str]
    named_graphs: list[str]
    names_dataset: bool


class Operation(NamedTuple):
    """What a request asks for: a query or an update, with its dataset (using-graph-uri for an
    update), and the ``timeout`` parameter in seconds, 0 where there is none."""

    is_update: bool
    text: str
    default_graphs: list[str]
    named_graphs: list[str]
    seconds: float


async def read(exchange: Exchange, longest_query: int, longest_update: int) -> Operation | None:
    """The operation of a request, ``None`` where it has none. Raises a ``Problem``."""
    if exchange.method in ("GET", "HEAD"):
        return read_target(exchange.query_string)
    pairs = _in_target(exchange.query_string)
    return _operation(pairs + await _posted(exchange, longest_query, longest_update))


def read_target(query_string: bytes) -> Operation | None:
    """The operation of a GET, by its query string. Raises a ``Problem``."""
    pairs = _in_target(query_string)
    if any(name == "update" for name, _ in pairs):
        raise BadRequest("an update is sent by POST, never by GET", reason="update-by-get")
    return _operation(pairs)


def _in_target(query_string: bytes) -> list[tuple[str, str]]:
    if len(query_string) > _LONGEST_TARGET:
        raise UriTooLong(
            f"a query string of more than {_LONGEST_TARGET} bytes: send the query by POST, as"
            f" {QUERY} or {FORM}"
        )
    return parameters(query_string)


async def _posted(
    exchange: Exchange, longest_query: int, longest_update: int
) -> list[tuple[str, str]]:
    kind, charset = content_type(exchange.header("content-type"))
    if kind not in (FORM, QUERY, UPDATE):
        raise UnsupportedMediaType(
            f"an operation is posted as {QUERY}, {UPDATE} or {FORM}, not {kind or 'nothing'}",
            {"Accept-Post": f"{QUERY}, {UPDATE}, {FORM}"},
        )
    if charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType(f"an operation is written in UTF-8, not {charset}")
    limit = longest_query if kind == QUERY else max(longest_query, longest_update)
    coding = exchange.header("content-encoding")
    body = await decoded(exchange.chunks(), coding, limit)
    if kind == FORM:
        return parameters(body)
    return [("query" if kind == QUERY else "update", utf8(body))]


def content_type(header: str | None) -> tuple[str, str]:
    """A Content-Type's media type and charset, in lower case (RFC 9110, section 8.3.1)."""
    kind, *parameters = (header or "").split(";")
    pairs = (each.partition("=") for each in parameters)
    charsets = [value.strip().strip('"') for name, _, value in pairs if _named(name, "charset")]
    return kind.strip().lower(), charsets[0].lower() if charsets else ""


def _named(name: str, wanted: str) -> bool:
    return name.strip().lower() == wanted


def _operation(pairs: list[tuple[str, str]]) -> Operation | None:
    texts = [(name, value) for name, value in pairs if name in ("query", "update")]
    if len(texts) > 1:
        raise BadRequest("one query or update is expected, not several", reason="several-queries")
    if not texts:
        return None
    [(name, text)] = texts
    default, named = ("using", "using-named") if name == "update" else ("default", "named")
    return Operation(
        name == "update",
        text,
        [value for key, value in pairs if key == f"{default}-graph-uri"],
        [value for key, value in pairs if key == f"{named}-graph-uri"],
        _seconds([value for key, value in pairs if key == "timeout"]),
    )


def _seconds(values: list[str]) -> float:
    """The timeout parameter. Raises ``BadRequest`` where it is no number of seconds."""
    if not values or not values[-1]:
        return 0
    try:
        found = float(values[-1])
    except ValueError:
        found = -1
    if not 0 < found < 1e9:
        raise BadRequest(f"timeout={values[-1]!r}: a number of seconds above 0 is expected")
    return found


def parameters(encoded: bytes) -> list[tuple[str, str]]:
    """The parameters of a form. Raises ``BadRequest`` where they are no percent-encoded UTF-8."""
    text = utf8(encoded)
    if (found := _MALFORMED.search(text)) is not None:
        raise BadRequest(
            f"{found.group()!r} at character {found.start() + 1} is no percent-encoding:"
            " % is followed by two hexadecimal digits, and is itself written %25"
        )
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=10_000)
    except ValueError as error:
        raise BadRequest(f"the parameters are not percent-encoded UTF-8 ({error})") from error


def utf8(body: bytes) -> str:
    """A body as text. Raises ``BadRequest`` where it is not UTF-8."""
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(
            f"the request is not UTF-8: byte {error.start + 1} ({error.reason})"
        ) from error
