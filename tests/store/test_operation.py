"""Runs, alarms and the audit table."""

import contextlib
from datetime import UTC, datetime

import pytest

from seta.domain import Cadence, Interval, Project, Scope
from seta.errors import BadInput, Conflict, UnknownProject, UnknownScope
from seta.store.curation import projects
from seta.store.engine import make_engine, make_sessions
from seta.store.operation import runs
from seta.store.operation.alarms import clear_alarm, open_alarms, raise_alarm
from seta.store.operation.audit import audit_entries, record_audit
from seta.store.operation.liveness import stop_ended_runs, stop_our_runs

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_an_alarm_is_open_once_until_it_is_cleared(session):
    raise_alarm(session, "ingest autoland", "no answer")
    raise_alarm(session, "ingest autoland", "still no answer")
    assert [alarm.message for alarm in open_alarms(session)] == ["still no answer"]

    clear_alarm(session, "ingest autoland")
    assert open_alarms(session) == []

    raise_alarm(session, "ingest autoland", "again")
    assert [alarm.message for alarm in open_alarms(session)] == ["again"]


def test_a_run_that_a_killed_program_left_is_marked_as_stopped(sessions, session):
    """R65: the last run is visible, also one that never ended."""
    done = runs.start_run(session, "analysis", now=NOW, scope="trunk")
    runs.end_run(session, done, status="done", now=NOW, counts={"regressions": 3})
    runs.start_run(session, "ingest", now=NOW, source="activedata", project="autoland")

    session.commit()

    assert stop_ended_runs(sessions, now=NOW) == 1

    session.expire_all()
    found = runs.runs(session)
    assert [(run.task, run.status) for run in found] == [
        ("ingest", "stopped"), ("analysis", "done")]
    assert found[1].counts == {"regressions": 3}


@pytest.fixture
def programs(emptied):
    """The sessions of two programs on one database."""
    engines = [make_engine(emptied) for _ in range(2)]
    yield [make_sessions(engine) for engine in engines]
    for engine in engines:
        engine.dispose()


def statuses(sessions):
    with sessions() as session:
        return {run.task: run.status for run in runs.runs(session)}


def test_the_runs_of_living_programs_are_never_marked(programs):
    """Whoever starts marks what a killed program left, and only that."""
    ours, others = programs
    with others.begin() as session:
        runs.start_run(session, "import", now=NOW)   # its program is gone
    with runs.recorded_run(ours, "ingest", now=NOW), runs.recorded_run(ours, "upkeep", now=NOW):
        for sessions in programs:
            stop_ended_runs(sessions, now=NOW)
        assert statuses(others) == {"import": "stopped", "ingest": "running", "upkeep": "running"}
    assert stop_ended_runs(others, now=NOW) == 0
    assert statuses(others) == {"import": "stopped", "ingest": "done", "upkeep": "done"}


def test_a_program_that_is_about_to_end_marks_its_own_runs(programs):
    ours, others = programs
    with runs.recorded_run(ours, "ingest", now=NOW):
        assert stop_our_runs(others, now=NOW) == 1
        assert statuses(others) == {"ingest": "stopped"}


class Broken(Exception):
    pass


@pytest.mark.parametrize("failure, status, error, is_alarmed", [
    pytest.param(None, "done", None, False, id="done"),
    pytest.param(BadInput("no such thing"), "failed", "no such thing", True, id="an error of ours"),
    pytest.param(Broken("a bug"), "failed", "Broken: a bug", True, id="any other error"),
    pytest.param(Broken(), "failed", "Broken", True, id="an error without a text"),
    pytest.param(KeyboardInterrupt(), "stopped", "stopped in the middle", False, id="stopped"),
])
def test_how_a_run_ended_is_recorded(sessions, failure, status, error, is_alarmed):
    with contextlib.suppress(Exception, KeyboardInterrupt):
        with runs.recorded_run(sessions, "upkeep", now=NOW, alarm="upkeep") as run:
            run.counts["rows"] = 3
            if failure is not None:
                raise failure
    with sessions() as session:
        found, = runs.runs(session)
        assert (found.status, found.error, found.counts) == (status, error, {"rows": 3})
        assert bool(open_alarms(session)) == is_alarmed


def test_the_alarm_of_a_run_stays_until_one_is_done(sessions):
    def run(failure):
        with contextlib.suppress(Broken, KeyboardInterrupt):
            with runs.recorded_run(sessions, "upkeep", now=NOW, alarm="upkeep"):
                if failure is not None:
                    raise failure
        with sessions() as session:
            return len(open_alarms(session))

    assert [run(each) for each in (Broken(), KeyboardInterrupt(), Broken(), None)] == [1, 1, 1, 0]


def test_runs_and_audit_are_paged_from_the_newest(session):
    for number in range(5):
        record_audit(session, who="ann", what="publish", target=str(number))
    first = audit_entries(session, limit=2)
    rest = audit_entries(session, limit=9, before=first[-1].id)
    assert [entry.target for entry in first + rest] == ["4", "3", "2", "1", "0"]


def test_a_project_comes_back_as_it_was_stored(session):
    projects.add_scope(session, Scope("trunk"))
    project = Project("autoland", "trunk", ("taskcluster", "buildbot"), is_killed=True,
                      cadence=Cadence(priority_2=Interval(7, 60)), infer_regressions=True)
    projects.add_project(session, project)
    assert projects.project_named(session, "autoland") == project
    assert projects.projects(session, "trunk") == [project]


@pytest.mark.parametrize("act, error", [
    pytest.param(lambda s: projects.add_scope(s, Scope("trunk")), Conflict, id="scope twice"),
    pytest.param(lambda s: projects.add_project(s, Project("a", "none")), UnknownScope,
                 id="scope unknown"),
    pytest.param(lambda s: projects.project_named(s, "none"), UnknownProject, id="unknown"),
    pytest.param(lambda s: projects.add_project(s, Project("a b", "trunk")), BadInput,
                 id="name with a space"),
    pytest.param(lambda s: projects.add_project(s, Project("a", "trunk", ())), BadInput,
                 id="no build system"),
])
def test_what_cannot_be_stored_is_an_error_that_names_it(session, act, error):
    projects.add_scope(session, Scope("trunk"))
    with pytest.raises(error):
        act(session)
    assert projects.projects(session) == []
