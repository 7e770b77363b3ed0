"""Decide which job types run on every push."""

from dataclasses import dataclass, replace

from ..config import Settings
from ..errors import NothingToAnalyze
from .baselines import comparison_of
from .change import answer_at_prices
from .choice import ChoiceSummary, choose
from .cover import Cover, cover_of
from .explain import JobVerdict, verdicts_on
from .objective import costs_of
from .problem import Problem
from .setcover import Budget, CoverProblem, Progress, Row, no_progress, solve

# Nodes of the search tree, and seconds: those of a program that changes no setting.
WORK_LIMIT, TIME_LIMIT = Settings().node_limit, Settings().time_limit.total_seconds()

PLAIN_SHARE = 10   # of the limits goes into the set that is only shown for comparison


@dataclass(frozen=True)
class Decision:
    """The verdict on every job type alive on any project, and how good the set is.

    ``objective`` is what the cover costs in ``unit``; forced job types are not counted, nor are
    they in ``comparison``, nor is what a budget adds. No cover costs less than ``lower_bound``;
    ``gap`` is how far the objective is above it, as a share of the objective. The status is
    "optimal" when the cover is proven to cost least and, among those that cost the same, to have
    the fewest job types; "limit" when a limit ended the proof, and the cover is the best found.

    With a price for change, the cover is the one that costs least at those prices. ``objective``
    is what it costs in truth, ``gap`` how far that may be above the least, and ``comparison`` has
    the least beside it.
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
    comparison: dict[str, dict[str, int]]    # {"ours": {"job_types": 3, "cost": 70}, "greedy": ...}
    choice: ChoiceSummary             # what the chosen ones were taken for
    stars: "StarCounts | None" = None        # None: nobody knows how witnesses did until the fix


@dataclass(frozen=True, slots=True)
class StarCounts:
    """How far the witnesses are believed; one is a job type that is alive and a regression."""

    witnesses: int
    doubtful: int
    only_doubtful: int    # regressions of which no witness is believed


def decide(
    problem: Problem, *, work_limit: int = WORK_LIMIT, time_limit: float = TIME_LIMIT,
    compare: bool = False, progress: Progress | None = None,
) -> Decision:
    """Return the cheapest set of job types that catches every regression, and what is proven.

    On every project of the scope, every regression keeps `need_of` chosen or forced job types
    that are alive there; one of them is a witness that is believed, where there is any, and where
    there is none a second one is kept (`credibility`). A regression is *uncoverable* when no
    project has a living witness of it. It is *given up* when on some project overrides lowered all
    its living witnesses; on the other projects it is still kept.

    What a budget adds to that, and what is chosen where the objective is the expected catches, says
    `choose`.

    Of the sets that cost least, one with the fewest job types is taken. The same problem, in any
    order, gives the same decision if the status is "optimal", or if it was the work limit (nodes
    of the search tree) and not the time limit (seconds) that ended the search.

    `progress` gets a line of text about every second. An exception that it raises ends the
    analysis and reaches the caller.

    Raises NothingToAnalyze when no regression has a living witness.
    """
    cover = cover_of(problem)
    _refuse_nothing(cover)
    costs, unit = costs_of(cover.job_types, problem.durations_ms)
    cover_problem = cover_problem_of(cover, costs)
    limits, progress = Budget(work_limit, time_limit), progress or no_progress
    least = answer = solve(cover_problem, limits, progress)
    if problem.kept and problem.change_price > 1:
        answer = answer_at_prices(problem, cover, cover_problem, least, limits, progress)
    objective = cover_problem.price(answer.chosen)[0]
    choice = choose(problem, cover, costs, answer.chosen)
    stars = star_counts(cover)
    comparison = comparison_of(
        cover_problem, answer.chosen, with_drop_one=compare,
        least=None if answer is least else least.chosen)
    if stars is not None and stars.doubtful:
        comparison["plain"] = _plain(problem, costs, work_limit, time_limit)
    return Decision(
        verdicts=verdicts_on(problem, cover, costs, choice),
        unit=unit,
        objective=objective,
        lower_bound=float(answer.lower_bound),
        gap=(objective - answer.lower_bound) / objective if objective else 0.0,
        status="optimal" if answer.is_proved else "limit",
        regressions=len(cover.fixed_by),
        uncoverable=tuple(cover.fixed_by[number] for number in cover.uncoverable()),
        given_up=tuple(cover.fixed_by[number] for number in sorted(cover.given_up)),
        comparison=comparison,
        stars=stars,
        choice=choice.summary,
    )


def star_counts(cover: Cover) -> StarCounts | None:
    if not any(cover.showings):
        return None
    doubtful = [cover.doubtful(number) for number in range(len(cover.fixed_by))]
    return StarCounts(
        sum(map(len, cover.witnesses)), sum(map(len, doubtful)),
        sum(bool(living) and set(living) <= found
            for living, found in zip(cover.witnesses, doubtful)))


def _plain(
    problem: Problem, costs: list[int], work_limit: int, time_limit: float
) -> dict[str, int]:
    """Return what the set would cost that believes every witness: the best found in a while."""
    plain = cover_problem_of(cover_of(replace(problem, shown={})), costs)
    share = Budget(max(1, work_limit // PLAIN_SHARE), time_limit / PLAIN_SHARE)
    cost, count = plain.price(solve(plain, share).chosen)
    return {"job_types": count, "cost": cost}


def _refuse_nothing(cover: Cover) -> None:
    if not cover.fixed_by:
        raise NothingToAnalyze("there are no regressions to decide on")
    if len(cover.uncoverable()) == len(cover.fixed_by):
        raise NothingToAnalyze(f"none of {len(cover.fixed_by)} regressions has a living witness")


def cover_problem_of(cover: Cover, costs: list[int]) -> CoverProblem:
    """Return the problem that is left once the forced job types are in the set."""
    needs: dict[tuple[int, ...], int] = {}
    for rows in cover.rows:
        for row in rows:
            columns = tuple(column for column in row.columns if column not in cover.forced)
            need = row.need - (len(row.columns) - len(columns))
            if need > needs.get(columns, 0):
                needs[columns] = need
    return CoverProblem(costs, tuple(Row(needs[columns], columns) for columns in sorted(needs)))
