"""Fixtures: a project with a published snapshot, and pushes that come minutes apart."""

import gzip
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha1

import pytest
from ci_world import PRIORITIES, NOON, Results, add_snapshot

from seta.domain import DEFAULT_SCOPE, Cadence, Interval, Project, Scope
from seta.ledger import (
    Answer, PriorityLists, RequestedPush, draft_schedule, owed_now, preview, record_schedule,
    take_owed,
)
from seta.store.curation import projects

SPAN = timedelta(hours=12)


def schedule_push(session, project, push, lists, **more) -> Answer:
    """Ask for what runs on a push, as the API does, but in one transaction."""
    draft = draft_schedule(session, project, push, lists, **more)
    return draft if isinstance(draft, Answer) else record_schedule(session, draft, who="ann")


@dataclass
class Ci:
    """The scheduler of one project: it asks, and keeps what the world is like."""

    session: object
    project: Project
    published: PriorityLists
    build_system: str = "taskcluster"
    now: datetime = NOON
    span: timedelta = SPAN

    def at(self, minutes: float) -> datetime:
        return NOON + timedelta(minutes=minutes)

    def push(self, push_id, minutes, revision=None) -> RequestedPush:
        return RequestedPush(
            push_id, revision or sha1(str(push_id).encode()).hexdigest(),
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


@pytest.fixture
def make_ci():
    """Make a project with a published snapshot that has PRIORITIES, unless others are given."""
    def make(session, name="autoland", priorities=PRIORITIES, refusals=(), cadence=Cadence(),
             **more):
        if DEFAULT_SCOPE not in [scope.name for scope in projects.scopes(session)]:
            projects.add_scope(session, Scope(DEFAULT_SCOPE))
        project = Project(name, cadence=cadence, **more)
        projects.add_project(session, project)
        snapshot = add_snapshot(session)
        published = PriorityLists(snapshot, NOON - timedelta(hours=1), priorities, refusals)
        return Ci(session, project, published, project.build_systems[0])
    return make


@pytest.fixture
def ci(session, make_ci):
    return make_ci(session)


@pytest.fixture
def quick():
    """A cadence whose limits a test reaches with few pushes."""
    return Cadence(Interval(3, 90), Interval(4, 180), Interval(6, 240))


@pytest.fixture
def results(session, ci):
    found = Results(session, ci.project.name)
    for names in PRIORITIES.values():
        for name in names:
            found.name_id(name)
    return found
