"""Reading a list that has no order to the end, while it changes.

Treeherder's lists have no order, so pages by `offset` lose rows without any sign: when a row
changes, others shift from one page to the next. Here each request asks for a span of a column of
its own, and only an answer that is not full counts; a full one merely shows where to cut its
span. The spans leave no gap and do not overlap, so a row that stays as it is comes exactly once.
A row that changes while we read is last modified after the end of what we read, so it comes with
the next ingest, in whatever state it is then.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from ...errors import RowLimitReached
from ..job_rows import Row
from ..values import number
from .times import SECOND, microseconds, time_of, utc_text

ID_END = 1 << 63  # of the database's ids


@dataclass(frozen=True)
class Column:
    """A column by which rows are asked for; its values are whole numbers."""

    name: str                               # of the parameters: "id" for id__gte, id__lt
    value: Callable[[Row], int | None]
    text: Callable[[int], str]              # as a parameter has it
    step: int = 1                           # no two values of rows are closer


@dataclass(frozen=True)
class Span:
    """The rows whose column is in [start, end)."""

    column: Column
    start: int
    end: int

    @property
    def params(self) -> dict[str, str]:
        """The span as parameters; the whole of all ids needs none."""
        if (self.start, self.end) == (0, ID_END):
            return {}
        text = self.column.text
        return {f"{self.column.name}__gte": text(self.start),
                f"{self.column.name}__lt": text(self.end)}

    def cut(self, rows: list[Row]) -> "tuple[Span, ...]":
        """Return two parts with at least half of these rows each, or (), if it has one value.

        The cut is at the median, not in the middle: so N rows take at most about 4 N / count
        requests however they lie, such as thousands that changed within one second. Of rows
        that share the median only the cut just beside it makes the span smaller.
        """
        values = sorted(min(max(value, self.start), self.end - 1)
                        for value in map(self.column.value, rows) if value is not None)
        if not values:
            return ()
        step, median = self.column.step, values[len(values) // 2]
        beside = median, (median // step + 1) * step
        for at in beside if values[0] < median else reversed(beside):
            if self.start < at < self.end:
                return replace(self, end=at), replace(self, start=at)
        return ()


Region = tuple[Span, ...]  # the rows that are in all of these; cut in this order


def whole_answers(
    ask: Callable[[dict[str, str]], list[Row]], region: Region, *, count: int, what: str
) -> Iterator[list[Row]]:
    """Yield all rows of a region, in answers of fewer than `count`, in order of its first span.

    `ask` requests at most `count` rows. Raises RowLimitReached where a full answer cannot be
    divided.
    """
    waiting = [region]
    while waiting:
        region = waiting.pop()
        rows = ask({name: value for span in region for name, value in span.params.items()})
        if len(rows) < count:
            yield rows
            continue
        parts = _divide(region, rows)
        if not parts:
            raise RowLimitReached(f"{what}: at least {count} rows have the same "
                                  f"{' and '.join(span.column.name for span in region)}")
        waiting.extend(reversed(parts))


def _divide(region: Region, rows: list[Row]) -> list[Region]:
    """Cut the first span that can be cut."""
    for index, span in enumerate(region):
        if parts := span.cut(rows):
            return [(*region[:index], part, *region[index + 1:]) for part in parts]
    return []


def _whole_number(name: str) -> Callable[[Row], int | None]:
    def value(row: Row) -> int | None:
        found = number(row.get(name))
        return None if found is None else int(found)
    return value


def _modified(row: Row) -> int | None:
    found = time_of(row.get("last_modified"))
    return None if found is None else microseconds(found)


def _pushed(row: Row) -> int | None:
    found = number(row.get("push_timestamp"))
    return None if found is None else int(found) * SECOND


ID = Column("id", _whole_number("id"), str)
LAST_MODIFIED = Column("last_modified", _modified, utc_text)
PUSH_TIMESTAMP = Column("push_timestamp", _pushed, lambda value: str(value / SECOND), step=SECOND)


def all_ids() -> Span:
    return Span(ID, 0, ID_END)


def time_span(column: Column, start: datetime, end: datetime) -> Span:
    return Span(column, microseconds(start), microseconds(end))
