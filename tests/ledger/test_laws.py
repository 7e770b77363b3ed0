"""Promises of the ledger, over many histories."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seta.domain import Cadence, Interval
from seta.ledger import schedule_failed

pytestmark = pytest.mark.slow

INTERVALS = {"priority_2": "2", "priority_3": "3"}
FEW = settings(max_examples=40, deadline=None, database=None,
               suppress_health_check=[HealthCheck.function_scoped_fixture])

intervals = st.builds(Interval, st.integers(1, 6), st.integers(1, 60))
cadences = st.builds(Cadence, intervals, intervals, intervals)
gaps = st.lists(st.integers(0, 40), min_size=1, max_size=14)


@pytest.fixture
def fresh(session, make_ci):
    """Make a project of its own for each history."""
    made = Counter()

    def make(**more):
        made["all"] += 1
        return make_ci(session, f"p{made['all']}", **more)
    return make


def minutes_of(gaps):
    at, found = 0, []
    for gap in gaps:
        at += gap
        found.append(at)
    return found


def runs(answer, interval) -> bool:
    return answer["kind"] == "full" or answer["priorities"][INTERVALS[interval]]["due"]


@FEW
@given(gaps=gaps, cadence=cadences)
def test_no_priority_waits_longer_than_its_limits(fresh, gaps, cadence):
    """R11, R18: on counting pushes every interval runs within Y pushes and T minutes."""
    ci = fresh(cadence=cadence)
    answers = [(at, ci.ask(str(number), at)) for number, at in enumerate(minutes_of(gaps))]
    for name in INTERVALS:
        interval = getattr(cadence, name)
        waiting, ran_at = 0, answers[0][0]
        for at, answer in answers:
            if runs(answer, name):
                waiting, ran_at = 0, at
                continue
            waiting += 1
            assert waiting < interval.pushes and at - ran_at < interval.minutes
    assert answers[0][1]["kind"] == "full"


@FEW
@given(gaps=gaps, repeats=st.lists(st.integers(0, 13), min_size=14, max_size=28))
def test_repeating_anything_changes_nothing(fresh, gaps, repeats):
    """R10: a history with every question asked any number of times answers like the plain one."""
    cadence = Cadence(Interval(2, 30), Interval(3, 60), Interval(5, 90))
    plain, repeating = fresh(cadence=cadence), fresh(cadence=cadence)
    times = minutes_of(gaps)
    expected = [plain.ask(str(number), at) for number, at in enumerate(times)]
    for number, at in enumerate(times):
        answer = repeating.ask(str(number), at)
        assert {**answer, "snapshot": 0} == {**expected[number], "snapshot": 0}
        for again in repeats[number::14]:
            again %= number + 1
            repeating.preview(str(again), times[again])
            repeating.due(at)
            assert repeating.ask(str(again), times[again])["run"] == expected[again]["run"]


@FEW
@given(order=st.permutations(range(10)), gap=st.integers(0, 30))
def test_whatever_order_pushes_arrive_in(fresh, order, gap):
    """R18: the late ones run everything; the others keep the cadence as if those had not been."""
    cadence = Cadence(Interval(3, 1000), Interval(4, 1000), Interval(7, 1000))
    ci, in_order = fresh(cadence=cadence), fresh(cadence=cadence)
    newest = -1
    for number in order:
        answer = ci.ask(str(number), number * gap, now=ci.at(10_000))
        if gap and number < newest:
            assert answer["kind"] == "full" and not answer["next_due"]
        else:
            newest = max(newest, number)
            expected = in_order.ask(str(number), number * gap)
            assert {**answer, "snapshot": 0} == {**expected, "snapshot": 0}


@FEW
@given(gaps=gaps, failed=st.sets(st.integers(0, 13)))
def test_a_run_that_failed_is_made_up_for_at_once(fresh, gaps, failed):
    """R13: what a push was to run and did not is due on the next one."""
    ci = fresh()
    owed = set(INTERVALS)
    for number, at in enumerate(minutes_of(gaps)):
        answer = ci.ask(str(number), at)
        assert all(runs(answer, interval) for interval in owed)
        ran = {interval for interval in INTERVALS if runs(answer, interval)}
        owed -= ran
        if number in failed:
            schedule_failed(ci.session, ci.project.name, ci.build_system, str(number), why="down",
                            now=ci.at(at) + timedelta(seconds=1))
            owed |= ran


@FEW
@given(gaps=gaps)
def test_every_answer_names_each_job_once(fresh, gaps):
    """R1: run and skip together are all that is alive, sorted, and nothing is in both."""
    ci = fresh(cadence=Cadence(Interval(2, 30), Interval(3, 60), Interval(5, 90)))
    for number, at in enumerate(minutes_of(gaps)):
        answer = ci.ask(str(number), at)
        assert sorted(answer["run"] + answer["skip"]) == sorted(ci.published.names)
        assert answer["run"] == sorted(answer["run"]) and answer["skip"] == sorted(answer["skip"])
