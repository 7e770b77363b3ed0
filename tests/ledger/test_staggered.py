"""A staggered cadence: each low-value job has its own turn among the pushes of its interval."""

import gzip
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from ci_world import NOON, Results
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seta.domain import Cadence, Interval, JobType, Priority
from seta.ledger import backfill, draft_schedule, record_schedules, schedule_failed
from seta.ledger.cadence import NEVER_RAN, due_on_push, owed
from seta.ledger.cadence_state import next_due, read_ledger
from seta.ledger.turns import Turn, spread_of, turns_of
from seta.proof.replay import decisions

FIRST, SECOND, THIRD = Priority
FAR = 10_000
CADENCE = Cadence(Interval(3, 90), Interval(4, 180), Interval(9, 240), is_staggered=True)
BY_PUSHES = Cadence(Interval(3, FAR), Interval(4, FAR), Interval(9, FAR), is_staggered=True)
JOBS = {FIRST: ("test-linux64/opt-high",),
        SECOND: tuple(f"test-linux64/opt-second-{chunk}" for chunk in range(1, 7)),
        THIRD: tuple(f"test-linux64/opt-third-{chunk}" for chunk in range(1, 9))}
FEW = settings(max_examples=10, deadline=None, database=None,
               suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

PURE = settings(max_examples=40, deadline=None, database=None,
                suppress_health_check=[HealthCheck.too_slow])

intervals = st.builds(
    Interval, st.one_of(st.integers(1, 6), st.integers(20, 24)), st.integers(1, 60))
cadences = st.builds(Cadence, intervals, intervals, intervals, is_staggered=st.just(True))
sometimes = st.sampled_from([False, False, False, True])
gaps = st.lists(st.integers(0, 25), min_size=1, max_size=30)


@pytest.fixture
def ci(session, make_ci):
    return make_ci(session, priorities=JOBS, cadence=BY_PUSHES)


@pytest.fixture
def fresh(session, make_ci):
    made = iter(range(1000))
    return lambda cadence: make_ci(session, f"p{next(made)}", priorities=JOBS, cadence=cadence)


def at(minutes):
    return NOON + timedelta(minutes=minutes)


def all_turns(cadence):
    return [turn for priority in (SECOND, THIRD) for turn in turns_of(priority, cadence)]


def runs(due, turn):
    return turn.priority in due.priorities or turn in due.turns


@PURE
@given(pushes=st.lists(st.tuples(st.integers(0, 25), sometimes), min_size=1, max_size=30),
       cadence=cadences)
def test_every_job_runs_within_the_pushes_and_minutes_of_its_interval(pushes, cadence):
    """R11, R13, R18: so for each turn; what was to run on a push that failed runs on the next."""
    states, minutes = NEVER_RAN, 0
    waiting = dict.fromkeys(all_turns(cadence), (FAR, 0))   # pushes, and the minute it last ran
    owed_again = set()
    for gap, has_failed in pushes:
        minutes += gap
        due = due_on_push(at(minutes), cadence, states)
        for turn, (count, ran_at) in waiting.items():
            interval = getattr(cadence, turn.priority.interval)
            is_late = count + 1 >= interval.pushes or minutes - ran_at >= interval.minutes
            assert runs(due, turn) or not is_late and turn not in owed_again
        ran = {turn for turn in waiting if runs(due, turn)}
        owed_again = ran if has_failed else set()
        states = states.after(at(minutes), () if has_failed else due.ran)
        if not has_failed:
            waiting |= dict.fromkeys(ran, (-1, minutes))
        waiting = {turn: (count + 1, last) for turn, (count, last) in waiting.items()}


@PURE
@given(gaps=gaps, cadence=cadences, changes=st.sets(st.integers(0, 29)))
def test_a_change_between_the_two_loses_no_job(gaps, cadence, changes):
    """R16: on either side every job keeps its limits."""
    states, minutes = NEVER_RAN, 0
    waiting = dict.fromkeys(all_turns(cadence), (FAR, 0))
    for number, gap in enumerate(gaps):
        minutes += gap
        if number in changes:
            cadence = replace(cadence, is_staggered=not cadence.is_staggered)
        due = due_on_push(at(minutes), cadence, states)
        for turn, (pushes, ran_at) in waiting.items():
            interval = getattr(cadence, turn.priority.interval)
            assert runs(due, turn) or (
                pushes + 1 < interval.pushes and minutes - ran_at < interval.minutes)
        states = states.after(at(minutes), due.ran)
        waiting = {turn: (0, minutes) if runs(due, turn) else (pushes + 1, last)
                   for turn, (pushes, last) in waiting.items()}


def test_each_turn_comes_on_its_own_push():
    found = list(decisions([at(number) for number in range(9)], BY_PUSHES))
    assert found[0].is_backstop and not found[0].turns
    assert [sorted(turn.key for turn in each.turns) for each in found[1:6]] == [
        ["priority_2 1/3", "priority_3 1/4"], ["priority_2 2/3", "priority_3 2/4"],
        ["priority_2 3/3", "priority_3 3/4"], ["priority_2 1/3", "priority_3 4/4"],
        ["priority_2 2/3", "priority_3 1/4"]]
    assert found[4].reasons == (
        "priority 2 is due in part, of its 3 turns: 1 (its turn)",
        "priority 3 is due in part, of its 4 turns: 4 (its turn)",
        "backstop is not due: 4 of 9 pushes, 4 of 10,000 minutes since it last ran")


def test_a_long_interval_has_no_more_turns_than_answers_can_be_kept_for():
    cadence = Cadence(priority_3=Interval(100, FAR), backstop=Interval(300, FAR), is_staggered=True)
    assert len(turns_of(THIRD, cadence)) == 20
    pushes = [number for number, due in enumerate(decisions(map(at, range(120)), cadence))
              if Turn(THIRD, 1, 20) in due.turns]
    assert pushes == [5, 105]


def test_turns_are_about_equal_and_chunks_of_a_suite_follow_each_other():
    """With 1,000 suites of one chunk, each turn of ten has about a tenth; 5 % is two deviations."""
    sizes = [0] * 10
    for number in range(1000):
        sizes[spread_of(JobType("linux64", "opt", f"suite-{number}")) % 10] += 1
    assert min(sizes) > 70 and max(sizes) < 130
    chunks = [spread_of(JobType("linux64", "opt", "mochitest", chunk)) for chunk in range(1, 6)]
    assert len({each % 5 for each in chunks}) == 5


def test_what_a_push_runs_is_its_turn_and_each_job_has_one(ci):
    """R1, R8: the answer says which turns, and over the pushes of an interval all jobs run."""
    ci.ask("0", 0)
    answers = [ci.ask(str(number), number) for number in range(1, 9)]
    assert answers[0]["priorities"]["2"] == {"due": False, "jobs": 6, "turns": [1], "of": 3}
    assert answers[0]["next_due"]["2"]["pushes_left"] == 1
    for priority, pushes in ((SECOND, 3), (THIRD, 4)):
        ran = [set(answer["run"]) & set(JOBS[priority]) for answer in answers[:pushes]]
        assert set().union(*ran) == set(JOBS[priority])
        assert sum(map(len, ran)) == len(JOBS[priority])
        assert set(answers[pushes]["run"]) & set(JOBS[priority]) == ran[0]
    assert ci.ask("9", 9)["kind"] == "full"


def test_a_turn_that_failed_is_made_up_for_on_the_next_push(ci):
    """R13: also one that came before its pushes were over."""
    ci.ask("0", 0)
    first = ci.ask("1", 1)
    schedule_failed(ci.session, ci.project.name, ci.build_system, "1", why="down", now=ci.at(2))
    second = ci.ask("2", 3)
    assert second["priorities"]["2"]["turns"] == [1, 2]
    assert set(first["run"]) < set(second["run"])
    assert "1 (still owed); 2 (its turn)" in second["reasons"][0]
    assert ci.ask("3", 4)["priorities"]["2"]["turns"] == [3]


def test_a_turn_of_which_no_job_has_a_result_is_owed_again(ci, results_of):
    """R13: nobody reported it."""
    ci.ask("0", 0)
    first = ci.ask("1", 1)
    for name in first["run"]:
        if name not in JOBS[SECOND]:
            results_of(ci).add(name, ci.push("1", 1))
    for name in ci.published.names:
        results_of(ci).add(name, ci.push("0", 0))
    results_of(ci).reached(ci.at(24 * 60))
    later = ci.ask("2", 23 * 60)
    assert later["priorities"]["2"]["turns"] == [1, 2]
    assert later["priorities"]["3"]["turns"] == [2]


def test_the_suspects_of_a_failure_are_the_pushes_since_the_turn_before(ci, results_of):
    """R78: what ran on each push is in its answer, so turns need no rule of their own."""
    answers = [ci.ask(str(number), number) for number in range(7)]
    results = results_of(ci)
    name = next(name for name in JOBS[SECOND] if name in answers[2]["run"])
    for number, answer in enumerate(answers):
        if name in answer["run"]:
            results.add(name, ci.push(str(number), number),
                        "testfailed" if number == 5 else "success")
    found = backfill(ci.session, ci.project.name, ci.build_system, "5", name)
    assert found.last_pass.push_id == "2"
    assert [push.push_id for push in found.suspects] == ["3", "4", "5"]


@pytest.fixture
def results_of():
    made = {}

    def of(ci):
        return made.setdefault(ci.project.name, Results(ci.session, ci.project.name))
    return of


def test_a_timer_gets_the_turns_whose_minutes_are_over(session, make_ci):
    """R12: what ran on the newest push is not owed; what a timer took counts from then."""
    ci = make_ci(session, priorities=JOBS, cadence=CADENCE)
    ci.ask("0", 0)
    ran = set(ci.ask("1", 60)["run"])
    assert ci.due(89).jobs == ()
    owed_jobs = set(ci.due(90).jobs)
    assert owed_jobs == set(JOBS[SECOND]) - ran
    assert ci.due(90).priorities == ()
    taken = ci.take("1", 91)
    assert set(taken.jobs) == owed_jobs and taken.turns == ("priority_2 2/3", "priority_2 3/3")
    assert ci.due(92).jobs == ()
    # Turn 2 comes on the next push; turn 3 ran at 91, so its minutes are not over at 150.
    assert ci.ask("2", 150)["priorities"]["2"]["turns"] == [1, 2]


@FEW
@given(gaps=st.lists(st.integers(0, 60), min_size=1, max_size=12),
       batches=st.lists(st.integers(1, 4), min_size=12, max_size=12))
def test_the_ledger_keeps_what_the_rule_says(fresh, gaps, batches):
    """Pushes that are recorded together, those read back, and a replay: all say the same."""
    ci, minutes, times = fresh(CADENCE), 0, []
    for gap in gaps:
        minutes += gap
        times.append(minutes)
    waiting, said = list(enumerate(times)), []
    while waiting:
        count = batches.pop(0)
        batch, waiting = waiting[:count], waiting[count:]
        drafts = [draft_schedule(ci.session, ci.project, ci.push(str(number), minute),
                                 ci.published, now=ci.at(10_000), never_ran_after=ci.span)
                  for number, minute in batch]
        said += [json.loads(gzip.decompress(answer.packed)) for answer in record_schedules(
            ci.session, [(draft, "ann") for draft in drafts])]
    expected = list(decisions(map(at, times), CADENCE))
    assert [answer["reasons"] for answer in said] == [list(each.reasons) for each in expected]
    states = read_ledger(ci.session, ci.project.name, ci.build_system, now=ci.at(10_000)).states
    state = NEVER_RAN
    for minute, due in zip(times, expected):
        state = state.after(at(minute), due.ran)
    assert states == state
    assert owed(at(minutes + 50), CADENCE, states) == owed(at(minutes + 50), CADENCE, state)


def test_a_job_is_next_due_when_its_turn_comes(session, ci):
    ci.ask("0", 0)
    ci.ask("1", 1)
    found = {}
    for number in range(1, 4):
        job_type = JobType("linux64", "opt", "second", number)
        turn = spread_of(job_type) % 3 + 1
        due = next_due(session, ci.project, ci.build_system, SECOND, now=ci.at(2),
                       job_type=job_type)
        found[turn] = due.pushes_left
    assert found == {1: 3, 2: 1, 3: 2}


def test_answers_are_kept_for_each_turn(ci):
    for number in range(9):
        ci.ask(str(number), number)
    prepared = ci.published.prepared
    kept = prepared.selective({FIRST}, frozenset(), {Turn(SECOND, 1, 3), Turn(THIRD, 1, 4)})
    assert prepared.selective(
        {FIRST}, frozenset(), {Turn(THIRD, 1, 4), Turn(SECOND, 1, 3)}) is kept
    assert kept.run == tuple(sorted(ci.ask("1", 1)["run"]))
