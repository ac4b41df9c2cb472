"""One portal into one graph: walk, describe what changed, write the difference.

A graph that holds nothing yet is loaded in bulk, in chunks, beside the describing; later only the
records whose digest changed are described, and nothing is written before the listing has ended.
"""

import logging
from collections.abc import Iterator
from functools import partial
from itertools import chain

from graph.difference import Change, Withdrawal
from graph.issues import Issue
from graph.store import GraphStore
from ingest.answer import SourceError
from ingest.cataloguing import described_catalog, described_record
from ingest.digest import Digests
from ingest.fetch import Fetcher
from ingest.loading import BulkLoader
from ingest.outcome import Options, Outcome, Progress
from ingest.reading import Reading
from ingest.record import Connector, Context, Record
from ingest.spool import Spool

log = logging.getLogger("jointure.harvest")

GREATEST_LOSS = 0.2
"""The share of a portal's datasets that a harvest may take away without ``--accept-loss``."""
_GONE = "no longer in the portal's listing, which was complete"


class Harvest:
    """A harvest of one portal, to be run once."""

    def __init__(
        self,
        context: Context,
        connector: Connector,
        store: GraphStore,
        options: Options | None = None,
        progress: Progress = lambda count, total: None,
    ) -> None:
        self._context = context
        self._portal = context.portal
        self._connector = connector
        self._store = store
        self._options = options or Options()
        self._progress = progress
        self._catalog = context.iris.catalog(context.portal.name)
        self._digests = Digests(context.portal)
        self._unnamed: list[Issue] = []
        self.outcome = Outcome(context.portal.name)

    def run(self, fetcher: Fetcher) -> Outcome:
        """Harvest. Where the portal cannot be walked to its end the outcome holds the
        ``SourceError``, and the graph is as it was."""
        held = self._store.digests(self._portal.name)
        try:
            if held or self._options.dry_run:
                self._update(fetcher, held)
            else:
                self._load(fetcher)
        except SourceError as error:
            self.outcome = Outcome(self._portal.name, error=error, issues=self.outcome.issues)
        return self.outcome

    # --- the two ways of writing ----------------------------------------------------------------

    def _load(self, fetcher: Fetcher) -> None:
        """The first load. The catalogue comes last: its digest says that the load was whole."""
        loader = BulkLoader(partial(self._store.load, self._portal.name))
        try:
            shared: list[str] = []
            for record, root, digest in self._records(fetcher):
                reading = self._described(record, root, digest)
                loader.add(reading.finished())
                shared += reading.shared
                self.outcome.added += 1
            self._refuse_nothing(0)
            catalog = self._described_catalog()
            change = Change((), "".join([*shared, *catalog.shared]).encode())
            self.outcome.quads = self._store.apply(self._portal.name, change).quads
            self.outcome.quads += loader.finish(catalog.finished())
        except BaseException:
            loader.abandon()
            self._store.clear(self._portal.name)
            raise

    def _update(self, fetcher: Fetcher, held: dict[str, str]) -> None:
        """What changed, described into a file first, so that a broken listing changes nothing."""
        seen = {self._catalog}
        with Spool() as spool:
            for record, root, digest in self._records(fetcher):
                seen.add(root)
                known = held.get(root)
                if known == digest and not self._options.full:
                    self.outcome.unchanged += 1
                    continue
                spool.keep(self._described(record, root, digest))
                self.outcome.added += known is None
                self.outcome.changed += known is not None
            is_whole = fetcher.is_whole and self._options.limit is None
            gone = sorted(set(held) - seen) if is_whole else []
            self.outcome.removed = len(gone)
            datasets = len(held) - (self._catalog in held)
            self._refuse_nothing(datasets)
            self._refuse_loss(len(gone), datasets)
            if held.get(self._catalog) != self._catalog_digest() or self._options.full:
                spool.keep(self._described_catalog())
            if not self._options.dry_run:
                self._write(spool, gone)

    def _write(self, spool: Spool, gone: list[str]) -> None:
        """Write the difference; a record that says nothing new is no changed one."""
        leaving = ((root, None) for root in gone)
        withdrawal = Withdrawal(self._context.moment, self._context.run, _GONE)
        change = Change(chain(spool, leaving), spool.shared(), withdrawal)
        written = self._store.apply(self._portal.name, change)
        same = len(written.same - {self._catalog})
        self.outcome.changed -= same
        self.outcome.unchanged += same
        self.outcome.quads = written.quads

    def _refuse_nothing(self, held: int) -> None:
        """A portal that answers an empty list is no portal that published nothing."""
        walked = self.outcome.added + self.outcome.changed + self.outcome.unchanged
        if walked or self._options.limit == 0 or (held and self._options.accept_loss):
            return
        what = "the portal lists no dataset at all; what is held stays (--accept-loss lets it go)"
        raise SourceError(self._portal.name, self._portal.url, what, is_of_content=True)

    def _refuse_loss(self, gone: int, held: int) -> None:
        if gone <= GREATEST_LOSS * held or self._options.accept_loss:
            return
        what = (
            f"{gone} of {held} datasets are gone from the listing, more than a fifth;"
            " what is held stays (--accept-loss lets them go)"
        )
        raise SourceError(self._portal.name, self._portal.url, what, is_of_content=True)

    # --- records and their descriptions ---------------------------------------------------------

    def _records(self, fetcher: Fetcher) -> Iterator[tuple[Record, str, str]]:
        """Each record once, with the IRI of its dataset and its digest."""
        roots: set[str] = set()
        for count, entry in enumerate(self._connector.records(self._portal, fetcher)):
            if self._options.limit is not None and count >= self._options.limit:
                return
            self._progress(count + 1, fetcher.total)
            if isinstance(entry, Issue):
                self._unnamed_entry(entry)
                continue
            try:
                root = self._context.iris.dataset(self._portal.name, entry.id)
            except ValueError as error:
                self._unnamed_entry(Issue("invalid-value", "id", entry.id, f"id: {error}"))
                continue
            if root in roots:
                message = f"id: {entry.id!r} is listed twice; the first is kept"
                self._unnamed_entry(Issue("duplicate", "id", entry.id, message))
                continue
            roots.add(root)
            try:
                digest = self._digests.of(entry)
            except RecursionError:
                message = f"{entry.id}: an entry nested without end cannot be read; left out"
                self._unnamed_entry(Issue("shape", "id", entry.id, message))
                continue
            yield entry, root, digest

    def _unnamed_entry(self, issue: Issue) -> None:
        log.warning("%s: %s (%s)", self._portal.name, issue.message, issue.value[:80])
        self._unnamed.append(issue)
        self.outcome.issues[issue.kind] += 1

    def _described(self, record: Record, root: str, digest: str) -> Reading:
        reading = described_record(self._context, self._connector, record, root, digest)
        for issue in reading.issues:
            log.info("%s: %s: %s", self._portal.name, record.id, issue.message)
            self.outcome.issues[issue.kind] += 1
        return reading

    def _catalog_digest(self) -> str:
        return self._digests.of_text("\n".join(issue.message for issue in self._unnamed))

    def _described_catalog(self) -> Reading:
        digest = self._catalog_digest()
        return described_catalog(self._context, self._connector, self._unnamed, digest)
