"""The tables. Rows stay in the store; other rooms see domain values."""

from .base import Base
from .jobs import (
    ClassificationRow, JobDay, JobList, JobListEntry, JobName, JobResult, JobType, Push,
    StaleJobDay,
)
from .operation import Alarm, Audit, Run
from .projects import FailedSlice, Project, Scope, Watermark
from .scheduling import Override, Rename, Schedule
from .snapshots import (
    Publication, Snapshot, SnapshotList, SnapshotPriority, SnapshotRegression,
)

__all__ = [
    "Alarm", "Audit", "Base", "ClassificationRow", "FailedSlice", "JobDay", "JobList",
    "JobListEntry", "JobName", "JobResult", "JobType", "Override", "Project", "Publication",
    "Push", "Rename", "Run", "Schedule", "Scope", "Snapshot", "SnapshotList",
    "SnapshotPriority", "SnapshotRegression", "StaleJobDay", "Watermark",
]
