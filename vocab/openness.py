"""What is open: which file types are non-proprietary and machine-readable, which licences open."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

from vocab.codelist import SKOS, CodeList

_LICENCE_TYPE = "http://purl.org/dc/terms/type"
_AUTHORITY = "http://publications.europa.eu/resource/authority/licence/"
_LICENCE_TYPES = "http://purl.org/adms/licencetype/"
_CLOSED = frozenset(
    f"{_LICENCE_TYPES}{name}"
    for name in ("NonCommercialUseOnly", "NoDerivativeWork", "OtherRestrictiveClauses")
)
_PAID = frozenset(f"{_LICENCE_TYPES}{name}" for name in ("NominalCost", "RoyaltiesRequired"))
_LAWFUL = ("ETALAB_2_0", "LO-1.0", "LO", "ODC_BL")
"""What a French administration may choose for data: *la Licence Ouverte*, of no version in the
text, and the Open Database License (Code des relations entre le public et l'administration,
article D323-2-1)."""


@dataclass(frozen=True)
class Openness:
    """The tables, as sets of IRIs in N-Triples text (``<iri>``)."""

    file_types: frozenset[str]
    media_types: frozenset[str]
    access_rights: frozenset[str]
    non_proprietary: frozenset[str]
    machine_readable: frozenset[str]
    known_licences: frozenset[str]
    """Those of the EU's table, and those of ours that are exactly one of it."""
    open_licences: frozenset[str]
    """Whoever may reuse for whatever purpose, and change (the Open Definition): by the types that
    the licence's concept has; one that has none is not held to be open."""
    lawful_licences: frozenset[str]
    paid_licences: frozenset[str]

    @classmethod
    def of(cls, base: str) -> "Openness":
        """The tables of ``vocab``, the concepts of our own under ``base``."""
        formats, licences = CodeList("file-type", base), CodeList("licence", base)
        types = _values(licences, _LICENCE_TYPE)
        exact = _values(licences, SKOS + "exactMatch")
        known = {
            iri
            for iri in licences.notations.values()
            if any(each.startswith(_AUTHORITY) for each in (iri, *exact.get(iri, ())))
        }
        flags = _flags()
        restricted = _CLOSED | _PAID
        return cls(
            file_types=_nodes(formats.notations.values()),
            media_types=_nodes(CodeList("media-type", base).notations.values()),
            access_rights=_nodes(CodeList("access-right", base).notations.values()),
            non_proprietary=_flagged(formats, flags, "non_proprietary"),
            machine_readable=_flagged(formats, flags, "machine_readable"),
            known_licences=_nodes(known),
            open_licences=_nodes(iri for iri, kinds in types.items() if not kinds & restricted),
            lawful_licences=_nodes(licences[notation] for notation in _LAWFUL),
            paid_licences=_nodes(iri for iri, kinds in types.items() if kinds & _PAID),
        )


def _nodes(iris: Iterable[str]) -> frozenset[str]:
    return frozenset(f"<{iri}>" for iri in iris)


def _values(code_list: CodeList, predicate: str) -> dict[str, set[str]]:
    """The IRIs that a property of each concept has as values."""
    found: dict[str, set[str]] = {}
    for quad in code_list.quads:
        if quad.predicate.value == predicate:
            found.setdefault(str(quad.subject)[1:-1], set()).add(str(quad.object)[1:-1])
    return found


def _flags() -> list[dict[str, str]]:
    """The flags of the EU table of file types (2024-09), for those types that have one."""
    text = files("vocab").joinpath("openness.csv").read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def _flagged(formats: CodeList, flags: list[dict[str, str]], name: str) -> frozenset[str]:
    wanted = {row["notation"] for row in flags if row[name] == "1"}
    return _nodes(iri for code, iri in formats.notations.items() if code in wanted)
