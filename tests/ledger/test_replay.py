"""The cadence replayed on pushes that came is the cadence that the ledger keeps."""

from datetime import timedelta

import pytest
from ci_world import NOON
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seta.domain import Cadence, Interval, Priority
from seta.proof.replay import decisions

intervals = st.builds(Interval, st.integers(1, 6), st.integers(1, 60))


@pytest.fixture
def fresh(session, make_ci):
    """Make a project of its own for each history."""
    made = iter(range(1000))
    return lambda cadence: make_ci(session, f"p{next(made)}", cadence=cadence)


@settings(max_examples=30, deadline=None, database=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gaps=st.lists(st.integers(0, 40), min_size=1, max_size=14),
       cadence=st.builds(Cadence, intervals, intervals, intervals))
def test_each_push_runs_what_the_ledger_answers(fresh, gaps, cadence):
    ci = fresh(cadence)
    at, expected, times = 0, [], []
    for number, gap in enumerate(gaps):
        at += gap
        priorities = ci.ask(str(number), at)["priorities"]
        expected.append({each for each in Priority if priorities[str(each.value)]["due"]})
        times.append(ci.at(at))
    assert [each.priorities for each in decisions(times, cadence)] == expected


def test_every_second_push_runs_priority_2_and_every_third_priority_3():
    cadence = Cadence(Interval(2, 1000), Interval(3, 1000), Interval(100, 100_000))
    pushes = [NOON + timedelta(minutes=number) for number in range(7)]
    ran = [each.priorities for each in decisions(pushes, cadence)]
    assert [n for n, each in enumerate(ran) if Priority.SECOND in each] == [0, 2, 4, 6]
    assert [n for n, each in enumerate(ran) if Priority.THIRD in each] == [0, 3, 6]
    assert all(Priority.FIRST in each for each in ran)
