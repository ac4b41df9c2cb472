"""The operations of a SPARQL update, as far as it matters where they write."""

from dataclasses import dataclass, field


class NotUnderstood(ValueError):
    """The update is not written as is read here; the engine may yet take it."""


@dataclass
class Writes:
    """Where a clause writes; ``blank``: whether it makes blank nodes."""

    graphs: set[str] = field(default_factory=set)
    default: bool = False
    any: bool = False
    blank: bool = False

    def __ior__(self, other: "Writes") -> "Writes":
        self.graphs |= other.graphs
        self.default, self.any = self.default or other.default, self.any or other.any
        self.blank = self.blank or other.blank
        return self


@dataclass
class Clause:
    """One operation, from ``start`` to ``end`` of the text. ``where``: the index of its WHERE;
    ``pattern``: those of the group after. ``clear``: where SILENT would stand, of a CLEAR without.
    """

    writes: Writes = field(default_factory=Writes)
    start: int = 0
    end: int = 0
    load: str | None = None
    is_silent: bool = False
    clear: int | None = None
    has_using: bool = False
    where: int | None = None
    pattern: tuple[int, int] = (0, 0)
    is_delete_where: bool = False
