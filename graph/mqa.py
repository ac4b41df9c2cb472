"""The score of a dataset's metadata: the 405 points of data.europa.eu's quality assessment (MQA).

Indicators of distributions are those of the one distribution that scores best; the dates count
once, of the dataset or of that distribution. Whether links answer is measured only where requests
were made: without them 325 of the points are measurable.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from graph.data import Description
from vocab.openness import Openness

_DCAT, _DCT = "http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/"
ACCESS_URL, DOWNLOAD_URL = _DCAT + "accessURL", _DCAT + "downloadURL"
DISTRIBUTION, PUBLISHER = _DCAT + "distribution", _DCT + "publisher"
FORMAT, LICENCE, ACCESS_RIGHTS = _DCT + "format", _DCT + "license", _DCT + "accessRights"
_MEDIA_TYPE = _DCAT + "mediaType"
_NOTHING: Mapping[str, Sequence[str]] = {}

Of = Literal["dataset", "distribution", "either"]
Met = bool | None
"""Whether an indicator is met; ``None`` where nothing measured it."""


@dataclass(frozen=True)
class Evidence:
    """What a score is measured with: the tables, and what the description itself cannot say.

    ``is_compliant``: no Violation of DCAT-AP's shapes. ``answers``: by link (``<iri>``), whether
    it answered with a status from 200 to 299.
    """

    tables: Openness
    is_compliant: bool | None = None
    answers: Mapping[str, bool] | None = None


Test = Callable[[Mapping[str, Sequence[str]], Evidence], Met]


class Indicator(NamedTuple):
    """One indicator: a concept of ``vocab/concepts/quality.ttl`` by its notation, the dimension
    that it counts in, its points, and what it is a property of."""

    name: str
    dimension: str
    points: int
    of: Of
    test: Test


def _states(predicate: str) -> Test:
    return lambda said, _: bool(said.get(predicate))


def _is_in(predicate: str, table: str) -> Test:
    def test(said: Mapping[str, Sequence[str]], evidence: Evidence) -> bool:
        found: frozenset[str] = getattr(evidence.tables, table)
        return not found.isdisjoint(said.get(predicate, ()))

    return test


def _is_coded(said: Mapping[str, Sequence[str]], evidence: Evidence) -> bool:
    """Whether format and media type are both of their tables."""
    types, media = evidence.tables.file_types, evidence.tables.media_types
    formats = said.get(FORMAT, ())
    return not types.isdisjoint(formats) and not media.isdisjoint(said.get(_MEDIA_TYPE, ()))


def _answers(predicate: str) -> Test:
    def test(said: Mapping[str, Sequence[str]], evidence: Evidence) -> Met:
        if evidence.answers is None:
            return None
        links = said.get(predicate, ())
        known = [evidence.answers[link] for link in links if link in evidence.answers]
        return any(known) if known or not links else None

    return test


INDICATORS = (
    Indicator("keyword", "findability", 30, "dataset", _states(_DCAT + "keyword")),
    Indicator("theme", "findability", 30, "dataset", _states(_DCAT + "theme")),
    Indicator("spatial", "findability", 20, "dataset", _states(_DCT + "spatial")),
    Indicator("temporal", "findability", 20, "dataset", _states(_DCT + "temporal")),
    Indicator("access-url-answers", "accessibility", 50, "distribution", _answers(ACCESS_URL)),
    Indicator("download-url", "accessibility", 20, "distribution", _states(DOWNLOAD_URL)),
    Indicator("download-url-answers", "accessibility", 30, "distribution", _answers(DOWNLOAD_URL)),
    Indicator("format", "interoperability", 20, "distribution", _states(FORMAT)),
    Indicator("media-type", "interoperability", 10, "distribution", _states(_MEDIA_TYPE)),
    Indicator("format-vocabulary", "interoperability", 10, "distribution", _is_coded),
    Indicator(
        "non-proprietary", "interoperability", 20, "distribution", _is_in(FORMAT, "non_proprietary")
    ),
    Indicator(
        "machine-readable", "interoperability", 20, "distribution",
        _is_in(FORMAT, "machine_readable"),
    ),
    Indicator("compliance", "interoperability", 30, "dataset", lambda _, held: held.is_compliant),
    Indicator("licence", "reusability", 20, "distribution", _states(LICENCE)),
    Indicator(
        "known-licence", "reusability", 10, "distribution", _is_in(LICENCE, "known_licences")
    ),
    Indicator("access-rights", "reusability", 10, "dataset", _states(ACCESS_RIGHTS)),
    Indicator(
        "access-rights-vocabulary", "reusability", 5, "dataset",
        _is_in(ACCESS_RIGHTS, "access_rights"),
    ),
    Indicator("contact-point", "reusability", 20, "dataset", _states(_DCAT + "contactPoint")),
    Indicator("publisher", "reusability", 10, "dataset", _states(PUBLISHER)),
    Indicator("rights", "contextuality", 5, "distribution", _states(_DCT + "rights")),
    Indicator("byte-size", "contextuality", 5, "distribution", _states(_DCAT + "byteSize")),
    Indicator("issued", "contextuality", 5, "either", _states(_DCT + "issued")),
    Indicator("modified", "contextuality", 5, "either", _states(_DCT + "modified")),
)  # fmt: skip
"""The indicators and their points: 405 in all."""
POINTS = {each.name: each.points for each in INDICATORS}
DIMENSIONS = tuple(dict.fromkeys(each.dimension for each in INDICATORS))
TOTAL = sum(POINTS.values())
BANDS = ((351, "excellent"), (221, "good"), (121, "sufficient"), (0, "bad"))
"""The least points of each band, of 405."""


def band(points: float) -> str:
    """The band of a score, or of a mean: excellent, good, sufficient, bad."""
    return next(name for least, name in BANDS if points >= least)


@dataclass(frozen=True)
class Score:
    """What a dataset scores: the indicators that are met, those that nothing measured, and the
    distribution that scored best (``<iri>``, empty where there is none)."""

    met: frozenset[str]
    unmeasured: frozenset[str]
    distribution: str

    @cached_property
    def points(self) -> int:
        """The points of what is met."""
        return sum(POINTS[name] for name in self.met)

    @cached_property
    def measurable(self) -> int:
        """The points of what was measured, met or not."""
        return TOTAL - sum(POINTS[name] for name in self.unmeasured)

    @property
    def dimensions(self) -> dict[str, int]:
        """The points by dimension."""
        found = dict.fromkeys(DIMENSIONS, 0)
        for each in INDICATORS:
            found[each.dimension] += each.points if each.name in self.met else 0
        return found


_OF_DATASET = tuple(each for each in INDICATORS if each.of != "distribution")
_OF_DISTRIBUTION = tuple(each for each in INDICATORS if each.of != "dataset")


def score(description: Description, root: str, evidence: Evidence) -> Score:
    """The score of the dataset ``root`` (``<iri>``) from what is said of it and its distributions.

    The distribution is the first of those that score best, in the order of their IRIs.
    """
    dataset = description.get(root, _NOTHING)
    met, unmeasured = _measured(_OF_DATASET, dataset, evidence)
    chosen, best = "", _measured(_OF_DISTRIBUTION, _NOTHING, evidence)
    for node in sorted(dataset.get(DISTRIBUTION, ())):
        found = _measured(_OF_DISTRIBUTION, description.get(node, _NOTHING), evidence)
        if not chosen or _sum(met | found[0]) > _sum(met | best[0]):
            chosen, best = node, found
    return Score(met | best[0], unmeasured | best[1], chosen)


def _measured(
    indicators: Sequence[Indicator], said: Mapping[str, Sequence[str]], evidence: Evidence
) -> tuple[frozenset[str], frozenset[str]]:
    """The names of the indicators that are met, and of those that nothing measured."""
    results = [(each.name, each.test(said, evidence)) for each in indicators]
    met = frozenset(name for name, result in results if result)
    return met, frozenset(name for name, result in results if result is None)


def _sum(names: frozenset[str]) -> int:
    return sum(POINTS[name] for name in names)
