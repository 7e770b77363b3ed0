"""What an analysis starts from."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from ..domain import COVER, OBJECTIVES, JobType, Priority, Regression, RunCount


@dataclass(frozen=True)
class Problem:
    """The regressions of a scope's window, what may run there, and what it costs.

    A job type that is both forced and lowered is forced: an override does not lower what may
    never be skipped.
    """

    regressions: tuple[Regression, ...]          # caught_by: all witnesses, living or not
    alive: Mapping[str, frozenset[JobType]]      # project -> job types that can run there
    durations_ms: Mapping[JobType, int] = field(default_factory=dict)  # means, where known
    forced: Mapping[JobType, str] = field(default_factory=dict)        # -> why: "build"
    lowered: Mapping[JobType, Priority] = field(default_factory=dict)  # overridden: priority 2 or 3
    redundancy: int = 1                          # witnesses that every regression keeps
    ages: Mapping[str, float] = field(default_factory=dict)  # days since it showed, by fixed_by
    budget: float = 1.0                          # of the chosen, as a multiple of the cover's cost
    objective: str = COVER                       # one of OBJECTIVES
    why_cover: str = ""                          # why the cover is to be used whatever was asked
    # How each witness did between the regression's first failure and its fix, by fixing revision,
    # and how every job type did in the whole window: `credibility` judges by these. A witness
    # without is believed.
    shown: Mapping[str, Mapping[JobType, RunCount]] = field(default_factory=dict)
    totals: Mapping[JobType, RunCount] = field(default_factory=dict)
    # What the published set chose: any other job type costs this many times as much to choose.
    kept: Set[JobType] = frozenset()
    change_price: float = 1.0

    def __post_init__(self) -> None:
        if self.redundancy < 1:
            raise ValueError(f"redundancy must be at least 1, not {self.redundancy}")
        if not self.change_price >= 1:
            raise ValueError(f"a price for change must be at least 1, not {self.change_price}")
        if not self.budget >= 1:
            raise ValueError(f"the budget must be at least 1.0, not {self.budget}")
        if self.objective not in OBJECTIVES:
            raise ValueError(f"the objective cannot be {self.objective!r}")
        for job_type, duration_ms in self.durations_ms.items():
            if duration_ms < 0:
                raise ValueError(f"{job_type} cannot take {duration_ms} ms")
        for job_type, priority in self.lowered.items():
            if priority not in (Priority.SECOND, Priority.THIRD):
                raise ValueError(f"{job_type} cannot be lowered to priority {int(priority)}")
