"""`seta backtest`."""

from datetime import datetime, timedelta

import click

from ..config import readers
from ..domain.plurals import pluralize
from ..errors import BadInput
from ..proof.backtest import Backtest, backtest as run_backtest
from ..proof.backtest.plan import Plan
from ..store.evidence import evidence_window
from ..store.curation.projects import scope_named
from ..store.snapshots.backtests import add_backtest
from .options import TimeParam, json_option, scope_option
from .output import Row, as_json, print_json, print_table, spinner
from .program import Program

LAST = timedelta(days=60)


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
@click.option("--jobs", type=click.IntRange(min=1), default=2, show_default=True,
              help="How many processes decide at once.")
@json_option
@click.pass_obj
def backtest(program: Program, scope: str, since: datetime | None, until: datetime | None,
             step: timedelta, window: timedelta | None, jobs: int, is_json: bool) -> None:
    """Try past decisions on what came after them: what was caught, when, and at what cost.

    At each cut-off SETA, and other ways to choose, decide on what was known then. They are scored
    on the regressions whose first failing push came until the next cut-off.
    """
    with program.sessions() as session:
        end = evidence_window(session, scope_named(session, scope), now=program.now).as_of
    until = end if until is None else until
    if until > end:
        raise BadInput(f"--to is {until:%Y-%m-%d %H:%M}, and the data ends {end:%Y-%m-%d %H:%M}")
    plan = Plan(scope, since or until - LAST, until, step, window)
    with spinner(program.has_terminal) as show_progress:
        found = run_backtest(program.sessions, plan, settings=program.settings, jobs=jobs,
                             progress=show_progress)
    with program.sessions.begin() as session:
        kept = add_backtest(session, scope, as_json(found), made_at=program.now)
    if is_json:
        print_json(found)
        return
    print_backtest(found)
    click.echo(f"kept as backtest {kept.id}: /api/v1/backtests/{kept.id} has it, with all misses")


def print_backtest(found: Backtest) -> None:
    plan = found.plan
    click.echo(
        f"{plan.scope}: {found.cut_offs} cut-offs from {plan.since:%Y-%m-%d} to "
        f"{plan.until:%Y-%m-%d}, {found.regressions:,} regressions and {found.pushes:,} pushes "
        f"after them; {found.unforeseen:,} regressions had no witness that caught anything before\n"
        f"left out: {found.too_young:,} regressions younger than {_days(found.star_delay)}, the "
        f"time in which 95 % of failures are classified; {found.skipped} cut-offs without a "
        "regression before them")
    click.echo()
    print_table(
        ["what runs on every push", "caught", "95 %", "more than k = 1", "95 %", "on the push",
         "soon", "pushes late, p90", "a push", "with the cadence"],
        [_row(found, number) for number in range(len(found.policies))])
    click.echo()
    click.echo("caught: by what runs on every push; on the push: with what the cadence runs there; "
               "soon: within\nthe pushes and minutes of priority 2. Costs are means per push; what "
               "a ranking chose has the\nmachine time of the plain cover.")
    if found.selective:
        click.echo(f"{pluralize(found.selective, 'push', 'pushes')} of that time left jobs out. "
                   "What did not run could not catch anything,\nso sets other than those in force "
                   "then look worse here than they are.")


def _row(found: Backtest, number: int) -> Row:
    each = found.policies[number]
    return (each.policy, f"{each.by_set:.1%}", _interval(each.interval),
            f"{100 * each.difference:+.1f}", _interval(each.difference_interval, sign="+"),
            f"{each.on_push:.1%}", f"{each.soon:.1%}",
            f"{each.pushes_late['p90']:.0f}" if each.pushes_late else "",
            _cost(found.unit, each.every_push), _cost(found.unit, each.with_cadence))


def _interval(interval: tuple[float, float] | None, sign: str = "") -> str:
    if interval is None:
        return ""
    return " to ".join(f"{100 * end:{sign}.1f}" for end in interval)


def _cost(unit: str, cost: float) -> str:
    return f"{cost / 3_600_000:,.2f} h" if unit == "ms" else f"{cost:,.1f} jobs"


def _days(span: timedelta) -> str:
    return f"{span / timedelta(days=1):.1f} days"
