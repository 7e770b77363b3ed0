"""What was answered for a push, and what became of it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """What was answered for one push, and what became of it."""

    project: str
    build_system: str
    push_id: str
    revision: str
    pushed_at: datetime
    kind: str                      # "selective" or "full"
    snapshot: int | None
    ran_priority_2: bool           # as far as is known: a schedule that failed ran nothing
    ran_priority_3: bool
    ran_backstop: bool
    counts: bool                   # False: older than the newest, so it moves no clock
    run_names: tuple[str, ...]
    skip_names: tuple[str, ...]
    answer: bytes                  # the JSON body, gzipped
    answered_at: datetime
    failed_at: datetime | None = None
    failed_why: str | None = None
    late_names: tuple[str, ...] = ()  # started on this push by a timer, afterwards
    late_at: datetime | None = None
    late_intervals: tuple[str, ...] = ()
    id: int = 0

    @property
    def is_good(self) -> bool:
        """Say whether the schedule counts as run: nobody reported that it failed."""
        return self.failed_at is None

    @property
    def ran_names(self) -> frozenset[str]:
        return frozenset(self.late_names + (self.run_names if self.is_good else ()))

    @property
    def order(self) -> tuple[datetime, int]:
        return self.pushed_at, self.id
