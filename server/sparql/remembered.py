"""Which queries took long, or cost a worker, when they were last asked: they will again."""

import re
from collections import OrderedDict
from typing import NamedTuple

_MOST = 10_000
"""Queries that are remembered, 100 bytes each."""
_MORE = 2
"""A query that is given more than so many times what it had is another one."""
_WHOLE = 10_000
"""Characters above which a text is taken as it stands: to read it takes time from all others."""
_COMMENT = re.compile(r"#(?<![^\s{}]#)[^\n\r]*+")
"""A # that stands in no IRI or name."""


class Recalled(NamedTuple):
    """Whether a query took long when anybody last asked it; the seconds that it was given when it
    was ended with its worker, where this client asked it last so."""

    is_long: bool
    given: float

    def is_suspect(self, seconds: float) -> bool:
        """Whether it will be ended again, where it is given so many seconds."""
        return seconds <= _MORE * self.given


class Remembered:
    """The texts of the queries that took long lately, by their hash, but for space and comments
    between their words: to be wrong, as within a string, costs little.

    What was ended is remembered of its client alone: who asks and leaves is to hinder nobody else.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._given: OrderedDict[int, float] = OrderedDict()

    def recall(self, text: str, client: str) -> Recalled:
        """How it went when it was last asked."""
        if not self._given:
            return Recalled(False, 0)
        number = _hash(text)
        is_long = number in self._given
        return Recalled(is_long, self._given.get(hash((number, client)), 0) if is_long else 0)

    def note(self, text: str, client: str, *, ended_in: float = 0) -> None:
        """It took long; ``ended_in``: the seconds that it was given, where it was ended with its
        worker."""
        number = _hash(text)
        self._put(number, 0)
        self._given.pop(hash((number, client)), None)
        if ended_in:
            self._put(hash((number, client)), ended_in)

    def _put(self, number: int, given: float) -> None:
        self._given[number] = given
        self._given.move_to_end(number)
        if len(self._given) > self._most:
            self._given.popitem(last=False)

    def forget(self, text: str, client: str) -> None:
        """It was quick this time."""
        number = _hash(text)
        self._given.pop(number, None)
        self._given.pop(hash((number, client)), None)


def _hash(text: str) -> int:
    if len(text) < _WHOLE:
        text = " ".join((_COMMENT.sub(" ", text) if "#" in text else text).split())
    return hash(text)
