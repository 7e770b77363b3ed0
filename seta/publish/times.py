"""Times that are ahead of the clock: what they date counts as stale."""

from datetime import datetime

from sqlalchemy.orm import Session

from ..domain.limits import is_ahead
from ..store import snapshots as store
from ..store.operation.alarms import clear_alarm, raise_alarm


def times_ahead(session: Session, scope: str | None = None, *, now: datetime) -> dict[str, str]:
    """Return the live projects, of a scope or all, with a time ahead of the clock, and which."""
    found = {}
    for facts in store.project_facts(session).values():
        if facts.is_archived or scope not in (None, facts.scope):
            continue
        if facts.succeeded_at is not None and is_ahead(facts.succeeded_at, now):
            found[facts.project] = (
                f"results of {facts.project} were taken in last at "
                f"{facts.succeeded_at:%Y-%m-%d %H:%M} UTC, which is ahead of the clock "
                f"({now:%Y-%m-%d %H:%M} UTC)")
        elif scope is None and facts.as_of is not None and is_ahead(facts.as_of, now):
            found[facts.project] = (
                f"the snapshot published for {facts.project} is as of {facts.as_of:%Y-%m-%d %H:%M} "
                f"UTC, which is ahead of the clock ({now:%Y-%m-%d %H:%M} UTC)")
    return found


def watch_clock(session: Session, *, now: datetime) -> None:
    """Raise an alarm for each live project with a time ahead of the clock; clear the others'."""
    ahead = times_ahead(session, now=now)
    for project in store.project_facts(session):
        if project in ahead:
            raise_alarm(session, f"clock {project}", f"{ahead[project]}, so everything runs there")
        else:
            clear_alarm(session, f"clock {project}")
