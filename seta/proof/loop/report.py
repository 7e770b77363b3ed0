"""What came of a policy over its days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, median, quantiles

from ...analysis import Problem
from .days import LoopDay
from .policies import LoopPolicy
from .world import Landed

MONTH = 30     # days of a line of the course
NO_PROBLEM = Problem((), {})


@dataclass(frozen=True)
class Course:
    """A policy over some days; shares are from 0 to 1, costs shares of a full run of a push."""

    first_day: int
    regressions: int          # that came in
    by_set: float             # a job of priority 1 failed for it on its own push
    on_push: float            # any job did: with what the cadence ran there
    found: float              # by the end
    pushes_late: dict[str, float]    # mean, median, p90, max, of those that were found
    set_cost: float           # of priority 1
    cost: float               # with the cadence, and jobs that run until they pass
    dear_push: float          # the cost of the dearest tenth of pushes begins here
    backfill: float           # for finding culprits; not in `cost`
    set_size: float           # chosen job types
    turnover: float           # a day
    witnesses: float          # of a regression of the window
    single: float             # share of the window's regressions with one living witness


@dataclass(frozen=True)
class LoopReport:
    """A policy over all days, and month by month."""

    policy: str
    seed: int
    days: int
    whole: Course
    months: tuple[Course, ...]


def report_of(policy: LoopPolicy, seed: int, days: Iterable[LoopDay]) -> LoopReport:
    """Return the report of a policy; the days are taken one by one, when each is over."""
    kept = [replace(day, problem=NO_PROBLEM, decision=None) for day in days]   # they are large
    months = [kept[begin:begin + MONTH] for begin in range(0, len(kept), MONTH)]
    return LoopReport(policy.name, seed, len(kept), course_of(kept),
                      tuple(course_of(month) for month in months))


def course_of(days: Sequence[LoopDay]) -> Course:
    landed = [each for day in days for each in day.landed]
    costs = [each for day in days for each in day.costs]
    run = sorted(each.run for each in costs) or [0.0]
    return Course(
        days[0].number, len(landed),
        _share(each.by_set for each in landed), _share(each.on_push for each in landed),
        _share(each.pushes_late is not None for each in landed), _lateness(landed),
        fmean(day.set_cost for day in days), fmean(run),
        quantiles(run, n=10)[8] if len(run) > 1 else run[0],
        fmean(each.backfill for each in costs) if costs else 0.0,
        fmean(len(day.chosen) for day in days), fmean(day.turnover for day in days),
        fmean(day.witnesses for day in days), fmean(day.single for day in days))


def _share(found: Iterable[bool]) -> float:
    values = list(found)
    return sum(values) / len(values) if values else 0.0


def _lateness(landed: Sequence[Landed]) -> dict[str, float]:
    late = [float(each.pushes_late) for each in landed if each.pushes_late is not None]
    if not late:
        return {}
    return {"mean": fmean(late), "median": median(late),
            "p90": quantiles(late, n=10, method="inclusive")[8] if len(late) > 1 else late[0],
            "max": max(late)}
