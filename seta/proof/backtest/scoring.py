"""What a set catches of the regressions that came after a cut-off, when, and what it costs.

The culprit is one of a regression's suspects: the pushes after the last pass of a witness, up to
the first failing push. Where everything ran that is one push. Where jobs were left out it is not
known which; each counts alike, and a figure is the mean over them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import fmean

from ...domain import Priority
from ...ledger.backfill import expected_runs
from .costs import Bill, Board, Cost, Priorities
from .history import LaterRegression, Period
from .policies import Columns, Known
from .timelines import EveryNth, Timeline

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Hunt:
    """Finding the culprit once a witness fails, among the pushes since its last run."""

    pushes: float = 1.0      # that may be to blame
    runs: float = 0.0        # of the witness, by bisection
    time: float = 0.0        # of these, in the unit of the problem
    all_runs: float = 0.0    # on each of the pushes that it had left out
    all_time: float = 0.0


@dataclass(frozen=True, slots=True)
class Catch:
    """How a policy does on one regression: the mean over its suspects, and over several sets."""

    fixed_by: str
    by_set: float                    # 1: a witness runs on every push
    on_push: float                   # 1: found on the push that broke it, perhaps by the cadence
    soon: float                      # 1: found within the limits of priority 2's interval
    pushes_late: float | None        # None: not found by the end
    minutes_late: float | None
    at_least: float = 0.0            # `on_push` where the worst of the suspects broke it
    at_most: float = 0.0             # where the best did
    hunt: Hunt | None = None         # None: not found


@dataclass
class Score:
    """A policy on one period."""

    catches: list[Catch]
    bill: Bill

    @property
    def cost(self) -> Cost:
        """In the unit of the problem: machine time, where it is known."""
        return self.bill.time


def score(known: Known, sets: Sequence[Columns], period: Period) -> Score:
    """Return what these sets catch and cost, in the mean over them."""
    board = known.board
    return _mean_score([_scored(board, board.priorities(chosen), period) for chosen in sets])


def score_every_nth(known: Known, period: Period) -> Score:
    """Return what everything on every Nth push catches and costs, wherever that begins.

    N is the least with which it takes no more than the plain cover does. Forced job types run on
    every push, as always. `by_set` is what is found on its push: nothing else runs.
    """
    board = known.board
    free = sum(known.costs[column] for column in known.free)
    interval = max(1, -(-free // max(1, known.budget)))
    found = []
    for begin in range(interval):
        timelines = {project: timeline if timeline.runs_all
                     else EveryNth(timeline, interval, begin)
                     for project, timeline in period.timelines.items()}
        each = _scored(board, board.priorities(frozenset()), Period(
            period.begin, period.end, period.regressions, timelines, period.within))
        found.append(each)
    nth = _mean_score(found)
    nth.catches = [replace(each, by_set=each.on_push) for each in nth.catches]
    for cost in (nth.bill.time, nth.bill.jobs):
        cost.every_push = cost.with_cadence
    return nth


def _scored(board: Board, priorities: Priorities, period: Period) -> Score:
    catches = [_catch(board, priorities, each, period) for each in period.regressions]
    bill = board.bill(priorities, period)
    for catch in catches:
        if catch.hunt is not None:
            bill.time.backfill += catch.hunt.time
            bill.time.backfill_all += catch.hunt.all_time
            bill.jobs.backfill += catch.hunt.runs
            bill.jobs.backfill_all += catch.hunt.all_runs
    return Score(catches, bill)


def _catch(
    board: Board, priorities: Priorities, regression: LaterRegression, period: Period
) -> Catch:
    """Find the first push on which a witness runs, from the culprit on.

    A witness that failed on the first failing push is taken to fail from the culprit on, any other
    from its own first failure on: nobody fixes what nobody has found.
    """
    timeline = period.timelines[regression.project]
    witnesses = [(board.priority_of(job_type, priorities), at, board.number_of.get(job_type))
                 for job_type, at in regression.witnesses.items()]
    by_set = float(any(priority is Priority.FIRST and at == regression.first_at
                       for priority, at, _ in witnesses))
    if by_set:
        return Catch(regression.fixed_by, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, Hunt())
    ways = [_Way(priority, None if at == regression.first_at else timeline.index_of(at),
                 0 if column is None else int(board.costs[column]), timeline.spread(job_type))
            for (priority, at, column), job_type in zip(witnesses, regression.witnesses)]
    suspects = regression.suspects(timeline)
    return _mean([_caught_from(culprit, culprit == suspects[-1], ways, regression, period)
                  for culprit in suspects], of_suspects=True)


@dataclass(frozen=True, slots=True)
class _Way:
    """A witness: how often it runs, since which push it fails (None: the culprit), its cost."""

    priority: Priority
    fails_from: int | None
    cost: int
    spread: int             # of a staggered cadence: which turn it has

    def fails_since(self, culprit: int) -> int:
        return culprit if self.fails_from is None else self.fails_from


def _caught_from(
    culprit: int, is_first_failing: bool, ways: Iterable[_Way], regression: LaterRegression,
    period: Period,
) -> Catch:
    timeline = period.timelines[regression.project]
    runs = [(timeline.next_run(way.priority, way.fails_since(culprit), way.spread), way)
            for way in ways]
    found = min((run for run, _ in runs if run is not None), default=None)
    if found is None:
        return Catch(regression.fixed_by, 0.0, 0.0, 0.0, None, None)
    on_push = float(found == culprit)
    came = regression.first_at if is_first_failing else timeline.times[culprit]
    late = timeline.times[found] - came
    limit = period.within or timeline.cadence.priority_2
    is_soon = found == culprit or (found - culprit < limit.pushes and late <= limit.time)
    hunts = [_hunt(timeline, way, culprit, found) for run, way in runs if run == found]
    return Catch(
        regression.fixed_by, 0.0, on_push, float(is_soon), float(found - culprit), late / MINUTE,
        on_push, on_push, min(hunts, key=lambda hunt: (hunt.time, hunt.pushes)))


def _hunt(timeline: Timeline, way: _Way, culprit: int, found: int) -> Hunt:
    """Return what finding the culprit takes, for a witness that fails on the push `found`."""
    pushes = found - timeline.last_run(way.priority, way.fails_since(culprit), way.spread)
    runs = expected_runs(pushes)
    return Hunt(float(pushes), runs, runs * way.cost, float(pushes - 1), (pushes - 1) * way.cost)


def _mean_score(scores: list[Score]) -> Score:
    if len(scores) == 1:
        return scores[0]
    bill = Bill()
    for each in scores:
        bill.time.add(each.bill.time)
        bill.jobs.add(each.bill.jobs)
    count = len(scores)
    return Score(
        [_mean(list(same), of_suspects=False) for same in zip(*(each.catches for each in scores))],
        Bill(bill.time.of_sets(count), bill.jobs.of_sets(count), {
            platform: (fmean(each.bill.platforms[platform][0] for each in scores), full)
            for platform, (_, full) in scores[0].bill.platforms.items()}))


def _mean(catches: list[Catch], *, of_suspects: bool) -> Catch:
    """Return the mean of what different suspects, or different sets, give."""
    if len(catches) == 1:
        return catches[0]
    count = len(catches)
    on_push = [each.on_push for each in catches]
    hunts = [each.hunt for each in catches if each.hunt is not None]
    return Catch(
        catches[0].fixed_by, fmean(each.by_set for each in catches), fmean(on_push),
        fmean(each.soon for each in catches), _mean_of([each.pushes_late for each in catches]),
        _mean_of([each.minutes_late for each in catches]),
        min(on_push) if of_suspects else fmean(each.at_least for each in catches),
        max(on_push) if of_suspects else fmean(each.at_most for each in catches),
        _mean_hunt(hunts, count) if hunts else None)


def _mean_hunt(hunts: list[Hunt], count: int) -> Hunt:
    """Return the mean of what was found, of its pushes, and over `count` what that takes."""
    return Hunt(fmean(each.pushes for each in hunts), *(
        sum(getattr(each, name) for each in hunts) / count
        for name in ("runs", "time", "all_runs", "all_time")))


def _mean_of(values: list[float | None]) -> float | None:
    found = [value for value in values if value is not None]
    return fmean(found) if found else None
