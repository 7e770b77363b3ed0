"""Plan, add and end overrides; a dry run and a real one share the plan."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ..domain import JobName, Override, Pattern, Priority
from ..store.curation import overrides
from ..store.curation.projects import scope_named
from ..store.evidence.alive import alive_in_scope
from ..store.operation.audit import record_audit

logger = logging.getLogger(__name__)
EXAMPLES = 5  # names to show for each override


@dataclass(frozen=True, slots=True)
class PlannedOverride:
    """One override, and which of the jobs alive now it matches."""

    override: Override
    is_new: bool               # False: the same one is already active
    matched: int
    examples: tuple[str, ...]  # a few of their names

    @property
    def matches_nothing(self) -> bool:
        return self.matched == 0


def plan_overrides(
    session: Session, wanted: Iterable[Override], *, scope: str, now: datetime
) -> list[PlannedOverride]:
    """Return what each would match; store nothing. What matches no job now may match one later."""
    scope_named(session, scope)
    jobs = alive_in_scope(session, scope, at=now)
    active = {_meaning(each) for each in overrides.overrides(session, scope, active_at=now)}
    planned = []
    for override in wanted:
        planned.append(_plan(override, jobs, is_new=_meaning(override) not in active))
        active.add(_meaning(override))
    return planned


def apply_overrides(
    session: Session, wanted: Iterable[Override], *, scope: str, who: str, now: datetime
) -> list[PlannedOverride]:
    """Store those that are new; a second call changes nothing."""
    applied = []
    for plan in plan_overrides(session, wanted, scope=scope, now=now):
        if plan.is_new:
            stored = overrides.add_override(session, plan.override)
            record_audit(
                session, who=who, what="add override", target=f"override {stored.id}",
                why=stored.reason, details={"scope": scope, "pattern": str(stored.pattern),
                                            "priority": stored.priority,
                                            "matched": plan.matched})
            plan = PlannedOverride(stored, True, plan.matched, plan.examples)
        applied.append(plan)
    _log(scope, applied)
    return applied


def end_override(
    session: Session, override_id: int, *, who: str, why: str = "", now: datetime
) -> Override:
    """End an override. Raises NotFound, and Conflict for one that has ended."""
    ended = overrides.end_override(session, override_id, who=who, at=now)
    record_audit(
        session, who=who, what="end override", target=f"override {override_id}", why=why,
        details={"scope": ended.scope, "pattern": str(ended.pattern)})
    return ended


def vanished_overrides(session: Session, scope: str, *, now: datetime) -> list[Override]:
    """Return the active overrides that match no job that is alive."""
    active = overrides.overrides(session, scope, active_at=now)
    jobs = alive_in_scope(session, scope, at=now)
    return [override for override in active if _plan(override, jobs, is_new=False).matches_nothing]


def _plan(override: Override, jobs: Iterable[JobName], *, is_new: bool) -> PlannedOverride:
    names = sorted({job.name for job in jobs
                    if override.matches(job.job_type, job.name, job.build_system,
                                        is_build=job.is_build)})
    return PlannedOverride(override, is_new, len(names), tuple(names[:EXAMPLES]))


def _meaning(
    override: Override
) -> tuple[Pattern, str | None, Priority | None, datetime | None]:
    """Return what makes two overrides the same, whoever made them and when."""
    return override.pattern, override.build_system, override.priority, override.expires_at


def _log(scope: str, applied: list[PlannedOverride]) -> None:
    logger.info("overrides of %s: new: %d, already active: %d, matching no job now: %d", scope,
                sum(plan.is_new for plan in applied), sum(not plan.is_new for plan in applied),
                sum(plan.matches_nothing for plan in applied))
