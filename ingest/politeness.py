"""Politeness: one request in flight a host, and none sooner than the host allows."""

import random
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 600.0
"""Seconds that a host may have us wait; one that asks for more is left for the next run."""
LONGEST_DELAY = 60.0
"""Seconds between two requests that a robots.txt may ask for at the most."""


class TooLong(Exception):
    """A host lets nothing through for longer than a harvest waits; ``seconds`` says how long."""

    def __init__(self, host: str, seconds: float) -> None:
        super().__init__(f"{host} asks to wait {seconds:.0f} seconds, longer than a harvest does")
        self.seconds = seconds


class Hosts:
    """The hosts that a run talks to, shared by all of its portals."""

    def __init__(
        self,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.sleep = sleep
        self._clock = clock
        self._lock = threading.Lock()
        self._turns: dict[str, threading.RLock] = {}
        self._free: dict[str, float] = {}
        self._delays: dict[str, float] = {}

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """The time in which a host is ours alone. Raises ``TooLong``."""
        with self._lock:
            turn = self._turns.setdefault(host, threading.RLock())
        with turn:
            wait = self._free.get(host, 0.0) - self._clock()
            if wait > LONGEST_WAIT:
                raise TooLong(host, wait)
            if wait > 0:
                self.sleep(wait)
            try:
                yield
            finally:
                self.hold(host, self._delays.get(host, 0.0))

    def hold(self, host: str, seconds: float) -> None:
        """Ask a host for nothing in the next ``seconds``."""
        self._free[host] = max(self._free.get(host, 0.0), self._clock() + seconds)

    def knows(self, host: str) -> bool:
        """Whether the host's robots.txt was read."""
        return host in self._delays

    def obey(self, host: str, robots: str, agent: str) -> None:
        """Keep the delay that a robots.txt (RFC 9309; Crawl-delay is custom) asks of ``agent``."""
        self._delays[host] = min(_crawl_delay(robots, agent), LONGEST_DELAY)


def _crawl_delay(robots: str, agent: str) -> float:
    """The seconds that the group of ``agent``, else of everybody, asks for; 0 where it asks none.

    The parser of the standard library knows whole seconds alone, and raises for nonsense.
    """
    delays: dict[str, float] = {}
    group, is_named, seen = [""], False, set[str]()
    for line in robots.splitlines():
        key, _, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip().lower()
        if key == "user-agent":
            group = [*group, value] if is_named else [value]
            seen.add(value)
        elif key == "crawl-delay" and re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value, re.ASCII):
            delays |= {name: float(value) for name in group if name not in delays}
        is_named = key == "user-agent" or (is_named and not key)
    own = [name for name in sorted(seen - {"", "*"}) if name in agent.lower()]
    return delays.get(next(iter(own), "*"), 0.0)


def seconds_of(text: str, now: datetime) -> float:
    """The seconds from ``now`` that a Retry-After (RFC 9110, section 10.2.3) or X-RateLimit-Reset
    means: a number of them, an epoch second, an HTTP date or an ISO 8601 moment; 0 for no such."""
    text = text.strip()
    try:
        number = float(text)
    except ValueError:
        return max(0.0, (_moment(text, now) - now).total_seconds())
    if not 0 <= number < 1e11:  # also NaN
        return 0.0
    return max(0.0, number - now.timestamp()) if number > 1e9 else number


def _moment(text: str, now: datetime) -> datetime:
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(text)
        except (ValueError, TypeError, OverflowError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return now


def quota_wait(headers: Mapping[str, str], now: datetime) -> float:
    """The seconds until a quota that is used up (X-RateLimit-Remaining: 0) begins anew."""
    if headers.get("x-ratelimit-remaining", "").strip() != "0":
        return 0.0
    return seconds_of(headers.get("x-ratelimit-reset", "0"), now)


def jittered(seconds: float) -> float:
    """``seconds``, half as long to one and a half times: harvesters should not come in step."""
    return seconds * random.uniform(0.5, 1.5)
