"""`seta simulate`."""

import gzip
import json
import logging
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click

from ..domain.plurals import pluralize
from ..errors import BadInput
from ..proof.loop.days import WARM_UP
from ..proof.simulation import Shape, Simulation
from ..proof.simulation.files import truth, write_history
from ..proof.simulation.pushes import WEEKEND
from ..sources.files import fields
from .options import json_option
from .output import spinner
from .program import Program
from .simulate_loop import DAYS as LOOP_DAYS, print_loop, run_loop

logger = logging.getLogger(__name__)
USUAL = Shape()


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--loop", "is_loop", is_flag=True,
              help="Run SETA on its own consequences in place of writing a history.")
@click.option("--policy", "policies", multiple=True,
              help="Of the loop: a way to decide or schedule; may be repeated, all by default.")
@click.option("--warm-up", type=click.IntRange(1, 3650), default=WARM_UP, show_default=True,
              help="Of the loop: days on which everything runs before SETA decides.")
@click.option("--truth", "truth_file", type=click.Path(dir_okay=False, path_type=Path),
              help="Also write what is true: each regression, who shows it, who found it.")
@click.option("--project", default="simulated", show_default=True, help="The project's name.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True,
              help="The same seed and sizes give the same bytes.")
@click.option("--days", type=int,
              help=f"How long the history is, {USUAL.days} by default; it begins on 2026-01-05. Of "
                   f"the loop: on how many days SETA decides, {LOOP_DAYS} by default.")
@click.option("--results", type=click.IntRange(min=1),
              help="In place of --days: as many days as give about this many results.")
@click.option("--pushes", "pushes_per_day", type=float, default=USUAL.pushes_per_day,
              show_default=True, help="Pushes on a workday, in the mean.")
@click.option("--job-types", type=int, default=USUAL.job_types, show_default=True,
              help="How many jobs a push can have, builds among them.")
@click.option("--regressions", "regressions_per_day", type=float,
              default=USUAL.regressions_per_day, show_default=True,
              help="Regressions on a workday, in the mean.")
@click.option("--components", type=int, default=USUAL.components, show_default=True,
              help="Parts of the product; a few break much more often than the others.")
@click.option("--flakes", type=float, default=USUAL.flakes, show_default=True,
              help="Share of runs that fail by chance.")
@click.option("--mis-starred", type=float, default=USUAL.mis_starred, show_default=True,
              help="Share of chance failures that somebody stars as fixed by a commit.")
@click.option("--unstarred", type=float, default=USUAL.unstarred, show_default=True,
              help="Share of true failures that nobody stars.")
@click.option("--churn", type=float, default=USUAL.churn, show_default=True,
              help="Share of job types that come or go within a year.")
@click.option("--rename/--no-rename", "has_rename", default=USUAL.has_rename, show_default=True,
              help="Give one platform's jobs other names halfway.")
@json_option
@click.pass_obj
def simulate(
    program: Program, /, file: Path | None, is_loop: bool, policies: tuple[str, ...], warm_up: int,
    truth_file: Path | None, project: str, seed: int, results: int | None, days: int | None,
    is_json: bool, **sizes: Any,
) -> None:
    """Write the history of a made-up CI, whose truth is known, to FILE for `seta import`.

    Results, job lists and classifications as NDJSON, gzipped if FILE ends in .gz. Every job runs
    on every push. It is streamed: one push is in memory at a time.

    With --loop nothing is written. Each day SETA decides on what was seen by then, each push runs
    what the cadence says, and what did not run nobody saw. A table says what that caught and cost.
    """
    if is_loop:
        if file is not None or truth_file is not None or results is not None:
            raise BadInput("--loop writes no file: leave out FILE, --truth and --results")
        shape = Shape(**sizes | {"days": LOOP_DAYS if days is None else days})
        with spinner(program.has_terminal) as show:
            found = run_loop(shape, seed=seed, days=shape.days, warm_up=warm_up,
                             policies=policies, progress=show)
        print_loop(found, is_json=is_json)
        return
    if file is None or policies or is_json:
        raise BadInput("name the FILE to write" if file is None else
                       "--policy and --json belong to --loop")
    _write(program, file, truth_file, project, seed, results,
           sizes | {"days": USUAL.days if days is None else days})


def _write(
    program: Program, file: Path, truth_file: Path | None, project: str, seed: int,
    results: int | None, sizes: dict[str, Any],
) -> None:
    checked = _project(project)
    shape = Shape(**sizes)
    if results is not None:
        shape = Shape(**sizes | {"days": _days_for(results, shape)})
    simulation = Simulation(shape, seed)
    with spinner(program.has_terminal) as show, _replaced(file) as out:
        count = write_history(
            simulation, out, project=checked,
            progress=lambda pushes, so_far: show(
                f"{pluralize(pushes, 'push', 'pushes')}, {pluralize(so_far, 'result')}"))
    if truth_file is not None:
        with _replaced(truth_file) as out:
            json.dump(truth(simulation), out, indent=1)
    found = sum(each.stars > 0 for each in simulation.regressions)
    logger.info("simulated %d days: %d results, %d regressions, %d of them starred",
                shape.days, count, len(simulation.regressions), found)
    click.echo(f"{file}: {pluralize(count, 'result')} of {pluralize(shape.days, 'day')}, "
               f"{pluralize(len(simulation.regressions), 'regression')}, {found:,} of them starred")


def _project(name: str) -> str:
    try:
        return fields.project(name)
    except ValueError as error:
        raise BadInput(str(error)) from error


def _days_for(results: int, shape: Shape) -> int:
    """Return how many days give about this many results, weekends among them."""
    workdays = results / (shape.pushes_per_day * shape.job_types)
    return max(1, math.ceil(workdays * 7 / (5 + 2 * WEEKEND)))


@contextmanager
def _replaced(file: Path) -> Iterator[TextIO]:
    """Open a file that takes its name only when it is whole."""
    unfinished = file.with_name(f"{file.name}.part")
    try:
        with (gzip.open(unfinished, "wt", compresslevel=5, encoding="utf-8")
              if file.suffix == ".gz" else open(unfinished, "w", encoding="utf-8")) as out:
            yield out
        os.replace(unfinished, file)
    finally:
        unfinished.unlink(missing_ok=True)
