"""Which regressions overrides would give up, before anything is stored."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from ..analysis.cover import cover_of
from ..config import Settings
from ..domain import Override
from ..store.curation.overrides import add_override
from ..store.curation.projects import scope_named
from .gather import gather


def newly_given_up(
    session: Session, wanted: Iterable[Override], *, scope: str, now: datetime, settings: Settings,
) -> list[str]:
    """Return the fixes of the regressions that an analysis now would give up for these overrides.

    Those that are given up already are left out. The overrides are stored and rolled back, so
    that it is the analysis's own rule that answers.
    """
    before = _given_up(session, scope, now=now, settings=settings)
    with session.begin_nested() as savepoint:
        for override in wanted:
            add_override(session, override)
        after = _given_up(session, scope, now=now, settings=settings)
        savepoint.rollback()
    return sorted(after - before)


def _given_up(session: Session, scope: str, *, now: datetime, settings: Settings) -> set[str]:
    gathered = gather(session, scope_named(session, scope), now=now, as_of=None, settings=settings)
    cover = cover_of(gathered.problem)
    return {cover.fixed_by[number] for number in cover.given_up}
