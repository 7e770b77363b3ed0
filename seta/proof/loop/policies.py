"""The ways to decide and to schedule that the loop compares."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ...domain import EXPECTED, Cadence, Interval

EVER = 10_000_000    # minutes: an interval that counts pushes only


def by_pushes(priority_2: int, priority_3: int, backstop: int) -> Cadence:
    """Return a cadence that counts pushes only."""
    return Cadence(Interval(priority_2, EVER), Interval(priority_3, EVER), Interval(backstop, EVER))


@dataclass(frozen=True)
class LoopPolicy:
    """How SETA decides, and what its client does with it.

    The usual cadence counts pushes only: a simulated CI has fewer pushes than a large one, and
    would mostly run what the minutes of a quiet night make due.
    """

    name: str
    changes: Mapping[str, Any] = field(default_factory=dict)   # fields of the day's `Problem`
    cadence: Cadence = by_pushes(5, 10, 20)
    is_frozen: bool = False             # the first set stays
    runs_low_value: bool = True         # False: the client leaves them out, whatever is due

    @property
    def staggered(self) -> "LoopPolicy":
        return replace(self, name=f"{self.name}, staggered",
                       cadence=replace(self.cadence, is_staggered=True))


COVER = LoopPolicy("cover")
WITH_MINUTES = LoopPolicy("cover, cadence with minutes", cadence=Cadence())

POLICIES = {policy.name: policy for policy in (
    COVER,
    COVER.staggered,
    LoopPolicy("cover, cadence 4/7/20", cadence=by_pushes(4, 7, 20)),  # costs as much as staggered
    LoopPolicy("cover, price for change 1.3", {"change_price": 1.3}),
    LoopPolicy("cover, k = 2", {"redundancy": 2}),
    LoopPolicy("cover and a budget of 1.4", {"budget": 1.4}),
    LoopPolicy("expected catches, at the cover's cost", {"objective": EXPECTED}),
    LoopPolicy("the first set, frozen", is_frozen=True),
    LoopPolicy("cover, low value never runs", runs_low_value=False),
    WITH_MINUTES,
    WITH_MINUTES.staggered,
    LoopPolicy("everything on every push", cadence=by_pushes(1, 1, 1), is_frozen=True),
)}
