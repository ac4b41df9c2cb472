"""The registry of portals: ``portals.toml``, read whole and checked before anything starts."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from graph.store import SHARED_GRAPHS
from ingest.siret import is_siren
from vocab.codelist import CodeList
from vocab.errors import ConfigError
from vocab.gazetteer import gazetteer
from vocab.ntriples import iri
from vocab.themes import with_themes

_TERRITORIES = "commune/75056, epci/243100518, departement/13, region/93, country/FRA"
_TERRITORY = re.compile(r"(?:(?:commune|epci|departement|region)/\w+|country/FRA)")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Publisher:
    """The body that publishes a portal. ``siren``: its 9 digits, checked; ``type``: a notation of
    the code list publisher-type."""

    name: str
    siren: str
    type: str = "LocalAuthority"
    homepage: str = ""


@dataclass(frozen=True)
class Contact:
    """Whom to ask about a portal's datasets: a name, and an ``email`` or the ``url`` of a page."""

    name: str
    email: str = ""
    url: str = ""


@dataclass(frozen=True)
class Portal:
    """One entry of the registry.

    ``url`` is where the connector starts: ``https:`` (or ``http:``), the portal's root, or
    ``file:``, a recorded answer in the portal's own shape; a relative ``file:`` path is taken from
    the registry's folder. ``site`` is the address that links are made of where ``url`` is a file.
    ``territory`` is a place, ``level/code``, and ``territory_name`` its name; ``timezone`` says
    what the portal's days are. ``filter`` is the connector's own selection (CKAN: ``fq``).
    ``themes`` is the portal whose words for themes it uses, where those are not its own.
    ``example`` is a portal that is harvested only where it is named. ``private`` allows addresses
    of private networks; the origin of a ``url`` that is itself one is allowed without it.

    What holds for every dataset that says nothing else: ``contact``, ``rights`` (a statement in
    the portal's language), ``access_rights`` (a notation of the code list access-right), and
    ``publishes``: that the ``publisher`` publishes what names no publisher, and ``covers``: that
    what names no place at all is about the publisher's territory within the ``territory``, or it.
    """

    name: str
    type: str
    url: str
    title: str
    description: str
    publisher: Publisher
    homepage: str
    territory: str
    territory_name: str = ""
    site: str = ""
    language: str = "fr"
    timezone: ZoneInfo = field(default=ZoneInfo("Europe/Paris"))
    filter: str = ""
    themes: str = ""
    private: bool = False
    example: bool = False
    contact: Contact | None = None
    rights: str = ""
    access_rights: str = ""
    publishes: bool = False
    covers: bool = False

    @property
    def root(self) -> str:
        """The portal's address on the web, without a slash at the end."""
        return (self.site or self.url).rstrip("/")


def bundled_registry() -> Path:
    """The registry that Jointure ships."""
    return Path(str(files("ingest").joinpath("portals.toml")))


def load_portals(path: Path, connectors: Mapping[str, object]) -> dict[str, Portal]:
    """The portals of a registry, by name. Raises ``ConfigError`` that names the entry and key."""
    try:
        entries = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    if not entries:
        raise ConfigError(f"{path}: no portal in it; a portal is a table, [name] and its keys")
    return {name: _portal(path, name, entry, connectors) for name, entry in entries.items()}


