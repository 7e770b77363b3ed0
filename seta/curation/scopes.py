"""Change how a scope decides: validated, audited, effective from the next analysis."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy.orm import Session

from ..domain import OBJECTIVES, Scope
from ..errors import BadInput
from ..store.curation import projects
from ..store.operation.audit import record_audit

LIMITS = {"redundancy": (1, 10), "window_days": (1, 3650), "budget": (1, 10),
          "change_price": (1, 10)}


def change_scope(
    session: Session, name: str, changes: Mapping[str, Any], *, who: str, why: str = ""
) -> Scope:
    """Change these fields of a scope; a change without effect is not recorded.

    Raises UnknownScope, and BadInput for a value that makes no sense.
    """
    projects.lock_scope(session, name)
    before = projects.scope_named(session, name)
    after = replace(before, **changes)
    _check(after)
    if after == before:
        return before
    projects.save_scope(session, after)
    old, new = asdict(before), asdict(after)
    record_audit(
        session, who=who, what="change scope", target=name, why=why,
        details={field: {"before": old[field], "after": new[field]}
                 for field in old if old[field] != new[field]})
    return after


def _check(scope: Scope) -> None:
    for field, (least, most) in LIMITS.items():
        value = getattr(scope, field)
        if not least <= value <= most:
            raise BadInput(f"{field} must be from {least} to {most}, not {value}")
    if scope.objective not in OBJECTIVES:
        raise BadInput(f"the objective must be one of {', '.join(OBJECTIVES)}, not "
                       f"{scope.objective!r}")
