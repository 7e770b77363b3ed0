"""Which cut-offs are tried, and which ways to choose."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ...domain import Interval
from ...errors import BadInput
from .policies import AS_DECIDED, CEILING, EVERY_NTH, PLAIN, POLICIES, cover_named

BEST = "best"


def cut_offs(since: datetime, until: datetime, step: timedelta) -> list[datetime]:
    """Return `since` and each moment a step later, before `until`."""
    return [since + number * step for number in range(-(-(until - since) // step))]


@dataclass(frozen=True)
class Plan:
    """Which cut-offs are tried, and which ways to choose; raises BadInput for what cannot be."""

    scope: str
    since: datetime
    until: datetime
    step: timedelta
    window: timedelta | None = None     # None: the scope's
    redundancy: int | None = None       # None: the scope's
    policies: tuple[str, ...] = ()      # empty: all of them
    within: Interval | None = None      # what counts as soon; None: priority 2 of the project

    def __post_init__(self) -> None:
        if self.step <= timedelta(0):
            raise BadInput(f"the step must be longer than nothing, not {self.step}")
        if self.since >= self.until:
            raise BadInput(f"the first cut-off, {self.since:%Y-%m-%d}, must come before the end, "
                           f"{self.until:%Y-%m-%d}")
        if self.redundancy is not None and self.redundancy < 1:
            raise BadInput(f"redundancy must be at least 1, not {self.redundancy}")
        choices = [*POLICIES, EVERY_NTH, CEILING, AS_DECIDED, BEST]
        for name in self.policies:
            if name not in choices and cover_named(name) is None:
                raise BadInput(f"there is no policy {name!r}; there are "
                               + ", ".join(map(repr, choices)))

    def cut_offs(self) -> list[datetime]:
        return cut_offs(self.since, self.until, self.step)

    @property
    def asks_for_best(self) -> bool:
        """Return whether one policy is to be chosen by the first half of the cut-offs."""
        return BEST in self.policies

    def names(self, main: str) -> list[str]:
        """Return the policies to try; the plain cover and `main` are always among them."""
        known = [*POLICIES, EVERY_NTH, CEILING]
        asked = [name for name in self.policies if name != BEST]
        names = [name for name in known if name in (*asked, PLAIN, main)] if asked else known
        others = [name for name in (*asked, main) if name not in known]
        ceiling = [name for name in names if name == CEILING]
        return [*names[:len(names) - len(ceiling)], *dict.fromkeys(others), *ceiling]
