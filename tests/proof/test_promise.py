"""The alarm on misses: rare where all is as expected, soon where it is not."""

from datetime import date, timedelta

import numpy as np
import pytest
from publish.made_evidence import DAY, NOW, Evidence

from seta.domain import LedgerEntry, Miss, MissPush, Scope
from seta.proof.misses.cusum import Expectation, Week, alike, draw, judge, threshold
from seta.proof.misses.promise import promise_of_first_weeks, watch_promise
from seta.store.ledger import entries
from seta.store.ledger.misses import add_miss
from seta.store.operation.alarms import open_alarms
from seta.store.snapshots.backtests import add_backtest

MONDAY = date(2026, 3, 2)
YEAR = 52


def weeks(found, missed):
    return [Week(MONDAY + timedelta(weeks=number), int(each), float(miss))
            for number, (each, miss) in enumerate(zip(found, missed))]


def made_up(rate, *, size, count, clustering=1.0, seed=1):
    """Weeks of a scope that misses at this rate."""
    rng = np.random.default_rng(seed)
    found = np.maximum(1, rng.poisson(size, count))
    expected = Expectation(0.3, 200, clustering)
    return weeks(found, draw(rng, found, np.array(rate), alike(expected, [size])))


def alarms(history, expected):
    """Count the alarms of a history, each of which begins a new one, as a person would."""
    limit, count, begin = threshold(expected, tuple(week.found for week in history)), 0, 0
    for end in range(1, len(history) + 1):
        if judge(history[max(begin, end - 26):end], expected, limit=limit).is_alarming:
            count, begin = count + 1, end
    return count


@pytest.mark.parametrize("rate, size, clustering", [
    (0.3, 20, 1.0), (0.1, 20, 1.3), (0.3, 5, 1.0), (0.3, 20, 3.0),
])
def test_where_all_is_as_expected_it_comes_less_than_once_a_year(rate, size, clustering):
    years = 20
    history = made_up(rate, size=size, count=years * YEAR, clustering=clustering)
    assert alarms(history, Expectation(rate, 200, clustering)) <= years


@pytest.mark.parametrize("size, within", [(20, 6), (5, 16)])
def test_twice_the_misses_are_noticed_in_weeks(size, within):
    expected = Expectation(0.25, 200, 1.3)
    limit = threshold(expected, (size,) * 8)
    late = [next(count for count in range(1, 200) if judge(made_up(
        0.5, size=size, count=count, clustering=1.3, seed=seed), expected, limit=limit
        ).is_alarming) for seed in range(8)]
    assert sorted(late)[6] <= within


def test_it_is_over_when_the_sum_falls_back():
    expected = Expectation(0.25, 200, 1.0)
    bad, good = [(20, 14)] * 6, [(20, 2)] * 6
    assert judge(weeks(*zip(*bad)), expected).is_alarming
    assert not judge(weeks(*zip(*bad, *good)), expected).is_alarming


@pytest.mark.parametrize("history", [[], [(0, 0)], [(1, 0)], [(1, 1)]])
def test_little_or_nothing_is_no_alarm(history):
    assert not judge(weeks(*zip(*history)) if history else [], Expectation(0.25, 200, 1.0)
                     ).is_alarming


def test_an_unsure_rate_needs_more_misses():
    sizes = (20,) * 8
    sure, unsure = (threshold(Expectation(0.2, count, 1.0), sizes) for count in (2000, 40))
    assert sure < unsure


def test_the_first_weeks_say_what_to_expect_where_no_backtest_does():
    history = made_up(0.3, size=20, count=8)
    assert promise_of_first_weeks(history[:7]) is None
    promise = promise_of_first_weeks(history)
    assert promise.expected.rate == pytest.approx(0.3, abs=0.1)
    assert "no backtest" in promise.source
    none = promise_of_first_weeks(weeks([5] * 8, [0] * 8))
    assert none.expected.rate == 0.5 / 41 and none.expected.clustering == 1.0


@pytest.fixture
def missing(sessions):
    """Six weeks with five regressions in each, of which four were missed; pushes have a ledger."""
    evidence = Evidence(sessions).scope().project()
    with sessions.begin() as session:
        entries.add_schedules(session, [(LedgerEntry(
            project="autoland", build_system="taskcluster", push_id="1", revision="a" * 40,
            pushed_at=NOW - DAY, kind="full", snapshot=None, ran_priority_2=True,
            ran_priority_3=True, ran_backstop=True, counts=True, answer=b"", answered_at=NOW),
            "a test")])
    push = MissPush("1", "a" * 40, NOW)
    for number in range(30):
        at, fix = NOW - (8 + 7 * (number // 5)) * DAY, f"{number:012x}"
        evidence.caught(fix, "test-linux64/opt-mochitest-1", at=at)
        if number % 5:
            with sessions.begin() as session:
                add_miss(session, Miss(
                    "autoland", "taskcluster", fix, "x", at, push, None, push, push, 1, 1, 0, 0.0,
                    None, ()), known_at=at)
    return sessions


def watch(sessions, rate=None):
    """Watch the promise of a backtest with this rate, if any; return the alarms."""
    with sessions.begin() as session:
        if rate is not None:
            add_backtest(session, "trunk", {"regressions": 200, "policies": [{
                "policy": "cover, k = 1", "by_set": 0.6, "on_push": 1 - rate,
                "interval": [0.53, 0.67]}]}, made_at=NOW)
        watch_promise(session, Scope("trunk"), now=NOW)
        return {each.subject: each.message for each in open_alarms(session)}


def test_more_misses_than_the_backtest_lets_expect_are_an_alarm_until_it_is_over(missing):
    assert watch(missing) == {}    # six weeks: too few to say what is usual
    (message,) = watch(missing, rate=0.3).values()
    assert "24.0 of 30 regressions found since 2026-01-12" in message
    assert "backtest 1 of 2026-03-01 lets expect 9.0" in message
    assert "about once in 65 weeks" in message
    assert watch(missing, rate=0.8) == {}
