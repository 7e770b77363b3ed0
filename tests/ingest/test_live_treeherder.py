"""Ingest from a Treeherder that moves: stars that come and go, and how often it is asked."""

from datetime import timedelta

import pytest
from ingest_world import LENGTHS, add_projects, at, believed
from ingest_world.moving_ci import MovingCi
from loopback.scripted import scripted
from sqlalchemy import text

from seta.errors import SourceError
from seta.ingest import ingest_project
from seta.sources.http import Http, HttpOptions
from seta.sources.treeherder import Treeherder
from seta.store.operation.alarms import open_alarms

OLDER, NEWER = "9fa614d8310d", "b9222b391f89"
FIXED_BY_OLDER = ("fixed by commit", (OLDER,))
FIXED_BY_NEWER = ("fixed by commit", (NEWER,))
NONE = ("not classified", ())
JOB = "5001"


@pytest.fixture
def ci():
    """A push of two jobs at hour -10, of which the first failed."""
    ci = MovingCi(at(-10))
    ci.act("push", 1, 0)
    ci.act("finish", 0, 0)
    return ci


@pytest.fixture
def autoland(sessions):
    with sessions.begin() as session:
        add_projects(session, "autoland", "mozilla-inbound", source="treeherder")
    return sessions


@pytest.fixture
def ingest(autoland, ci):
    """Ingest at some hour from a real server."""
    with scripted(lambda request: ci.server(request)) as server:
        source = Treeherder(Http(HttpOptions(tries=1, backoff=0)), server.url)

        def run(hours, project="autoland"):
            ci.now = max(ci.now, at(hours))
            ci.server.asked.clear()
            return ingest_project(autoland, source, project, now=at(hours), lengths=LENGTHS)
        yield run


def star(ci, hours, said="star", how=0):
    ci.now = at(hours)
    ci.act(said, 0, how)


def delete_newest_note(ci, hours):
    ci.now = at(hours)
    ci.act("delete_note", 0, 1)


# Older truths

def test_when_the_newest_of_two_fixes_is_deleted_the_older_one_holds(ingest, autoland, ci):
    star(ci, -5, how=0)
    star(ci, -4, how=1)
    ingest(0)
    delete_newest_note(ci, 6)
    ingest(12)
    assert [believed(autoland, at(hour))[JOB] for hour in (0, 5, 7, 12)] == [
        FIXED_BY_NEWER, FIXED_BY_NEWER, FIXED_BY_OLDER, FIXED_BY_OLDER]


def test_when_the_note_that_called_it_intermittent_is_deleted_it_is_fixed_again(
    ingest, autoland, ci
):
    star(ci, -5)
    ingest(0)
    star(ci, 3, "call_intermittent")
    ingest(12)
    delete_newest_note(ci, 18)
    ingest(24)
    assert [believed(autoland, at(hour))[JOB] for hour in (0, 12, 17, 19)] == [
        FIXED_BY_OLDER, ("intermittent", ()), ("intermittent", ()), FIXED_BY_OLDER]


def test_a_fix_that_is_cleared_in_bulk_is_taken_back(ingest, autoland, ci):
    """The job does not count as changed: it is asked for because it was fixed."""
    star(ci, -5)
    ingest(0)
    ci.act("clear_in_bulk", 0, 0)
    ingest(12)
    assert [believed(autoland, at(hour))[JOB] for hour in (0, 11, 12)] == [
        FIXED_BY_OLDER, FIXED_BY_OLDER, NONE]
    star(ci, 15, how=1)
    ingest(24)
    assert believed(autoland, at(24))[JOB] == FIXED_BY_NEWER


def test_few_digits_of_a_revision_are_completed_from_a_known_push(ingest, autoland, ci):
    star(ci, -5, how=3)  # the 8 digits of the push's own revision
    ingest(0)
    assert believed(autoland, at(0))[JOB] == ("fixed by commit", ("a000001eeeee",))


# Pushes

def test_a_push_has_treeherders_number_and_no_pushlog_id(ingest, autoland, ci):
    ingest(0)
    with autoland() as session:
        push, = session.execute(text("SELECT revision, treeherder_id, push_id FROM pushes"))
    assert tuple(push) == ("a000001" + "e" * 33, "1001", None)


# How often it is asked

def test_a_day_without_a_new_star_asks_for_no_notes(ingest, ci):
    star(ci, -5)
    ingest(0)
    assert ci.server.requests_of("note") == [{"job_id": JOB}]
    for hours in (1, 12):  # within the overlap the job comes once more, then only by its id
        ingest(hours)
        assert ci.server.requests_of("note") == []
        assert [asked["id__in"] for asked in ci.server.requests_of("jobs")
                if "id__in" in asked] == [JOB]


def test_the_requests_of_a_day_are_within_the_budget(ingest, ci):
    """At most pushes/1000 + N + F_new, and some for the slices of time."""
    for number in range(60):
        ci.now = at(-10) + number * timedelta(minutes=9)
        ci.act("push", 5, number)
    for number in range(40):
        ci.act("star", number, number % 3)
    pushes = len(ci.server.pushes)
    starred = len({note["job_id"] for note in ci.server.notes})
    slices = 12 + 1
    ingest(0)
    by_id = 2 * 2  # jobs of the stream's overlap and starred ones, with their pushes
    assert len(ci.server.asked) <= slices + pushes + starred + by_id

    ci.now = at(6)
    ci.act("star", 0, 0)
    ingest(12)
    stream = 4
    assert len(ci.server.requests_of("note")) == 1
    assert len(ci.server.asked) <= stream + 1 + by_id


# A project that Treeherder does not know

def test_an_unknown_project_is_no_outage(ingest, autoland):
    with pytest.raises(SourceError, match="Treeherder knows no project 'mozilla-inbound'"):
        ingest(0, "mozilla-inbound")
    with autoland() as session:
        alarm, = open_alarms(session)
    assert "Treeherder knows no project 'mozilla-inbound'" in alarm.message
    assert "is down" not in alarm.message
