"""The loop, day by day: decide on what was seen, then let each push run what is due."""

from collections.abc import Iterator, Set
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from statistics import fmean

from ...analysis import Decision, Problem, decide
from ...analysis.explain import CHOSEN
from ...domain import JobType, Priority, Scope
from ...errors import NothingToAnalyze
from ...ledger.cadence import due_on_push
from ..simulation import Shape
from ..simulation.shape import START
from .policies import LoopPolicy
from .world import Landed, PushCost, World, due_jobs

TWO_WEEKS = 14    # days
WARM_UP = 90      # days on which everything runs, before SETA decides


@dataclass
class LoopDay:
    """A day under a policy, and what the decision was made from."""

    number: int                      # from 0, the first day that SETA decides
    problem: Problem
    decision: Decision | None        # None: the set of the day before stays
    chosen: frozenset[JobType]       # without the forced ones
    turnover: float                  # share of the chosen job types that are others than yesterday
    set_cost: float                  # of priority 1, as a share of a full run
    witnesses: float                 # of a regression of the window, living ones, in the mean
    single: float                    # share of the regressions that have one living witness
    job_types_run: int               # in the two weeks before
    costs: list[PushCost] = field(default_factory=list)
    landed: list[Landed] = field(default_factory=list)


def start(shape: Shape, seed: int, *, days: int, warm_up: int = WARM_UP) -> World:
    """Return a CI that has run everything for a while; each policy gets a copy of it.

    Nothing is renamed in it: who renames says so, and everything is read through that.
    """
    whole = replace(shape, days=warm_up + days, has_rename=False)
    moments = [START + timedelta(days=warm_up + day) for day in range(days)]
    world = World(whole, seed, Scope("loop", window_days=90), moments)
    for push in world.simulation.pushes_until(warm_up):
        world.push(push)
    return world


def loop_days(world: World, policy: LoopPolicy, *, warm_up: int = WARM_UP) -> Iterator[LoopDay]:
    """Yield each day when it is over; the world that is given stays as it is."""
    yield from run_days(deepcopy(world), policy, warm_up=warm_up)


def run_days(world: World, policy: LoopPolicy, *, warm_up: int = WARM_UP) -> Iterator[LoopDay]:
    """Yield each day when it is over; it happens in the world that is given."""
    decided: dict[JobType, Priority] = {}
    chosen: frozenset[JobType] = frozenset()
    for number in range(world.shape.days - warm_up):
        day = warm_up + number
        at = START + timedelta(days=day)
        problem = replace(world.recorder.evidence(at).problem_at(at), kept=chosen,
                          **policy.changes)
        decision = None if policy.is_frozen and decided else _decide(problem)
        before = chosen
        if decision is not None:
            decided = {each.job_type: each.priority for each in decision.verdicts}
            chosen = frozenset(each.job_type for each in decision.verdicts
                               if each.reason in CHOSEN)
        found = _day(number, problem, decision, chosen, before,
                     world.job_types_run(since=day - TWO_WEEKS))
        _run(world, policy, found, decided, day)
        yield found


def _decide(problem: Problem) -> Decision | None:
    """Return the decision; None where there is nothing to decide on: the last one stays."""
    try:
        return decide(problem)
    except NothingToAnalyze:
        return None


def _day(
    number: int, problem: Problem, decision: Decision | None, chosen: frozenset[JobType],
    before: Set[JobType], job_types_run: int,
) -> LoopDay:
    alive: frozenset[JobType] = frozenset().union(*problem.alive.values())
    living = [len(each.caught_by & alive) for each in problem.regressions]
    living = [count for count in living if count]
    return LoopDay(
        number, problem, decision, chosen,
        len(chosen ^ before) / max(1, len(chosen) + len(before)) if number else 0.0, 0.0,
        fmean(living) if living else 0.0,
        sum(count == 1 for count in living) / max(1, len(living)), job_types_run)


def _run(
    world: World, policy: LoopPolicy, found: LoopDay, decided: dict[JobType, Priority], day: int
) -> None:
    """Run the pushes of a day."""
    priority, spread = world.priorities(day, decided), world.spreads(day)
    is_first = priority == int(Priority.FIRST)
    so_far = len(world.landed)
    table = world.simulation.table
    alive = table.alive(day)
    found.set_cost = float(table.seconds[alive[is_first[alive]]].sum()
                           / table.seconds[alive].sum())
    for push in world.simulation.pushes_until(day + 1):
        runs = is_first
        if policy.runs_low_value:
            due = due_on_push(push.pushed_at, policy.cadence, world.states)
            world.states = world.states.after(push.pushed_at, due.ran)
            runs = due_jobs(due, priority, spread)
            runs[world.failing(push)] = True
        found.costs.append(world.push(push, runs, priority))
    found.landed = world.landed[so_far:]
