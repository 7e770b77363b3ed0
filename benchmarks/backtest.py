"""How long a year of daily cut-offs takes to backtest: ``python benchmarks/backtest.py``."""

import argparse
import os
import resource
import sys
import time
from dataclasses import dataclass
from datetime import timedelta

from joblib.externals.loky import get_reusable_executor
from report import Table, publish

from seta.config import Settings
from seta.domain import Project, Scope
from seta.proof.backtest.history import recorded_history
from seta.proof.backtest.plan import Plan
from seta.proof.backtest.run import backtest_of
from seta.proof.evidence import SimulationRecorder
from seta.proof.simulation import Shape, Simulation
from seta.proof.simulation.shape import START

WINDOW = 90
JOBS = 2
HEADER = ("simulated", "results", "regressions", "cut-offs", "recording", "backtest",
          "its processor time", "peak memory", "caught by the plain cover, 95 %")
ABOUT = f"""
A simulated CI on whose every push all of 5,000 job types run, {JOBS} processes, all policies. Every
result was fed, failures and passes, but as they came out of the simulation and without a database:
importing hundreds of millions of passing results would take days. The decisions are the same: of
passes they use what the daily sums say (durations, when a job was first seen), and a test compares
the two ways to feed field by field. *Recording* is the simulation and these sums, in one process;
the time of the backtest is all that comes after it. Witnesses are all believed, as with
`SETA_WEIGH_WITNESSES=no`. Seed 1; the first {WINDOW} days are only looked back on.
"""


@dataclass(frozen=True)
class Size:
    name: str
    shape: Shape
    step: timedelta = timedelta(days=1)


YEAR = Size("a year and its window before it, 300 pushes a workday", Shape(
    days=365 + WINDOW, pushes_per_day=300, job_types=5_000, regressions_per_day=7.7,
    components=400))
SMALL = Size("twenty days after the window", Shape(
    days=WINDOW + 20, pushes_per_day=300, job_types=5_000, regressions_per_day=7.7,
    components=400))
SIZES = (YEAR,)


def measure(size: Size, jobs: int = JOBS) -> tuple[str, ...]:
    """Simulate and backtest one size; return the row of the table."""
    begun = time.monotonic()
    simulation = Simulation(size.shape, seed=1)
    scope = Scope("made", window_days=WINDOW)
    until = START + timedelta(days=size.shape.days)
    plan = Plan("made", START + timedelta(days=WINDOW), until, size.step)
    recorder = SimulationRecorder(simulation, scope, plan.cut_offs())
    results = 0
    for push in simulation.pushes():
        ran = simulation.run(push)
        results += len(ran.jobs)
        recorder.add(ran)
    recorded, spent_before = time.monotonic(), processor_seconds()
    found = backtest_of(
        recorder.evidence(), recorded_history(recorder, scope, Project("simulated", "made"),
                                              until=until),
        plan, settings=Settings(), jobs=jobs,
        progress=lambda text: print(text, file=sys.stderr, flush=True))
    ended = time.monotonic()
    get_reusable_executor().shutdown(wait=True)    # so that what its processes took is known
    spent = processor_seconds() - spent_before
    peak = max(resource.getrusage(who).ru_maxrss
               for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    plain = next(each for each in found.policies if each.policy == "cover, k = 1")
    low, high = plain.interval
    return (size.name, f"{results:,}", f"{found.regressions:,}", f"{found.cut_offs:,}",
            f"{recorded - begun:,.0f} s", f"{ended - recorded:,.0f} s",
            f"{spent:,.0f} s", f"{peak:,.0f} MB",
            f"{plain.by_set:.1%}, {low:.1%} to {high:.1%}")


def processor_seconds() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def tables() -> list[Table]:
    return [Table(HEADER, [measure(size) for size in SIZES], ABOUT)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="twenty days only")
    chosen, rest = parser.parse_known_args()
    sys.argv[1:] = rest
    if chosen.small:
        SIZES = (SMALL,)
    publish("Backtest", tables)
