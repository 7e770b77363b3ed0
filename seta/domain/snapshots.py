"""What an analysis decided, and its publication."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .jobs import JobType, Priority


@dataclass(frozen=True, slots=True)
class JobPriority:
    """The priority of a job type in one snapshot, with the reason and the proof."""

    job_type: JobType
    priority: Priority
    # "forced: build", "chosen", "expected", "covered", "uncovered", "caught nothing",
    # "overridden: priority 2"
    reason: str
    cost: int          # whole milliseconds, or 1 where the snapshot's unit is "jobs"
    caught: int        # how many regressions of the window it caught
    certificate: dict[str, Any]  # as `seta.analysis.JobVerdict` describes it


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One analysis of a scope. It never changes; only what is published does."""

    scope: str
    as_of: datetime
    inputs: dict[str, Any]      # window, redundancy, settings, what was read and what left out
    unit: str                   # "ms" or "jobs"
    objective: int
    lower_bound: float
    gap: float
    status: str                 # "optimal" or "limit"
    regressions: int
    uncoverable: tuple[str, ...]
    given_up: tuple[str, ...]
    comparison: dict[str, Any]
    priorities: tuple[JobPriority, ...] = ()  # by job type; left out where snapshots are listed
    id: int | None = None       # None: a dry run
    created_at: datetime | None = None
    held_because: str | None = None
    is_published: bool = False


@dataclass(frozen=True, slots=True)
class Publication:
    """When and how a snapshot was published."""

    id: int
    scope: str
    snapshot_id: int
    published_at: datetime
    how: str            # "automatic", "by hand", "rollback"
    who: str
    why: str


# The policy of a backtest that says whether a scope's objective may be what is expected.
EXPECTED_COVERAGE = "expected coverage"


@dataclass(frozen=True, slots=True)
class StoredBacktest:
    """What past decisions of a scope would have caught, as it was found."""

    id: int
    scope: str
    made_at: datetime
    result: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PriorityChange:
    """A job type in two snapshots; None where a snapshot does not know it."""

    job_type: JobType
    before: Priority | None
    after: Priority | None
    reason_before: str | None
    reason_after: str | None
