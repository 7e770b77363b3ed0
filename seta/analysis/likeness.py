"""Which job types are like the witnesses of which regressions, and how."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from ..domain import JobType

Numbers = npt.NDArray[np.intp]
Levels = npt.NDArray[np.int8]


class Likeness(IntEnum):
    """How a job type is related to a regression, the nearest first."""

    CAUGHT_IT = 0
    OTHER_BUILD_TYPE = 1      # than a witness, on its platform and with its suite and chunk
    OTHER_PLATFORM = 2        # than a witness, with its suite and chunk
    OTHER_CHUNK = 3           # than a witness, on its platform and build type, of its suite
    SAME_SUITE = 4
    OF_THE_PLACE = 5          # of a suite and chunk: for regressions that are like none

    @property
    def words(self) -> str:
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True)
class LikenessTable:
    """Every pair of a job type and a row that it is related to, by job type.

    Rows are regressions by their number, and after them places: a suite with its chunk, where a
    regression shows that is like none before.
    """

    regressions: int
    places: int
    begin: Numbers       # where the pairs of each job type begin, and where the last ones end
    rows: Numbers
    levels: Levels       # each a Likeness


def likenesses_of(
    job_types: Sequence[JobType], witnesses: Sequence[Sequence[int]]
) -> LikenessTable:
    """Return how these job types are related to regressions with these witnesses, by number.

    A job type of another suite than all witnesses' is not related to a regression.
    """
    count = len(job_types)
    index = _Index(job_types)
    parts = [(np.full(len(columns), row, dtype=np.intp), columns, levels)
             for row, seen in enumerate(witnesses) if seen
             for columns, levels in index.related(np.array(seen, dtype=np.intp))]
    parts.append((index.places + len(witnesses), np.arange(count, dtype=np.intp),
                  np.full(count, Likeness.OF_THE_PLACE, dtype=np.int8)))
    rows, columns, levels = (np.concatenate(each) for each in zip(*parts, strict=True))
    order = np.argsort(columns, kind="stable")
    return LikenessTable(
        len(witnesses), int(index.places.max(initial=-1)) + 1,
        np.searchsorted(columns[order], np.arange(count + 1)), rows[order], levels[order])


class _Index:
    """The job types by suite, and which of them are alike in what."""

    def __init__(self, job_types: Sequence[JobType]):
        self.places = _codes([(each.test_suite, each.chunk) for each in job_types])
        self._suites = _codes([each.test_suite for each in job_types])
        order = np.argsort(self._suites, kind="stable")
        self._of_suite = np.split(order, np.cumsum(np.bincount(self._suites))[:-1])
        # From the farthest to the nearest, so that the nearest is what stays.
        self._alike = (
            (Likeness.OTHER_CHUNK, _codes([(each.test_suite, each.platform, each.build_type)
                                           for each in job_types])),
            (Likeness.OTHER_PLATFORM, self.places),
            (Likeness.OTHER_BUILD_TYPE, _codes([(each.test_suite, each.platform, each.chunk)
                                                for each in job_types])))

    def related(self, witnesses: Numbers) -> Iterator[tuple[Numbers, Levels]]:
        """Yield the job types of each suite that one of the witnesses is of."""
        suites = self._suites[witnesses]
        for suite in np.unique(suites).tolist():
            columns, seen = self._of_suite[suite], witnesses[suites == suite]
            levels = np.full(len(columns), Likeness.SAME_SUITE, dtype=np.int8)
            for likeness, codes in self._alike:
                levels[np.isin(codes[columns], codes[seen])] = likeness
            levels[np.isin(columns, seen)] = Likeness.CAUGHT_IT
            yield columns, levels


def _codes(keys: Sequence[object]) -> Numbers:
    """Return a number for each key, the same for equal keys."""
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.intp)
