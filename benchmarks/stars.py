"""What wrong stars do to the set, weighed and not: ``python benchmarks/stars.py``.

Needs no database; a seed takes about 10 seconds.
"""

import sys
from dataclasses import replace
from statistics import fmean

from report import Table, publish

from seta.analysis import decide
from seta.domain import Priority
from seta.proof.simulation import Shape
from seta.proof.simulation.starred import StarredCI

SEEDS = range(1, 6)
CUT_OFFS = 60.0, 75.0, 90.0
HORIZON = 30.0                       # days after a cut-off whose regressions are to be caught
FLAKES = 0.004, 0.01, 0.02           # share of runs that fail by chance
WRONG = 0.0, 0.01, 0.05, 0.1         # share of these that are starred with a fix
HEADER = ("chance failures", "starred wrongly", "every star counts", "witnesses weighed",
          "doubtful", "lost, every star", "lost, weighed")
ABOUT = f"""
Simulated CIs of 430 job types and {CUT_OFFS[-1] + HORIZON:.0f} days in which everything runs,
seeds {SEEDS[0]} to {SEEDS[-1]}. Some of the failures by chance are starred with the fix of the
regression that was found last. At {len(CUT_OFFS)} cut-offs the set is decided from the stars before
it; of the regressions that land in the {HORIZON:.0f} days after it, this share is shown by the set
on the very push, by the truth. Beside it the set's machine time a push. What is lost is against the
plain set on the same CIs without a wrong star, in points.
"""
THINNED = """
The same, but the history is that of a CI that skips: 15 % of the jobs ran on every push, 25 % on
every fifth and the others on every tenth, each in its turn, and everything on every twentieth. So a
witness often ran only once before the fix.
"""


def measure(flakes: float, wrong: float, *, is_thinned: bool) -> dict[str, float]:
    found: dict[str, list[float]] = {each: [] for each in (
        "plain", "weighed", "plain cost", "weighed cost", "doubtful")}
    for seed in SEEDS:
        shape = Shape(days=int(CUT_OFFS[-1] + HORIZON), flakes=flakes, mis_starred=wrong)
        ci = StarredCI(shape, seed, is_thinned=is_thinned)
        for day in CUT_OFFS:
            problem = ci.problem_at(day)
            for way, asked in (("weighed", problem), ("plain", replace(problem, shown={}))):
                decision = decide(asked)
                chosen = frozenset(each.job_type for each in decision.verdicts
                                   if each.priority is Priority.FIRST)
                found[way] += ci.caught(chosen, day, day + HORIZON)
                found[f"{way} cost"].append(decision.objective / 3_600_000)
                if decision.stars is not None:
                    found["doubtful"].append(decision.stars.doubtful / decision.stars.witnesses)
    return {name: fmean(values) for name, values in found.items()}


def tables() -> list[Table]:
    return [Table(HEADER, rows_of(is_thinned=False), ABOUT, title="Where everything runs"),
            Table(HEADER, rows_of(is_thinned=True), THINNED, title="Where most is skipped")]


def rows_of(*, is_thinned: bool) -> list[tuple[str, ...]]:
    rows = []
    for flakes in FLAKES:
        best = None
        for wrong in WRONG:
            print(f"{flakes:.1%} chance failures, {wrong:.0%} of them starred", file=sys.stderr)
            found = measure(flakes, wrong, is_thinned=is_thinned)
            best = found["plain"] if best is None else best
            rows.append((
                f"{flakes:.1%}", f"{wrong:.0%}",
                *(f"{found[way]:.3f}, {found[f'{way} cost']:.1f} h"
                  for way in ("plain", "weighed")),
                f"{found['doubtful']:.1%}",
                *(f"{(best - found[way]) * 100:.1f}" for way in ("plain", "weighed"))))
    return rows


if __name__ == "__main__":
    publish("Wrong stars", tables)
