"""A backtest knows in which turn of a staggered cadence each job runs."""

from dataclasses import replace
from datetime import timedelta

import pytest
from ci_world import NOON

from seta.domain import Cadence, Interval, JobType, Priority
from seta.ledger.turns import spread_of, turns_of
from seta.proof.backtest.timelines import Timeline
from seta.proof.loop.policies import by_pushes
from seta.proof.replay import decisions

CADENCE = Cadence(Interval(3, 999), Interval(4, 999), Interval(10, 999), is_staggered=True)
TIMES = [NOON + timedelta(minutes=number) for number in range(24)]


def test_a_job_runs_on_the_pushes_of_its_turn():
    line, ran = Timeline(TIMES, CADENCE), list(decisions(TIMES, CADENCE))
    for chunk in range(1, 9):
        job_type = JobType("linux64", "opt", "mochitest", chunk)
        spread = line.spread(job_type)
        assert spread == spread_of(job_type)
        for priority in (Priority.SECOND, Priority.THIRD):
            pushes = [number for number, due in enumerate(ran) if priority in due.priorities
                      or any(turn.priority is priority and turn.has(spread) for turn in due.turns)]
            for push in range(24):
                assert line.next_run(priority, push, spread) == min(
                    (each for each in pushes if each >= push), default=None)
                assert line.last_run(priority, push, spread) == max(
                    (each for each in pushes if each < push), default=-1)


def test_what_a_priority_takes_is_the_mean_of_its_turns():
    """Of nine pushes after the first, each runs a third of priority 2."""
    line = Timeline(TIMES, CADENCE)
    assert line.runs_between(Priority.SECOND, 0, 10) == 1 + 9 / 3
    assert line.runs_between(Priority.THIRD, 0, 10) == 1 + 9 / 4
    assert len(turns_of(Priority.THIRD, CADENCE)) == 4


def test_twenty_pushes_take_what_the_docs_say():
    """Turns cost more after each backstop: they come before their pushes are over."""
    together = by_pushes(5, 10, 20)
    for cadence, times in ((together, (4, 2)), (replace(together, is_staggered=True), (4.8, 2.9))):
        line = Timeline([NOON + timedelta(minutes=number) for number in range(20)], cadence)
        assert [line.runs_between(each, 0, 20) for each in (Priority.SECOND, Priority.THIRD)] == [
            pytest.approx(each) for each in times]


def test_where_there_are_no_turns_all_run_together():
    line = Timeline(TIMES, Cadence(Interval(3, 999), Interval(4, 999), Interval(10, 999)))
    assert line.spread(JobType("linux64", "opt", "mochitest", 3)) == 0
    assert line.next_run(Priority.SECOND, 1, 7) == line.next_run(Priority.SECOND, 1) == 3
