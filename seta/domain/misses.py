"""Misses: regressions that a push let in, because the job that shows them was left out there."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from .jobs import JobType


@dataclass(frozen=True, slots=True)
class MissPush:
    """A push of the story of a miss."""

    push_id: str | None
    revision: str
    pushed_at: datetime


@dataclass(frozen=True, slots=True)
class MissWitness:
    """A job that failed because of the regression, and what became of it where that came in."""

    name: str
    build_system: str
    job_type: JobType | None         # None: unparsed, so it always runs
    priority: int | None             # in the snapshot in force; None: it had none
    left_out: int                    # of the pushes of the interval, how many left it out
    passed: int                      # on how many it passed: then it does not show it each time
    has_found: bool                  # it failed on the push on which the regression was found


@dataclass(frozen=True, slots=True)
class Miss:
    """A regression that came in on a push that had left out the job that shows it.

    It came in on one of the `pushes` of the ledger after `after` and up to `first_failed_on`;
    which one is not known. On `left_out` of them the job was left out.
    """

    project: str
    build_system: str
    fixed_by: str
    found_by: str                    # the job whose failure was known first
    found_at: datetime               # when that was
    found_on: MissPush
    after: MissPush | None           # the job's last pass before; None: none is known
    first_suspect: MissPush
    first_failed_on: MissPush
    pushes: int
    left_out: int
    late_pushes: int                 # at most: from the first push of the interval
    late_minutes: float              # from push to push, at most
    snapshot: int | None             # that left it out
    witnesses: tuple[MissWitness, ...]

    @property
    def chance(self) -> float:
        """The chance that the push on which it came in had left the job out."""
        return self.left_out / self.pushes

    @property
    def promotable(self) -> tuple[JobType, ...]:
        """The job types to run on every push for a while: those that found it, if left out."""
        left_out = [each for each in self.witnesses if each.left_out and each.job_type is not None]
        finders = [each for each in left_out if each.has_found] or left_out
        return tuple(each.job_type for each in finders if each.job_type is not None)


@dataclass(frozen=True, slots=True)
class StoredMiss:
    """What was known of a miss from `known_at` until `ended_at`; it never changes otherwise."""

    id: int
    miss: Miss
    first_known_at: datetime
    known_at: datetime
    ended_at: datetime | None        # None: it still holds
    ended_why: str | None            # "withdrawn", or "replaced" by what was learned since

    def to_json(self, *, now: datetime, promote_days: int) -> dict[str, Any]:
        """Return all that is known; and until when a job runs on every push because of it."""
        until = self.miss.found_at + timedelta(days=promote_days)
        is_promoted = self.ended_at is None and bool(self.miss.promotable) and now < until
        return asdict(self.miss) | {
            "id": self.id, "chance": round(self.miss.chance, 3),
            "promoted_until": until if is_promoted else None,
            "first_known_at": self.first_known_at, "known_at": self.known_at,
            "ended_at": self.ended_at, "ended_why": self.ended_why}


@dataclass(frozen=True, slots=True)
class Promotion:
    """Job types of which one runs on every push until a time, because of a miss."""

    fixed_by: str
    project: str
    job_types: tuple[JobType, ...]
    until: datetime
