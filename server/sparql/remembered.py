"""Which queries took long when they were last asked: they will again."""

from collections import OrderedDict

_MOST = 10_000
"""Queries that are remembered, 100 bytes each."""


class Remembered:
    """The texts of the queries that took long lately, by their hash: to be wrong costs little."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._long: OrderedDict[int, None] = OrderedDict()

    def __contains__(self, text: str) -> bool:
        return hash(text) in self._long

    def note(self, text: str, *, is_long: bool) -> None:
        """How it went this time."""
        if not is_long:
            self._long.pop(hash(text), None)
            return
        self._long[hash(text)] = None
        self._long.move_to_end(hash(text))
        if len(self._long) > self._most:
            self._long.popitem(last=False)
