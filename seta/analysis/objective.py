"""What the analysis minimizes, and how much each regression counts.

It minimizes the machine time of one push: the sum of what the chosen job types cost. Of the sets
that cost least, the one with the fewest job types is taken. A regression counts as a constraint:
every regression of the window keeps `need_of` witnesses on each project, however old it is and
whoever reported it. Only where a budget is spent by expectation do weights count (`expected`). To
give the cover weights too, start here; docs/architecture.md names the other places.
"""

from collections.abc import Mapping, Sequence
from statistics import median

from ..domain import JobType


def costs_of(
    job_types: Sequence[JobType], durations_ms: Mapping[JobType, int]
) -> tuple[list[int], str]:
    """Return the cost of each job type, in its order, and the unit: "ms" or "jobs".

    Where a duration is unknown, the median of the known ones stands in; where none is known at
    all, every job type costs one job.
    """
    durations = [durations_ms.get(job_type) for job_type in job_types]
    known = [duration for duration in durations if duration is not None]
    if not known:
        return [1] * len(durations), "jobs"
    usual = round(median(known))
    return [usual if duration is None else duration for duration in durations], "ms"


def need_of(candidates: int, *, redundancy: int) -> int:
    """Return how many of a regression's candidates on a project must run on every push.

    Candidates are its living witnesses there that no override lowered.
    """
    return min(redundancy, candidates)
