"""What a source reports: pushes, job results, classifications and lists of jobs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .jobs import JobType

TREEHERDER = "treeherder"  # the namespace of its job ids, which are ActiveData's too

FAILING = frozenset({"testfailed", "busted", "exception"})
VERDICTS = FAILING | {"success"}  # whether the job passed; other results do not say
RESULTS = VERDICTS | {"retry", "usercancel", "skipped", "superseded"}


class Classification(StrEnum):
    """How a sheriff classified a failed job, by Treeherder's names."""

    NOT_CLASSIFIED = "not classified"
    FIXED_BY_COMMIT = "fixed by commit"
    EXPECTED_FAIL = "expected fail"
    INTERMITTENT = "intermittent"
    INFRA = "infra"
    INTERMITTENT_NEEDS_FILING = "intermittent needs filing"
    NEW_FAILURE = "new failure not classified"
    AUTOCLASSIFIED_INTERMITTENT = "autoclassified intermittent"
    INTERMITTENT_NEEDS_BUGID = "intermittent needs bugid"


@dataclass(frozen=True, order=True, slots=True)
class Push:
    """Commits that were sent to a project together, known by their head revision."""

    project: str
    revision: str              # 40 hexadecimal digits where the source has them all
    pushed_at: datetime
    push_id: str | None = None  # hg's pushlog id, or a CI's own id; opaque
    treeherder_id: str | None = None  # Treeherder's own number, of another namespace


@dataclass(frozen=True, slots=True)
class JobResult:
    """One job run as a source reports it.

    A job is known by (namespace, job id). ``known_at`` is when its result could first be seen.
    """

    namespace: str       # TREEHERDER, or a CI's own
    job_id: str
    project: str
    build_system: str
    name: str            # task label or builder name, as it came
    revision: str
    pushed_at: datetime
    result: str          # one of RESULTS
    push_id: str | None = None
    started_at: datetime | None = None
    duration_ms: int | None = None
    tier: int = 1
    classification: Classification | None = None
    classified_at: datetime | None = None  # None: not given; the push time stands in for it
    fixed_by: tuple[str, ...] = ()         # fixing revisions, 12 digits, as `names` parsed them
    job_type: JobType | None = None        # for a CI whose names are outside our grammar
    modified_at: datetime | None = None    # when the source last changed the job, if it says so
    treeherder_push_id: str | None = None  # its number of the push, which is not the pushlog id
    is_build: bool | None = None           # for a CI whose names do not say so; None: not said

    def __post_init__(self) -> None:
        if self.result not in RESULTS:
            raise ValueError(f"job {self.job_id} has the unknown result {self.result!r}; "
                             f"expected one of {', '.join(sorted(RESULTS))}")

    @property
    def known_at(self) -> datetime:
        """When the job had ended, as far as is known; never before its push."""
        ended_at = self.started_at or self.pushed_at
        if self.duration_ms:
            ended_at += timedelta(milliseconds=self.duration_ms)
        return max(ended_at, self.pushed_at)


@dataclass(frozen=True, slots=True)
class ListedJob:
    """An entry of a project's job list: what could run at ``seen_at``.

    Entries of one project and build system with the same ``seen_at`` are one list; the newest
    list says which job types are alive.
    """

    project: str
    build_system: str
    name: str
    seen_at: datetime
    tier: int = 1
    group_symbol: str = ""
    symbol: str = ""
    job_type: JobType | None = None
    is_build: bool | None = None
