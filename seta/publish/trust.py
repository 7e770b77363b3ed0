"""Whether a scope's own past lets it choose by what is expected."""

from datetime import datetime

from sqlalchemy.orm import Session

from ..domain import COVER, EXPECTED_COVERAGE, Scope
from ..store.snapshots.backtests import backtests_of

LEAST = -0.01    # how much less than the cover it may catch at the same cost, at the very worst


def why_cover(session: Session, scope: Scope, *, known_by: datetime) -> str:
    """Return why a scope whose objective is what is expected must use the cover; nothing if it may.

    The newest backtest that was made by then decides: the whole 95 % interval of what the expected
    choice catches more than the cover has to be above a loss of one point.
    """
    if scope.objective == COVER:
        return ""
    made = [each for each in backtests_of(session, scope.name) if each.made_at <= known_by]
    if not made:
        return f"no backtest of {scope.name} says that it loses nothing: run `seta backtest`"
    found = [each for each in made[0].result.get("policies", ())
             if each["policy"] == EXPECTED_COVERAGE]
    interval = found[0]["difference_interval"] if found else None
    if interval is None:
        return f"backtest {made[0].id} does not say what the expected choice catches"
    if interval[0] <= LEAST:
        return (f"in backtest {made[0].id} the expected choice may catch {-100 * interval[0]:.1f} "
                f"points less than the cover, more than {-100 * LEAST:.0f}")
    return ""
