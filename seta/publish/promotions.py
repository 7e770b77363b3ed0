"""Job types that misses put on every push for a while."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..analysis import Problem
from ..analysis.objective import costs_of
from ..domain import JobType, Promotion
from .problems import Renaming

PROMOTED = "promoted"


@dataclass(frozen=True, slots=True)
class Promoted:
    """A problem with the promoted job types forced, and because of which miss each is."""

    problem: Problem
    because_of: Mapping[JobType, Promotion]

    def certificate(self, job_type: JobType, certificate: dict[str, Any]) -> dict[str, Any]:
        """Return the certificate of a job type; of a promoted one, with the miss and the end."""
        if certificate.get("why") != PROMOTED:
            return certificate
        promotion = self.because_of[job_type]
        return certificate | {"miss": promotion.fixed_by, "project": promotion.project,
                              "until": promotion.until.isoformat()}


def promote(problem: Problem, promotions: Iterable[Promotion], rename: Renaming) -> Promoted:
    """Force, for each miss, the cheapest living job type of those that would have shown it.

    What is forced for another reason keeps that; what an override lowers stays low. Of several
    misses the one that comes first counts.
    """
    alive = sorted(frozenset[JobType]().union(*problem.alive.values()))
    costs = dict(zip(alive, costs_of(alive, problem.durations_ms)[0]))
    because_of: dict[JobType, Promotion] = {}
    for promotion in promotions:
        candidates = {rename(job_type) for job_type in promotion.job_types}
        living = [job_type for job_type in candidates
                  if job_type in costs and job_type not in problem.lowered]
        if living:
            because_of.setdefault(
                min(living, key=lambda job_type: (costs[job_type], job_type)), promotion)
    forced = dict.fromkeys(because_of, PROMOTED) | dict(problem.forced)
    return Promoted(replace(problem, forced=forced), because_of)
