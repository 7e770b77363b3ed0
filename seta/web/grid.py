"""Job types in a table: suites by platform and build type, chunks side by side."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..domain import JobType, Priority


@dataclass(frozen=True)
class Square:
    """One job on the page: its chunk, its priority and why."""

    job_type: JobType
    name: str
    priority: Priority
    reason: str

    @property
    def text(self) -> str:
        return str(self.job_type.chunk or "•")

    @property
    def title(self) -> str:
        return f"{self.name}: priority {self.priority}, {self.reason}"


@dataclass(frozen=True)
class Grid:
    """Columns are (platform, build type), rows are suites; a cell holds a suite's chunks."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[tuple[Square, ...], ...]], ...]

    @property
    def total(self) -> int:
        return sum(len(cell) for _, cells in self.rows for cell in cells)

    def count(self, priority: int) -> int:
        return sum(square.priority == priority
                   for _, cells in self.rows for cell in cells for square in cell)


def lay_out(
    jobs: Iterable[tuple[str, JobType]], decided: Mapping[JobType, tuple[Priority, str]]
) -> Grid:
    """Place each job, by its name and job type; `decided` holds priorities and reasons."""
    cells: defaultdict[tuple[str, tuple[str, str]], list[Square]] = defaultdict(list)
    for name, job_type in jobs:
        place = job_type.test_suite, (job_type.platform, job_type.build_type)
        cells[place].append(Square(job_type, name, *decided[job_type]))
    suites = sorted({suite for suite, _ in cells})
    columns = tuple(sorted({column for _, column in cells}))
    return Grid(columns, tuple(
        (suite, tuple(_sorted(cells.get((suite, column), ())) for column in columns))
        for suite in suites))


def _sorted(squares: Iterable[Square]) -> tuple[Square, ...]:
    return tuple(sorted(squares, key=lambda square: (square.job_type, square.name)))
