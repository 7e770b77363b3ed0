"""The alarm when more is missed than the newest backtest lets expect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from ...domain import Scope, StoredMiss
from ...domain.plurals import pluralize
from ...store.curation.projects import projects
from ...store.evidence.found import found_times
from ...store.ledger.misses import current_misses
from ...store.operation.alarms import clear_alarm, raise_alarm
from ...store.snapshots.backtests import backtests_of
from ..backtest.policies import AS_DECIDED, PLAIN
from .cusum import EVERY, Expectation, Verdict, Week, judge

LAST_WEEKS = 26
FIRST_WEEKS = 8                 # that say what to expect where there is no backtest
SETTLED = timedelta(days=2)     # after a week: most of its failures are starred by then
NORMAL_95 = 2 * 1.96            # standard errors that a 95 % interval is wide


@dataclass(frozen=True, slots=True)
class Promise:
    """What is expected, and who says so."""

    expected: Expectation
    source: str


def watch_promise(session: Session, scope: Scope, *, now: datetime) -> Verdict | None:
    """Raise or clear the alarm of a scope by its last whole weeks; None: too little is known.

    It holds no publication back: a set that is frozen gets worse.
    """
    subject = f"misses {scope.name}"
    weeks = weeks_of(session, scope.name, now=now)
    promise = promise_of_backtest(session, scope)
    if promise is None:
        promise, weeks = promise_of_first_weeks(weeks), weeks[FIRST_WEEKS:]
    if promise is None or not weeks:
        clear_alarm(session, subject)
        return None
    verdict = judge(weeks, promise.expected)
    if verdict.is_alarming:
        raise_alarm(session, subject, alarm_text(verdict, promise))
    else:
        clear_alarm(session, subject)
    return verdict


def weeks_of(session: Session, scope: str, *, now: datetime) -> list[Week]:
    """Return the whole weeks, from Monday, in which regressions were found, in their order."""
    end = _monday(now - SETTLED)
    since = end - timedelta(weeks=LAST_WEEKS)
    times = found_times(session, scope, since=since)
    misses = current_misses(session, [each.name for each in projects(session, scope)], since=since)
    return count_weeks(times, misses, since=since, end=end)


def count_weeks(
    times: Mapping[str, datetime], misses: Sequence[StoredMiss], *, since: datetime, end: datetime
) -> list[Week]:
    """Return the weeks of these regressions; what was found outside of them is left out."""
    found: dict[datetime, int] = {}
    missed: dict[datetime, float] = {}
    for at in times.values():
        if since <= at < end:
            found[_monday(at)] = found.get(_monday(at), 0) + 1
    for each in misses:
        found_at = times.get(each.miss.fixed_by)
        if found_at is not None and since <= found_at < end:
            monday = _monday(found_at)
            missed[monday] = missed.get(monday, 0.0) + each.miss.chance
    return [Week(monday.date(), found[monday], missed.get(monday, 0.0))
            for monday in sorted(found)]


def promise_of_backtest(session: Session, scope: Scope) -> Promise | None:
    """Return what the newest backtest of a scope says of what is in force."""
    for kept in backtests_of(session, scope.name, limit=1):
        policy = policy_in_force(kept.result, scope)
        if policy and kept.result.get("regressions"):
            return Promise(_expected_by(policy, kept.result["regressions"]),
                           f"backtest {kept.id} of {kept.made_at:%Y-%m-%d}")
    return None


def policy_in_force(result: Mapping[str, Any], scope: Scope) -> Mapping[str, Any] | None:
    """Return the score, in a backtest's result, of what the scope has in force."""
    by_name = {each["policy"]: each for each in result.get("policies", ())}
    return (by_name.get(AS_DECIDED) or by_name.get(f"cover, k = {scope.redundancy}")
            or by_name.get(PLAIN))


def _expected_by(policy: Mapping[str, Any], regressions: int) -> Expectation:
    """Return the rate, and as the design effect how much wider the interval is than by chance."""
    caught, interval = policy["by_set"], policy.get("interval")
    clustering = 1.0
    if interval and 0 < caught < 1:
        variance = ((interval[1] - interval[0]) / NORMAL_95) ** 2
        clustering = max(1.0, variance * regressions / (caught * (1 - caught)))
    return Expectation(_inside(1 - policy["on_push"], regressions), regressions, clustering)


def promise_of_first_weeks(weeks: Sequence[Week]) -> Promise | None:
    """Return what the first of these weeks lets expect; None where there are too few."""
    first = weeks[:FIRST_WEEKS]
    if len(first) < FIRST_WEEKS:
        return None
    found = sum(week.found for week in first)
    rate = _inside(sum(week.missed for week in first) / found, found)
    scatter = sum((week.missed - week.found * rate) ** 2 / (week.found * rate * (1 - rate))
                  for week in first)
    return Promise(Expectation(rate, found, max(1.0, scatter / (FIRST_WEEKS - 1))),
                   f"its own first {FIRST_WEEKS} weeks, for there is no backtest "
                   "(`seta backtest` makes one),")


def alarm_text(verdict: Verdict, promise: Promise) -> str:
    found = sum(week.found for week in verdict.weeks)
    missed = sum(week.missed for week in verdict.weeks)
    return (
        f"more is missed than was to be expected: {missed:.1f} of "
        f"{pluralize(found, 'regression')} found since {verdict.weeks[0].begin:%Y-%m-%d} came in "
        f"on pushes that had left out the jobs that show them, where {promise.source} lets expect "
        f"{found * promise.expected.rate:.1f}. By chance such an alarm comes about once in "
        f"{EVERY:.0f} weeks. `seta misses` lists them; check that the jobs of low value run when "
        "they are due, and make a new backtest")


def _inside(rate: float, regressions: int) -> float:
    """Return a rate that is neither 0 nor 1, however it came out of so many regressions."""
    least = 0.5 / (regressions + 1)
    return min(1 - least, max(least, rate))


def _monday(at: datetime) -> datetime:
    day = at.astimezone(UTC).date()
    return datetime.combine(day - timedelta(days=day.weekday()), time(), UTC)
