"""What is held back, how that shows, and how it ends."""

from dataclasses import replace
from datetime import timedelta

import pytest
from publish.made_evidence import DAY, NOW

from seta.domain import Scope
from seta.publish import analyze, publish, roll_back, watch_clock
from seta.publish.halves import HalfWatch
from seta.store import snapshots
from seta.store.operation.alarms import open_alarms
from seta.store.operation.runs import recorded_run

LATER = NOW + timedelta(hours=12)
SUITES = [f"test-linux64/opt-mochitest-{number}" for number in range(1, 11)]


@pytest.fixture
def run(sessions, settings):
    def analyze_trunk(now=LATER, settings=settings, **more):
        return analyze(sessions, "trunk", now=now, settings=settings, **more)
    return analyze_trunk


@pytest.fixture
def first(trunk, run):
    """A published snapshot of ten job types, of which the first is high value."""
    trunk.caught("a" * 12, SUITES[0]).passed(*SUITES)
    return run(now=NOW)


def published(sessions):
    with sessions() as session:
        return snapshots.publication_state(session, "trunk").snapshot_id


def alarms(sessions):
    with sessions() as session:
        return {alarm.subject: alarm.message for alarm in open_alarms(session)}


def move(trunk, count):
    """Make `count` job types high value that were not."""
    for number, name in enumerate(SUITES[1:count + 1]):
        trunk.caught(f"{number:012x}", name, at=NOW + timedelta(hours=1))


def test_the_first_snapshot_is_exempt_from_the_limit_on_change(first):
    assert first.is_published


@pytest.mark.parametrize("count, is_held", [
    pytest.param(3, False, id="as much as is allowed"),
    pytest.param(4, True, id="one more"),
])
def test_what_moves_too_much_is_held_back(trunk, sessions, run, first, count, is_held):
    """R23"""
    move(trunk, count)
    snapshot = run()
    assert (snapshot.held_because is not None) == is_held
    assert published(sessions) == (first.id if is_held else snapshot.id)
    if is_held:
        assert snapshot.held_because == (
            "40.0% of the job types move between priority 1 and the rest, more than 30%")
        assert "40.0%" in alarms(sessions)["snapshot trunk"]


def test_only_job_types_that_both_know_count_as_change(trunk, run, first):
    for number in range(20):
        trunk.caught(f"{number:012x}", f"test-linux64/opt-reftest-{number + 1}",
                     at=NOW + timedelta(hours=1))
    assert run().is_published


def test_a_dry_run_says_what_would_be_held(trunk, run, first):
    """R70"""
    move(trunk, 4)
    assert "40.0%" in run(dry_run=True).held_because


def test_a_held_snapshot_is_kept_and_the_next_good_one_ends_the_alarm(
    trunk, sessions, run, first, settings
):
    move(trunk, 4)
    held = run()
    with sessions() as session:
        assert snapshots.snapshot_with_id(session, held.id) == held
    run(settings=replace(settings, max_change=0.5))
    assert alarms(sessions) == {}


@pytest.mark.parametrize("ingests, is_held", [
    pytest.param([("autoland", "failed")], True, id="failed"),
    pytest.param([("autoland", "failed"), ("autoland", "done")], False, id="good again"),
    pytest.param([("autoland", "done"), ("autoland", "failed")], True, id="good before"),
    pytest.param([("autoland", "done"), ("other", "failed")], True, id="another of the scope"),
    pytest.param([("elsewhere", "failed")], False, id="of another scope"),
    pytest.param([], False, id="none at all"),
])
def test_after_a_failed_ingest_nothing_is_published(trunk, sessions, run, ingests, is_held):
    """R25: a source that failed is no proof that nothing failed."""
    trunk.project("other").scope("far").project("elsewhere", "far").caught("a" * 12, SUITES[0])
    for minutes, (project, status) in enumerate(ingests):
        trunk.ingested(project, status=status, at=NOW + timedelta(minutes=minutes))
    snapshot = run()
    assert (published(sessions) is None) == is_held
    if is_held:
        assert "failed: no answer" in snapshot.held_because


def test_an_archive_has_no_ingest_to_wait_for(trunk, sessions, settings):
    trunk.scope("old", is_archived=True).project("attic", "old")
    trunk.caught("a" * 12, SUITES[0], project="attic").ingested("attic", status="failed")
    assert analyze(sessions, "old", now=NOW, settings=settings).is_published


IMPORT = "import into trunk"


@pytest.mark.parametrize("statuses, reason", [
    pytest.param(["failed"], f"the last {IMPORT} failed: cut off", id="failed"),
    pytest.param(["stopped"], f"the last {IMPORT} stopped before its end", id="stopped"),
    pytest.param(["running"], f"the last {IMPORT} stopped before its end", id="killed"),
    pytest.param(["done", "stopped"], f"the last {IMPORT} stopped", id="whole before"),
    pytest.param(["failed", "done"], None, id="whole again"),
    pytest.param(["failed", "stopped", "done"], None, id="whole after two"),
])
def test_nothing_is_published_on_half_an_import(trunk, sessions, run, statuses, reason):
    """The first snapshot, too; the next whole import makes up for it."""
    trunk.caught("a" * 12, SUITES[0])
    for status in statuses:
        trunk.ran("import", status=status, source=f"{status}.ndjson")
    snapshot = run()
    if reason is None:
        assert snapshot.is_published
    else:
        assert reason in snapshot.held_because and published(sessions) is None
        assert reason in alarms(sessions)["snapshot trunk"]
        trunk.ran("import")
        assert run().is_published


