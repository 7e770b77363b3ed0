"""Read what a decision needs, in a constant number of queries however much is stored."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from ..analysis import Problem
from ..config import Settings
from ..domain import JobType, Regression, Rename, Scope, Witnesses
from ..names import apply_renames
from ..store import evidence
from ..store.curation.overrides import overrides
from ..store.curation.renames import renames
from ..store.evidence import EvidenceWindow, NameEvidence
from .forced import (
    effective_overrides, forced_job_types, given_builds, lowered_job_types, new_job_types,
)
from .halves import HalfWatch

Renaming = Callable[[JobType], JobType]


@dataclass(frozen=True)
class Gathered:
    """What was known about a scope at a moment."""

    window: EvidenceWindow
    problem: Problem
    names: tuple[NameEvidence, ...]      # alive, parsed and not of tier 3
    witnesses: tuple[Witnesses, ...]
    type_ids: dict[JobType, int]
    inputs: dict[str, Any]
    halves: tuple[str, ...] = ()         # why the results that were read may be half


def gather(
    session: Session, scope: Scope, *, now: datetime, as_of: datetime | None, settings: Settings
) -> Gathered:
    """Read the evidence for an analysis of a scope."""
    watch = HalfWatch(session, scope)
    window = evidence.evidence_window(session, scope, now=now, as_of=as_of)
    decided_at = min(window.known_by, now)
    active = overrides(session, scope.name, active_at=decided_at)
    known_renames = renames(session, scope.name, active_at=decided_at)
    rename = _renaming([stored.rename for stored in known_renames], window.as_of)
    names = evidence.known_names(session, window)
    ours = tuple(name for name in names if name.is_ours)
    counting = effective_overrides(ours, active)
    found = evidence.witnesses(session, window)
    type_ids = _type_ids(names, found)
    found = _rename_witnesses(found, rename, type_ids)
    problem = Problem(
        regressions=tuple(Regression(each.fixed_by, frozenset(each.caught_by), each.is_inferred)
                          for each in found),
        alive=_alive(ours),
        durations_ms=_rename_durations(evidence.mean_durations(session, window), rename),
        forced=forced_job_types(
            counting, new_job_types(names, window, rename), given_builds(ours)),
        lowered=lowered_job_types(counting),
        redundancy=scope.redundancy,
    )
    quality = evidence.label_quality(session, window)
    inputs = {
        "since": window.since.isoformat(), "known_by": window.known_by.isoformat(),
        "window_days": scope.window_days, "redundancy": scope.redundancy,
        "node_limit": settings.node_limit, "max_change": settings.max_change,
        "overrides": sorted(each.id for each in active),
        "renames": sorted(each.id for each in known_renames),
        "names": _counts_of(names), "alive": {p: len(t) for p, t in problem.alive.items()},
        "labels": asdict(quality) | _jobs_per_regression(found),
    }
    return Gathered(
        window, problem, ours, tuple(found), type_ids, inputs, halves=watch.reasons())


def _renaming(known: list[Rename], at: datetime) -> Renaming:
    return cache(lambda job_type: apply_renames(job_type, known, at))


def _alive(ours: tuple[NameEvidence, ...]) -> dict[str, frozenset[JobType]]:
    alive: dict[str, set[JobType]] = defaultdict(set)
    for name in ours:
        if name.job_type is not None:
            alive[name.project].add(name.job_type)
    return {project: frozenset(job_types) for project, job_types in alive.items()}


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


def _jobs_per_regression(found: list[Witnesses]) -> dict[str, float | None]:
    jobs = sum(each.jobs for each in found)
    return {"jobs_per_regression": round(jobs / len(found), 2) if found else None}


def _type_ids(names: Iterable[NameEvidence], found: Iterable[Witnesses]) -> dict[JobType, int]:
    """Return the id of every job type that has a name or is a witness."""
    ids = {name.job_type: name.job_type_id for name in names
           if name.job_type is not None and name.job_type_id is not None}
    for each in found:
        ids |= each.caught_by
    return ids


def _rename_witnesses(
    found: Iterable[Witnesses], rename: Renaming, type_ids: dict[JobType, int]
) -> list[Witnesses]:
    """Return the witnesses under the names that they have now.

    A witness whose new name has not been seen yet keeps its old one, and so counts as retired.
    """
    def now(job_type: JobType) -> JobType:
        renamed = rename(job_type)
        return renamed if renamed in type_ids else job_type

    return [replace(each, caught_by={now(kind): type_ids[now(kind)] for kind in each.caught_by})
            for each in found]


def _rename_durations(durations: dict[JobType, int], rename: Renaming) -> dict[JobType, int]:
    """Return the durations; a new name without one of its own gets that of its old name."""
    old = {rename(job_type): duration for job_type, duration in sorted(durations.items())
           if rename(job_type) != job_type}
    return old | durations
