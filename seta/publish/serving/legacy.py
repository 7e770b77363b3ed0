"""What the legacy routes return besides the lists: job types, job names, failures by fix.

Without a branch they answer for the default scope. While that has no project (as when
someone tries the demo), they answer for all scopes: nothing is skipped because of it.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from ...domain import DEFAULT_SCOPE, JobName, JobType
from ...store.curation.projects import projects
from ...store.engine import limit_waits
from ...store.evidence import EvidenceWindow, failures_by_fix
from ...store.results.job_names import job_names as known_names
from .payloads import failures_payload, job_names_payload, job_types_payload
from .published import Published

Sessions = sessionmaker[Session]
TIME_LIMIT = 4.0  # seconds; clients wait for five


def job_types(sessions: Sessions, published: Published, project: str | None) -> dict[str, Any]:
    """Return the job types of a project, or of all; raises UnknownProject."""
    return job_types_payload(_jobs(sessions, published, project))


def job_names(sessions: Sessions, published: Published, project: str | None) -> dict[str, Any]:
    return job_names_payload(_jobs(sessions, published, project))


def failures(
    sessions: Sessions, *, since: datetime, until: datetime, now: datetime
) -> dict[str, Any]:
    """Return the failed jobs by fix, for pushes from `since` until before `until`."""
    found: dict[str, list[tuple[JobType, int | None]]] = defaultdict(list)
    with sessions() as session:
        limit_waits(session, TIME_LIMIT)
        for scope in _answered_scopes({each.scope for each in projects(session)}):
            window = EvidenceWindow(scope, since=since, as_of=until, known_by=now)
            for fixed_by, jobs in failures_by_fix(session, window).items():
                found[fixed_by] += jobs
    return failures_payload(dict(sorted(found.items())))


def _jobs(sessions: Sessions, published: Published, project: str | None) -> list[JobName]:
    """Return the jobs in the published snapshot, or all known jobs if there is none."""
    known = published.projects().values()
    scopes = _answered_scopes({each.scope for each in known})
    wanted = [published.project(project)] if project else [
        each for each in known if each.scope in scopes]
    with sessions() as session:
        limit_waits(session, TIME_LIMIT)
        jobs = known_names(session, [each.project for each in wanted])
    listed = {each.project: published.listed_names(each) for each in wanted}

    def is_listed(job: JobName) -> bool:
        names = listed[job.project]
        return names is None or job.name in names.get(job.build_system, ())

    return [job for job in jobs if is_listed(job)]


def _answered_scopes(scopes: set[str]) -> list[str]:
    return [DEFAULT_SCOPE] if DEFAULT_SCOPE in scopes else sorted(scopes)
