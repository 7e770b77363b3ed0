"""The words of the field as frozen values. No I/O."""

from .jobs import JobName, JobType, Priority
from .ledger import LedgerEntry
from .overrides import Override, strongest
from .patterns import Pattern
from .projects import (
    DEFAULT_SCOPE, DEMO, FILES, INTERVALS, LIVE_SOURCES, SOURCES, Cadence, Interval, Project, Scope,
)
from .regressions import Regression, Witnesses
from .renames import NewFields, Rename, StoredRename
from .results import (
    FAILING, RESULTS, TREEHERDER, VERDICTS, Classification, JobResult, ListedJob, Push,
)
from .runs import Alarm, AuditEntry, Run
from .snapshots import JobPriority, PriorityChange, Publication, Snapshot, StoredBacktest

__all__ = [
    "DEFAULT_SCOPE", "DEMO", "FAILING", "FILES", "INTERVALS", "LIVE_SOURCES", "RESULTS", "SOURCES",
    "TREEHERDER", "VERDICTS", "Alarm", "AuditEntry", "Cadence", "Classification", "Interval",
    "JobName", "JobPriority", "JobResult", "JobType", "LedgerEntry", "ListedJob", "NewFields",
    "Override", "Pattern", "Priority", "PriorityChange", "Project", "Publication", "Push",
    "Regression", "Rename", "Run", "Scope", "Snapshot", "StoredBacktest", "StoredRename",
    "Witnesses", "strongest",
]
