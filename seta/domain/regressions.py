"""Regressions and their witnesses."""

from dataclasses import dataclass
from datetime import datetime

from .jobs import JobType


@dataclass(frozen=True, slots=True)
class Regression:
    """A change that broke something, and the job types that caught it.

    Sheriffs classify the failed jobs "fixed by commit" and name the fixing revision: that
    revision is what ties the job types together. An inferred one has ``is_inferred`` set.
    """

    fixed_by: str                    # first 12 digits of the fixing revision
    caught_by: frozenset[JobType]
    is_inferred: bool = False

    def __post_init__(self) -> None:
        if not self.caught_by:
            raise ValueError(f"regression fixed by {self.fixed_by} was caught by no job type")


@dataclass(frozen=True, slots=True)
class RunCount:
    """How often a job type ran in some span of time, and how many of these runs failed."""

    runs: int
    failures: int

    def __post_init__(self) -> None:
        if not 0 <= self.failures <= self.runs:
            raise ValueError(f"{self.failures} of {self.runs} runs cannot have failed")

    def __add__(self, other: "RunCount") -> "RunCount":
        return RunCount(self.runs + other.runs, self.failures + other.failures)


@dataclass(frozen=True, slots=True)
class Witnesses:
    """All that caught one regression, alive or retired."""

    fixed_by: str
    caught_by: dict[JobType, int]    # -> job type id
    is_inferred: bool                # nobody classified any of its jobs so
    jobs: int
    first_at: datetime | None = None  # the push of its first failure
