"""Backtests that were made. They are kept as they were found, and never change."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...domain import StoredBacktest
from ...errors import NotFound
from .. import schema
from ..paging import newest_first

Row = schema.Backtest


def add_backtest(
    session: Session, scope: str, result: dict[str, Any], *, made_at: datetime
) -> StoredBacktest:
    row = Row(scope=scope, made_at=made_at, result=result)
    session.add(row)
    session.flush()
    return _stored(row)


def backtests_of(
    session: Session, scope: str, *, before: int | None = None, limit: int = 100
) -> list[StoredBacktest]:
    """Return a scope's backtests, the newest first; `before` is the last id of the page before."""
    query = newest_first(select(Row).where(Row.scope == scope), Row.id, before=before, limit=limit)
    return [_stored(row) for row in session.scalars(query)]


def backtest_with_id(session: Session, backtest_id: int) -> StoredBacktest:
    """Return a backtest; raises NotFound."""
    row = session.get(Row, backtest_id)
    if row is None:
        raise NotFound(f"there is no backtest {backtest_id}")
    return _stored(row)


def _stored(row: schema.Backtest) -> StoredBacktest:
    return StoredBacktest(row.id, row.scope, row.made_at, row.result)
