"""What is held back, how that shows, and how it ends."""

from dataclasses import replace
from datetime import timedelta

import pytest
from publish.made_evidence import DAY, NOW

from seta.publish import analyze, publish, roll_back
from seta.store import snapshots
from seta.store.operation.alarms import open_alarms

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
