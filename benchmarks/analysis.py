"""How fast the analysis is and what it finds: ``python benchmarks/analysis.py``.

Each row runs in a process of its own, on one core. "decide" is the whole of it: reading the
problem, reductions, search, the comparison with greedy, verdicts and certificates.
"""

import json
import os
import resource
import subprocess
import sys
import time

from analysis_shapes import hard, realistic
from rich.console import Console
from rich.table import Table

from seta.analysis import decide
from seta.analysis.baselines import ORDERS, drop_one
from seta.analysis.cover import cover_of
from seta.analysis.decide import TIME_LIMIT, WORK_LIMIT, cover_problem_of
from seta.analysis.objective import costs_of
from seta.analysis.setcover import Budget, solve

PROBLEMS = {
    "300 x 500": lambda: realistic(300, 500),
    "3,000 x 3,000": lambda: realistic(3_000, 3_000),
    "20,000 x 20,000": lambda: realistic(20_000, 20_000),
    "20,000 x 20,000, k=2": lambda: with_redundancy(realistic(20_000, 20_000), 2),
    "3,000 x 3,000, 3+ witnesses": lambda: hard(3_000, 3_000, spread=0.7),
    "same, costs alike": lambda: hard(3_000, 3_000, spread=0.2),
    "same, costs equal": lambda: hard(3_000, 3_000, spread=0.0),
}
COLUMNS = ("regressions x job types", "decide", "without certificates", "peak", "ours", "greedy",
           f"drop-one, best of {ORDERS}", "its time", "status, gap")


def with_redundancy(problem, redundancy):
    return type(problem)(problem.regressions, problem.alive, problem.durations_ms,
                         redundancy=redundancy)


def measure(name: str) -> dict:
    """Decide one problem; times in seconds, memory in MB (the whole process, problem included)."""
    problem = PROBLEMS[name]()
    before = time.perf_counter()
    decision = decide(problem)
    whole = time.perf_counter() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    before = time.perf_counter()
    cover_problem = bare(problem)
    without = time.perf_counter() - before
    before = time.perf_counter()
    dropped = min(cover_problem.price(drop_one(cover_problem, seed)) for seed in range(ORDERS))
    passes = time.perf_counter() - before
    return {"whole": whole, "without": without, "peak": peak, "passes": passes,
            "dropped": dropped, "status": decision.status, "gap": decision.gap,
            "ours": priced(decision, "ours"), "greedy": priced(decision, "greedy")}


def bare(problem):
    """Everything but the comparison, the verdicts and their certificates."""
    cover = cover_of(problem)
    cover_problem = cover_problem_of(cover, costs_of(cover.job_types, problem.durations_ms)[0])
    solve(cover_problem, Budget(WORK_LIMIT, TIME_LIMIT))
    return cover_problem


def priced(decision, way):
    found = decision.comparison[way]
    return found["cost"], found["job_types"]


def measured_apart(name: str) -> dict:
    run = subprocess.run([sys.executable, __file__, name], check=True, stdout=subprocess.PIPE)
    return json.loads(run.stdout)


def shown(price) -> str:
    cost, count = price
    return f"{count:,} jobs\n{cost / 3_600_000:,.3f} h"


def main() -> None:
    table = Table(*COLUMNS, title="Analysis, one core")
    for name in PROBLEMS:
        found = measured_apart(name)
        table.add_row(
            name, f"{found['whole']:.2f} s", f"{found['without']:.2f} s",
            f"{found['peak']:.0f} MB", shown(found["ours"]), shown(found["greedy"]),
            shown(found["dropped"]), f"{found['passes']:.2f} s",
            f"{found['status']}, {found['gap']:.3%}")
    Console(width=140).print(table)


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(measure(sys.argv[1])))
    else:
        main()
