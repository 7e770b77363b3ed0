"""A published snapshot to serve: some job types with one name on each of some projects."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from seta.config import Settings
from seta.domain import Project, Scope
from seta.publish import analyze
from seta.store import schema
from seta.store.curation import projects
from seta.store.engine import make_engine, make_sessions
from seta.store.migrations.upgrade import upgrade
from seta.store.results.namespaces import NamespaceIds

PUSHED_AT = datetime(2026, 3, 1, tzinfo=UTC)
FIRST_PUSH = 1_000_000
PLATFORM = "windows10-64-shippable-qr"


def fill(url: str, *, low: int, high: int, names: tuple[str, ...] = ("autoland",)) -> None:
    """Make a published snapshot of this many low- and high-value labels on each project."""
    engine = make_engine(url)
    upgrade(engine)
    sessions = make_sessions(engine)
    with sessions.begin() as session:
        projects.add_scope(session, Scope("trunk", is_archived=True))
        _add_job_types(session, low + high)
        namespace = NamespaceIds().resolve(session, ["bench"])["bench"]
        for index, project in enumerate(names):
            projects.add_project(session, Project(project))
            _add_jobs(session, project, index, namespace, jobs=low + high, high=high)
    analyze(sessions, "trunk", now=datetime.now(UTC), settings=Settings())
    engine.dispose()


def _suite(number: int) -> str:
    return f"mochitest-browser-chrome-suite{number % 7}"


def _add_job_types(session: Session, jobs: int) -> None:
    session.execute(insert(schema.JobType), [
        {"id": number, "platform": PLATFORM, "build_type": "opt", "test_suite": _suite(number),
         "chunk": number} for number in range(1, jobs + 1)])


def _add_jobs(
    session: Session, project: str, index: int, namespace: int, *, jobs: int, high: int
) -> None:
    push, first, numbers = FIRST_PUSH + index, index * jobs, range(1, jobs + 1)
    session.execute(insert(schema.Push), [
        {"id": push, "project": project, "revision": "f" * 40, "pushed_at": PUSHED_AT}])
    session.execute(insert(schema.JobName), [
        {"id": first + number, "project": project, "build_system": "taskcluster",
         "name": f"test-{PLATFORM}/opt-{_suite(number)}-{number}", "job_type_id": number}
        for number in numbers])
    session.execute(insert(schema.JobResult), [
        {"namespace_id": namespace, "job_id": str(first + number), "push": push,
         "job_name_id": first + number, "result": "testfailed" if number <= high else "success",
         "duration_ms": 1000, "known_at": PUSHED_AT + timedelta(hours=1)} for number in numbers])
    session.execute(insert(schema.StaleJobDay), [
        {"job_name_id": first + number, "day": PUSHED_AT.date()} for number in numbers])
    session.execute(insert(schema.ClassificationRow), [
        {"namespace_id": namespace, "job_id": str(first + number),
         "classification": "fixed by commit", "fixed_by": [f"{number:012x}"],
         "classified_at": PUSHED_AT + timedelta(hours=2)} for number in range(1, high + 1)])
