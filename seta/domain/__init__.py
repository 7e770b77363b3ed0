"""The words of the field as frozen values. No I/O."""

from .audits import Audit, AuditCounts
from .jobs import JobName, JobType, Priority
from .ledger import LedgerEntry
from .misses import Miss, MissPush, MissWitness, Promotion, StoredMiss
from .overrides import Override, strongest
from .patterns import Pattern
from .prices import Prices
from .projects import (
    COVER, DEFAULT_SCOPE, DEMO, EXPECTED, FILES, INTERVALS, LIVE_SOURCES, OBJECTIVES, SOURCES,
    Cadence, Interval, Project, Scope,
)
from .regressions import Regression, RunCount, Witnesses
from .renames import NewFields, Rename, StoredRename
from .results import (
    FAILING, RESULTS, TREEHERDER, VERDICTS, Classification, JobResult, ListedJob, Push,
)
from .runs import Alarm, AuditEntry, Run
from .snapshots import (
    EXPECTED_COVERAGE, JobPriority, PriorityChange, Publication, Snapshot, StoredBacktest,
)

__all__ = [
    "COVER", "DEFAULT_SCOPE", "DEMO", "EXPECTED", "EXPECTED_COVERAGE", "FAILING", "FILES",
    "INTERVALS", "LIVE_SOURCES", "OBJECTIVES", "RESULTS", "SOURCES", "TREEHERDER", "VERDICTS",
    "Alarm", "Audit", "AuditCounts", "AuditEntry", "Cadence", "Classification", "Interval",
    "JobName", "JobPriority", "JobResult", "JobType", "LedgerEntry", "ListedJob", "Miss",
    "MissPush", "MissWitness", "NewFields", "Override", "Pattern", "Prices", "Priority",
    "PriorityChange", "Project", "Promotion", "Publication", "Push", "Regression", "Rename",
    "Run", "RunCount", "Scope", "Snapshot", "StoredBacktest", "StoredMiss", "StoredRename",
    "Witnesses", "strongest",
]
