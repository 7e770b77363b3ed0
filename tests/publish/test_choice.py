"""What a scope's budget and objective make of its evidence, stored and said."""

import re
from datetime import timedelta

import pytest
from publish.made_evidence import DAY, NOW

from seta.config import Settings
from seta.domain import EXPECTED_COVERAGE, Scope
from seta.publish import analyze
from seta.publish.diff import diff
from seta.publish.gather import gather
from seta.publish.trust import why_cover
from seta.store import snapshots
from seta.store.curation import projects
from seta.store.snapshots.backtests import add_backtest

A, B, C = (f"test-linux64/opt-mochitest-{chunk}" for chunk in (1, 2, 3))


def backtested(session, interval, *, made_at=NOW - DAY, policy=EXPECTED_COVERAGE):
    add_backtest(session, "trunk", made_at=made_at, result={
        "policies": [{"policy": "cover, k = 1", "difference_interval": [0.0, 0.0]},
                     {"policy": policy, "difference_interval": interval}]})


def test_a_snapshot_says_what_of_its_cost_is_cover_and_what_is_budget(evidence, sessions, settings):
    """b sees what a sees, for less than what is left; a week ago everything was cheaper still."""
    evidence.scope(budget=1.5).project()
    evidence.caught("1" * 12, A, duration_ms=60_000).caught("2" * 12, A, B, duration_ms=60_000)
    evidence.passed(B, duration_ms=0).passed(C, duration_ms=600_000)
    snapshot = analyze(sessions, "trunk", now=NOW, settings=settings)
    found = {str(each.job_type): (each.priority.value, each.reason)
             for each in snapshot.priorities}
    assert found == {"linux64/opt-mochitest-1": (1, "chosen"),
                     "linux64/opt-mochitest-2": (1, "expected"),
                     "linux64/opt-mochitest-3": (3, "caught nothing")}
    choice = snapshot.inputs["choice"]
    assert (choice["cover_cost"], choice["cost"]) == (60_000, 90_000)
    assert snapshot.objective == 60_000 and snapshot.status == "optimal"
    with sessions() as session:
        stored = snapshots.snapshot_with_id(session, snapshot.id)
    assert stored == snapshot

    with sessions.begin() as session:
        projects.save_scope(session, Scope("trunk"))
    plain = analyze(sessions, "trunk", now=NOW, settings=settings)
    with sessions() as session:
        [change] = diff(session, snapshot.id, plain.id)
    assert (change.reason_before, change.reason_after) == ("expected", "covered")


def test_ages_are_days_since_the_first_failing_push(evidence, sessions, settings):
    evidence.scope().project().caught("1" * 12, A, at=NOW - 3 * DAY).caught("1" * 12, B)
    with sessions() as session:
        problem = gather(session, projects.scope_named(session, "trunk"), now=NOW, as_of=None,
                         settings=settings).problem
    assert problem.ages == {"1" * 12: 3.0}


@pytest.mark.parametrize("interval, why", [
    pytest.param([-0.009, 0.05], "", id="loses nothing"),
    pytest.param([-0.012, 0.05], "in backtest [0-9]+ the expected choice may catch 1.2 points "
                 "less than the cover, more than 1", id="may lose"),
    pytest.param(None, "backtest [0-9]+ does not say", id="no interval"),
])
def test_the_newest_backtest_says_whether_the_expected_may_be_used(trunk, sessions, interval, why):
    scope = Scope("trunk", objective="expected")
    with sessions() as session:
        assert "run `seta backtest`" in why_cover(session, scope, known_by=NOW)
        backtested(session, [-0.5, 0.5] if not why else [0.1, 0.2], made_at=NOW - 2 * DAY)
        backtested(session, interval)
        found = why_cover(session, scope, known_by=NOW)
        assert found == "" if not why else re.match(why, found)
        assert why_cover(session, Scope("trunk"), known_by=NOW) == ""


def test_an_analysis_of_the_past_sees_no_later_backtest(trunk, sessions):
    with sessions() as session:
        backtested(session, [0.1, 0.2])
        assert "run `seta backtest`" in why_cover(
            session, Scope("trunk", objective="expected"), known_by=NOW - DAY - timedelta(hours=1))


def test_a_backtest_that_did_not_try_it_changes_nothing(trunk, sessions):
    """As `seta backtest --policy ...` makes, or an earlier release did."""
    scope = Scope("trunk", objective="expected")
    with sessions() as session:
        backtested(session, [0.1, 0.2], policy="greedy by cost")
        assert "run `seta backtest`" in why_cover(session, scope, known_by=NOW)
        backtested(session, [0.1, 0.2])
        backtested(session, [0.1, 0.2], policy="greedy by cost")
        assert why_cover(session, scope, known_by=NOW) == ""


def test_the_snapshot_says_why_the_cover_was_used(evidence, sessions):
    evidence.scope(objective="expected").project().caught("1" * 12, A)
    snapshot = analyze(sessions, "trunk", now=NOW, settings=Settings(), dry_run=True)
    choice = snapshot.inputs["choice"]
    assert choice["objective"] == "cover" and snapshot.inputs["objective"] == "expected"
    assert choice["why_cover"].startswith("the window has 1 regression")
