"""Regressions and their witnesses."""

from dataclasses import dataclass

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
class Witnesses:
    """All that caught one regression, alive or retired."""

    fixed_by: str
    caught_by: dict[JobType, int]    # -> job type id
    is_inferred: bool                # nobody classified any of its jobs so
    jobs: int
