"""How much each client may still write: one count for all web processes.

A token bucket for each client, refilled evenly over a minute. The table is not logged: after a
crash of the server it is empty, and everybody may write again.
"""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from ..engine import row_count

IDLE = timedelta(hours=1)  # by then every bucket is full, and as good as none
REFILLED = """least(:per_minute, known.remaining + :per_minute / 60.0
    * extract(epoch FROM greatest(:now - known.used_at, interval '0')))"""
TAKE = text(f"""
    INSERT INTO write_limits AS known (client, remaining, used_at)
    VALUES (:client, :per_minute - 1, :now)
    ON CONFLICT (client) DO UPDATE
    SET remaining = {REFILLED} - 1, used_at = greatest(known.used_at, excluded.used_at)
    WHERE {REFILLED} >= 1
""")
WAIT = text(f"""
    SELECT (1 - {REFILLED}) * 60 / :per_minute FROM write_limits AS known WHERE client = :client
""")


def take_write(session: Session, client: str, *, per_minute: int, now: datetime) -> float:
    """Take one of a client's writes; return 0, or in how many seconds there is one again."""
    values = {"client": client, "per_minute": per_minute, "now": now}
    if row_count(session, TAKE, values):
        return 0.0
    return float(session.scalar(WAIT, values) or 0.0) or 60 / per_minute


def forget_idle_clients(session: Session, *, now: datetime) -> int:
    """Delete the counts that say nothing any more; return how many."""
    return row_count(session, text("DELETE FROM write_limits WHERE used_at < :before"),
                     {"before": now - IDLE})
