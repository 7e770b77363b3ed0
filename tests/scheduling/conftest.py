"""A project with a published snapshot, and pushes that come minutes apart."""

import gzip
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from seta.domain import DEFAULT_SCOPE, Cadence, Limit, Priority, Project, Scope
from seta.names import parse
from seta.scheduling import AskedPush, Published, owed_now, preview, schedule_push, take_owed
from seta.store import projects, tables

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEVELS = {
    Priority.HIGH: ("build-linux64/opt", "test-linux64/opt-high"),
    Priority.LOW: ("test-linux64/opt-low-1", "test-linux64/opt-low-2"),
    Priority.LOWEST: ("test-linux64/opt-lowest",),
}
SPAN = timedelta(hours=12)


@dataclass
class Ci:
    """The scheduler of one project: it asks, and keeps what the world is like."""

    session: object
    project: Project
    published: Published
    build_system: str = "taskcluster"
    now: datetime = NOON
    span: timedelta = SPAN
    asked: list = field(default_factory=list)

    def at(self, minutes: float) -> datetime:
        return NOON + timedelta(minutes=minutes)

    def push(self, push_id, minutes, revision=None) -> AskedPush:
        return AskedPush(
            push_id, revision or f"{abs(hash(push_id)):040x}"[:40],
            None if minutes is None else self.at(minutes), self.build_system)

    def raw(self, push_id, minutes, revision=None, now=None):
        push = self.push(push_id, minutes, revision)
        return schedule_push(
            self.session, self.project, push, self.published,
            now=now or push.pushed_at or self.now, never_ran_after=self.span)

    def ask(self, push_id, minutes, revision=None, now=None) -> dict:
        return json.loads(gzip.decompress(self.raw(push_id, minutes, revision, now).packed))

    def preview(self, push_id, minutes, revision=None) -> dict:
        push = self.push(push_id, minutes, revision)
        answer = preview(self.session, self.project, push, self.published,
                         now=push.pushed_at or self.now)
        return json.loads(gzip.decompress(answer.packed))

    def due(self, minutes):
        return owed_now(self.session, self.project, self.build_system, self.published,
                        now=self.at(minutes))

    def take(self, push_id, minutes):
        return take_owed(self.session, self.project, self.build_system, self.published,
                         push_id=push_id, now=self.at(minutes))

    def change(self, **changes) -> None:
        """Change the project, as the API does."""
        self.project = replace(self.project, **changes)
        projects.save_project(self.session, self.project)


def add_snapshot(session, scope=DEFAULT_SCOPE, created_at=NOON - timedelta(hours=1)) -> int:
    row = tables.Snapshot(
        scope=scope, as_of=created_at, created_at=created_at, inputs={}, unit="ms", objective=0,
        lower_bound=0, gap=0, status="optimal", regressions=1, uncoverable=[], given_up=[],
        comparison={})
    session.add(row)
    session.flush()
    return row.id


@pytest.fixture
def make_ci():
    """Make a project with a published snapshot whose levels are LEVELS, unless told otherwise."""
    def make(session, name="autoland", levels=LEVELS, refusals=(), cadence=Cadence(), **more):
        if DEFAULT_SCOPE not in [scope.name for scope in projects.scopes(session)]:
            projects.add_scope(session, Scope(DEFAULT_SCOPE))
        project = Project(name, cadence=cadence, **more)
        projects.add_project(session, project)
        snapshot = add_snapshot(session)
        published = Published(snapshot, NOON - timedelta(hours=1), levels, refusals)
        return Ci(session, project, published, project.build_systems[0])
    return make


@pytest.fixture
def ci(session, make_ci):
    return make_ci(session)


@pytest.fixture
def quick():
    """A cadence whose limits a test reaches with few pushes."""
    return Cadence(Limit(3, 90), Limit(4, 180), Limit(6, 240))


@dataclass
class Results:
    """Job results of a project, put straight into the store."""

    session: object
    project: str
    build_system: str = "taskcluster"
    count: int = 0

    def name_id(self, name) -> int:
        found = self.session.scalar(select(tables.JobName.id).where(
            tables.JobName.project == self.project, tables.JobName.name == name,
            tables.JobName.build_system == self.build_system))
        return found or self._add(tables.JobName(
            project=self.project, build_system=self.build_system, name=name,
            job_type_id=self.type_id(parse(name, self.build_system, self.project))))

    def type_id(self, job_type) -> int | None:
        if job_type is None:
            return None
        words = {"platform": job_type.platform, "build_type": job_type.build_type,
                 "test_suite": job_type.test_suite, "chunk": job_type.chunk}
        found = self.session.scalar(select(tables.JobType.id).filter_by(**words))
        return found or self._add(tables.JobType(**words))

    def push_id(self, revision, pushed_at, push_id=None) -> int:
        found = self.session.scalar(select(tables.Push.id).filter_by(
            project=self.project, revision=revision))
        return found or self._add(tables.Push(
            project=self.project, revision=revision, pushed_at=pushed_at, push_id=push_id))

    def add(self, name, push, result="success", minutes=10, said=None, **more) -> str:
        """Add one run of a job on a push, known so many minutes after it; return its id."""
        self.count += 1
        self.session.add(tables.JobResult(
            namespace="test", job_id=str(self.count), job_name_id=self.name_id(name),
            push=self.push_id(push.revision, push.pushed_at, push.push_id), result=result,
            known_at=push.pushed_at + timedelta(minutes=minutes),
            **{"started_at": None, "duration_ms": 60_000} | more))
        self.session.flush()
        if said:
            self.say(str(self.count), said, push.pushed_at)
        return str(self.count)

    def say(self, job_id, classification, at, who=None, is_inferred=False, fixed_by=()) -> None:
        self._add(tables.ClassificationRow(
            namespace="test", job_id=job_id, classification=classification, fixed_by=fixed_by,
            classified_at=at, who=who, is_inferred=is_inferred))

    def reached(self, at) -> None:
        """Say that results up to this time are in."""
        self.session.merge(tables.Watermark(
            project=self.project, source="test", reached_at=at, succeeded_at=at))
        self.session.flush()

    def _add(self, row) -> int:
        self.session.add(row)
        self.session.flush()
        return row.id


@pytest.fixture
def results(session, ci):
    found = Results(session, ci.project.name)
    for names in LEVELS.values():
        for name in names:
            found.name_id(name)
    return found
