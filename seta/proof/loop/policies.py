"""The ways to decide and to schedule that the loop compares."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ...domain import Cadence

PLAIN = "cover"


@dataclass(frozen=True)
class LoopPolicy:
    """How SETA decides, and what its client does with it."""

    name: str
    changes: Mapping[str, Any] = field(default_factory=dict)   # fields of the day's `Problem`
    cadence: Cadence = Cadence()
    is_frozen: bool = False             # the first set stays
    runs_low_value: bool = True         # False: the client leaves them out, whatever is due

    @property
    def staggered(self) -> "LoopPolicy":
        return replace(self, name=f"{self.name}, staggered",
                       cadence=replace(self.cadence, is_staggered=True))


COVER = LoopPolicy(PLAIN)
PRICED = LoopPolicy("cover, price for change 1.3", {"change_price": 1.3})
REDUNDANT = LoopPolicy("cover, k = 2", {"redundancy": 2})

POLICIES = {policy.name: policy for policy in (
    COVER, COVER.staggered, PRICED, PRICED.staggered, REDUNDANT, REDUNDANT.staggered,
    LoopPolicy("the first set, frozen", is_frozen=True),
    LoopPolicy("cover, low value never runs", runs_low_value=False),
)}
