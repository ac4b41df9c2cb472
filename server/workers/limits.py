"""What one query may take, and how many there may be; each an option of ``jointure serve``."""

from typing import NamedTuple


class Limits(NamedTuple):
    """The limits of the endpoint. 0 is none, where a number may be none."""

    seconds: float = 60.0
    """A query's time, from when a worker has it, without the time its client takes to read."""
    query_memory: int = 1 << 30
    """Bytes that a worker may use above what the snapshot takes."""
    rows: int = 10_000_000
    """Solutions or triples of one answer."""
    size: int = 2 << 30
    """Bytes of one answer, before any content coding."""
    at_once: int = 16
    """Queries that run at the same time, slow readers' included."""
    at_once_per_client: int = 8
    """Of these, those of one client."""
    queue: int = 256
    """Queries that wait; one client's are a half of them at the most."""
    wait: float = 10.0
    """Seconds that a query waits for a worker."""
    stall: float = 30.0
    """Seconds that a client may leave an answer unread before it is broken off."""
    body: int = 64 << 20
    """Bytes of a posted RDF document or update, after any content coding."""
    query: int = 1 << 20
    """Bytes of a query."""
    spare: int = 0
    """Idle workers kept ready; 0 is 8 in memory, where one costs little, and 2 on disk."""
