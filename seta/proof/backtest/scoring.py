"""What a set catches of the regressions that came after a cut-off, when, and what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean

from ...domain import JobType, Priority
from .history import LaterRegression, Period
from .policies import Columns, Known


@dataclass(frozen=True, slots=True)
class Catch:
    """How a policy does on one regression; a policy of several sets has their mean."""

    fixed_by: str
    by_set: float                    # 1: a witness runs on every push
    on_push: float                   # 1: found on its first failing push, perhaps by the cadence
    soon: float                      # 1: found within the limits of priority 2's interval
    pushes_late: float | None        # None: not found by the end
    minutes_late: float | None


@dataclass(slots=True)
class Cost:
    """Machine time over the pushes of a period, in the unit of the problem."""

    pushes: int = 0
    every_push: float = 0.0          # priority 1, forced jobs among them
    with_cadence: float = 0.0        # what runs less often too
    full: float = 0.0                # everything on every push

    def add(self, other: "Cost") -> None:
        self.pushes += other.pushes
        self.every_push += other.every_push
        self.with_cadence += other.with_cadence
        self.full += other.full


@dataclass
class Score:
    """A policy on one period."""

    catches: list[Catch]
    cost: Cost


def score(known: Known, sets: Sequence[Columns], period: Period) -> Score:
    """Return what these sets catch and cost, in the mean over them."""
    priorities = [_Priorities(known, chosen) for chosen in sets]
    catches = [_mean([_catch(each, regression, period) for each in priorities])
               for regression in period.regressions]
    cost = Cost()
    for each in priorities:
        cost.add(_cost_of(known, each, period))
    count = len(sets)
    return Score(catches, Cost(cost.pushes // count, cost.every_push / count,
                               cost.with_cadence / count, cost.full / count))


class _Priorities:
    """The priority of each job type under a chosen set."""

    def __init__(self, known: Known, chosen: Columns):
        cover = known.cover
        self.by_column = [
            Priority.FIRST if column in cover.forced or column in chosen
            else known.problem.lowered[job_type] if column in cover.lowered
            else Priority.SECOND if column in known.caught else Priority.THIRD
            for column, job_type in enumerate(cover.job_types)]
        self._by_type = dict(zip(cover.job_types, self.by_column))

    def of(self, job_type: JobType) -> Priority:
        """Return its priority; what the decision did not know runs on every push."""
        return self._by_type.get(job_type, Priority.FIRST)


def _catch(priorities: _Priorities, regression: LaterRegression, period: Period) -> Catch:
    """Find the first push on which a witness runs, from the one on which it first failed.

    It is taken to fail on every push from then on: nobody fixes what nobody has found.
    """
    timeline = period.timelines[regression.project]
    first = timeline.index_of(regression.first_at)
    runs = [timeline.next_run(priorities.of(job_type), timeline.index_of(at))
            for job_type, at in regression.witnesses.items()]
    found = min((run for run in runs if run is not None), default=None)
    by_set = float(any(priorities.of(job_type) is Priority.FIRST and at == regression.first_at
                       for job_type, at in regression.witnesses.items()))
    if found is None:
        return Catch(regression.fixed_by, by_set, 0.0, 0.0, None, None)
    late = timeline.times[found] - regression.first_at
    limit = timeline.cadence.priority_2
    is_soon = found == first or (found - first < limit.pushes and late <= limit.time)
    return Catch(regression.fixed_by, by_set, float(found == first), float(is_soon),
                 float(found - first), late / timedelta(minutes=1))


def _mean(catches: list[Catch]) -> Catch:
    if len(catches) == 1:
        return catches[0]
    return Catch(
        catches[0].fixed_by, fmean(each.by_set for each in catches),
        fmean(each.on_push for each in catches),
        fmean(each.soon for each in catches), _mean_of([each.pushes_late for each in catches]),
        _mean_of([each.minutes_late for each in catches]))


def _mean_of(values: list[float | None]) -> float | None:
    found = [value for value in values if value is not None]
    return fmean(found) if found else None


def _cost_of(known: Known, priorities: _Priorities, period: Period) -> Cost:
    total = Cost()
    for project, timeline in period.timelines.items():
        if timeline.runs_all:
            continue
        begin, end = timeline.index_of(period.begin), timeline.index_of(period.end)
        alive = known.problem.alive.get(project, frozenset())
        costs = dict.fromkeys(Priority, 0)
        for column, job_type in enumerate(known.cover.job_types):
            if job_type in alive:
                costs[priorities.by_column[column]] += known.costs[column]
        total.add(Cost(
            end - begin, costs[Priority.FIRST] * (end - begin),
            sum(costs[each] * timeline.runs_between(each, begin, end) for each in Priority),
            sum(costs.values()) * (end - begin)))
    return total
