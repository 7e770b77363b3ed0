"""Pages of a table, the newest row first."""

from typing import TypeVarTuple

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

Columns = TypeVarTuple("Columns")


def newest_first(
    query: Select[*Columns], row_id: InstrumentedAttribute[int], *, before: int | None,
    limit: int | None,
) -> Select[*Columns]:
    """Sort a query by id and cut it to a page; `before` is the last id of the page before."""
    query = query.order_by(row_id.desc()).limit(limit)
    return query if before is None else query.where(row_id < before)
