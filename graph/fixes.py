"""What a publisher can mend of a dataset, and the points that it would gain."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from graph.mqa import INDICATORS, POINTS, Score


class Fix(NamedTuple):
    """One thing to mend, a concept of ``vocab/concepts/fix.ttl`` by its notation.

    It is to be mended where one of the indicators ``lacking`` is not met, and ``given`` is; then
    all of ``mends`` are met.
    """

    name: str
    lacking: tuple[str, ...]
    mends: tuple[str, ...]
    given: str = ""


def _one(name: str, *others: str) -> Fix:
    return Fix(name, (name,), (name, *others))


FIXES = (
    _one("keyword"), _one("theme"), _one("spatial"), _one("temporal"),
    _one("access-url-answers"), _one("download-url"), _one("download-url-answers"),
    _one("format", "media-type", "format-vocabulary"),
    Fix("media-type", ("media-type", "format-vocabulary"), ("media-type", "format-vocabulary"),
        given="format"),
    Fix("open-format", ("non-proprietary", "machine-readable"),
        ("non-proprietary", "machine-readable")),
    _one("compliance"),
    _one("licence", "known-licence"),
    Fix("known-licence", ("known-licence",), ("known-licence",), given="licence"),
    _one("access-rights", "access-rights-vocabulary"),
    Fix("access-rights-vocabulary", ("access-rights-vocabulary",), ("access-rights-vocabulary",),
        given="access-rights"),
    _one("contact-point"), _one("publisher"),
    _one("rights"), _one("byte-size"), _one("issued"), _one("modified"),
)  # fmt: skip
"""Each indicator is mended by one fix of a dataset at the most, so that their gains add up."""
DISTRIBUTION = Fix(
    "distribution",
    ("download-url",),
    (
        "download-url", "format", "media-type", "format-vocabulary", "non-proprietary",
        "machine-readable", "licence", "known-licence",
    ),
)  # fmt: skip
"""What takes the place of all that is to be mended of distributions, where there is none."""
ALL = (*FIXES, DISTRIBUTION)
_OF_DISTRIBUTIONS = frozenset(each.name for each in INDICATORS if each.of == "distribution")


def gains(score: Score) -> dict[str, int]:
    """What is to be mended of a dataset, and the points that each would gain it, by its name.

    The score is taken again with the fix's indicators met by the dataset and its best distribution.
    """
    found = {}
    for fix in FIXES if score.distribution else (*_OF_DATASETS, DISTRIBUTION):
        lacking = [name for name in fix.lacking if name not in score.met | score.unmeasured]
        if lacking and (not fix.given or fix.given in score.met):
            mended = (set(fix.mends) | score.met) - score.unmeasured
            found[fix.name] = sum(POINTS[name] for name in mended) - score.points
    return found


_OF_DATASETS = tuple(fix for fix in FIXES if not _OF_DISTRIBUTIONS & set(fix.mends))


@dataclass
class Mending:
    """One fix over the datasets of a portal: how many need it, and the points of all of them."""

    name: str
    datasets: int = 0
    points: int = 0
    examples: list[str] = field(default_factory=list)
    """The first three datasets' IRIs."""


def mendings(scores: Iterable[tuple[str, Score]]) -> list[Mending]:
    """What to mend of datasets (IRI and score), what gains the most first."""
    found: dict[str, Mending] = {}
    kept: dict[tuple[frozenset[str], frozenset[str], bool], dict[str, int]] = {}
    for iri, score in scores:
        alike = (score.met, score.unmeasured, bool(score.distribution))
        if alike not in kept:
            kept[alike] = gains(score)
        for name, points in kept[alike].items():
            mending = found.setdefault(name, Mending(name))
            mending.datasets += 1
            mending.points += points
            if len(mending.examples) < 3:
                mending.examples.append(iri)
    return sorted(found.values(), key=lambda each: (-each.points, each.name))
