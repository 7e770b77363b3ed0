"""Two projects, one of each build system, with a published snapshot, and a client of the app."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from publish.made_evidence import DAY, NOW, Evidence

from seta.config import Settings
from seta.publish import analyze
from seta.publish.serving import Published
from seta.store.curation import projects
from seta.store.engine import make_engine, make_sessions
from seta.wsgi import build_app

TODAY = "2026-03-01"
LABELS = [f"test-linux64/opt-mochitest-{number}" for number in (1, 2, 3)]
BUILDERS = [f"Windows 8 64-bit mozilla-inbound debug test mochitest-{number}"
            for number in (1, 2, 3)]


@dataclass
class Site:
    """The app, and the switches that bring it into each state of the contract's table.

    What is published is looked up `every` so many seconds.
    """

    sessions: object
    evidence: Evidence
    settings: Settings
    every: float = 0
    now = NOW

    def __post_init__(self):
        self.client = self._client()

    def get(self, path: str, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(path, headers=headers)

    def analyze(self):
        return analyze(self.sessions, "trunk", now=self.now, settings=self.settings)

    def good(self):
        self.evidence.ingested("autoland", at=self.now)
        self.evidence.ingested("mozilla-inbound", at=self.now)
        self.analyze()

    def killed_globally(self):
        self.good()
        self.settings = replace(self.settings, is_killed=True)
        self.client = self._client()

    def killed(self):
        self.good()
        with self.sessions.begin() as session:
            for project in projects.projects(session):
                projects.save_project(session, replace(project, is_killed=True))

    def stale(self):
        self.good()
        self.now += timedelta(hours=37)

    def old_snapshot(self):
        self.good()
        self.now += 8 * DAY
        for project in ("autoland", "mozilla-inbound"):
            self.evidence.ingested(project, at=self.now)

    def no_snapshot(self):
        self.evidence.ingested("autoland", at=self.now)
        self.evidence.ingested("mozilla-inbound", at=self.now)

    def _client(self) -> FlaskClient:
        published = Published(self.sessions, self.settings, lambda: self.now,
                              every=self.every, patience=30)
        app = build_app(self.settings, self.sessions, clock=lambda: self.now,
                        published=published)
        client = app.test_client()
        del client.environ_base["HTTP_USER_AGENT"]  # early clients send none
        return client


def make_evidence(sessions):
    """One regression on each project that two job types caught, and a job that caught nothing."""
    evidence = Evidence(sessions).scope().project("autoland")
    evidence.project("mozilla-inbound", build_systems=("buildbot",))
    inbound = {"project": "mozilla-inbound", "build_system": "buildbot"}
    evidence.caught("a" * 12, *LABELS[:2]).caught("b" * 12, LABELS[1]).passed(LABELS[2])
    evidence.caught("c" * 12, *BUILDERS[:2], **inbound).caught("d" * 12, BUILDERS[1], **inbound)
    return evidence.passed(BUILDERS[2], **inbound)


@pytest.fixture
def evidence(sessions):
    return make_evidence(sessions)


@pytest.fixture
def site(evidence, sessions):
    return Site(sessions, evidence, Settings())


@pytest.fixture(scope="session")
def good_database(make_database, template):
    """The URL of a database with a good snapshot, to read only."""
    url = make_database(template)
    engine = make_engine(url)
    sessions = make_sessions(engine)
    Site(sessions, make_evidence(sessions), Settings()).good()
    engine.dispose()
    return url


@pytest.fixture(scope="session")
def good(good_database):
    """A site in a good state, to read only; others are made of `site`."""
    engine = make_engine(good_database)
    yield Site(make_sessions(engine), None, Settings(), every=3600)
    engine.dispose()
