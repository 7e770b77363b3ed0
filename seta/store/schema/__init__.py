"""The tables. Rows stay in the store; other packages see domain values."""

from .audits import AuditLook, RegressionAudit
from .base import Base
from .curation import Override, Rename
from .ledger import Schedule
from .misses import Miss, MissLook
from .operation import Alarm, Audit, FailedSlice, Run, Watermark, WriteLimit
from .projects import Project, Scope
from .results import (
    ClassificationRow, JobDay, JobList, JobListEntry, JobName, JobResult, JobType, LastRun,
    Namespace, Push, StaleJobDay,
)
from .snapshots import (
    Backtest, Publication, Snapshot, SnapshotList, SnapshotPriority, SnapshotRegression,
)

__all__ = [
    "Alarm", "Audit", "AuditLook", "Backtest", "Base", "ClassificationRow", "FailedSlice",
    "JobDay", "JobList", "JobListEntry", "JobName", "JobResult", "JobType", "LastRun", "Miss",
    "MissLook", "Namespace", "Override", "Project", "Publication", "Push", "RegressionAudit",
    "Rename", "Run", "Schedule", "Scope", "Snapshot", "SnapshotList", "SnapshotPriority",
    "SnapshotRegression", "StaleJobDay", "Watermark", "WriteLimit",
]
