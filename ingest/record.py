"""A portal's record, what a connector does with it, and what all records of a harvest share."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from graph.iris import Iris
from graph.issues import Issue
from vocab.context import Model
from vocab.dates import moment

if TYPE_CHECKING:
    from ingest.agents import Agent
    from ingest.deriving import Derivation
    from ingest.fetch import Fetcher
    from ingest.portals import Portal
    from ingest.reading import Node, Reading


class Record:
    """One entry of a portal's catalogue: its identifier there, and its payload as JSON values.

    ``essence`` is a text that differs wherever the payload does, for the digest: with one, the
    payload may be a function, called where it is described (most entries of most nights are not).
    """

    __slots__ = ("_payload", "essence", "id")

    def __init__(
        self, id: str, payload: dict[str, Any] | Callable[[], dict[str, Any]], essence: str = ""
    ) -> None:
        self.id = id
        self.essence = essence
        self._payload = payload

    @property
    def payload(self) -> dict[str, Any]:
        """The payload."""
        if callable(self._payload):
            self._payload = self._payload()
        return self._payload


class Connector(Protocol):
    """One type of portal."""

    def records(self, portal: "Portal", fetcher: "Fetcher") -> Iterator[Record | Issue]:
        """Walk the portal to its end. Raises ``SourceError`` where that cannot be done.

        An ``Issue`` in a record's place is an entry that could not become a record.
        """

    def describe(self, record: Record, reading: "Reading") -> None:
        """Write the record's dataset into ``reading``. Pure: no I/O, never raises for a payload."""

    def services(self, portal: "Portal", catalog: "Node") -> None:
        """Write the portal's own data services beside its ``catalog``."""


@dataclass
class Context:
    """What all records of one harvest of a portal share; ``moment`` is when it started (UTC)."""

    portal: "Portal"
    iris: Iris
    model: Model
    moment: datetime
    graph: str = field(init=False)
    run: str = field(init=False)
    """The IRI of the harvest."""
    shared_seen: set[str] = field(default_factory=set)
    """Statements of shared graphs that were given already, so that each is written once."""
    named: set[str] = field(default_factory=set)
    """Shared nodes that have their name."""
    derivations: dict["Derivation", str] = field(default_factory=dict)
    """The IRIs of the derivations that are described already."""
    agents: dict[tuple[str, str], "Agent"] = field(default_factory=dict)
    """The agents that are described already, by the names and SIRENs that sources gave."""
    themes: dict[str, str] = field(default_factory=dict)
    """The IRIs of the portal's themes that are described already, by their labels."""

    def __post_init__(self) -> None:
        self.graph = self.iris.graph(self.portal.name)
        self.run = self.iris.run(self.portal.name, self.moment)

    @cached_property
    def stamp(self) -> str:
        """``moment`` as an xsd:dateTime."""
        return moment(self.moment)

    @cached_property
    def today(self) -> date:
        """The day of the harvest, on the portal's clock."""
        return self.moment.astimezone(self.portal.timezone).date()