def test_half_an_archive_is_not_published_either(trunk, sessions, settings):
    trunk.scope("old", is_archived=True).project("attic", "old")
    trunk.caught("a" * 12, SUITES[0], project="attic").ran(scope="old", status="stopped")
    held = analyze(sessions, "old", now=NOW, settings=settings)
    assert "the last import into old stopped before its end" in held.held_because
    trunk.ran(scope="old")
    assert analyze(sessions, "old", now=NOW, settings=settings).is_published


def test_an_import_that_goes_on_holds_the_snapshot_that_is_made_meanwhile(trunk, sessions, run):
    trunk.caught("a" * 12, SUITES[0])
    with recorded_run(sessions, "import", now=NOW, scope="trunk"):
        trunk.ran("import")   # another one, whole: it makes up for nothing here
        assert (f"the {IMPORT} that began at 2026-03-01 12:00 UTC went on while its results were "
                "read") in run().held_because
    assert run().is_published


def test_an_import_that_came_and_went_while_results_were_read_is_noticed(trunk, sessions):
    with sessions() as session:
        watch = HalfWatch(session, Scope("trunk"))
        trunk.ran("import")
        assert [f"the {IMPORT} that began" in reason for reason in watch.reasons()] == [True]
        assert HalfWatch(session, Scope("trunk")).reasons() == ()


@pytest.mark.parametrize("source, runs, is_held", [
    pytest.param("treeherder", [("failed", True)], True, id="its own source"),
    pytest.param("treeherder", [("failed", True), ("done", False)], True, id="then a span by hand"),
    pytest.param("treeherder", [("done", True), ("failed", False)], True, id="a span that failed"),
    pytest.param("treeherder", [("running", True)], True, id="killed"),
    pytest.param("treeherder", [("running", True), ("done", True)], False, id="made up for"),
    pytest.param("activedata", [("failed", True)], False, id="another live source"),
    pytest.param("files", [("failed", True)], False, id="files"),
])
def test_only_the_source_that_feeds_a_project_holds_its_snapshots(
    evidence, run, source, runs, is_held
):
    """A source that fed it once, and failed, held every snapshot for ever."""
    evidence.scope().project(source=source).caught("a" * 12, SUITES[0])
    for status, is_whole in runs:
        evidence.ran("ingest", project="autoland", source="treeherder", status=status,
                     is_whole=is_whole)
    assert (run().held_because is not None) == is_held


def test_results_from_ahead_of_the_clock_hold_the_snapshot_with_an_alarm(trunk, sessions, run):
    trunk.caught("a" * 12, SUITES[0]).ingested(at=LATER + timedelta(minutes=11))
    assert ("results of autoland were taken in last at 2026-03-02 00:11 UTC, which is ahead of the "
            "clock (2026-03-02 00:00 UTC)") in run().held_because
    assert "ahead of the clock" in alarms(sessions)["snapshot trunk"]
    trunk.ingested(at=LATER + timedelta(minutes=10))
    assert run().is_published and alarms(sessions) == {}


def test_a_snapshot_from_ahead_of_the_clock_does_not_hold_those_after_it(trunk, sessions, run):
    trunk.caught("a" * 12, SUITES[0])
    run(now=LATER + 7 * DAY)   # the clock was wrong
    snapshot = run()
    assert published(sessions) == snapshot.id


def test_the_clock_raises_an_alarm_until_the_times_are_right(trunk, sessions, run):
    """The worker looks at every tick; the projects of archives have no say."""
    trunk.scope("old", is_archived=True).project("attic", "old").ingested("attic", at=NOW + DAY)
    trunk.caught("a" * 12, SUITES[0]).ingested(at=NOW + DAY)
    for now, subjects in ((NOW, {"clock autoland"}), (NOW + DAY, set())):
        with sessions.begin() as session:
            watch_clock(session, now=now)
        assert set(alarms(sessions)) == subjects
    run(now=NOW + DAY)
    with sessions.begin() as session:
        watch_clock(session, now=NOW)
    trunk.ingested(at=NOW)
    with sessions.begin() as session:
        watch_clock(session, now=NOW)
    assert "snapshot published for autoland is as of" in alarms(sessions)["clock autoland"]


def test_a_past_moment_is_not_put_in_the_place_of_a_newer_one(sessions, run, first):
    past = run(as_of=NOW - timedelta(minutes=1))
    assert past.id is not None
    assert "is before that of the published snapshot" in past.held_because
    assert published(sessions) == first.id


def test_what_a_person_published_stays_until_released(trunk, sessions, run, first):
    publish(sessions, first.id, who="ann", why="tree closed", now=NOW)
    snapshot = run()
    assert snapshot.held_because == (
        "ann stopped automatic publication on 2026-03-01 12:00: tree closed")
    assert published(sessions) == first.id
    assert alarms(sessions) == {}  # it was meant


def test_a_rollback_stays_too(trunk, sessions, run, first):
    second = run()
    assert published(sessions) == second.id
    roll_back(sessions, "trunk", who="ann", why="wrong", now=LATER)
    assert run(now=LATER + DAY / 24).held_because.startswith("ann stopped")
    assert published(sessions) == first.id
