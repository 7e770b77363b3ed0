"""What a source is: slices of time in, batches of results out."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from ..domain import JobResult, ListedJob

PUSHED = "push"
MODIFIED = "modified"


@dataclass(frozen=True, order=True)
class Slice:
    """The results of one project in a half-open span of time [start, end), UTC."""

    project: str
    by: str          # "push": pushed in the span; "modified": last modified in it
    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.by not in (PUSHED, MODIFIED):
            raise ValueError(f"a slice is by push or by modified, not by {self.by!r}")
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError(f"a slice has aware times, not {self.start} and {self.end}")
        if self.start >= self.end:
            raise ValueError(f"a slice ends after it starts, not {self.start} to {self.end}")

    def __str__(self) -> str:
        start, end = self.start.astimezone(UTC), self.end.astimezone(UTC)
        return (f"{self.project} by {self.by} {start:%Y-%m-%dT%H:%M:%S}Z "
                f"to {end:%Y-%m-%dT%H:%M:%S}Z")


@dataclass(frozen=True)
class Batch:
    """Results, each job once, and what had to be left out: reason -> count."""

    results: list[JobResult]
    skipped: Counter[str]


KnownFixes = Callable[[Collection[str]], Mapping[str, datetime]]
"""Of these job ids, those stored as fixed by a commit, with the last change that said so."""


def nothing_known(job_ids: Collection[str]) -> Mapping[str, datetime]:
    return {}


class ResultSource(Protocol):
    """A service that has job results.

    An outage is a SourceError whose message names what was requested, never an empty answer. The
    batches before it are good and may be stored. A job that `known` has with its last change
    may come without a classification, since nothing new can be said of it.
    """

    name: str  # "activedata"

    def shown_until(self, *, now: datetime) -> datetime:
        """Return the time up to which every change can be seen; `now` if it never lags."""
        ...

    def results(self, slice_: Slice, known: KnownFixes = nothing_known) -> Iterator[Batch]:
        """Yield the results of a slice in bounded batches."""
        ...

    def present(
        self, project: str, job_ids: Collection[str], known: KnownFixes = nothing_known
    ) -> Iterator[Batch]:
        """Yield these jobs of a project as they are now; those that are gone are left out."""
        ...


class JobListSource(Protocol):
    """A service that has the list of jobs that can run on a project now."""

    name: str

    def newest_list(self, project: str) -> list[ListedJob]:
        """Return the newest list, never an empty one; raises SourceError where there is none."""
        ...
