"""SETA on its own consequences, on small simulated CIs."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from seta.domain import Cadence, Interval, Priority, Scope
from seta.ledger.prepared import PreparedNames
from seta.ledger.turns import Turn, turns_of
from seta.proof.evidence import SimulationRecorder
from seta.proof.loop import POLICIES, loop_days, report_of, start
from seta.proof.loop.policies import by_pushes
from seta.proof.loop.world import due_jobs
from seta.proof.replay import decisions
from seta.proof.simulation import Shape, Simulation
from seta.proof.simulation.shape import START

SMALL = Shape(pushes_per_day=8, job_types=40, regressions_per_day=4, components=10)
DAYS, WARM_UP = 8, 15
PLAIN = replace(POLICIES["cover"], cadence=by_pushes(2, 3, 6))
ALWAYS = POLICIES["everything on every push"]


@pytest.fixture(scope="module")
def world():
    return start(SMALL, 3, days=DAYS, warm_up=WARM_UP)


def days_of(world, policy):
    return list(loop_days(world, policy, warm_up=WARM_UP))


@pytest.fixture(scope="module")
def plain(world):
    return days_of(world, PLAIN)


def test_where_everything_runs_the_loop_decides_as_on_the_history(world):
    """Nothing is left out, so nothing that is seen differs from a run without SETA."""
    days = days_of(world, replace(ALWAYS, is_frozen=False))
    moments = [START + timedelta(days=WARM_UP + day) for day in range(DAYS)]
    whole = Simulation(replace(SMALL, days=DAYS + WARM_UP, has_rename=False), 3)
    history = SimulationRecorder(whole, Scope("loop"), moments).record_all()
    assert [replace(day.problem, kept=frozenset()) for day in days] == [
        history.problem_at(at) for at in moments]
    report = report_of(ALWAYS, 3, days).whole
    assert report.cost == report.dear_push == pytest.approx(1)
    assert report.regressions == sum(
        START + timedelta(days=WARM_UP) <= whole.push(each.landed).pushed_at
        for each in whole.regressions) > 10
    assert 0.8 < report.on_push < 1    # witnesses may fail for another reason, or pass by chance


def test_the_same_seed_gives_the_same_and_the_world_stays(world, plain):
    again = report_of(PLAIN, 3, loop_days(world, PLAIN, warm_up=WARM_UP))
    assert again == report_of(PLAIN, 3, plain)
    assert not world.landed and again.days == DAYS


def test_what_did_not_run_is_no_witness(world):
    """Where low-value jobs never run, every failure is one of the day's set, and costs are its."""
    policy = replace(PLAIN, runs_low_value=False)
    days = days_of(world, policy)
    first = days[0].problem.regressions
    known = {each.fixed_by for each in first}
    was_first = set()
    for day in days:
        assert all(cost.run == pytest.approx(cost.every_push) for cost in day.costs)
        was_first |= {each.job_type for each in day.decision.verdicts
                      if each.priority is Priority.FIRST}
        for each in day.problem.regressions:
            assert each.fixed_by in known or each.caught_by <= was_first
    landed = [each for day in days for each in day.landed]
    assert all(each.by_set == each.on_push for each in landed)
    assert any(each.pushes_late is None for each in landed)


def test_the_cadence_finds_what_the_set_does_not(world, plain):
    report = report_of(PLAIN, 3, plain).whole
    assert report.by_set < report.on_push < 1 and report.set_cost < report.cost < 1
    late = [each.pushes_late for day in plain for each in day.landed]
    assert all((each.pushes_late == 0) == each.on_push for day in plain for each in day.landed)
    assert max(each for each in late if each is not None) > 0


def test_a_frozen_set_stays(world):
    days = days_of(world, replace(PLAIN, is_frozen=True))
    assert days[0].decision is not None and not any(day.decision for day in days[1:])
    assert {day.chosen for day in days} == {days[0].chosen} and days[5].turnover == 0


def test_a_price_for_change_keeps_what_was_chosen_the_day_before(world, plain):
    days = days_of(world, replace(PLAIN, changes={"change_price": 1.3}))
    assert all(day.problem.kept == before.chosen for before, day in zip(days, days[1:]))
    turnover = [sum(day.turnover for day in each) for each in (plain, days)]
    assert 0 < turnover[1] <= turnover[0]
    assert days[0].decision == plain[0].decision


def test_what_is_due_is_what_the_ledger_answers():
    """The loop picks jobs by arrays, and the ledger by names: one rule."""
    cadence = Cadence(Interval(3, 999), Interval(4, 999), Interval(9, 999), is_staggered=True)
    priority = np.array([1, 2, 2, 2, 3, 3, 3, 3] * 3)
    spread = np.arange(24) * 7
    names = PreparedNames(
        {f"job-{job:02}": Priority(int(each)) for job, each in enumerate(priority)},
        lambda: {f"job-{job:02}": int(each) for job, each in enumerate(spread)})
    for due in decisions([START + timedelta(minutes=push) for push in range(9)], cadence):
        expected = names.selective(due.priorities, frozenset(), due.turns).run
        assert tuple(f"job-{job:02}" for job in np.flatnonzero(
            due_jobs(due, priority, spread))) == expected
    assert Turn(Priority.SECOND, 1, 3) in turns_of(Priority.SECOND, cadence)
