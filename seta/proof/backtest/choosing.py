"""A choice that is made by a backtest, and reported on later cut-offs than it was made on.

The best of several looks better than it is on what it was chosen by.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from .policies import PLAIN
from .policy_scores import PolicyScore, policy_scores
from .scoring import Score

EVEN = 1.001          # times the plain cover's machine time: the rounding of a filled budget


@dataclass(frozen=True)
class Choice:
    """The policy that did best on the earlier cut-offs, and how it does on the later ones."""

    policy: str
    among: tuple[str, ...]
    made_on: int             # cut-offs
    made_regressions: int
    made_by_set: float       # what it caught there: too good to be true, since it was chosen by it
    reported_on: int
    reported_regressions: int
    reported: PolicyScore    # on the later cut-offs
    plain: PolicyScore       # the plain cover there


def choose(
    scores: Sequence[Mapping[str, Score]], candidates: Sequence[str], *,
    cost_limit: float = EVEN,
) -> Choice | None:
    """Choose on the first half of the cut-offs what caught most there; report it on the second.

    Only what runs at most `cost_limit` times the plain cover's machine time on every push may be
    chosen; of two that caught as much the cheaper one is. `scores` are in order of time. None where
    a half has no regression.
    """
    middle = len(scores) // 2
    first, second = scores[:middle], scores[middle:]
    counts = [sum(len(each[PLAIN].catches) for each in half) for half in (first, second)]
    if not all(counts):
        return None
    limit = cost_limit * _every_push(first, PLAIN)
    affordable = [name for name in candidates if _every_push(first, name) <= limit] or [PLAIN]
    best = max(affordable, key=lambda name: (_caught(first, name), -_every_push(first, name)))
    found = {each.policy: each for each in policy_scores(second)}
    return Choice(best, tuple(affordable), len(first), counts[0], _caught(first, best),
                  len(second), counts[1], found[best], found[PLAIN])


def _every_push(scores: Sequence[Mapping[str, Score]], name: str) -> float:
    return sum(each[name].cost.every_push for each in scores)


def _caught(scores: Sequence[Mapping[str, Score]], name: str) -> float:
    return fmean(catch.by_set for each in scores for catch in each[name].catches)
