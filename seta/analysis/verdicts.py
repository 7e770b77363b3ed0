"""From a set of columns to a verdict on each job type."""

from collections import Counter
from collections.abc import Sequence, Set

from seta.domain import Priority

from .certificates import covered_by, needed_for
from .cover import Cover
from .decision import JobVerdict
from .problem import Problem


def verdicts_on(
    problem: Problem, cover: Cover, costs: Sequence[int], chosen: Set[int]
) -> tuple[JobVerdict, ...]:
    """Return one verdict for each job type alive on any project, sorted by job type."""
    kept = chosen | cover.forced
    needed = needed_for(cover, kept)
    covered = covered_by(cover, kept)
    caught = Counter(column for witnesses in cover.witnesses for column in witnesses)

    def judge(column, job_type):
        if column in cover.forced:
            why = problem.forced[job_type]
            return Priority.HIGH, f"forced: {why}", {"kind": "forced", "why": why}
        if column in chosen:
            return Priority.HIGH, "chosen", {"kind": "chosen", "needed_for": needed[column]}
        if column in cover.lowered:
            priority = problem.lowered[job_type]
            return (priority, f"overridden: {priority.name.lower()}",
                    {"kind": "overridden", "by": covered.get(column, {})})
        if column in covered:
            return Priority.LOW, "covered", {"kind": "covered", "by": covered[column]}
        return Priority.LOWEST, "caught nothing", {"kind": "caught nothing"}

    verdicts = []
    for column, job_type in enumerate(cover.job_types):
        priority, reason, certificate = judge(column, job_type)
        verdicts.append(JobVerdict(
            job_type, priority, reason, costs[column], caught[column], certificate))
    return tuple(verdicts)
