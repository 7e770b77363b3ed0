"""`seta simulate --loop`: SETA on its own consequences."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import click

from ..domain.plurals import pluralize
from ..errors import BadInput
from ..proof.loop import POLICIES, LoopDay, LoopPolicy, LoopReport, loop_days, report_of, start
from ..proof.loop.days import WARM_UP
from ..proof.loop.report import Course
from ..proof.simulation import Shape
from .output import Row, ShowProgress, print_json, print_table

logger = logging.getLogger(__name__)
DAYS = 300
HEADINGS = ["", "caught by the set", "on the push", "found", "pushes late, mean", "p90",
            "set, of a full run", "all that runs", "dearest tenth", "job types", "turnover a day",
            "witnesses", "single"]


@dataclass(frozen=True)
class LoopRun:
    """All that `--json` prints."""

    shape: Shape
    seed: int
    days: int
    warm_up: int
    policies: tuple[LoopReport, ...]


def run_loop(
    shape: Shape, *, seed: int, days: int, warm_up: int = WARM_UP, policies: Sequence[str],
    progress: ShowProgress,
) -> LoopRun:
    """Run the policies of these names, all of them without any, each on the same CI."""
    chosen = [_named(name) for name in policies or POLICIES]
    progress(f"{pluralize(warm_up, 'day')} on which everything runs")
    world = start(shape, seed, days=days, warm_up=warm_up)
    reports = []
    for policy in chosen:
        reports.append(report_of(policy, seed, _watched(
            loop_days(world, policy, warm_up=warm_up), policy.name, progress)))
        whole = reports[-1].whole
        logger.info("%s: %d days, %d regressions, %.1f%% caught on the push", policy.name, days,
                    whole.regressions, 100 * whole.on_push)
    return LoopRun(shape, seed, days, warm_up, tuple(reports))


def print_loop(run: LoopRun, *, is_json: bool) -> None:
    if is_json:
        print_json(run)
        return
    print_table(HEADINGS, (_row(each.policy, each.whole) for each in run.policies))
    click.echo(f"\n{pluralize(run.days, 'day')} after {pluralize(run.warm_up, 'day')} on which "
               f"everything ran, seed {run.seed}. Costs are shares of what everything takes on "
               "every push,\nbackfills among them. Month by month, caught on the push and the "
               "set's cost:\n")
    print_table(["", *(f"from day {month.first_day}" for month in run.policies[0].months)],
                (_months(each) for each in run.policies))


def _row(name: str, whole: Course) -> Row:
    late = whole.pushes_late
    return (name, f"{whole.by_set:.1%}", f"{whole.on_push:.1%}", f"{whole.found:.1%}",
            f"{late['mean']:.2f}" if late else "", f"{late['p90']:.0f}" if late else "",
            f"{whole.set_cost:.3f}", f"{whole.cost + whole.backfill:.3f}", f"{whole.dear_push:.3f}",
            f"{whole.set_size:.0f}", f"{whole.turnover:.3f}", f"{whole.witnesses:.1f}",
            f"{whole.single:.0%}")


def _months(report: LoopReport) -> Row:
    return (report.policy, *(f"{month.on_push:.0%} {month.set_cost:.2f}"
                             for month in report.months))


def _named(name: str) -> LoopPolicy:
    if name not in POLICIES:
        raise BadInput(f"there is no policy {name!r}; there are {', '.join(POLICIES)}")
    return POLICIES[name]


def _watched(
    days: Iterable[LoopDay], name: str, progress: ShowProgress
) -> Iterator[LoopDay]:
    for day in days:
        progress(f"{name}: day {day.number + 1}")
        yield day
