"""What the analysis answers."""

from dataclasses import dataclass

from seta.domain import JobType, Priority


@dataclass(frozen=True, slots=True)
class JobVerdict:
    """What was decided on one job type, why, and the proof that anybody can check.

    The certificate is one of

    - ``{"kind": "forced", "why": "build"}``
    - ``{"kind": "chosen", "needed_for": [fixed_by, ...]}``: without it each of these would keep
      too few witnesses on some project. Never empty.
    - ``{"kind": "covered", "by": {fixed_by: [str(job type), ...]}}``: for every regression that
      it caught, all the chosen and forced job types that caught it.
    - ``{"kind": "overridden", "by": {...}}``: the same; an empty list is what was given up.
    - ``{"kind": "caught nothing"}``
    """

    job_type: JobType
    priority: Priority
    reason: str        # "forced: build", "chosen", "covered", "caught nothing", "overridden: low"
    cost: int          # whole milliseconds, or 1 where the unit is "jobs"
    caught: int        # how many regressions of the window it caught
    certificate: dict  # shares its lists with others': to read, not to change


@dataclass(frozen=True)
class Decision:
    """The verdict on every job type alive on any project, and how good the set is.

    ``objective`` is what the chosen cost in ``unit``; forced job types are not counted, nor are
    they in ``comparison``. No set costs less than ``lower_bound``; ``gap`` is how far the
    objective is above it, as a share of the objective. The status is "optimal" when the set is
    proved to cost least and, of those that do, to have the fewest job types; "limit" when a
    limit ended the proof, and the set is the best found.
    """

    verdicts: tuple[JobVerdict, ...]  # sorted by job type
    unit: str                         # "ms"; "jobs" where no duration is known at all
    objective: int
    lower_bound: float
    gap: float
    status: str
    regressions: int
    uncoverable: tuple[str, ...]      # fixed_by of those without a living witness anywhere
    given_up: tuple[str, ...]         # fixed_by of those that an override left without one
    comparison: dict                  # {"ours": {"job_types": 3, "cost": 70}, "greedy": ...}
