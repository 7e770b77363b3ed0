"""A set that gets older: what it catches of the regressions that come days and weeks after it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean

from ...domain import Priority
from .costs import Board
from .history import Period
from .intervals import Bootstrap, Interval
from .policies import Columns

DAY = timedelta(days=1)
AGES = ((0, 7), (7, 14), (14, 30), (30, 60))   # days


@dataclass(frozen=True, slots=True)
class Aged:
    """Whether a set of this age, a place in AGES, has a job that shows the regression at once."""

    fixed_by: str
    age: int
    is_caught: bool


@dataclass(frozen=True)
class AgeFigure:
    """Sets of an age: what they catch of the regressions that came then."""

    from_days: int
    to_days: int
    regressions: int
    by_set: float
    interval: Interval | None
    compared: int                    # regressions that a set of the youngest age was tried on too
    difference: float | None         # to these sets, on the same regressions
    difference_interval: Interval | None


def by_age(board: Board, chosen: Columns, period: Period) -> tuple[Aged, ...]:
    """Score a set on the regressions of its period and on those of the weeks after it."""
    priorities = board.priorities(chosen)
    found = []
    for each in (*period.regressions, *period.later):
        days = (each.first_at - period.begin) / DAY
        age = next((place for place, (_, end) in enumerate(AGES) if days < end), None)
        if age is not None:
            found.append(Aged(each.fixed_by, age, any(
                at == each.first_at
                and board.priority_of(job_type, priorities) is Priority.FIRST
                for job_type, at in each.witnesses.items())))
    return tuple(found)


def age_figures(
    aged: Sequence[Aged], periods: Sequence[Period]
) -> tuple[AgeFigure, ...]:
    """Return the figures of each age; a regression counts by the mean over its sets of that age.

    A regression is drawn with the period in which it came.
    """
    caught: dict[int, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for each in aged:
        caught[each.age][each.fixed_by].append(each.is_caught)
    shares = {age: {fixed_by: fmean(map(float, each)) for fixed_by, each in of_age.items()}
              for age, of_age in caught.items()}
    youngest = shares.get(0, {})
    found = []
    for age in sorted(shares):
        values = _by_period(shares[age], periods)
        differences = _by_period(
            {fixed_by: share - youngest[fixed_by] for fixed_by, share in shares[age].items()
             if fixed_by in youngest}, periods)
        compared = [each for of_period in differences for each in of_period]
        found.append(AgeFigure(
            *AGES[age], len(shares[age]), fmean(shares[age].values()), _interval(values),
            len(compared), fmean(compared) if compared else None, _interval(differences)))
    return tuple(found)


def _by_period(shares: dict[str, float], periods: Sequence[Period]) -> list[list[float]]:
    return [[shares[each.fixed_by] for each in period.regressions if each.fixed_by in shares]
            for period in periods]


def _interval(values: list[list[float]]) -> Interval | None:
    return Bootstrap([len(each) for each in values]).interval(values)
