"""A project with ten pushes, and regressions that can be reckoned by hand."""

from datetime import UTC, datetime, timedelta

from seta.analysis.problem import Problem
from seta.analysis.setcover import Budget
from seta.domain import Cadence, Interval, JobType, Regression, Scope
from seta.proof.backtest.history import History, LaterRegression, Period, regressions_of
from seta.proof.backtest.policies import Known
from seta.proof.backtest.scoring import score
from seta.proof.backtest.timelines import Timeline
from seta.store.evidence.failures import StarredFailure

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
CADENCE = Cadence(Interval(3, 1000), Interval(5, 1000), Interval(100, 100_000))
# Of ten pushes, ten minutes apart, priority 2 runs on 0, 3, 6 and 9, priority 3 on 0 and 5.


def job(name: str) -> JobType:
    return JobType("linux64", "opt", name)


def at(push: int) -> datetime:
    return BEGIN + timedelta(minutes=10 * push)


def timeline(**more) -> Timeline:
    return Timeline([at(push) for push in range(10)], CADENCE, **more)


def known(caught=("r1:ab", "r2:bc"), jobs="abcd", costs=None, forced="", ages=None) -> Known:
    """The window's regressions with their witnesses, as in ``r1:ab``; each job costs a minute."""
    return Known(Problem(
        regressions=tuple(Regression(each[:2], frozenset(map(job, each[3:]))) for each in caught),
        alive={"trunk": frozenset(map(job, jobs))},
        durations_ms={job(name): (costs or {}).get(name, 60_000) for name in jobs},
        forced={job(name): "pinned" for name in forced}), ages or {}, Budget(1000, 60))


def columns(of: Known, names: str) -> frozenset[int]:
    return frozenset(of.cover.job_types.index(job(name)) for name in names)


def scored(chosen: str, *regressions, of=None, **more):
    of = of or known()
    period = Period(at(0), at(10), regressions, {"trunk": timeline(**more)})
    return score(of, [columns(of, chosen)], period)


def regression(
    witnesses: str, push: int, *, passed: int | None = None, fixed_by="new", **first_failed
) -> LaterRegression:
    """These jobs fail on a push first, or later where that is said; one `passed` there before."""
    return LaterRegression(
        fixed_by, "trunk", at(push), at(push) + timedelta(hours=2),
        {job(name): at(first_failed.get(name, push)) for name in witnesses},
        None if passed is None else at(passed))


def failure(fixed_by, name, push, project="trunk", starred=120):
    return StarredFailure(fixed_by, project, at(push), at(push) + timedelta(minutes=20),
                          at(push) + timedelta(minutes=starred), job(name))


def history_of(*failures, until=100, star_delay=timedelta(0), **more) -> History:
    return History(Scope("trunk"), {}, {"trunk": timeline(**more)}, failures,
                   regressions_of(failures), at(until), star_delay)
