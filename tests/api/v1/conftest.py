"""The API over a database of the test's own: real connections, as many as threads ask for."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from ci_world import PRIORITIES, NOON, Results, add_snapshot

from seta.config import Settings
from seta.domain import DEFAULT_SCOPE, Project, Push, Scope
from seta.publish.serving import Published
from seta.store import schema
from seta.store.curation import projects
from seta.store.engine import make_engine, make_sessions
from seta.wsgi import build_app

TOKEN = "let me write"
SETTINGS = Settings(tokens=(("ann", hashlib.sha256(TOKEN.encode()).hexdigest()),))


@dataclass
class Api:
    """A server and a client of it; `now` is the server's clock."""

    sessions: object
    settings: Settings = SETTINGS
    now: datetime = NOON
    headers: dict = field(default_factory=lambda: {"Authorization": f"Bearer {TOKEN}"})

    def __post_init__(self):
        published = Published(self.sessions, self.settings, self.clock, every=0, patience=60)
        self.app = build_app(self.settings, self.sessions, clock=self.clock,
                             published=published)
        self.client = self.app.test_client()

    def clock(self) -> datetime:
        return self.now

    def restart(self, **settings) -> None:
        """Start the server anew, with other settings."""
        self.settings = replace(self.settings, **settings)
        self.__post_init__()

    def call(self, method, path, *, token=True, **more):
        headers = (self.headers if token else {}) | more.pop("headers", {})
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **more)

    def get(self, path, **more):
        return self.call("GET", path, token=False, **more)

    def put(self, path, json=None, **more):
        return self.call("PUT", path, json=json, **more)

    def post(self, path, json=None, **more):
        return self.call("POST", path, json=json, **more)

    def add_project(self, name="autoland", priorities=PRIORITIES, snapshot=True, **more) -> Project:
        """Add a project with fresh results, and a published snapshot with these priorities."""
        with self.sessions.begin() as session:
            if not projects.scopes(session):
                projects.add_scope(session, Scope(DEFAULT_SCOPE))
            project = Project(name, **more)
            projects.add_project(session, project)
            results = Results(session, name, project.build_systems[0])
            results.reached(NOON)
            if snapshot:
                self._publish(session, results, priorities)
        return project

    def change_project(self, name="autoland", **changes) -> None:
        with self.sessions.begin() as session:
            project = projects.project_named(session, name)
            projects.save_project(session, replace(project, **changes))

    def add_failures(self) -> None:
        """Let one job fail on two pushes, classified as one regression of the snapshot."""
        with self.sessions.begin() as session:
            results = Results(session, "autoland", prefix="failed-")
            for minutes in (-90, -80):
                push = Push("autoland", f"{1000 + minutes:040x}", NOON + timedelta(minutes=minutes))
                job = results.add("test-linux64/opt-high", push, "testfailed")
                results.classify(job, "fixed by commit", NOON, fixed_by=["9fa614d8310d"])
            kind = session.get(schema.JobName, results.name_id("test-linux64/opt-high"))
            snapshot = session.get(schema.Scope, DEFAULT_SCOPE).published_snapshot_id
            session.add(schema.SnapshotRegression(
                snapshot_id=snapshot, fixed_by="9fa614d8310d", caught_by=[kind.job_type_id]))

    def _publish(self, session, results, priorities) -> None:
        snapshot = add_snapshot(session, created_at=NOON - timedelta(hours=1))
        for priority, names in priorities.items():
            session.add(schema.SnapshotList(
                snapshot_id=snapshot, project=results.project, priority=priority,
                build_system=results.build_system, names=list(names),
                job_type_ids=[self._priority(session, results, snapshot, name, priority)
                              for name in names]))
        session.get(schema.Scope, DEFAULT_SCOPE).published_snapshot_id = snapshot

    def _priority(self, session, results, snapshot, name, priority) -> int:
        type_id = session.get(schema.JobName, results.name_id(name)).job_type_id
        if session.get(schema.SnapshotPriority, (snapshot, type_id)) is None:
            session.add(schema.SnapshotPriority(
                snapshot_id=snapshot, job_type_id=type_id, priority=priority,
                reason="chosen" if priority == 1 else "covered", cost=60_000, caught=1,
                certificate={"kind": "chosen", "needed_for": ["9fa614d8310d"]}))
            session.flush()
        return type_id


@pytest.fixture
def sessions(emptied):
    """Sessions with a connection each: a server's threads do not share one."""
    engine = make_engine(emptied, pool_size=60)
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def make_api():
    """Make a server over these sessions, with other settings where they are given."""
    return lambda sessions, **more: Api(sessions, replace(SETTINGS, **more))


@pytest.fixture
def api(sessions, make_api):
    return make_api(sessions)


@pytest.fixture
def autoland(api):
    return api.add_project()
