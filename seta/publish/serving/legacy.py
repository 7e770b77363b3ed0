"""What the old wire reads beside the lists: known job types and names, failures by fix.

Without a branch they tell of the default scope; while it has no project (a trial with the
demo), of all scopes, since nothing is skipped by what they say.
"""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from ...domain import DEFAULT_SCOPE, JobName
from ...store.curation.projects import projects
from ...store.evidence import Moment, failures_by_fix
from ...store.results.job_names import job_names as known_names
from .payloads import failures_payload, job_names_payload, job_types_payload
from .published import Published

Sessions = sessionmaker[Session]
PATIENCE = "SET LOCAL statement_timeout = '4s'"  # clients wait for five


def job_types(sessions: Sessions, published: Published, project: str | None) -> dict:
    """Return the job types of a project, or of all; raises UnknownProject."""
    return job_types_payload(_jobs(sessions, published, project))


def job_names(sessions: Sessions, published: Published, project: str | None) -> dict:
    return job_names_payload(_jobs(sessions, published, project))


def failures(sessions: Sessions, *, since: datetime, until: datetime, now: datetime) -> dict:
    """Return the failed jobs by fix, of pushes from `since` to before `until`."""
    found = defaultdict(list)
    with sessions() as session:
        session.execute(text(PATIENCE))
        for scope in _told({each.scope for each in projects(session)}):
            moment = Moment(scope, since=since, as_of=until, known_by=now)
            for fixed_by, jobs in failures_by_fix(session, moment).items():
                found[fixed_by] += jobs
    return failures_payload(dict(sorted(found.items())))


def _jobs(sessions: Sessions, published: Published, project: str | None) -> list[JobName]:
    """Return what the published snapshot lists, or all that is known where there is none."""
    known = published.projects().values()
    scopes = _told({each.scope for each in known})
    wanted = [published.project(project)] if project else [
        each for each in known if each.scope in scopes]
    with sessions() as session:
        session.execute(text(PATIENCE))
        jobs = known_names(session, [each.project for each in wanted])
    listed = {each.project: published.listed(each) for each in wanted}
    return [job for job in jobs if listed[job.project] is None
            or job.name in listed[job.project].get(job.build_system, ())]


def _told(scopes: set[str]) -> list[str]:
    return [DEFAULT_SCOPE] if DEFAULT_SCOPE in scopes else sorted(scopes)
