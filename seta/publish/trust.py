"""Whether a scope's own past lets it choose by what is expected."""

from datetime import datetime

from sqlalchemy.orm import Session

from ..domain import COVER, EXPECTED_COVERAGE, Scope
from ..store.snapshots.backtests import backtests_of

LEAST = -0.01    # how much less than the cover it may catch at the same cost, at the very worst


def why_cover(session: Session, scope: Scope, *, known_by: datetime) -> str:
    """Return why a scope whose objective is what is expected must use the cover; nothing if it may.

    The newest backtest that was made by then and tried it decides: the whole 95 % interval of what
    the expected choice catches more than the cover has to be above a loss of one point.
    """
    if scope.objective == COVER:
        return ""
    for backtest in backtests_of(session, scope.name):
        for policy in backtest.result.get("policies", ()):
            if policy["policy"] == EXPECTED_COVERAGE and backtest.made_at <= known_by:
                return _why_not(f"backtest {backtest.id}", policy["difference_interval"])
    return f"no backtest of {scope.name} says that it loses nothing: run `seta backtest`"


def _why_not(backtest: str, interval: tuple[float, float] | None) -> str:
    if interval is None:
        return f"{backtest} does not say what the expected choice catches"
    if interval[0] <= LEAST:
        return (f"in {backtest} the expected choice may catch {-100 * interval[0]:.1f} points less "
                f"than the cover, more than {-100 * LEAST:.0f}")
    return ""
