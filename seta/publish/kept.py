"""The set that a price for change keeps: what the published snapshot chose."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from ..analysis import Problem
from ..analysis.explain import CHOSEN
from ..domain import Scope
from ..store.snapshots import priorities_of, published_at
from .problems import Renaming


def with_price_for_change(
    session: Session, problem: Problem, scope: Scope, *, at: datetime, rename: Renaming
) -> tuple[Problem, dict[str, Any]]:
    """Return the problem with what was published at a moment, and what a snapshot records of it.

    Without a price, or a snapshot published by then, the problem stays as it is.
    """
    kept_from = published_at(session, scope.name, at) if scope.change_price > 1 else None
    inputs = {"change_price": scope.change_price, "kept_from": kept_from}
    if kept_from is None:
        return problem, inputs
    kept = frozenset(rename(job_type) for job_type, (_, reason)
                     in priorities_of(session, kept_from).items() if reason in CHOSEN)
    return replace(problem, kept=kept, change_price=scope.change_price), inputs
