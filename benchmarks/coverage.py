"""How often a backtest's 95 % interval holds the truth: ``python benchmarks/coverage.py``."""

import argparse
import sys
from statistics import fmean, stdev

from joblib import Parallel, delayed
from report import Table, publish

from seta.proof.backtest.intervals import wilson
from seta.proof.coverage import covered
from seta.proof.simulation import Shape

RUNS = 500
WARM_UP = 30
SHAPE = Shape(days=WARM_UP + 56, pushes_per_day=12, job_types=60, regressions_per_day=3)
LOOPS = {"open: everything ran": False, "closed: SETA's own choice ran": True}
HEADER = ("loop", "runs", "intervals that hold the truth", "95 % of that", "regressions a run",
          "estimate - truth", "spread of that", "width of an interval",
          "that hold the share on the landing push", "estimate - that share")
ABOUT = """
Simulated CIs, each with a seed of its own: {runs} of {days} days, of which the first {warm_up} only
warm up, then cut-offs every 7 days, {pushes} pushes a workday, {jobs} job types. The figure is the
share of later regressions that the plain cover catches. The truth of a cut-off is the chance that a
regression which might land until the next one is shown by a job of the set on the first push on
which any job would show it: what a backtest calls caught. The last two columns compare with the
share caught on the very push that broke it, which no history knows: one witness in seven fails for
a regression on some pushes only, so that nothing may show it on the first. In the closed loop SETA
decides every day, and its cadence (priority 2 on every 5th push, 3 on every 10th, everything on
every 20th) runs the rest.
"""


def tables(runs: int = RUNS, processes: int = 2) -> list[Table]:
    rows = [row(name, is_closed, runs, processes) for name, is_closed in LOOPS.items()]
    return [Table(HEADER, rows, ABOUT.format(
        runs=runs, days=SHAPE.days, warm_up=WARM_UP, pushes=SHAPE.pushes_per_day,
        jobs=SHAPE.job_types))]


def row(name: str, is_closed: bool, runs: int, processes: int) -> tuple[str, ...]:
    found = []
    for each in Parallel(n_jobs=processes, return_as="generator")(
            delayed(covered)(SHAPE, seed, warm_up=WARM_UP, is_closed=is_closed)
            for seed in range(runs)):
        found.append(each)
        if len(found) % 10 == 0:
            print(f"{name}: {len(found)} runs, {sum(each.holds for each in found)} hold",
                  file=sys.stderr, flush=True)
    held = fmean(each.holds for each in found)
    low, high = wilson(held, runs)
    errors = [each.estimate - each.truth for each in found]
    width = fmean(each.interval[1] - each.interval[0] for each in found)
    return (name, f"{runs}", f"{held:.3f}", f"{low:.3f} to {high:.3f}",
            f"{fmean(each.regressions for each in found):.0f}", f"{100 * fmean(errors):+.1f}",
            f"{100 * stdev(errors):.1f}", f"{100 * width:.1f}",
            f"{fmean(each.holds_on_landing for each in found):.3f}",
            f"{100 * fmean(each.estimate - each.on_landing for each in found):+.1f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--processes", type=int, default=2)
    chosen, rest = parser.parse_known_args()
    sys.argv[1:] = rest
    publish("Coverage", lambda: tables(chosen.runs, chosen.processes))
