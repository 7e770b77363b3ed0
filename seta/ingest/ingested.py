"""What came of an ingest."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from ..store.results import StoredCounts


@dataclass(slots=True)
class Ingested:
    """Counts of one run, as far as it has come."""

    slices: int = 0                      # to be asked for
    had: int = 0                         # all of it is stored
    failed: list[str] = field(default_factory=list)       # could not be had: slice and reason
    set_aside: list[str] = field(default_factory=list)    # will not be asked for again
    missing: int = 0                     # failed slices that are still to be had
    stored: StoredCounts = StoredCounts()
    without_fix: int = 0                 # "fixed by commit", and no revision named
    skipped: Counter[str] = field(default_factory=Counter)  # reason -> rows of the source
    listed: int = 0                      # names in the newest job lists
    list_error: str | None = None        # the list could not be had; the one before stays

    @property
    def is_complete(self) -> bool:
        """Say whether nothing is missing but what was set aside."""
        return self.missing == 0

    @property
    def counts(self) -> dict:
        """As a run's row keeps them."""
        stored = self.stored
        return {
            "slices": self.slices, "had": self.had, "failed": self.failed,
            "set_aside": self.set_aside, "results": stored.results, "new": stored.new,
            "changed": stored.changed, "classifications": stored.classifications,
            "assumed_times": stored.assumed_times, "without_fix": self.without_fix,
            "skipped": dict(self.skipped), "listed": self.listed,
            "list_error": self.list_error,
        }


Progress = Callable[[Ingested], None]
