"""Look, after results came in, for regressions that pushes had let in."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy.orm import Session, sessionmaker

from ...domain import JobType, Scope
from ...names import apply_renames
from ...store.curation.projects import projects, scope_named
from ...store.curation.renames import renames
from ...store.evidence.found import new_fixes, newest_classification
from ...store.ledger import misses as store
from ...store.operation.alarms import clear_alarm, raise_alarm
from .story import Renaming, Stories

logger = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=28)  # of the first look: what is older is let be

Sessions = sessionmaker[Session]


@dataclass(frozen=True, slots=True)
class Look:
    """What one look changed."""

    regressions: int = 0    # that stars concerned since the look before
    added: int = 0
    replaced: int = 0       # more is known of them now
    withdrawn: int = 0

    @property
    def has_changed(self) -> bool:
        return bool(self.added or self.replaced or self.withdrawn)


def look_for_misses(sessions: Sessions, scope: str, *, now: datetime) -> Look:
    """Bring the misses of a scope up to date with the stars that came since the last look.

    It follows an ingest, and never makes one fail: an error is logged and is an alarm of its own,
    and the next look begins where the last good one ended. Archived scopes and projects that run
    everything have no misses.
    """
    try:
        with sessions() as session:
            if not _may_have_any(session, scope_named(session, scope)):
                return Look()
        with sessions.begin() as session:
            newest = newest_classification(session)
        with sessions.begin() as session:
            found = _look(session, scope, newest, now=now)
            clear_alarm(session, f"misses {scope}: not looked for")
    except Exception as error:
        logger.exception("the look for misses of %s failed", scope)
        _raise_alarm(sessions, scope, error)
        return Look()
    logger.info("looked for misses of %s: %d regressions with news, %d added, %d replaced, "
                "%d withdrawn", scope, found.regressions, found.added, found.replaced,
                found.withdrawn)
    return found


def _raise_alarm(sessions: Sessions, scope: str, error: Exception) -> None:
    try:
        with sessions.begin() as session:
            raise_alarm(session, f"misses {scope}: not looked for",
                        f"the look for misses failed: {type(error).__name__}: {error}. The "
                        "results are stored; the next ingest looks again")
    except Exception:
        logger.exception("the alarm that no misses of %s were looked for was not stored", scope)


def _may_have_any(session: Session, scope: Scope) -> bool:
    return not scope.is_archived and any(
        project.is_integration for project in projects(session, scope.name))


def _look(session: Session, scope: str, newest: int, *, now: datetime) -> Look:
    before = store.lock_look(session, scope)
    since = now - LOOK_BACK if before.at == store.BEFORE_ALL else store.BEFORE_ALL
    fixes = new_fixes(session, scope, after=before.classification_id, until=newest, since=since)
    known = {project.name: project for project in projects(session, scope)}
    scheduled = {name for name, project in known.items() if project.is_integration}
    stories = Stories(session, scheduled, _renaming(session, scope, now))
    found = stories.misses(scope, fixes) if fixes else {}
    stored = {each.miss.fixed_by: each
              for each in store.current_misses(session, known, fixes=fixes)}
    added = replaced = withdrawn = 0
    for fix in sorted(fixes):
        miss, row = found.get(fix), stored.get(fix)
        if row is not None and miss == row.miss:
            continue
        if row is not None:
            store.end_miss(session, row.id, at=now, why="replaced" if miss else "withdrawn")
            replaced += miss is not None
            withdrawn += miss is None
        if miss is not None:
            store.add_miss(session, miss, known_at=now,
                           first_known_at=row.first_known_at if row else None)
            added += row is None
    store.keep_look(session, scope, max(newest, before.classification_id), at=now)
    look = Look(len(fixes), added, replaced, withdrawn)
    if look.has_changed or before.at.date() < now.date():
        from .promise import watch_promise  # here: it needs numpy, a web process hardly ever does

        watch_promise(session, scope_named(session, scope), now=now)
    return look


def _renaming(session: Session, scope: str, at: datetime) -> Renaming:
    known = [stored.rename for stored in renames(session, scope, active_at=at)]

    def rename(job_type: JobType) -> JobType:
        return apply_renames(job_type, known, at)
    return cache(rename)
