"""Decide which job types run on every push."""

from dataclasses import dataclass

from ..errors import NothingToAnalyse
from .baselines import comparison_of
from .cover import Cover, cover_of
from .explain import JobVerdict, verdicts_on
from .objective import costs_of
from .problem import Problem
from .setcover import Answer, Effort, Program, Progress, Row, solve, tell_nobody

WORK_LIMIT = 2_000    # nodes of the search tree: about a minute where there are thousands of rows
TIME_LIMIT = 300.0    # seconds


@dataclass(frozen=True)
class Decision:
    """The verdict on every job type alive on any project, and how good the set is.

    ``objective`` is what the chosen cost in ``unit``; forced job types are not counted, nor are
    they in ``comparison``. No set costs less than ``lower_bound``; ``gap`` is how far the
    objective is above it, as a share of the objective. The status is "optimal" when the set is
    proved to cost least and, of those that do, to have the fewest job types; "limit" when a
    limit ended the proof, and the set is the best found.
    """

    verdicts: tuple[JobVerdict, ...]  # sorted by job type
    unit: str                         # "ms"; "jobs" where no duration is known at all
    objective: int
    lower_bound: float
    gap: float
    status: str
    regressions: int
    uncoverable: tuple[str, ...]      # fixed_by of those without a living witness anywhere
    given_up: tuple[str, ...]         # fixed_by of those that an override left without one
    comparison: dict                  # {"ours": {"job_types": 3, "cost": 70}, "greedy": ...}


def decide(
    problem: Problem, *, work_limit: int = WORK_LIMIT, time_limit: float = TIME_LIMIT,
    compare: bool = False, progress: Progress | None = None,
) -> Decision:
    """Return the cheapest set of job types that catches every regression, and what it proves.

    For every project of the scope, every regression keeps min(k, living witnesses there that no
    override lowered) chosen or forced job types that are alive there. A regression is
    *uncoverable* when no project has a living witness of it; it is *given up* when on some
    project lowering took the last living witness (on the others it is still kept).

    Of the sets that cost least one with the fewest job types is taken. The same problem, its
    parts in any order, gives the same decision as long as the status is "optimal", and as long
    as it was the work limit (nodes of the search tree) that ended the search, not the time
    limit (seconds).

    `progress` is told in words, about every second, what was done; what it raises ends the
    analysis and reaches the caller.

    Raises NothingToAnalyse when no regression has a living witness: nothing is decided on
    nothing.
    """
    cover = cover_of(problem)
    _refuse_nothing(cover)
    costs, unit = costs_of(cover.job_types, problem.durations_ms)
    program = program_of(cover, costs)
    answer = solve(program, Effort(work_limit, time_limit), progress or tell_nobody)
    return Decision(
        verdicts=verdicts_on(problem, cover, costs, answer.chosen),
        unit=unit,
        **_proof(program, answer),
        regressions=len(cover.fixed_by),
        uncoverable=tuple(cover.fixed_by[number] for number in cover.uncoverable()),
        given_up=tuple(cover.fixed_by[number] for number in sorted(cover.given_up)),
        comparison=comparison_of(program, answer.chosen, with_drop_one=compare),
    )


def program_of(cover: Cover, costs: list[int]) -> Program:
    """Return what is left to choose when the forced job types are in the set."""
    needs: dict[tuple[int, ...], int] = {}
    for rows in cover.rows:
        for row in rows:
            columns = tuple(column for column in row.columns if column not in cover.forced)
            need = row.need - (len(row.columns) - len(columns))
            if need > needs.get(columns, 0):
                needs[columns] = need
    return Program(costs, tuple(Row(needs[columns], columns) for columns in sorted(needs)))


def _refuse_nothing(cover: Cover) -> None:
    if not cover.fixed_by:
        raise NothingToAnalyse("there are no regressions to decide on")
    if len(cover.uncoverable()) == len(cover.fixed_by):
        raise NothingToAnalyse(f"none of {len(cover.fixed_by)} regressions has a living witness")


def _proof(program: Program, answer: Answer) -> dict:
    objective = program.price(answer.chosen)[0]
    above = objective - answer.lower_bound
    return {
        "objective": objective,
        "lower_bound": float(answer.lower_bound),
        "gap": above / objective if objective else 0.0,
        "status": "optimal" if answer.is_proved else "limit",
    }
