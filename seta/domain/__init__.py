"""The words of the field as frozen values. No I/O."""

from .job_types import BuildSystem, JobType, Priority
from .operation import Alarm, AuditEntry, Run
from .projects import DEFAULT_SCOPE, Cadence, Limit, Project, Scope
from .regressions import Regression
from .results import FAILING, RESULTS, Classification, JobResult, ListedJob, Push
from .snapshots import JobPriority, PriorityChange, Publication, Snapshot

__all__ = [
    "DEFAULT_SCOPE", "FAILING", "RESULTS", "Alarm", "AuditEntry", "BuildSystem", "Cadence",
    "Classification", "JobPriority", "JobResult", "JobType", "Limit", "ListedJob", "Priority",
    "PriorityChange", "Project", "Publication", "Push", "Regression", "Run", "Scope", "Snapshot",
]
