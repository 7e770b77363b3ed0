"""On which days of the loop the alarm on drift would be open."""

from collections.abc import Iterable, Iterator

from ...domain import JobPriority
from ...publish.drift import AT_LEAST, BEFORE, DriftFigures, figures_of, moved
from .days import LoopDay


def drifting(days: Iterable[LoopDay]) -> Iterator[tuple[int, list[str]]]:
    """Yield each day's number with what moved too far since 30 days before, if anything did.

    As the service does with a snapshot a day; what an open alarm adds to that is left out.
    """
    figures: list[DriftFigures | None] = []
    for day in days:
        figures.append(_figures(day))
        now, before = figures[-1], figures[:max(0, len(figures) - BEFORE.days)]
        if not before and len(figures) > AT_LEAST.days:
            before = figures[:1]
        if now is not None and before and before[-1] is not None:
            yield day.number, moved(before[-1], now)
        else:
            yield day.number, []


def _figures(day: LoopDay) -> DriftFigures | None:
    if day.decision is None:
        return None
    priorities = [JobPriority(each.job_type, each.priority, each.reason, each.cost, each.caught,
                              each.certificate) for each in day.decision.verdicts]
    return figures_of(day.problem.regressions, day.problem.alive, priorities,
                      unit=day.decision.unit, job_types_run=day.job_types_run)
