"""The worker: by the clock, one at a time, and ended without loss."""

import signal
import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest
from loopback.documents import flat_row
from loopback.scripted import scripted
from loopback.small_activedata import SmallActiveData

from seta.config import Settings
from seta.domain import Project, Scope
from seta.store.curation import projects as store
from seta.store.operation import runs
from seta.store.operation.alarms import open_alarms
from seta.store.snapshots import publication_state, snapshot_with_id
from seta.worker.clock import is_overdue, make_clock
from seta.worker.work import Work

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_it_ingests_at_one_and_thirteen_and_keeps_up_daily():
    clock = make_clock(ingest=print, upkeep=print, hours=(1, 13))
    fires = {}
    for job in clock.get_jobs():
        times, moment = [], NOW
        for _ in range(3):
            moment = job.trigger.get_next_fire_time(None, moment + timedelta(seconds=1))
            times.append(moment)
        fires[job.id] = times
    assert [f"{time:%d %H:%M}" for time in fires["ingest"]] == ["01 13:00", "02 01:00", "02 13:00"]
    assert [f"{time:%d %H:%M}" for time in fires["upkeep"]] == ["02 04:00", "03 04:00", "04 04:00"]
    assert all(time.tzinfo for times in fires.values() for time in times)


@pytest.mark.parametrize("succeeded_at, overdue", [
    pytest.param(None, True, id="never"),
    pytest.param(NOW - timedelta(hours=12), False, id="exactly twelve hours ago"),
    pytest.param(NOW - timedelta(hours=12, seconds=1), True, id="over twelve hours ago"),
    pytest.param(NOW + timedelta(minutes=11), True, id="ahead of the clock"),
])
def test_it_catches_up_when_the_last_success_is_over_twelve_hours_old(succeeded_at, overdue):
    assert is_overdue(succeeded_at, now=NOW) == overdue


