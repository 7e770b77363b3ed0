"""`seta backtest`."""

from datetime import datetime, timedelta
from pathlib import Path

import click

from ..config import readers
from ..domain import Interval
from ..errors import BadInput
from ..proof.backtest import backtest as run_backtest
from ..proof.backtest.plan import Plan
from ..proof.backtest.plots import write_plots
from ..store.evidence import evidence_window
from ..store.curation.projects import scope_named
from ..store.snapshots.backtests import add_backtest
from .backtest_tables import print_backtest
from .options import TimeParam, json_option, scope_option
from .output import as_json, print_json, spinner
from .program import Program

LAST = timedelta(days=60)
ANY = 10_000_000    # pushes or minutes: no limit


class SpanParam(click.ParamType[timedelta]):
    """A span of time such as 7d, as settings have it."""

    name = "SPAN"

    def convert(
        self, value: str | timedelta, param: click.Parameter | None,
        context: click.Context | None,
    ) -> timedelta:
        if isinstance(value, timedelta):
            return value
        try:
            return readers.duration(value)
        except ValueError as error:
            self.fail(f"{value!r} is not {error}", param, context)


@click.command()
@scope_option
@click.option("--from", "since", type=TimeParam(),
              help="The first cut-off; by default 60 days before the end.")
@click.option("--to", "until", type=TimeParam(),
              help="The end of the data that counts; by default now, or an archive's end.")
@click.option("--step", type=SpanParam(), default="7d", show_default=True,
              help="From one cut-off to the next.")
@click.option("--window", type=SpanParam(),
              help="How far back each decision looks; by default as the scope does.")
@click.option("--redundancy", type=click.IntRange(min=1),
              help="How many witnesses of each regression the reported cover keeps; by default as "
                   "the scope does.")
@click.option("--policy", "policies", multiple=True, metavar="NAME",
              help="A way to choose, as the table calls it; may be given more than once. The rest "
                   "is left out, except for the covers that it is compared with. With 'best', the "
                   "one that caught most on the first half of the cut-offs is reported on the "
                   "second.")
@click.option("--within-pushes", type=click.IntRange(min=1),
              help="What counts as soon: found on one of this many pushes, the one that broke it "
                   "among them. By default as the cadence has it for priority 2.")
@click.option("--within-minutes", type=click.IntRange(min=1),
              help="What counts as soon: found on a push at most this much later.")
@click.option("--jobs", type=click.IntRange(min=1), default=2, show_default=True,
              help="How many processes decide at once.")
@click.option("--plots", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
              help="Also write what was caught, over time and for its cost, as SVG into a folder.")
@json_option
@click.pass_obj
def backtest(
    program: Program, scope: str, since: datetime | None, until: datetime | None, step: timedelta,
    window: timedelta | None, redundancy: int | None, policies: tuple[str, ...],
    within_pushes: int | None, within_minutes: int | None, jobs: int, plots: Path | None,
    is_json: bool,
) -> None:
    """Try past decisions on what came after them: what was caught, when, and at what cost.

    At each cut-off SETA, and other ways to choose, decide on what was known then. They are scored
    on the regressions whose first failing push came until the next cut-off.
    """
    with program.sessions() as session:
        end = evidence_window(session, scope_named(session, scope), now=program.now).as_of
    until = end if until is None else until
    if until > end:
        raise BadInput(f"--to is {until:%Y-%m-%d %H:%M}, and the data ends {end:%Y-%m-%d %H:%M}")
    within = (Interval(within_pushes or ANY, within_minutes or ANY)
              if within_pushes or within_minutes else None)
    plan = Plan(scope, since or until - LAST, until, step, window, redundancy, policies, within)
    with spinner(program.has_terminal) as show_progress:
        found = run_backtest(program.sessions, plan, settings=program.settings, jobs=jobs,
                             progress=show_progress)
    with program.sessions.begin() as session:
        kept = add_backtest(session, scope, as_json(found), made_at=program.now)
    for path in write_plots(found, plots) if plots else ():
        click.echo(f"wrote {path}", err=True)
    if is_json:
        print_json(found)
        return
    print_backtest(found)
    click.echo(f"kept as backtest {kept.id}: /api/v1/backtests/{kept.id} has it, with all misses")
