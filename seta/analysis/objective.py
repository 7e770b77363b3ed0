"""What it costs to run a job type on every push."""

from collections.abc import Mapping, Sequence
from statistics import median

from ..domain import JobType


def costs_of(
    job_types: Sequence[JobType], durations_ms: Mapping[JobType, int]
) -> tuple[list[int], str]:
    """Return the cost of each job type, in its order, and the unit: "ms" or "jobs".

    Where a duration is unknown the median of the known ones stands in; where none is known at
    all every job type costs one job.
    """
    durations = [durations_ms.get(job_type) for job_type in job_types]
    known = [duration for duration in durations if duration is not None]
    if not known:
        return [1] * len(durations), "jobs"
    usual = round(median(known))
    return [usual if duration is None else duration for duration in durations], "ms"
