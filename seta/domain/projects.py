"""Scopes, projects and cadences."""

from dataclasses import dataclass, field
from datetime import timedelta

DEFAULT_SCOPE = "trunk"
INTERVALS = ("priority_2", "priority_3", "backstop")  # the fields of a cadence

# Where the results of a project come from.
LIVE_SOURCES = ("activedata", "treeherder")   # the worker and `seta ingest` ask them
FILES = "files"                               # imports, and results that are posted
DEMO = "demo"                                 # the built-in data
SOURCES = (*LIVE_SOURCES, FILES)              # what a person may choose


@dataclass(frozen=True, slots=True)
class Interval:
    """Due after this many pushes or minutes, whichever comes first."""

    pushes: int
    minutes: int

    def __post_init__(self) -> None:
        if self.pushes < 1 or self.minutes < 1:
            raise ValueError(f"an interval is at least 1 push and 1 minute, not {self.pushes} "
                             f"pushes and {self.minutes} minutes")

    @property
    def time(self) -> timedelta:
        return timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often the jobs of each low-value priority run, and how often everything does."""

    priority_2: Interval = Interval(5, 90)
    priority_3: Interval = Interval(10, 180)
    backstop: Interval = Interval(20, 240)
    is_staggered: bool = False    # each low-value job has its own turn among the pushes


# What a scope's choice is: the cheapest cover of the window, or what is expected to catch most of
# what comes for the same machine time.
COVER, EXPECTED = "cover", "expected"
OBJECTIVES = (COVER, EXPECTED)


@dataclass(frozen=True, slots=True)
class Scope:
    """A named set of projects that share decisions."""

    name: str
    is_archived: bool = False     # its data is history: never stale, never pruned
    redundancy: int = 1           # how many chosen witnesses every regression keeps
    window_days: int = 90
    title: str = ""               # for the pages
    description: str = ""
    budget: float = 1.0           # machine time, as a multiple of the cover's
    objective: str = COVER        # one of OBJECTIVES
    change_price: float = 1.0     # of job types that the published set did not choose; 1: off


@dataclass(frozen=True, slots=True)
class Project:
    """A repository as Treeherder names it."""

    name: str
    scope: str = DEFAULT_SCOPE
    build_systems: tuple[str, ...] = ("taskcluster",)
    is_integration: bool = True   # others (try, releases) run everything, always
    is_killed: bool = False       # the kill switch: everything runs
    cadence: Cadence = field(default_factory=Cadence)
    infer_regressions: bool = False
    infer_after: int = 2          # consecutive failed pushes before a fix is inferred
    open_scheduling: bool = False  # the schedule call needs no token
    source: str = FILES           # one of SOURCES, or DEMO; "": an earlier release chose none

    @property
    def is_live_fed(self) -> bool:
        """Return whether a live source feeds it, so that nothing else makes it fresher."""
        return self.source in LIVE_SOURCES
