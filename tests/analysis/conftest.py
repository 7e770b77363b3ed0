"""Makers of problems, and a judge that knows only the definition, none of our code."""

import random
from itertools import chain, combinations
from types import SimpleNamespace

import pytest
from hypothesis import strategies as st

from seta.analysis import Problem
from seta.analysis.setcover import CoverProblem, Row
from seta.domain import JobType, Priority, Regression

NAMES = "abcdefg"
FORCED = ("build", "pinned", "new", "never skip")


def job(name: str) -> JobType:
    return JobType("linux64", "opt", name)


def regression(fixed_by: str, names: str) -> Regression:
    return Regression(fixed_by, frozenset(map(job, names)))


def problem(caught: dict[str, str], *, alive=None, costs=None, forced="", lowered="", k=1):
    """Make a problem from names of one letter: ``{"r1": "ab"}``; all alive on one project."""
    alive = alive or {"autoland": "".join(sorted(set("".join(caught.values()))))}
    return Problem(
        regressions=tuple(regression(fixed_by, names) for fixed_by, names in caught.items()),
        alive={project: frozenset(map(job, names)) for project, names in alive.items()},
        durations_ms={job(name): cost for name, cost in (costs or {}).items()},
        forced={job(name): "pinned" for name in forced},
        lowered={job(name): Priority.SECOND for name in lowered},
        redundancy=k,
    )


def subsets(items):
    items = sorted(items)
    return map(frozenset, chain.from_iterable(
        combinations(items, size) for size in range(len(items) + 1)))


@st.composite
def problems(draw):
    """Small ones, with every feature: retired witnesses, forced, lowered, unknown durations."""
    jobs = st.sampled_from([job(name) for name in NAMES])
    caught_by = draw(st.lists(st.frozensets(jobs, min_size=1, max_size=5), min_size=1, max_size=7))
    return Problem(
        regressions=tuple(Regression(f"r{number}", caught)
                          for number, caught in enumerate(caught_by)),
        alive=draw(st.dictionaries(st.sampled_from(["autoland", "central", "inbound"]),
                                   st.frozensets(jobs), min_size=1)),
        durations_ms=draw(st.dictionaries(jobs, st.integers(0, 9) | st.integers(0, 10**9))),
        forced=draw(st.dictionaries(jobs, st.sampled_from(FORCED), max_size=2)),
        lowered=draw(st.dictionaries(
            jobs, st.sampled_from([Priority.SECOND, Priority.THIRD]), max_size=2)),
        redundancy=draw(st.integers(1, 3)),
    )


@st.composite
def cover_problems(draw):
    """Problems of up to eight columns, each row with need 1 to all of its columns."""
    costs = draw(st.lists(st.integers(0, 9) | st.integers(0, 10**8), min_size=8, max_size=8))
    rows = set()
    for columns in draw(st.lists(st.sets(st.integers(0, 7), min_size=1), min_size=1, max_size=9)):
        rows.add(Row(draw(st.integers(1, len(columns))), tuple(sorted(columns))))
    return CoverProblem(costs, tuple(sorted(rows, key=lambda row: (row.columns, row.need))))


def sparse(columns: int, rows: int, *, seed: int) -> CoverProblem:
    """Two to five columns a row, of which one or two are needed; costs of one digit."""
    rng = random.Random(seed)
    found = {tuple(sorted(rng.sample(range(columns), rng.randint(2, 5)))): rng.randint(1, 2)
             for _ in range(rows)}
    return CoverProblem([rng.randint(1, 9) for _ in range(columns)],
                        tuple(Row(need, row) for row, need in sorted(found.items())))


def candidates(problem, regression, project):
    """Return the witnesses alive there that may be kept."""
    return {job_type for job_type in regression.caught_by & problem.alive[project]
            if job_type in problem.forced or job_type not in problem.lowered}


def hits_all(problem, kept) -> bool:
    """Return whether on every project every regression keeps what it should."""
    return all(
        len(found & kept) >= min(problem.redundancy, len(found))
        for regression in problem.regressions for project in problem.alive
        for found in [candidates(problem, regression, project)]
    )


def universe(problem) -> frozenset:
    return frozenset().union(*problem.alive.values())


def kept(decision) -> frozenset:
    return frozenset(verdict.job_type for verdict in decision.verdicts
                     if verdict.priority is Priority.FIRST)


def best_price(problem, cost_of) -> tuple[int, int]:
    """Try every set of job types: return the least cost and the fewest at that cost."""
    forced = frozenset(problem.forced) & universe(problem)
    free = universe(problem) - forced - frozenset(problem.lowered)
    return min((sum(map(cost_of, chosen)), len(chosen))
               for chosen in subsets(free) if hits_all(problem, chosen | forced))


def best_of(problem) -> tuple[int, int]:
    columns = {column for row in problem.rows for column in row.columns}
    return min(problem.price(chosen) for chosen in subsets(columns) if meets(problem, chosen))


def meets(problem, chosen) -> bool:
    """Return whether these columns meet every row."""
    return all(row.need <= len(chosen.intersection(row.columns)) for row in problem.rows)


def hard(size: int, *, seed: int = 3) -> Problem:
    """Every regression has three or more witnesses, and every job costs the same."""
    rng = random.Random(seed)
    jobs = [JobType("linux64", "opt", "suite", chunk) for chunk in range(1, size + 1)]
    return Problem(
        regressions=tuple(
            Regression(f"r{number:05}", frozenset(rng.sample(jobs, 3 + rng.randrange(3))))
            for number in range(size)),
        alive={"autoland": frozenset(jobs)},
    )


@pytest.fixture(scope="session")
def make():
    return SimpleNamespace(job=job, problem=problem, problems=problems,
                           cover_problems=cover_problems, hard=hard, sparse=sparse)


@pytest.fixture(scope="session")
def judge():
    return SimpleNamespace(candidates=candidates, hits_all=hits_all, universe=universe,
                           kept=kept, best_price=best_price, best_of=best_of, meets=meets)