def _portal(path: Path, name: str, entry: Any, connectors: Mapping[str, object]) -> Portal:
    where = f"{path}, [{name}]"
    if not isinstance(entry, dict):
        raise ConfigError(f"{where}: a portal is a table of its own, [name] and its keys")
    if not _SLUG.fullmatch(name) or name in SHARED_GRAPHS:
        raise ConfigError(f"{where}: a portal's name is lower-case letters, digits and hyphens")
    values = _checked(where, entry, Portal, leave_out={"name"})
    if values["type"] not in connectors:
        raise ConfigError(f"{where}: type {values['type']!r}; valid: {', '.join(connectors)}")
    if not isinstance(entry["publisher"], dict):
        raise ConfigError(f"{where}: publisher is a table: name, siren, type, homepage")
    publisher = Publisher(**_checked(f"{where} publisher", entry["publisher"], Publisher))
    if "contact" in entry:
        values["contact"] = _contact(f"{where} contact", entry["contact"])
    if not is_siren(publisher.siren):
        raise ConfigError(f"{where}: {publisher.siren!r} is no SIREN (9 digits, Luhn's key)")
    _require(f"{where} publisher type", publisher.type, "publisher-type")
    if not _TERRITORY.fullmatch(values["territory"]):
        raise ConfigError(f"{where}: territory {values['territory']!r}; valid: {_TERRITORIES}")
    if gazetteer().by_key(values["territory"]) is None:
        raise ConfigError(f"{where}: territory {values['territory']!r} is none of the COG's")
    if "access_rights" in values:
        _require(f"{where} access_rights", values["access_rights"], "access-right")
    if "themes" in values and values["themes"] not in with_themes():
        valid = ", ".join(with_themes())
        raise ConfigError(f"{where}: themes {values['themes']!r}; valid: {valid}")
    _require(f"{where} language", values.get("language", "fr"), "language")
    for key in ("homepage", "site"):
        _check_address(f"{where} {key}", values.get(key, "https://example.org/"))
    values["url"] = _located(where, values["url"], path.parent)
    if values["url"].startswith("file:") and "site" not in values:
        raise ConfigError(f"{where}: a file: portal needs site, the address its links are made of")
    if "timezone" in values:
        values["timezone"] = _zone(where, values["timezone"])
    return Portal(**{**values, "name": name, "publisher": publisher})


def _contact(where: str, entry: Any) -> Contact:
    if not isinstance(entry, dict):
        raise ConfigError(f"{where}: contact is a table: name, and email or url")
    contact = Contact(**_checked(where, entry, Contact))
    if not (contact.email or contact.url):
        raise ConfigError(f"{where}: email or url is missing")
    for address in (contact.email and f"mailto:{contact.email}", contact.url):
        if address:
            _check_address(where, address)
    return contact


def _checked(
    where: str,
    entry: dict[str, Any],
    kind: type,
    leave_out: frozenset[str] | set[str] = frozenset(),
) -> dict[str, Any]:
    known = {each.name: each for each in fields(kind) if each.name not in leave_out}
    for key, value in entry.items():
        if key not in known:
            raise ConfigError(f"{where}: unknown key {key!r}; valid: {', '.join(known)}")
        if known[key].type is bool and not isinstance(value, bool):
            raise ConfigError(f"{where}: {key} is true or false, not {value!r}")
        if known[key].type not in (bool, Publisher, Contact | None) and not isinstance(value, str):
            raise ConfigError(f"{where}: {key} is text, not {value!r}")
    required = [key for key, each in known.items() if _is_required(each)]
    for key in required:
        if not entry.get(key):
            raise ConfigError(f"{where}: {key} is missing; required: {', '.join(required)}")
    return dict(entry)


def _require(where: str, value: str, name: str) -> None:
    code_list = CodeList(name, "http://localhost/")
    spelled = re.fullmatch(r"[a-z]{2,3}", value) and code_list.find(value)
    if not (spelled if name == "language" else value in code_list.notations):
        raise ConfigError(f"{where}: {value!r}; valid: {', '.join(code_list.notations)}")


def _check_address(where: str, value: str) -> None:
    try:
        iri(value)
    except ValueError as error:
        raise ConfigError(f"{where}: {error}") from error


def _is_required(each: Any) -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def _located(where: str, url: str, folder: Path) -> str:
    if url.startswith(("http://", "https://")):
        return url
    if not url.startswith("file:"):
        raise ConfigError(f"{where}: url {url!r} has to begin with https:, http: or file:")
    location = url.removeprefix("file:").removeprefix("//")
    return f"file:{(folder / location).resolve()}"


def _zone(where: str, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ConfigError(f"{where}: {name!r} is no time zone, for example Europe/Paris") from error
