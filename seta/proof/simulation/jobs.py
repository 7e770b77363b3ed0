"""The jobs of a simulated CI: what they are called, how long they take, how flaky they are."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .shape import Shape

# Platform, family, and the builds that are tested there, as task labels have them.
CONFIGURATIONS = (
    ("linux1804-64", "linux", "opt"), ("linux1804-64", "linux", "debug"),
    ("linux1804-64-asan", "linux", "opt"), ("linux1804-64-tsan", "linux", "opt"),
    ("windows10-64", "windows", "opt"), ("windows10-64", "windows", "debug"),
    ("windows7-32", "windows", "opt"), ("windows7-32", "windows", "debug"),
    ("macosx1014-64", "mac", "opt"), ("macosx1014-64", "mac", "debug"),
    ("android-em-7-0-x86_64", "android", "opt"), ("android-em-7-0-x86_64", "android", "debug"),
)
RENAMED = {"macosx1014-64": "macosx1015-64"}
# Suites with their number of chunks where there are a thousand job types.
SUITES = {
    "web-platform-tests": 16, "mochitest": 14, "mochitest-browser-chrome": 12, "reftest": 8,
    "mochitest-devtools-chrome": 8, "xpcshell": 6, "jittest": 5, "jsreftest": 4, "crashtest": 2,
    "web-platform-tests-reftest": 4, "mochitest-chrome": 3, "marionette": 1, "gtest": 1,
    "cppunit": 1, "firefox-ui-functional": 1, "telemetry-tests-client": 1,
}
MEDIAN_SECONDS, SPREAD = 600.0, 0.7      # of durations, lognormal
FLAKE_SPREAD = 1.2                       # of the jobs' own rates, lognormal

Numbers = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class SimulatedJob:
    """A job type; a build has no suite."""

    platform: str
    family: str
    build_type: str
    suite: str | None
    chunk: int          # 0: the suite is not chunked
    start: float        # the part of its suite that it runs, within 0 and 1
    end: float

    def label(self, renamed: dict[str, str]) -> str:
        platform = renamed.get(self.platform, self.platform)
        if self.suite is None:
            return f"build-{platform}/{self.build_type}"
        return (f"test-{platform}/{self.build_type}-{self.suite}"
                + (f"-{self.chunk}" if self.chunk else ""))


class JobTable:
    """All jobs by their number, with one array for each thing that is known of them."""

    def __init__(self, shape: Shape, rng: np.random.Generator):
        self.jobs = _make_jobs(shape.job_types, rng)
        count = len(self.jobs)
        self.is_build = np.array([job.suite is None for job in self.jobs])
        self.seconds: Numbers = rng.lognormal(math.log(MEDIAN_SECONDS), SPREAD, count)
        own = rng.lognormal(-FLAKE_SPREAD ** 2 / 2, FLAKE_SPREAD, count)  # of mean 1
        self.flakes: Numbers = np.minimum(0.5, shape.flakes * own)
        self.born, self.gone = _lives(shape, count, rng)
        self.born[self.is_build], self.gone[self.is_build] = 0, shape.days + 1
        self._renamed_on = shape.days / 2 if shape.has_rename else math.inf
        self._labels = [job.label({}) for job in self.jobs]
        self._new_labels = [job.label(RENAMED) for job in self.jobs]

    def __len__(self) -> int:
        return len(self.jobs)

    def labels(self, day: float) -> list[str]:
        """Return the names of all jobs on a day of the simulation, by their number."""
        return self._labels if day < self._renamed_on else self._new_labels

    def alive(self, day: float) -> Numbers:
        """Return the numbers of the jobs that exist on a day, ascending."""
        return np.flatnonzero((self.born <= day) & (day < self.gone))

    def changes(self) -> list[float]:
        """Return the days on which the list of jobs changes, the first one among them."""
        days = {0.0, *self.born.tolist(), *self.gone.tolist()}
        if math.isfinite(self._renamed_on):
            days.add(self._renamed_on)
        return sorted(days)


def _make_jobs(count: int, rng: np.random.Generator) -> list[SimulatedJob]:
    """Make this many jobs: a build for each configuration, and tests cut into chunks to fit."""
    builds = [SimulatedJob(*configuration, None, 0, 0.0, 0.0) for configuration in CONFIGURATIONS]
    builds = builds[:max(1, min(len(builds), count // 20))]
    wanted = max(1, count - len(builds))
    scale = 1 / max(SUITES.values())
    while len(_tests(scale)) < wanted:
        scale *= 1.1
    tests = _tests(scale)
    chosen = sorted(rng.choice(len(tests), wanted, replace=False).tolist())
    return builds + [tests[number] for number in chosen]


def _tests(scale: float) -> list[SimulatedJob]:
    return [SimulatedJob(*configuration, suite, chunk if chunks > 1 else 0,
                         (chunk - 1) / chunks, chunk / chunks)
            for configuration in CONFIGURATIONS for suite, usual in SUITES.items()
            for chunks in [max(1, math.ceil(usual * scale))] for chunk in range(1, chunks + 1)]


def _lives(shape: Shape, count: int, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Return the days from which, and before which, each job exists; half of the churn each."""
    share = min(1.0, shape.churn / 2 * shape.days / 365)
    born, gone = np.zeros(count), np.full(count, shape.days + 1.0)
    late, early = rng.random(count) < share, rng.random(count) < share
    days = np.floor(rng.uniform(1, max(2, shape.days), (2, count)))
    born[late] = days[0][late]
    gone[early] = np.maximum(days[1], born + 14)[early]
    return born, gone
