"""Which priorities are due: R10 to R18, each at its boundary."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seta.domain import Cadence, Interval, Priority
from seta.ledger.cadence import IntervalState, NextDue, CadenceState, due_on_push, owed

NOW = datetime(2018, 3, 1, 12, tzinfo=UTC)
CADENCE = Cadence()  # pushes, minutes: 5, 90; 10, 180; 20, 240
FIRST, SECOND, THIRD = Priority
NEVER = IntervalState(None)


def since(pushes: int, minutes: float = 1) -> IntervalState:
    """The state of a priority that ran this long ago, with this many pushes after it."""
    return IntervalState(NOW - timedelta(minutes=minutes), pushes)


def states(priority_2=since(0), priority_3=since(0), backstop=since(0)) -> CadenceState:
    return CadenceState(priority_2, priority_3, backstop)


@pytest.mark.parametrize(
    "known, priorities",
    [
        pytest.param(states(), {FIRST}, id="the push after everything ran"),
        pytest.param(states(priority_2=since(3)), {FIRST}, id="4th push"),
        pytest.param(states(priority_2=since(4)), {FIRST, SECOND}, id="exactly the 5th push"),
        pytest.param(states(priority_2=since(5)), {FIRST, SECOND},
                     id="6th push: the 5th run failed"),
        pytest.param(states(priority_2=since(0, 89.99)), {FIRST}, id="just under 90 minutes"),
        pytest.param(states(priority_2=since(0, 90)), {FIRST, SECOND}, id="exactly 90 minutes"),
        pytest.param(states(priority_3=since(8)), {FIRST}, id="9th push of priority 3"),
        pytest.param(states(priority_3=since(9)), {FIRST, THIRD}, id="exactly the 10th push"),
        pytest.param(states(priority_3=since(0, 180)), {FIRST, THIRD}, id="exactly 180 minutes"),
        pytest.param(states(priority_2=since(4, -60)), {FIRST, SECOND},
                     id="clock went back, 5th push"),
        pytest.param(states(priority_2=since(0, -60)), {FIRST}, id="clock went back"),
        pytest.param(states(priority_2=since(0, -600)), {FIRST}, id="clock went far back"),
        pytest.param(states(priority_2=NEVER), {FIRST, SECOND}, id="priority 2 never ran"),
        pytest.param(states(backstop=since(18)), {FIRST}, id="19th push of the backstop"),
    ],
)
def test_a_priority_is_due_at_exactly_its_interval(known, priorities):
    """R10, R11, R18: counted in pushes and in time since that priority last ran."""
    due = due_on_push(NOW, CADENCE, known)
    assert due.priorities == priorities
    assert not due.is_full and not due.is_backstop


@pytest.mark.parametrize(
    "known",
    [
        pytest.param(CadenceState(NEVER, NEVER, NEVER), id="first push ever"),
        pytest.param(states(backstop=NEVER), id="never a full run"),
        pytest.param(states(backstop=since(19)), id="exactly the 20th push"),
        pytest.param(states(backstop=since(25)), id="owed since the 20th push"),
        pytest.param(states(backstop=since(0, 240)), id="exactly 240 minutes"),
    ],
)
def test_a_backstop_runs_everything_and_everything_counts_from_it(known):
    """R13, R18: a run that failed is none, so it is owed until one succeeds."""
    due = due_on_push(NOW, CADENCE, known)
    assert due.priorities == {FIRST, SECOND, THIRD}
    assert due.is_full and due.is_backstop
    assert due.next_due == {
        "priority_2": NextDue(5, NOW + timedelta(minutes=90)),
        "priority_3": NextDue(10, NOW + timedelta(minutes=180)),
        "backstop": NextDue(20, NOW + timedelta(minutes=240)),
    }


def test_both_low_value_priorities_due_at_once_are_a_full_run_though_no_backstop():
    due = due_on_push(
        NOW, CADENCE, states(priority_2=since(4), priority_3=since(9), backstop=since(9)))
    assert due.is_full and not due.is_backstop
    assert due.next_due["backstop"] == NextDue(20, NOW + timedelta(minutes=240))


def test_what_is_not_due_says_how_much_is_left():
    due = due_on_push(NOW, CADENCE, states(priority_2=since(1, 42), priority_3=since(9, 100)))
    assert due.next_due == {
        "priority_2": NextDue(3, NOW + timedelta(minutes=48)),
        "priority_3": NextDue(10, NOW + timedelta(minutes=180)),
        "backstop": NextDue(19, NOW + timedelta(minutes=239)),
    }
    assert due.reasons == (
        "priority 2 is not due: 2 of 5 pushes, 42 of 90 minutes since it last ran",
        "priority 3 is due: 10 pushes since it last ran (limit 10)",
        "backstop is not due: 1 of 20 pushes, 1 of 240 minutes since it last ran",
    )


@pytest.mark.parametrize(
    "state, reason",
    [
        pytest.param(NEVER, "priority 2 is due: it has never run here", id="never"),
        pytest.param(since(4), "priority 2 is due: 5 pushes since it last ran (limit 5)",
                     id="pushes"),
        pytest.param(since(0, 95), "priority 2 is due: 95 minutes since it last ran (limit 90)",
                     id="time"),
    ],
)
def test_a_reason_says_by_what_a_priority_is_due(state, reason):
    assert due_on_push(NOW, CADENCE, states(priority_2=state)).reasons[0] == reason


@given(pushes=st.integers(1, 30), minutes=st.integers(1, 500), every=st.integers(1, 30),
       after=st.integers(1, 500))
def test_next_due_is_when_it_is_due(pushes, minutes, every, after):
    """Follow what was promised: one push or one minute sooner it is not due, then it is."""
    cadence = Cadence(Interval(every, after), Interval(99, 9999), Interval(99, 9999))
    due = due_on_push(NOW, cadence, states(priority_2=since(pushes - 1, minutes)))
    left, at = due.next_due["priority_2"].pushes_left, due.next_due["priority_2"].at
    ran = SECOND in due.priorities
    last = IntervalState(NOW if ran else NOW - timedelta(minutes=minutes), 0 if ran else pushes)

    def is_due(more_pushes, when):
        later = IntervalState(last.last_at, last.pushes_since + more_pushes - 1)
        return SECOND in due_on_push(when, cadence, states(priority_2=later)).priorities

    soon = min(NOW, at - timedelta(seconds=1))
    assert is_due(left, soon)
    assert left == 1 or not is_due(left - 1, soon)
    assert is_due(1, at)


@pytest.mark.parametrize(
    "known, priorities",
    [
        pytest.param(states(priority_2=since(2, 90)), {SECOND}, id="the tail of a burst"),
        pytest.param(states(priority_2=since(2, 89)), set(), id="not yet"),
        pytest.param(states(priority_2=since(0, 500)), set(), id="it ran on the newest push"),
        pytest.param(states(priority_2=since(5)), {SECOND}, id="the run of the 5th push failed"),
        pytest.param(states(priority_2=since(4)), set(), id="the next push will be the 5th"),
        pytest.param(states(backstop=since(1, 240)), {FIRST, SECOND, THIRD}, id="backstop"),
        pytest.param(CadenceState(NEVER, NEVER, NEVER), set(), id="no push yet"),
        pytest.param(states(backstop=IntervalState(None, 1)), {FIRST, SECOND, THIRD},
                     id="the first full run failed"),
    ],
)
def test_what_is_owed_though_no_push_came(known, priorities):
    """R12, R13: for a timer, so that the tail of a burst is tested."""
    due = owed(NOW, CADENCE, known)
    assert due.priorities == priorities
    assert due.is_full == due.is_backstop == (len(priorities) == 3)


def test_what_is_owed_later_says_when():
    due = owed(NOW, CADENCE, states(priority_2=since(2, 30)))
    assert due.next_due["priority_2"] == NextDue(3, NOW + timedelta(minutes=60))
    assert due.reasons[0] == (
        "priority 2 is not due: 2 of 5 pushes, 30 of 90 minutes since it last ran")


def test_a_day_of_pushes_has_the_promised_rhythm():
    """Every 5th push runs priority 2, every 10th priority 3 too; every 10th is thereby full."""
    cadence = Cadence(Interval(5, 9999), Interval(10, 9999), Interval(20, 9999))
    last = dict.fromkeys(("priority_2", "priority_3", "backstop"))
    ran = []
    for number in range(21):
        at = NOW + timedelta(minutes=number)
        due = due_on_push(at, cadence, CadenceState(**{
            name: NEVER if when is None
            else IntervalState(NOW + timedelta(minutes=when), number - when - 1)
            for name, when in last.items()}))
        for name, runs in {"priority_2": SECOND in due.priorities,
                           "priority_3": THIRD in due.priorities,
                           "backstop": due.is_full}.items():
            if runs:
                last[name] = number
        ran.append(len(due.priorities))
    assert ran == [3, 1, 1, 1, 1, 2, 1, 1, 1, 1, 3, 1, 1, 1, 1, 2, 1, 1, 1, 1, 3]


def test_pushes_are_never_less_than_none():
    with pytest.raises(ValueError, match="-1"):
        IntervalState(NOW, -1)
