"""The check of many datasets in figures: of a portal, of each of its publishers."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from graph.checking import Checked
from graph.mqa import DIMENSIONS, TOTAL, band
from graph.openness import Tests


@dataclass
class Tally:
    """Datasets counted: their points summed up, in all and by dimension, how many are in each
    band, and the answers to each test of openness."""

    datasets: int = 0
    points: int = 0
    measurable: int = 0
    dimensions: Counter[str] = field(default_factory=Counter)
    bands: Counter[str] = field(default_factory=Counter)
    openness: dict[str, Counter[str]] = field(
        default_factory=lambda: {name: Counter() for name in Tests._fields}
    )

    def add(self, checked: Checked) -> None:
        """Count one dataset in."""
        self.datasets += 1
        self.points += checked.score.points
        self.measurable += checked.score.measurable
        self.dimensions.update(checked.score.dimensions)
        self.bands[band(checked.score.points)] += 1
        for name, answer in checked.tests._asdict().items():
            self.openness[name][answer] += 1

    @property
    def mean(self) -> float:
        """The mean points, to a tenth; 0 where there is no dataset."""
        return round(self.points / self.datasets, 1) if self.datasets else 0.0

    @property
    def mean_measurable(self) -> float:
        """The mean of the points that were measured, to a tenth."""
        return round(self.measurable / self.datasets, 1) if self.datasets else 0.0

    @property
    def band(self) -> str:
        """The band of the mean."""
        return band(self.mean)

    @property
    def best_band(self) -> str:
        """The band that the mean would be in with the points of all that nothing measured."""
        return band(self.mean + TOTAL - self.mean_measurable)

    @property
    def mean_dimensions(self) -> dict[str, float]:
        """The mean points by dimension, to a tenth."""
        count = max(1, self.datasets)
        return {name: round(self.dimensions[name] / count, 1) for name in DIMENSIONS}


def tally(datasets: Iterable[Checked]) -> Tally:
    """All of them."""
    found = Tally()
    for checked in datasets:
        found.add(checked)
    return found


def by_publisher(datasets: Iterable[Checked]) -> dict[str, Tally]:
    """By the publisher's IRI (empty where none is stated), who publishes most first."""
    found: dict[str, Tally] = {}
    for checked in datasets:
        found.setdefault(checked.publisher, Tally()).add(checked)
    return dict(sorted(found.items(), key=lambda each: (-each[1].datasets, each[0])))
