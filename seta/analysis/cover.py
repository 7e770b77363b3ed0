"""Which job types can catch which regressions, and where, as numbered columns and rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from operator import attrgetter

from ..domain import JobType, Regression
from .credibility import Showing, showings_of
from .objective import need_of
from .problem import Problem
from .setcover import Row

CONFIRMED = 2   # doubtful witnesses, one of which may be wrong

BY_NAME = attrgetter("platform", "build_type", "test_suite", "chunk")


@dataclass(frozen=True)
class Cover:
    """The regressions, and the job types alive on any project, both by their number.

    ``rows[i]`` is what regression i must keep: for each different set of candidates (witnesses
    alive and not lowered, forced ones among them) that it has on a project, a row, and another
    where some of them are doubtful. Retired witnesses count nowhere.
    """

    job_types: tuple[JobType, ...]         # sorted by name
    fixed_by: tuple[str, ...]              # sorted
    witnesses: tuple[tuple[int, ...], ...]  # alive on any project, ascending
    rows: tuple[tuple[Row, ...], ...]
    forced: frozenset[int]                 # columns
    lowered: frozenset[int]
    given_up: frozenset[int]               # regressions left without a candidate on a project
    # What each regression's witnesses showed, where it is known how they did.
    showings: tuple[Mapping[int, Showing], ...] = ()

    @property
    def free(self) -> list[int]:
        """The columns that may be chosen: neither forced nor lowered."""
        return [column for column in range(len(self.job_types))
                if column not in self.forced and column not in self.lowered]

    def uncoverable(self) -> list[int]:
        """Return the regressions without a living witness on any project."""
        return [number for number, living in enumerate(self.witnesses) if not living]

    def doubtful(self, number: int) -> frozenset[int]:
        """Return the witnesses of a regression that are not believed."""
        return frozenset(column for column, showing in self.showings[number].items()
                         if not showing.is_credible)


def cover_of(problem: Problem) -> Cover:
    """Number everything by name, so that the order of the input does not matter.

    Two regressions with the same fixing revision are one.
    """
    places = _places(problem.alive)
    job_types = tuple(sorted(places, key=BY_NAME))
    number_of = {job_type: number for number, job_type in enumerate(job_types)}
    forced = _numbers(problem.forced, number_of)
    lowered = _numbers(problem.lowered, number_of) - forced
    where = [places[job_type] for job_type in job_types]
    caught_by = _pooled(problem.regressions)
    judged = showings_of(problem)
    showings = tuple(
        {number_of[job_type]: showing for job_type, showing in judged.get(fixed_by, {}).items()
         if job_type in number_of and job_type in caught}
        for fixed_by, caught in caught_by.items())
    witnesses = tuple(
        tuple(sorted(number_of[job_type] for job_type in caught if job_type in number_of))
        for caught in caught_by.values()
    )
    cover = Cover(job_types, tuple(caught_by), witnesses, (), forced, lowered, frozenset(),
                  showings)
    rows: list[tuple[Row, ...]] = []
    given_up: set[int] = set()
    for number, living in enumerate(witnesses):
        on_each = _on_each_project(living, where)
        candidates = [tuple(column for column in columns if column not in lowered)
                      for columns in on_each] if lowered else on_each
        if not all(candidates):
            given_up.add(number)
        doubtful = cover.doubtful(number)
        rows.append(tuple(
            row for columns in dict.fromkeys(candidates) if columns
            for row in _rows(columns, doubtful, redundancy=problem.redundancy)))
    return replace(cover, rows=tuple(rows), given_up=frozenset(given_up))


def _rows(
    columns: tuple[int, ...], doubtful: frozenset[int], *, redundancy: int
) -> Iterator[Row]:
    """Yield what must be kept of a regression's candidates on a project.

    That is as many as ever, whoever is doubtful, and one that is believed among them. Where none
    is, a second one has to confirm the first.
    """
    need = need_of(len(columns), redundancy=redundancy)
    believed = tuple(column for column in columns if column not in doubtful)
    yield Row(need if believed else max(need, min(CONFIRMED, len(columns))), columns)
    if believed and len(believed) < len(columns):
        yield Row(1, believed)


def _places(alive: Mapping[str, Set[JobType]]) -> dict[JobType, int]:
    """Return where each job type is alive, as a number with one bit for each project."""
    places: dict[JobType, int] = {}
    for bit, project in enumerate(sorted(alive)):
        for job_type in alive[project]:
            places[job_type] = places.get(job_type, 0) | 1 << bit
    return places


def _numbers(
    job_types: Iterable[JobType], number_of: Mapping[JobType, int]
) -> frozenset[int]:
    return frozenset(number_of[job_type] for job_type in job_types if job_type in number_of)


def _pooled(regressions: tuple[Regression, ...]) -> dict[str, frozenset[JobType]]:
    caught_by: dict[str, frozenset[JobType]] = {}
    for regression in sorted(regressions, key=attrgetter("fixed_by")):
        known = caught_by.get(regression.fixed_by, frozenset())
        caught_by[regression.fixed_by] = known | regression.caught_by
    return caught_by


def _on_each_project(living: tuple[int, ...], where: list[int]) -> list[tuple[int, ...]]:
    """Return the distinct sets of witnesses of a regression, over the projects that have any."""
    there = {where[column] for column in living}
    if len(there) == 1:
        return [living]
    columns_on = defaultdict(list)
    for column in living:
        bits = where[column]
        while bits:
            columns_on[bits & -bits].append(column)
            bits &= bits - 1
    return list(dict.fromkeys(map(tuple, columns_on.values())))
