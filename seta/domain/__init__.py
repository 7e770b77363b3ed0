"""The words of the field as frozen values. No I/O."""

from .job_types import BuildSystem, JobType, Priority
from .operation import Alarm, AuditEntry, Run
from .projects import DEFAULT_SCOPE, Cadence, Limit, Project, Scope
from .regressions import Regression
from .results import FAILING, RESULTS, Classification, JobResult, ListedJob, Push

__all__ = [
    "DEFAULT_SCOPE", "FAILING", "RESULTS", "Alarm", "AuditEntry", "BuildSystem", "Cadence",
    "Classification", "JobResult", "JobType", "Limit", "ListedJob", "Priority", "Project", "Push",
    "Regression", "Run", "Scope",
]
