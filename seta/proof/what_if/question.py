"""What is asked: which settings to try on past pushes, or which jobs to pin or lower."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from ...domain import INTERVALS, Cadence, Interval, Priority, Scope
from ...errors import BadInput

MOST_VALUES, MOST_POINTS = 10, 100
FACTORS = (0.5, 2)     # of the present cadence, where none is asked for
REDUNDANCIES = (1, 2, 3)
LIMIT = re.compile(r"([1-9][0-9]{0,6})/([1-9][0-9]{0,6})")
CADENCE = "three intervals of pushes/minutes such as 5/90-10/180-20/240, perhaps with -turns"
TURNS = "-turns"    # after the intervals: each low-value job has its own turn

Value = TypeVar("Value")


@dataclass(frozen=True)
class Question:
    """What to try on a project; raises BadInput for what cannot be tried.

    An empty list stands for the usual values; the present ones are always among them.
    """

    project: str
    redundancies: tuple[int, ...] = ()
    budgets: tuple[float, ...] = ()
    cadences: tuple[Cadence, ...] = ()
    pinned: tuple[str, ...] = ()                           # names or globs
    lowered: tuple[tuple[str, Priority], ...] = ()
    since: datetime | None = None       # the first cut-off; None: sixty days before the end
    until: datetime | None = None       # the end; None: now, or that of an archive
    step: timedelta = timedelta(days=7)

    def __post_init__(self) -> None:
        if self.is_of_change and (self.redundancies or self.budgets or self.cadences):
            raise BadInput("what pinning or lowering does is asked of the present setting: leave "
                           "redundancies, budgets and cadences out")

    @property
    def is_of_change(self) -> bool:
        """Return whether it asks what pinning or lowering jobs does, instead of for the curve."""
        return bool(self.pinned or self.lowered)


@dataclass(frozen=True)
class Setting:
    """What decides how much runs."""

    redundancy: int
    budget: float
    cadence: Cadence


def settings_of(question: Question, scope: Scope, present: Cadence) -> list[Setting]:
    """Return the settings to try, each once, in order; raises BadInput where they are too many."""
    redundancies = {*(question.redundancies or REDUNDANCIES), scope.redundancy}
    budgets = {*(question.budgets or (1.0,)), scope.budget}
    usual = [replace(present, is_staggered=not present.is_staggered),
             *(_times(present, factor) for factor in FACTORS)]
    cadences = list(dict.fromkeys([present, *(question.cadences or usual)]))
    count = len(redundancies) * len(budgets) * len(cadences)
    if count > MOST_POINTS:
        raise BadInput(
            f"{len(redundancies)} redundancies, {len(budgets)} budgets and {len(cadences)} "
            f"cadences, the present ones among them, make {count} points; at most {MOST_POINTS} "
            "are tried at once")
    return [Setting(redundancy, budget, cadence) for redundancy in sorted(redundancies)
            for budget in sorted(budgets)
            for cadence in sorted(cadences, key=lambda each: each.priority_2.pushes)]


def read_redundancies(text: str) -> tuple[int, ...]:
    """
    >>> read_redundancies("1,2")
    (1, 2)
    """
    return _values("redundancies", text, "a whole number from 1 to 10", _redundancy)


def read_budgets(text: str) -> tuple[float, ...]:
    """
    >>> read_budgets("1,1.3")
    (1.0, 1.3)
    """
    return _values("budgets", text, "a number from 1 to 10 such as 1.3", _budget)


def read_cadences(text: str) -> tuple[Cadence, ...]:
    """
    >>> read_cadences("5/90-10/180-20/240")[0] == Cadence()
    True
    >>> read_cadences("5/90-10/180-20/240-turns")[0].is_staggered
    True
    """
    return _values("cadences", text, CADENCE, _cadence)


def read_lowered(text: str) -> tuple[str, Priority]:
    """
    >>> read_lowered("test-linux64/opt-a=2")
    ('test-linux64/opt-a', <Priority.SECOND: 2>)
    """
    name, has_priority, priority = text.rpartition("=")
    if not has_priority:
        return text, Priority.THIRD
    if priority not in ("2", "3") or not name:
        raise BadInput(f"lower: {text!r} is not a name, or a name with =2 or =3")
    return name, Priority(int(priority))


def cadence_text(cadence: Cadence) -> str:
    """
    >>> cadence_text(Cadence())
    '5/90-10/180-20/240'
    """
    limits = "-".join(f"{each.pushes}/{each.minutes}" for each in _limits(cadence))
    return limits + TURNS * cadence.is_staggered


def _values(
    what: str, text: str, expected: str, read: Callable[[str], Value]
) -> tuple[Value, ...]:
    words = text.split(",")
    if len(words) > MOST_VALUES:
        raise BadInput(f"{what}: {len(words)} values; at most {MOST_VALUES} are tried at once")
    found = []
    for word in words:
        try:
            found.append(read(word.strip()))
        except ValueError as error:
            raise BadInput(f"{what}: {word.strip()!r} is not {expected}") from error
    return tuple(dict.fromkeys(found))


def _redundancy(word: str) -> int:
    if not re.fullmatch(r"[1-9]|10", word):
        raise ValueError(word)
    return int(word)


def _budget(word: str) -> float:
    if not re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,6})?", word) or not 1 <= float(word) <= 10:
        raise ValueError(word)
    return float(word)


def _cadence(word: str) -> Cadence:
    found = [LIMIT.fullmatch(each) for each in word.removesuffix(TURNS).split("-")]
    limits = [Interval(int(each[1]), int(each[2])) for each in found if each]
    if len(limits) != len(found) or len(found) != len(INTERVALS):
        raise ValueError(word)
    return _cadence_of(limits, is_staggered=word.endswith(TURNS))


def _cadence_of(limits: list[Interval], *, is_staggered: bool) -> Cadence:
    return Cadence(limits[0], limits[1], limits[2], is_staggered)


def _limits(cadence: Cadence) -> list[Interval]:
    return [getattr(cadence, name) for name in INTERVALS]


def _times(cadence: Cadence, factor: float) -> Cadence:
    """Return a cadence whose limits are so many times as far."""
    return _cadence_of([
        Interval(max(1, round(each.pushes * factor)), max(1, round(each.minutes * factor)))
        for each in _limits(cadence)], is_staggered=cadence.is_staggered)
