"""Read what a decision needs, in a constant number of queries however much is stored."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from ..analysis import Problem
from ..config import Settings
from ..domain import JobType, Override, Scope, Witnesses
from ..store import evidence
from ..store.curation.overrides import overrides
from ..store.curation.renames import renames
from ..store.evidence import EvidenceWindow, NameEvidence
from ..store.evidence.days import count_job_types_run
from ..store.ledger.misses import promotions
from .drift import RAN_WITHIN
from .halves import HalfWatch
from .kept import with_price_for_change
from .problems import make_problem, renaming
from .promotions import Promoted, promote
from .trust import why_cover


@dataclass(frozen=True)
class Gathered:
    """What was known about a scope at a moment."""

    window: EvidenceWindow
    problem: Problem
    names: tuple[NameEvidence, ...]      # alive, parsed and not of tier 3
    witnesses: tuple[Witnesses, ...]
    type_ids: dict[JobType, int]
    inputs: dict[str, Any]
    promoted: Promoted
    job_types_run: int                   # within RAN_WITHIN
    halves: tuple[str, ...] = ()         # why the results that were read may be half


def gather(
    session: Session, scope: Scope, *, now: datetime, as_of: datetime | None, settings: Settings,
    more: Iterable[Override] = (),
) -> Gathered:
    """Read the evidence for an analysis of a scope; `more` are overrides that nobody has set."""
    watch = HalfWatch(session, scope)
    window = evidence.evidence_window(session, scope, now=now, as_of=as_of)
    decided_at = min(window.known_by, now)
    active = overrides(session, scope.name, active_at=decided_at)
    known_renames = renames(session, scope.name, active_at=decided_at)
    names = evidence.known_names(session, window)
    weighs = settings.weigh_witnesses
    made = make_problem(
        window, redundancy=scope.redundancy, names=names,
        witnesses=evidence.witnesses(session, window),
        durations_ms=evidence.mean_durations(session, window), overrides=[*active, *more],
        renames=[stored.rename for stored in known_renames],
        shown=evidence.showings(session, window) if weighs else {},
        totals=evidence.run_totals(session, window) if weighs else {},
        budget=scope.budget, objective=scope.objective,
        why_cover=why_cover(session, scope, known_by=window.known_by))
    rename = renaming([stored.rename for stored in known_renames], window)
    promoted = promote(
        made.problem,
        promotions(session, scope.name, at=decided_at, days=settings.promote_days), rename)
    problem, price = with_price_for_change(
        session, promoted.problem, scope, at=decided_at, rename=rename)
    quality = evidence.label_quality(session, window)
    inputs = {
        "since": window.since.isoformat(), "known_by": window.known_by.isoformat(),
        "window_days": scope.window_days, "redundancy": scope.redundancy,
        "budget": scope.budget, "objective": scope.objective,
        "node_limit": settings.node_limit, "max_change": settings.max_change,
        "promote_days": settings.promote_days, "weigh_witnesses": weighs,
        "overrides": sorted(each.id for each in active),
        "renames": sorted(each.id for each in known_renames),
        "names": _counts_of(names), "alive": {p: len(t) for p, t in made.problem.alive.items()},
        "labels": asdict(quality) | _jobs_per_regression(made.witnesses), **price,
    }
    return Gathered(
        window, problem, made.names, made.witnesses, made.type_ids, inputs, promoted,
        count_job_types_run(session, window, within=RAN_WITHIN), halves=watch.reasons())


def _counts_of(names: list[NameEvidence]) -> dict[str, int]:
    alive = [name for name in names if name.is_alive]
    return {
        "alive": len(alive),
        "retired": len(names) - len(alive),
        "unparsed": sum(name.job_type is None for name in alive),
        "tier_3": sum(name.job_type is not None and not name.is_ours for name in alive),
        "sharing_a_job_type": _sharing(alive),
    }


def _sharing(alive: list[NameEvidence]) -> int:
    """Count names that share their job type with another of the same project and build system."""
    groups = Counter((name.project, name.build_system, name.job_type)
                     for name in alive if name.is_ours)
    return sum(count for count in groups.values() if count > 1)


def _jobs_per_regression(found: tuple[Witnesses, ...]) -> dict[str, float | None]:
    jobs = sum(each.jobs for each in found)
    return {"jobs_per_regression": round(jobs / len(found), 2) if found else None}