@pytest.fixture
def silent_source():
    """A server that takes a question and never answers it; `asked` is set when one came."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        asked, held = threading.Event(), []

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                held.append(connection)
                if connection.recv(1):
                    asked.set()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
        for connection in held:
            connection.close()


def test_sigterm_ends_it_in_the_middle_of_a_run(start_worker, silent_source, sessions_of):
    """R65: every run is a row, also one that was stopped."""
    url, asked = silent_source
    worker = start_worker(SETA_ACTIVEDATA_URL=url, SETA_PROJECTS="autoland=taskcluster")
    worker.wait_for("the worker is active")
    assert asked.wait(30)

    worker.process.send_signal(signal.SIGTERM)
    assert worker.end() == 0  # the source would have kept it for minutes

    with sessions_of() as session:
        found = runs.runs(session, task="ingest")
    assert [(run.project, run.status) for run in found] == [("autoland", "stopped")]


def test_an_idle_worker_ends_at_once(start_worker):
    worker = start_worker(SETA_SOURCE="none")
    worker.wait_for("the worker is active")
    worker.process.send_signal(signal.SIGTERM)
    assert worker.end() == 0
    assert "the worker has stopped" in worker.log


def test_a_second_worker_waits_until_the_first_is_killed(start_worker):
    first = start_worker(SETA_SOURCE="none")
    first.wait_for("the worker is active")
    second = start_worker(SETA_SOURCE="none")
    second.wait_for("another worker is active; waiting")

    first.process.kill()
    second.wait_for("the worker is active")


def test_a_waiting_worker_ends_when_it_is_told(start_worker):
    first = start_worker(SETA_SOURCE="none")
    first.wait_for("the worker is active")
    second = start_worker(SETA_SOURCE="none")
    second.wait_for("another worker is active; waiting")
    second.process.send_signal(signal.SIGTERM)
    assert second.end() == 0


def test_one_project_that_fails_does_not_stop_the_others(sessions_of, silent_source):
    """R25: an outage shows as a failed run and an alarm, and the clock goes on."""
    with sessions_of.begin() as session:
        store.add_scope(session, Scope("trunk"))
        for name in ("autoland", "mozilla-inbound"):
            store.add_project(session, Project(name, build_systems=("buildbot",),
                                               source="activedata"))
    Work(sessions_of, Settings(activedata_url="http://127.0.0.1:9")).ingest_and_analyze()

    with sessions_of() as session:
        found = runs.runs(session)
        alarms = open_alarms(session)
    assert {(run.task, run.project, run.status) for run in found} == {
        ("ingest", "autoland", "failed"), ("ingest", "mozilla-inbound", "failed")}
    assert {alarm.subject for alarm in alarms} == {"ingest autoland", "ingest mozilla-inbound"}
    assert all("127.0.0.1:9" in run.error for run in found)


def test_a_scope_that_is_fed_by_files_is_analyzed_by_the_clock(sessions_of):
    with sessions_of.begin() as session:
        store.add_scope(session, Scope("mine"))
        store.add_project(session, Project("mine-ci", "mine", source="files"))
        store.add_scope(session, Scope("old", is_archived=True))
        store.add_project(session, Project("old-ci", "old"))
    Work(sessions_of, Settings(source="none")).ingest_and_analyze()

    with sessions_of() as session:
        assert [(run.task, run.scope) for run in runs.runs(session)] == [("analysis", "mine")]


def test_each_project_is_asked_from_its_own_source_and_those_fed_by_files_from_none(sessions_of):
    with sessions_of.begin() as session:
        store.add_scope(session, Scope("trunk"))
        store.add_project(session, Project("from-treeherder", source="treeherder"))
        store.add_project(session, Project("from-files", source="files"))
        store.add_project(session, Project("chosen-by-nobody", source=""))
    Work(sessions_of, Settings(source="activedata", activedata_url="http://127.0.0.1:9",
                               treeherder_url="http://127.0.0.1:9")).ingest_and_analyze()

    with sessions_of() as session:
        assert {(run.project, run.source) for run in runs.runs(session, task="ingest")} == {
            ("from-treeherder", "treeherder"), ("chosen-by-nobody", "activedata")}


@pytest.mark.parametrize("source, expected", [("treeherder", "treeherder"), ("none", "files")])
def test_seeded_projects_get_the_source_of_the_settings(sessions_of, source, expected):
    with sessions_of.begin() as session:
        store.add_scope(session, Scope("trunk"))
        store.add_project(session, Project("chosen-by-nobody", source=""))
        store.add_project(session, Project("known", source="activedata"))
    Work(sessions_of, Settings(source=source, projects=(("autoland", ("taskcluster",)),))
         ).seed_projects()
    with sessions_of() as session:
        assert {each.name: each.source for each in store.projects(session)} == {
            "autoland": expected, "chosen-by-nobody": expected, "known": "activedata"}


def test_only_the_projects_of_live_scopes_are_live(sessions_of):
    with sessions_of() as session:
        store.add_scope(session, Scope("trunk"))
        store.add_scope(session, Scope("old", is_archived=True))
        for name, scope in (("old-ci", "old"), ("mozilla-inbound", "trunk"), ("autoland", "trunk")):
            store.add_project(session, Project(name, scope))
        assert [project.name for project in store.live_projects(session)] == [
            "autoland", "mozilla-inbound"]


def test_the_upkeep_is_a_row_with_counts(sessions_of):
    Work(sessions_of, Settings()).upkeep()
    with sessions_of() as session:
        (run,) = runs.runs(session, task="upkeep")
    assert run.status == "done"
    assert run.counts == {"results": 0, "pushes": 0, "lists": 0}


def test_projects_are_seeded_once_and_stay_as_they_were_changed(sessions_of):
    """R71: no project is hard-coded; the settings only seed them."""
    work = Work(sessions_of, Settings(projects=(("autoland", ("taskcluster",)),)))
    work.seed_projects()
    with sessions_of.begin() as session:
        known = store.project_named(session, "autoland")
        store.save_project(session, Project("autoland", is_killed=True))
    assert known.scope == "trunk"
    work.seed_projects()
    with sessions_of() as session:
        assert store.project_named(session, "autoland").is_killed


def test_a_worker_that_starts_catches_up_from_source_to_snapshot(start_worker, sessions_of):
    """R45, R65: what it ingests is analyzed and published, with the run's row and counts."""
    pushed = int((datetime.now(UTC) - timedelta(hours=3)).timestamp())
    rows = [flat_row(number, f"test-linux64/opt-{suite}", **{
        "build.date": pushed, "last_modified": pushed + 60, "run.result": "testfailed",
        "failure.classification": "fixed by commit", "failure.notes.text": fix * 12,
        "failure.notes.created": pushed + 60,
        "failure.notes.failure_classification": "fixed by commit"})
        for number, (suite, fix) in enumerate(
            [("mochitest-1", "a"), ("mochitest-1", "b"), ("xpcshell", "b")], 1)]
    with scripted(SmallActiveData(rows)) as activedata:
        worker = start_worker(SETA_ACTIVEDATA_URL=activedata.url, SETA_WINDOW="2d",
                              SETA_PROJECTS="autoland=taskcluster",
                              SETA_TASKCLUSTER_URL="http://127.0.0.1:9")
        worker.wait_for("of trunk is published")
        worker.process.send_signal(signal.SIGTERM)
        assert worker.end() == 0

    with sessions_of() as session:
        by_task = {run.task: run for run in runs.runs(session)}
        published = publication_state(session, "trunk").snapshot_id
        snapshot = snapshot_with_id(session, published)
    assert by_task["ingest"].status == by_task["analysis"].status == "done"
    assert by_task["ingest"].counts["results"] >= 3
    assert [(str(each.job_type), int(each.priority)) for each in snapshot.priorities] == [
        ("linux64/opt-mochitest-1", 1), ("linux64/opt-xpcshell", 2)]
