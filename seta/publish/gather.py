"""Gather what a decision needs: one constant number of queries, however much is stored."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cache

from sqlalchemy.orm import Session

from ..analysis import Problem
from ..config import Settings
from ..domain import JobType, Regression, Scope, Witnesses
from ..names import apply_renames
from ..store import evidence
from ..store.curation.overrides import overrides
from ..store.curation.renames import renames
from ..store.evidence import Moment, NameEvidence
from .forced import counting_overrides, forced_job_types, lowered_job_types, new_job_types

Rename = Callable[[JobType], JobType]


@dataclass(frozen=True)
class Gathered:
    """What is known of a scope at a moment."""

    moment: Moment
    problem: Problem
    names: tuple[NameEvidence, ...]      # alive, parsed and not of tier 3
    witnesses: tuple[Witnesses, ...]
    type_ids: dict[JobType, int]
    inputs: dict


def gather(
    session: Session, scope: Scope, *, now: datetime, as_of: datetime | None, settings: Settings
) -> Gathered:
    """Read what an analysis of the scope is to be decided on."""
    moment = evidence.moment_of(session, scope, now=now, as_of=as_of)
    decided_at = min(moment.known_by, now)
    active = overrides(session, scope.name, active_at=decided_at)
    renamed = renames(session, scope.name, active_at=decided_at)
    rename = _renaming([stored.rename for stored in renamed], moment.as_of)
    names = evidence.known_names(session, moment)
    ours = tuple(name for name in names if name.is_ours)
    counting = counting_overrides(ours, active)
    found = evidence.witnesses(session, moment)
    type_ids = type_ids_of(names, found)
    found = as_renamed(found, rename, type_ids)
    problem = Problem(
        regressions=tuple(Regression(each.fixed_by, frozenset(each.caught_by), each.is_inferred)
                          for each in found),
        alive=_alive(ours),
        durations_ms=durations_as_renamed(evidence.mean_durations(session, moment), rename),
        forced=forced_job_types(counting, new_job_types(names, moment, rename)),
        lowered=lowered_job_types(counting),
        redundancy=scope.redundancy,
    )
    quality = evidence.label_quality(session, moment)
    inputs = {
        "since": moment.since.isoformat(), "known_by": moment.known_by.isoformat(),
        "window_days": scope.window_days, "redundancy": scope.redundancy,
        "node_limit": settings.node_limit, "max_change": settings.max_change,
        "overrides": sorted(each.id for each in active),
        "renames": sorted(each.id for each in renamed),
        "names": _counts_of(names), "alive": {p: len(t) for p, t in problem.alive.items()},
        "labels": asdict(quality) | _jobs_per_regression(found),
    }
    return Gathered(moment, problem, ours, tuple(found), type_ids, inputs)


def _renaming(known: list, at: datetime) -> Callable[[JobType], JobType]:
    return cache(lambda job_type: apply_renames(job_type, known, at))


def _alive(ours: tuple[NameEvidence, ...]) -> dict[str, frozenset[JobType]]:
    alive = defaultdict(set)
    for name in ours:
        alive[name.project].add(name.job_type)
    return {project: frozenset(job_types) for project, job_types in alive.items()}


def _counts_of(names: list[NameEvidence]) -> dict:
    alive = [name for name in names if name.is_alive]
    return {
        "alive": len(alive),
        "retired": len(names) - len(alive),
        "unparsed": sum(name.job_type is None for name in alive),
        "tier_3": sum(name.job_type is not None and not name.is_ours for name in alive),
        "sharing_a_job_type": _sharing(alive),
    }


def _sharing(alive: list[NameEvidence]) -> int:
    """Count names that fall together with another one of their project and build system."""
    groups = Counter((name.project, name.build_system, name.job_type)
                     for name in alive if name.is_ours)
    return sum(count for count in groups.values() if count > 1)


def _jobs_per_regression(found: list[Witnesses]) -> dict:
    jobs = sum(each.jobs for each in found)
    return {"jobs_per_regression": round(jobs / len(found), 2) if found else None}


def type_ids_of(names: Iterable[NameEvidence], found: Iterable[Witnesses]) -> dict[JobType, int]:
    """Return the id of every job type that is known by a name or as a witness."""
    ids = {name.job_type: name.job_type_id for name in names if name.job_type is not None}
    for each in found:
        ids |= each.caught_by
    return ids


def as_renamed(
    found: Iterable[Witnesses], rename: Rename, type_ids: dict[JobType, int]
) -> list[Witnesses]:
    """Return the witnesses under the names that they have now.

    One whose new name nobody has seen yet stays what it is: retired.
    """
    def now(job_type: JobType) -> JobType:
        renamed = rename(job_type)
        return renamed if renamed in type_ids else job_type

    return [replace(each, caught_by={now(kind): type_ids[now(kind)] for kind in each.caught_by})
            for each in found]


def durations_as_renamed(durations: dict[JobType, int], rename: Rename) -> dict[JobType, int]:
    """Return the durations; a new name without one of its own has its old name's."""
    old = {rename(job_type): duration for job_type, duration in sorted(durations.items())
           if rename(job_type) != job_type}
    return old | durations
