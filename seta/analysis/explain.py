"""Why each job type has its priority, with a certificate that anybody can check."""

from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any

from ..domain import JobType, Priority
from .choice import Choice
from .cover import Cover
from .problem import Problem

CHOSEN = frozenset({"chosen", "expected"})   # the reasons of what is in the set and not forced


@dataclass(frozen=True, slots=True)
class JobVerdict:
    """What was decided on one job type, and why.

    The certificate is one of

    - ``{"kind": "forced", "why": "build"}``; where that is "promoted", `publish.promotions` adds
      because of which miss, and until when
    - ``{"kind": "chosen", "needed_for": [fixed_by, ...]}``: without it, each of these would
      keep too few witnesses, or none that is believed, on some project, of the cover and the
      forced ones. Never empty.
    - ``{"kind": "expected", "expected_catches": 0.012, "cost": 60000, "like": {fixed_by: {"how":
      "caught it", "expected_catches": 0.009}, ...}, "like_others": 0.001, "like_none": 0.002}``:
      without it, this share of the regressions to come would not be caught; the last three sum up
      to it. ``how`` is a `Likeness` in words.
    - ``{"kind": "covered", "by": {fixed_by: [str(job type), ...]}}``: for every regression that
      it caught, all the chosen and forced job types that caught it too.
    - ``{"kind": "uncovered", "by": {...}}``: the same; a regression with an empty list is left
      uncovered, since the objective is what is expected of the future.
    - ``{"kind": "overridden", "by": {...}}``: the same; a regression with an empty list was
      given up.
    - ``{"kind": "caught nothing"}``

    Where it is known how the job type did until the fix of a regression that it caught, there is
    also ``"showed": {fixed_by: {"runs": 5, "failures": 1, "credible": False}}``.
    """

    job_type: JobType
    priority: Priority
    # "forced: build", "chosen", "expected", "covered", "uncovered", "caught nothing",
    # "overridden: priority 2"
    reason: str
    cost: int          # whole milliseconds, or 1 where the unit is "jobs"
    caught: int        # how many regressions of the window it caught
    certificate: dict[str, Any]  # its lists are shared with others: do not change them


def verdicts_on(
    problem: Problem, cover: Cover, costs: Sequence[int], choice: Choice
) -> tuple[JobVerdict, ...]:
    """Return one verdict for each job type alive on any project, sorted by job type."""
    kept = choice.columns | cover.forced
    needed = needed_for(cover, choice.cover | cover.forced)
    covered = covered_by(cover, kept)
    caught = Counter(column for witnesses in cover.witnesses for column in witnesses)
    showed = showed_by(cover)

    def judge(column: int, job_type: JobType) -> tuple[Priority, str, dict[str, Any]]:
        if column in cover.forced:
            why = problem.forced[job_type]
            return Priority.FIRST, f"forced: {why}", {"kind": "forced", "why": why}
        if column in choice.certificates:
            return Priority.FIRST, "expected", choice.certificates[column]
        if column in choice.cover:
            return Priority.FIRST, "chosen", {"kind": "chosen", "needed_for": needed[column]}
        if column in cover.lowered:
            priority = problem.lowered[job_type]
            return (priority, f"overridden: priority {priority.value}",
                    {"kind": "overridden", "by": covered.get(column, {})})
        if column in covered and not all(covered[column].values()):
            return Priority.SECOND, "uncovered", {"kind": "uncovered", "by": covered[column]}
        if column in covered:
            return Priority.SECOND, "covered", {"kind": "covered", "by": covered[column]}
        return Priority.THIRD, "caught nothing", {"kind": "caught nothing"}

    verdicts = []
    for column, job_type in enumerate(cover.job_types):
        priority, reason, certificate = judge(column, job_type)
        if column in showed and column not in cover.forced:
            certificate["showed"] = showed[column]
        verdicts.append(JobVerdict(
            job_type, priority, reason, costs[column], caught[column], certificate))
    return tuple(verdicts)


def needed_for(cover: Cover, kept: Set[int]) -> dict[int, list[str]]:
    """Return, for each kept column, the regressions that would keep too few without it.

    They are sorted by fixing revision. A kept column that is not in the answer is redundant.
    """
    needed = defaultdict(list)
    for fixed_by, rows in zip(cover.fixed_by, cover.rows, strict=True):
        tight = set()
        for row in rows:
            present = [column for column in row.columns if column in kept]
            if len(present) == row.need:
                tight.update(present)
        for column in tight:
            needed[column].append(fixed_by)
    return needed


def covered_by(cover: Cover, kept: Set[int]) -> dict[int, dict[str, list[str]]]:
    """Return, for each column that is not kept, which job types catch what it caught.

    All kept witnesses are named; a regression that was given up has none. Each regression's list
    is one object, since thousands of columns may refer to it.
    """
    covered: dict[int, dict[str, list[str]]] = defaultdict(dict)
    for fixed_by, witnesses in zip(cover.fixed_by, cover.witnesses, strict=True):
        names = [str(cover.job_types[column]) for column in witnesses if column in kept]
        for column in witnesses:
            if column not in kept:
                covered[column][fixed_by] = names
    return covered


def showed_by(cover: Cover) -> dict[int, dict[str, Any]]:
    """Return what each witness showed of the regressions that it caught, by fixing revision."""
    showed: dict[int, dict[str, Any]] = defaultdict(dict)
    for fixed_by, showings in zip(cover.fixed_by, cover.showings, strict=True):
        for column, showing in showings.items():
            showed[column][fixed_by] = showing.as_json()
    return showed
