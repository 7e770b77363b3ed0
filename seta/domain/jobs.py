"""Job types, job names and priorities."""

from dataclasses import dataclass
from enum import IntEnum


@dataclass(frozen=True, order=True, slots=True)
class JobType:
    """What can be scheduled: a test suite, or one chunk of it, on a platform and build type.

    A job is one run of a job type on one push.

    >>> str(JobType("linux64", "debug", "mochitest-browser-chrome-e10s", 15))
    'linux64/debug-mochitest-browser-chrome-e10s-15'
    """

    platform: str    # "linux64"
    build_type: str  # "opt", "debug", "pgo"
    test_suite: str  # "mochitest-browser-chrome"
    chunk: int = 0   # 0: the suite is not chunked

    @property
    def testtype(self) -> str:
        """The suite with its chunk, as the legacy API spells it: ``mochitest-1``."""
        return f"{self.test_suite}-{self.chunk}" if self.chunk else self.test_suite

    @property
    def is_build(self) -> bool:
        """Return whether this makes the program rather than tests it; builds are never skipped."""
        return self.test_suite == "build" or self.test_suite.startswith("build-")

    def __str__(self) -> str:
        return f"{self.platform}/{self.build_type}-{self.testtype}"


@dataclass(frozen=True, order=True, slots=True)
class JobName:
    """A job's name as a source gave it, with the job type that it means, if any."""

    project: str
    build_system: str
    name: str                        # task label or builder name
    job_type: JobType | None = None  # None: unparsed, so it always runs
    group_symbol: str = ""           # Treeherder's, for the legacy API
    symbol: str = ""
    is_build: bool = False           # its source said so, whatever the job type


class Priority(IntEnum):
    """How often a job type runs: on every push, or at its interval."""

    FIRST = 1   # high value: chosen or forced, on every push
    SECOND = 2  # low value: caught a regression of the window that others catch too
    THIRD = 3   # low value: caught nothing in the window

    @property
    def is_high_value(self) -> bool:
        return self is Priority.FIRST

    @property
    def interval(self) -> str:
        """The name of the interval at which low-value jobs run: "priority_2" or "priority_3"."""
        return f"priority_{self.value}"
