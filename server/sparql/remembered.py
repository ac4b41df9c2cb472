"""Which queries took long when they were last asked, or cost a worker each time: they may again."""

import re
from collections import OrderedDict
from typing import NamedTuple

_MOST = 10_000
"""Queries that are remembered, 200 bytes each."""
_TIMES = 3
"""Endings in a row that make a query suspect: who reloads a page, or tries again, is not."""
_MORE = 2
"""A query that is given more than so many times what it had is another one."""
_WHOLE = 10_000
"""Characters above which a text is taken as it stands: to read it takes time from all others."""
_COMMENT = re.compile(r"#(?<![^\s{}]#)[^\n\r]*+")
"""A # that stands in no IRI or name."""


class Recalled(NamedTuple):
    """How a query went: whether it took long, how many times in a row it was ended with its worker,
    and the seconds that it was given the last time."""

    is_long: bool
    endings: int = 0
    given: float = 0

    def is_suspect(self, seconds: float) -> bool:
        """Whether it will be ended again, where it is given so many seconds."""
        return self.endings >= _TIMES and seconds <= _MORE * self.given


_QUICK, _LONG = Recalled(False), Recalled(True)


class Remembered:
    """The texts of the queries that took long lately, by their hash, but for space and comments
    between their words: to be wrong, as within a string, costs little.

    What was ended is remembered of its client alone: who asks and leaves is to hinder nobody else.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._lately: OrderedDict[int, Recalled] = OrderedDict()

    def recall(self, text: str, client: str) -> Recalled:
        """How it went when this client last asked it, or else when anybody did."""
        if not self._lately:
            return _QUICK
        number = _hash(text)
        return self._lately.get(hash((number, client))) or self._lately.get(number, _QUICK)

    def note(self, text: str, client: str, *, is_long: bool, ended_in: float = 0) -> None:
        """How it went this time; ``ended_in``: the seconds that it was given, where it was ended
        with its worker."""
        number = _hash(text)
        own = hash((number, client))
        endings = self._lately.pop(own, _QUICK).endings
        if is_long:
            self._put(number, _LONG)
        elif not ended_in:
            self._lately.pop(number, None)
        if ended_in:
            self._put(own, Recalled(True, endings + 1, ended_in))

    def _put(self, number: int, recalled: Recalled) -> None:
        self._lately[number] = recalled
        self._lately.move_to_end(number)
        if len(self._lately) > self._most:
            self._lately.popitem(last=False)


def _hash(text: str) -> int:
    if len(text) < _WHOLE:
        text = " ".join((_COMMENT.sub(" ", text) if "#" in text else text).split())
    return hash(text)
