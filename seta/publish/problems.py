"""Put together what is asked of an analysis, from what was known at a moment."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from types import MappingProxyType
from typing import Any

from ..analysis import Problem
from ..domain import COVER, JobType, Override, Regression, Rename, RunCount, Witnesses
from ..names import apply_renames
from ..store.evidence import EvidenceWindow, NameEvidence
from .forced import (
    effective_overrides, forced_job_types, given_builds, lowered_job_types, new_job_types,
)

Renaming = Callable[[JobType], JobType]
NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True)
class MadeProblem:
    """A problem, and what it was made of."""

    problem: Problem
    names: tuple[NameEvidence, ...]       # alive, parsed and not of tier 3
    witnesses: tuple[Witnesses, ...]      # under the names that they have now
    type_ids: dict[JobType, int]


def make_problem(
    window: EvidenceWindow, *, redundancy: int, names: Collection[NameEvidence],
    witnesses: Iterable[Witnesses], durations_ms: Mapping[JobType, int],
    overrides: Collection[Override], renames: Collection[Rename],
    shown: Mapping[str, Mapping[JobType, RunCount]] = NOTHING,
    totals: Mapping[JobType, RunCount] = NOTHING,
    budget: float = 1.0, objective: str = COVER, why_cover: str = "",
) -> MadeProblem:
    """Make the problem of a window. Overrides and renames are those active at its moment.

    Without `shown`, every witness is believed.
    """
    rename = renaming(renames, window)
    ours = tuple(name for name in names if name.is_ours)
    counting = effective_overrides(ours, overrides)
    found = list(witnesses)
    type_ids = _type_ids(names, found)
    found = _rename_witnesses(found, rename, type_ids)
    problem = Problem(
        regressions=tuple(Regression(each.fixed_by, frozenset(each.caught_by), each.is_inferred)
                          for each in found),
        alive=_alive(ours),
        durations_ms=_rename_durations(durations_ms, rename),
        forced=forced_job_types(
            counting, new_job_types(names, window, rename), given_builds(ours)),
        lowered=lowered_job_types(counting),
        redundancy=redundancy,
        shown={fixed_by: _rename_runs(counts, rename, type_ids)
               for fixed_by, counts in shown.items()},
        totals=_rename_runs(totals, rename, type_ids),
        ages={each.fixed_by: (window.as_of - each.first_at) / timedelta(days=1)
              for each in found if each.first_at is not None},
        budget=budget, objective=objective, why_cover=why_cover,
    )
    return MadeProblem(problem, ours, tuple(found), type_ids)


def renaming(renames: Collection[Rename], window: EvidenceWindow) -> Renaming:
    """Return what gives a job type the name that it has at the window's end."""
    if not any(rename.since <= window.as_of for rename in renames):
        return lambda job_type: job_type
    return cache(lambda job_type: apply_renames(job_type, renames, window.as_of))


def _alive(ours: Iterable[NameEvidence]) -> dict[str, frozenset[JobType]]:
    alive: dict[str, set[JobType]] = defaultdict(set)
    for name in ours:
        if name.job_type is not None:
            alive[name.project].add(name.job_type)
    return {project: frozenset(job_types) for project, job_types in alive.items()}


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
    """Return the witnesses under the names that they have now."""
    def now(job_type: JobType) -> JobType:
        return _name_now(job_type, rename, type_ids)

    return [replace(each, caught_by={now(kind): type_ids[now(kind)] for kind in each.caught_by})
            for each in found]


def _rename_runs(
    counts: Mapping[JobType, RunCount], rename: Renaming, type_ids: Mapping[JobType, int]
) -> dict[JobType, RunCount]:
    """Return the runs under the names that the job types have now, those of old names added."""
    found: dict[JobType, RunCount] = {}
    for job_type, count in counts.items():
        now = _name_now(job_type, rename, type_ids)
        found[now] = found[now] + count if now in found else count
    return found


def _name_now(job_type: JobType, rename: Renaming, type_ids: Mapping[JobType, int]) -> JobType:
    """Return the name that a job type has now.

    One whose new name has not been seen yet keeps its old one, and so counts as retired.
    """
    renamed = rename(job_type)
    return renamed if renamed in type_ids else job_type


def _rename_durations(
    durations: Mapping[JobType, int], rename: Renaming
) -> dict[JobType, int]:
    """Return the durations; a new name without one of its own gets that of its old name."""
    renamed = sorted(job_type for job_type in durations if rename(job_type) != job_type)
    old = {rename(job_type): durations[job_type] for job_type in renamed}
    return old | dict(durations)
