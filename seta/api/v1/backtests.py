"""Backtests: what past decisions would have caught of what came after them."""

from dataclasses import asdict
from datetime import datetime

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from ...domain import DEFAULT_SCOPE
from ...store.snapshots.backtests import backtest_with_id, backtests_of
from ..context import context
from . import lookups
from .fields import Json, Name
from .paging import Page, id_cursor, page_of

bp = APIBlueprint("backtests", __name__, url_prefix="/api/v1", tag="Snapshots")


class ListIn(Page):
    scope: Name = DEFAULT_SCOPE


class BacktestOut(BaseModel):
    id: int
    scope: str
    made_at: datetime
    result: Json = Field(description="As `seta backtest --json` prints it.")


class BacktestsOut(BaseModel):
    items: list[BacktestOut]
    next: str | None


@bp.get("/backtests")
@bp.input(ListIn, location="query")
@bp.output(BacktestsOut)
def get_backtests(query_data: ListIn) -> Json:
    """List a scope's backtests, the newest first."""
    with context().sessions() as session:
        scope = lookups.scope_named(session, query_data.scope)
        return page_of(
            lambda before, limit: backtests_of(
                session, scope.name, before=id_cursor(before), limit=limit),
            query_data, key=lambda each: each.id, show=asdict)


@bp.get("/backtests/<int:backtest_id>")
@bp.output(BacktestOut)
def get_backtest(backtest_id: int) -> Json:
    """Show one backtest: what each way to choose would have caught, when, and at what cost."""
    with context().sessions() as session:
        return asdict(backtest_with_id(session, lookups.stored_id("backtest", backtest_id)))
