"""When the alarms on drift and on misses come, and how often for nothing.

``python benchmarks/drift.py``. Needs no database; a seed takes about a minute.
"""

import sys
from datetime import date, timedelta
from statistics import median

import numpy as np
from report import Table, publish

from seta.proof.loop import POLICIES, loop_days, start
from seta.proof.loop.drifting import drifting
from seta.proof.misses.cusum import Expectation, Week, alike, draw, judge, threshold
from seta.proof.simulation import Shape

SEEDS = range(1, 11)
DAYS = 300
WAYS = "cover", "cover, low value never runs"
DRIFT_HEADER = ("what the client does", "runs with an alarm", "first on day, median", "latest",
                "days with an alarm")
ABOUT_DRIFT = f"""
Simulated CIs of {Shape().job_types} job types, seeds {SEEDS[0]} to {SEEDS[-1]}, on which everything
runs for 90 days and SETA then decides every day for {DAYS}, with the default cadence or with a
client that never runs a job of low value. A decision is compared with that of 30 days before, or in
the first month with the first one.
"""

CASES = tuple((rate, size, clustering) for rate in (0.1, 0.3) for size in (5, 20)
              for clustering in (1.3, 3.0))
MEASURED_ON = 200                  # regressions, from which the rate is known
WEEKS, PATHS = 520, 20             # of made-up weeks
MONDAY = date(2026, 1, 5)
MISSES_HEADER = ("rate", "regressions a week", "design effect", "threshold",
                 "weeks between false alarms", "plain interval", "rate doubled: weeks until")
ABOUT_MISSES = f"""
Made-up weeks whose regressions are missed at the rate that the backtest said, or at twice that.
{PATHS} runs of {WEEKS} weeks each; every alarm begins a new sum. Beside it, how often a week is
above a plain one-sided 97.5 % binomial limit. The backtest had {MEASURED_ON} regressions.
"""


def drift() -> Table:
    first: dict[str, list[int]] = {way: [] for way in WAYS}
    alarming = dict.fromkeys(WAYS, 0)
    for seed in SEEDS:
        world = start(Shape(), seed, days=DAYS)
        for way in WAYS:
            found = [number for number, moved in drifting(loop_days(world, POLICIES[way])) if moved]
            print(f"seed {seed}, {way}: {len(found)} days, first {found[:1]}", file=sys.stderr)
            alarming[way] += len(found)
            first[way] += found[:1]
    return Table(DRIFT_HEADER, [
        (way, f"{len(days)} of {len(SEEDS)}", f"{median(days):.0f}" if days else "",
         str(max(days, default="")), f"{alarming[way]:,} of {DAYS * len(SEEDS):,}")
        for way, days in first.items()], ABOUT_DRIFT)


def misses() -> Table:
    rows = []
    for rate, size, clustering in CASES:
        expected = Expectation(rate, MEASURED_ON, clustering)
        limit = threshold(expected, (size,) * 8)
        quiet = [alarms_of(rate, size, clustering, expected, limit, seed)
                 for seed in range(PATHS)]
        doubled = [alarms_of(2 * rate, size, clustering, expected, limit, 1000 + seed)[0]
                   for seed in range(PATHS)]
        count = sum(len(found) for found, _ in quiet)
        plain = sum(above for _, above in quiet)
        rows.append((f"{rate:.0%}", str(size), str(clustering), f"{limit:.2f}",
                     f"{PATHS * WEEKS / max(1, count):.0f}",
                     f"once in {PATHS * WEEKS / max(1, plain):.0f} weeks",
                     f"{median(found[0] for found in doubled):.0f}"))
    return Table(MISSES_HEADER, rows, ABOUT_MISSES)


def alarms_of(
    rate: float, size: int, clustering: float, expected: Expectation, limit: float, seed: int
) -> tuple[list[int], int]:
    """Return the weeks of a run in which the sum was too high, and how many a plain limit finds."""
    rng = np.random.default_rng(seed)
    found = np.maximum(1, rng.poisson(size, WEEKS))
    missed = draw(rng, found, np.array(rate), alike(expected, [size]))
    weeks = [Week(MONDAY + timedelta(weeks=number), int(each), float(miss))
             for number, (each, miss) in enumerate(zip(found, missed))]
    alarms, begin = [], 0
    for end in range(1, WEEKS + 1):
        if judge(weeks[max(begin, end - 26):end], expected, limit=limit).is_alarming:
            alarms.append(end - begin)
            begin = end
    spread = 1.96 * np.sqrt(found * expected.rate * (1 - expected.rate))
    return alarms, int((missed > found * expected.rate + spread).sum())


def tables() -> list[Table]:
    return [drift(), misses()]


if __name__ == "__main__":
    publish("Alarms on drift and on misses", tables)
