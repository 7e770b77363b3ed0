"""How fast the analysis is and what it finds: ``python benchmarks/analysis.py``."""

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import replace

from analysis_shapes import hard, realistic
from report import Table, publish

from seta.analysis import decide
from seta.analysis.baselines import ORDERS, drop_one
from seta.analysis.cover import cover_of
from seta.analysis.decide import cover_problem_of
from seta.analysis.objective import costs_of
from seta.domain import EXPECTED

PROBLEMS = {
    "300 x 500": lambda: realistic(300, 500),
    "3,000 x 3,000": lambda: realistic(3_000, 3_000),
    "20,000 x 20,000": lambda: realistic(20_000, 20_000),
    "20,000 x 20,000, k=2": lambda: with_redundancy(realistic(20_000, 20_000), 2),
    "3,000 x 3,000, no durations": lambda: without_durations(realistic(3_000, 3_000)),
    "3,000 x 10,000": lambda: realistic(3_000, 10_000),
    "3,000 x 10,000, budget 1.3": lambda: with_budget(realistic(3_000, 10_000), 1.3),
    "3,000 x 10,000, expected": lambda: with_expectation(realistic(3_000, 10_000)),
    "3,000 x 3,000, 3+ witnesses": lambda: hard(3_000, 3_000, spread=0.7),
    "same, costs alike": lambda: hard(3_000, 3_000, spread=0.2),
    "same, costs equal": lambda: hard(3_000, 3_000, spread=0.0),
}
HEADER = ("regressions x job types", "time", "peak memory", "SETA", "greedy by cost",
          f"drop-one, best of {ORDERS} orders", "status, gap")
ABOUT = f"""
Made-up histories of a realistic shape, each in a process of its own on one core. The time is of
everything: reading the problem, reductions, search, the comparison, verdicts and certificates.
Hours are machine time per push. *Drop-one* is our own version of what earlier SETAs computed, with
the best of {ORDERS} orders of its input. *Budget* and *expected* also choose what is [expected to
catch most](how-seta-decides.md#what-is-expected); the job types and hours are those of the cover.
"""
AFTER = """
The hard kind, with at least three witnesses for each regression, is made up to be hard: no history
is known that is like it. Where the search reaches its limit, SETA shows the best set that it found,
with its bound and gap.
"""


def with_redundancy(problem, redundancy):
    return type(problem)(problem.regressions, problem.alive, problem.durations_ms,
                         redundancy=redundancy)


def with_budget(problem, budget):
    """Every regression gets an age, evenly over 90 days."""
    ages = {each.fixed_by: 90 * number / len(problem.regressions)
            for number, each in enumerate(problem.regressions)}
    return replace(problem, ages=ages, budget=budget)


def with_expectation(problem):
    return replace(with_budget(problem, 1.0), objective=EXPECTED)


def without_durations(problem):
    return type(problem)(problem.regressions, problem.alive, {})


def measure(name: str) -> dict:
    """Decide one problem; times in seconds, memory in MB (the whole process, problem included)."""
    problem = PROBLEMS[name]()
    before = time.perf_counter()
    decision = decide(problem)
    whole = time.perf_counter() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cover = cover_of(problem)
    cover_problem = cover_problem_of(cover, costs_of(cover.job_types, problem.durations_ms)[0])
    dropped = min(cover_problem.price(drop_one(cover_problem, seed)) for seed in range(ORDERS))
    return {"whole": whole, "peak": peak, "dropped": dropped, "unit": decision.unit,
            "status": decision.status, "gap": decision.gap, "ours": priced(decision, "ours"),
            "greedy": priced(decision, "greedy")}


def priced(decision, way):
    found = decision.comparison[way]
    return found["cost"], found["job_types"]


def measured_apart(name: str) -> dict:
    run = subprocess.run([sys.executable, __file__, "--one", name], check=True,
                         stdout=subprocess.PIPE)
    return json.loads(run.stdout)


def shown(price, unit) -> str:
    cost, count = price
    return f"{count:,} jobs" + (f", {cost / 3_600_000:,.1f} h" if unit == "ms" else "")


def tables() -> list[Table]:
    rows = []
    for name in PROBLEMS:
        found = measured_apart(name)
        rows.append((
            name, f"{found['whole']:.2f} s", f"{found['peak']:.0f} MB",
            *(shown(found[way], found["unit"]) for way in ("ours", "greedy", "dropped")),
            f"{found['status']}, {found['gap']:.2%}"))
    return [Table(HEADER, rows, ABOUT, after=AFTER)]


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    if sys.argv[1:2] == ["--one"]:
        sys.stdout.write(json.dumps(measure(sys.argv[2])))
    else:
        publish("Analysis", tables)
