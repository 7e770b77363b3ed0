"""Misses put a job that shows them on every push for a while."""

from dataclasses import replace
from datetime import timedelta

import pytest
from publish.made_evidence import DAY, NOW

from seta.domain import JobType, Miss, MissPush, MissWitness, Override, Pattern, Priority
from seta.publish import analyze
from seta.store.curation.overrides import add_override
from seta.store.ledger.misses import add_miss, end_miss, misses_of

FIX = "c" * 12
PUSH = MissPush("7", "f" * 40, NOW - DAY)
A, B, C = (f"test-linux64/opt-mochitest-{number}" for number in (1, 2, 3))


def job(number):
    return JobType("linux64", "opt", "mochitest", number)


def witness(number, *, has_found=True, left_out=3):
    return MissWitness(f"test-linux64/opt-mochitest-{number}", "taskcluster", job(number), 2,
                       left_out, 0, has_found)


@pytest.fixture
def miss(trunk, sessions):
    """Job 1 is chosen; the others caught nothing that it did not. Store a miss with witnesses."""
    trunk.caught("a" * 12, A, B, C, duration_ms=60_000).passed(A)

    def add(*witnesses, known_at=NOW - DAY / 2, found_at=NOW - DAY):
        with sessions.begin() as session:
            add_miss(session, Miss(
                "autoland", "taskcluster", FIX, B, found_at, PUSH, None, PUSH, PUSH, 4, 3, 3, 60.0,
                None, witnesses), known_at=known_at)
    return add


@pytest.fixture
def decide(sessions, settings):
    """Decide, and return what is promoted, with its certificate."""
    def decide(now=NOW, *, days=14, **more):
        snapshot = analyze(sessions, "trunk", now=now, dry_run=True,
                           settings=replace(settings, promote_days=days), **more)
        return {each.job_type: each.certificate for each in snapshot.priorities
                if each.reason == "forced: promoted" and each.priority is Priority.FIRST}
    return decide


def test_the_job_that_found_it_runs_on_every_push_and_says_why_and_how_long(miss, decide):
    assert decide() == {}
    miss(witness(2), witness(3, has_found=False))
    assert decide() == {job(2): {
        "kind": "forced", "why": "promoted", "miss": FIX, "project": "autoland",
        "until": (NOW + 13 * DAY).isoformat()}}


def test_it_costs_what_it_costs(miss, sessions, settings):
    """Of all that is on every push, in the snapshot's figures."""
    before = analyze(sessions, "trunk", now=NOW, dry_run=True, settings=settings)
    miss(witness(2))
    miss_and_all = analyze(sessions, "trunk", now=NOW, dry_run=True, settings=settings)
    assert miss_and_all.inputs["reasons"]["forced: promoted"] == 1
    assert before.inputs["costs"]["1"] == 60_000 == miss_and_all.inputs["costs"]["1"]
    assert miss_and_all.objective == 0   # the promoted job catches what the chosen one did


def test_it_ends_by_itself(miss, decide):
    miss(witness(2))
    for days, promoted in ((1, False), (2, True), (14, True)):
        assert bool(decide(days=days)) == promoted
    assert decide(NOW + 12.9 * DAY) and not decide(NOW + 13 * DAY)


def test_nothing_is_promoted_where_that_is_turned_off(miss, decide):
    miss(witness(2))
    assert decide(days=0) == {}


def test_what_an_override_lowers_stays_low(miss, decide, sessions):
    miss(witness(2), witness(3))
    with sessions.begin() as session:
        add_override(session, Override("trunk", Pattern(name=B), Priority.THIRD, "x", "ann", NOW))
    assert set(decide()) == {job(3)}


@pytest.mark.parametrize("seconds, promoted", [((50, 70), 2), ((70, 50), 3)])
def test_of_several_that_found_it_the_cheapest_living_one_is_taken(
        miss, decide, trunk, seconds, promoted):
    for name, each in zip((B, C), seconds):
        for hours in range(1, 9):
            trunk.passed(name, duration_ms=each * 1000, at=NOW - DAY - timedelta(hours=hours))
    miss(witness(2), witness(3), witness(9))
    assert set(decide()) == {job(promoted)}


def test_one_that_no_push_left_out_is_not_promoted(miss, decide):
    miss(witness(1, left_out=0), witness(3, has_found=False))
    assert set(decide()) == {job(3)}


def test_a_past_moment_sees_what_was_known_then(miss, decide, sessions):
    miss(witness(2))
    assert decide(as_of=NOW - 0.6 * DAY) == {}
    assert set(decide(as_of=NOW - 0.5 * DAY)) == {job(2)}
    with sessions.begin() as session:
        end_miss(session, misses_of(session, "autoland")[0].id, at=NOW, why="withdrawn")
    assert decide() == {}
    assert set(decide(as_of=NOW - timedelta(seconds=1))) == {job(2)}
