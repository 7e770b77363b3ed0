"""Audits: regressions of which every job is run on the push that showed them first."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Audit:
    """The draw of one regression in one ledger, and what came of it.

    What a set of jobs would have caught can only be told where all jobs ran. So of the regressions
    that are found a random share has everything run on the first failing push that the ledger
    knows; each that was drawn stands for 1 / `chance` of them.
    """

    project: str
    build_system: str
    fixed_by: str
    push_id: str
    revision: str
    pushed_at: datetime
    chance: float
    is_drawn: bool
    drawn_at: datetime
    jobs: tuple[str, ...] = ()       # left out on that push, and still without a result there
    taken_at: datetime | None = None  # a client said that it starts them
    done_at: datetime | None = None  # everything has a result: the regression is fully observed
    runs: int = 0                    # that were added by a client, and how long they took
    milliseconds: int = 0
    id: int = 0


@dataclass(frozen=True, slots=True)
class AuditCounts:
    """What the audits of a project came to."""

    drawn: int
    done: int
    open_jobs: int     # still to run, or without a result yet
    runs: int          # added
    milliseconds: int
