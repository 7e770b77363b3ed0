"""How often a backtest's interval holds the truth, where a simulation knows it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import prod

import numpy as np

from ..analysis.setcover import Budget
from ..config import Settings
from ..domain import Priority, Project, Scope
from .backtest.history import History, recorded_history
from .backtest.intervals import Interval
from .backtest.plan import Plan
from .backtest.policies import PLAIN, Known
from .backtest.run import backtest_of
from .evidence import Evidence
from .loop import World, run_days, start
from .loop.policies import COVER
from .loop.world import PROJECT
from .simulation import Shape
from .simulation.shape import START

DAY = timedelta(days=1)
DRAWS = 200    # regressions that might have landed, for each period


@dataclass(frozen=True)
class Covered:
    """What a backtest says of the plain cover, and what is true of it."""

    regressions: int
    estimate: float          # share caught by what runs on every push
    interval: Interval
    truth: float             # on the first push on which any job would fail
    on_landing: float        # on the push that broke it, even where no job fails there

    @property
    def holds(self) -> bool:
        return self.interval[0] <= self.truth <= self.interval[1]

    @property
    def holds_on_landing(self) -> bool:
        return self.interval[0] <= self.on_landing <= self.interval[1]


def covered(
    shape: Shape, seed: int, *, warm_up: int, step: int = 7, is_closed: bool = False
) -> Covered:
    """Simulate a CI and backtest it from the end of its warm-up, with cut-offs every `step` days.

    In an open loop every job runs on every push. In a closed one SETA decides every day from the
    end of the warm-up, and its client runs what is due. Raises NothingToAnalyze where nothing can
    be scored.

    The truth of a cut-off is the chance that a regression which might land on one of the pushes
    until the next one is shown by a job of the set on the first push on which any job shows it,
    whoever stars it: what a backtest calls caught, were everything run. Over all cut-offs it is the
    mean, each weighted by the regressions that were scored. That is more than the share caught on
    the push that broke it, since some jobs fail for a regression on some pushes only.
    """
    world = start(shape, seed, days=shape.days - warm_up, warm_up=warm_up)
    if is_closed:
        for _ in run_days(world, COVER, warm_up=warm_up):
            pass
    else:
        for push in world.simulation.pushes():
            world.push(push)
    begin, until = START + warm_up * DAY, START + shape.days * DAY
    scope = Scope("loop", window_days=90)
    history = recorded_history(
        world.recorder, scope, Project(PROJECT, "loop", cadence=COVER.cadence), until=until)
    evidence = world.recorder.evidence()
    plan = Plan("loop", begin, until, step * DAY, policies=(PLAIN,))
    found = backtest_of(evidence, history, plan, settings=Settings())
    plain = next(each for each in found.policies if each.policy == PLAIN)
    assert plain.interval is not None
    weights = [each.regressions for each in found.periods]
    chances = [chances_caught(world, evidence, history, each.begin, each.end, seed)
               if each.regressions else (0.0, 0.0) for each in found.periods]
    truth, on_landing = np.average(chances, axis=0, weights=weights).tolist()
    return Covered(found.regressions, plain.by_set, plain.interval, truth, on_landing)


def chances_caught(
    world: World, evidence: Evidence, history: History, begin: datetime, end: datetime, seed: int
) -> tuple[float, float]:
    """Return how likely the plain cover of `begin` catches what lands until before `end`.

    On the first push on which any job fails for it, and on the one on which it landed. Each push
    draws anew which of its jobs fail, so the first chance is the second one divided by the chance
    that any job fails.
    """
    settings = Settings()
    known = Known(evidence.problem_at(begin), evidence.ages_at(begin),
                  Budget(settings.node_limit, settings.time_limit.total_seconds()))
    ranks = known.board.priorities(known.plain)
    days = [(at - START) / DAY for at in history.timelines[PROJECT].times if begin <= at < end]
    rng = np.random.default_rng([seed, int((begin - START) / DAY)])
    found = []
    for day in rng.choice(days, DRAWS).tolist():
        types = world.job_types(day)
        shown = world.simulation.imagined(day, rng).witnesses
        by_any = 1 - prod(1 - chance for chance in shown.values())
        by_set = 1 - prod(
            1 - chance for job, chance in shown.items()
            if (kind := types[job]) is None
            or known.board.priority_of(kind, ranks) is Priority.FIRST)
        found.append((by_set / by_any, by_set))
    first, landing = np.mean(found, axis=0).tolist()
    return first, landing
