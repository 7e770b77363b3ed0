"""`seta what-if`."""

from datetime import datetime
from typing import Any

import click

from ..domain.plurals import pluralize
from ..proof.costs import Amounts, amount_text
from ..proof.what_if.answer import answer_to
from ..proof.what_if.change import Change, ChangedJob, Later, LaterCatch
from ..proof.what_if.curve import Curve, Point, Share
from ..proof.what_if.question import (
    Question, cadence_text, read_budgets, read_cadences, read_lowered, read_redundancies,
)
from .options import TimeParam, json_option
from .output import Row, print_json, print_table, spinner
from .program import Program
from .snapshot_view import share_text

MOST_NAMED = 5


@click.command("what-if")
@click.argument("project")
@click.option("--budgets", metavar="LIST",
              help="Budgets to try, such as 1,1.3: the machine time of the chosen jobs, as a "
                   "multiple of what the cheapest set costs.")
@click.option("--redundancies", metavar="LIST", help="Redundancies to try, such as 1,2,3.")
@click.option("--cadences", metavar="LIST",
              help="Cadences to try, each as PUSHES/MINUTES of priority 2, priority 3 and the "
                   "backstop, such as 5/90-10/180-20/240, with -turns for jobs that take turns; "
                   "by default the present one, with and without turns, one twice as quick and "
                   "one half as quick.")
@click.option("--pin", "pinned", multiple=True, metavar="NAME",
              help="Ask what it does to run this job on every push, instead of for the curve; a "
                   "glob where no job has this name. May be repeated.")
@click.option("--lower", "lowered", multiple=True, metavar="NAME[=PRIORITY]",
              help="The same for a job that runs at priority 3, or 2. May be repeated.")
@click.option("--from", "since", type=TimeParam(),
              help="The first cut-off; by default 60 days before the end.")
@click.option("--to", "until", type=TimeParam(),
              help="The end of the data that counts; by default now, or an archive's end.")
@json_option
@click.pass_obj
def what_if(
    program: Program, /, project: str, pinned: tuple[str, ...], lowered: tuple[str, ...],
    since: datetime | None, until: datetime | None, is_json: bool, **lists: str | None,
) -> None:
    """Show what other settings would have cost and caught, or what pinning a job does.

    Without --pin and --lower: machine time against what is caught, and when, over redundancies,
    budgets and cadences, on the regressions of the past, as a backtest does. With them: what the
    next analysis would decide. Nothing is stored.
    """
    readers = {"budgets": read_budgets, "redundancies": read_redundancies,
               "cadences": read_cadences}
    values: dict[str, Any] = {
        name: readers[name](text) for name, text in lists.items() if text is not None}
    question = Question(project, pinned=pinned, lowered=tuple(map(read_lowered, lowered)),
                        since=since, until=until, **values)
    with spinner(program.has_terminal) as show_progress, program.sessions() as session:
        answer = answer_to(session, question, now=program.now, settings=program.settings,
                           progress=show_progress)
    if is_json:
        print_json(answer.to_json())
    elif answer.curve is not None:
        print_curve(answer.curve)
    elif answer.change is not None:
        print_change(answer.change)


def print_curve(curve: Curve) -> None:
    click.echo(
        f"{curve.project}: {pluralize(curve.cut_offs, 'cut-off')} from {curve.since:%Y-%m-%d} to "
        f"{curve.until:%Y-%m-%d}, {pluralize(curve.regressions, 'regression')} and "
        f"{pluralize(curve.pushes, 'push', 'pushes')} after them"
        + (f"; {curve.skipped} more had no regression before them" if curve.skipped else ""))
    click.echo()
    # Without a column that says nothing the table fits a terminal of a hundred columns.
    has_budgets = any(each.setting.budget != 1 for each in curve.points)
    setting = ["", "k", *(["budget"] if has_budgets else []), "cadence"]
    print_table([*setting, "set", "push", "of full", "caught", "95 %", "on push", "soon", "late"],
                [(*_setting(each, has_budgets), *_catches(curve, each)) for each in curve.points])
    click.echo()
    money = ["push, money", "net, money"] if curve.currency else []
    print_table([*setting, "backfills", "saved", "net", *money],
                [(*_setting(each, has_budgets), *_costs(curve, each)) for each in curve.points])
    click.echo()
    click.echo("now: the present setting; set: what runs on every push, a push; push: with what "
               "the cadence adds;\ncaught: by the set; on push: with the cadence; soon: within the "
               "present limits of priority 2;\nlate: pushes, median / p90 of those found.")
    if curve.why_no_money:
        click.echo(f"no costs in money: {curve.why_no_money}")


def _catches(curve: Curve, point: Point) -> Row:
    late = point.pushes_late
    return (amount_text(point.cost.every_push, curve.unit),
            amount_text(point.cost.expected or 0.0, curve.unit), share_text(point.share_of_full),
            f"{point.by_set.share:.0%}", _interval(point.by_set), f"{point.on_push.share:.0%}",
            f"{point.soon.share:.0%}", f"{late['median']:.0f} / {late['p90']:.0f}" if late else "")


def _costs(curve: Curve, point: Point) -> Row:
    cost, money = point.cost, point.money
    return (amount_text(cost.backfills or 0.0, curve.unit),
            share_text(cost.saved_share), share_text(cost.net_saved_share), *(
                [f"{each or 0:,.2f} {curve.currency}" for each in (money.expected, money.net_saved)]
                if money else []))


def _setting(point: Point, has_budgets: bool) -> Row:
    return ("now" if point.is_present else "", point.setting.redundancy,
            *([f"{point.setting.budget:g}"] if has_budgets else []),
            cadence_text(point.setting.cadence))


def _interval(share: Share) -> str:
    return f"{100 * share.low:.0f}-{100 * share.high:.0f}"


def print_change(change: Change) -> None:
    click.echo(f"{change.project} as of {change.as_of:%Y-%m-%d %H:%M} UTC, what the next analysis "
               "would decide; nothing is stored")
    click.echo()
    before, after = change.before, change.after
    old_count, new_count = change.jobs
    rows: list[Row] = [("jobs of priority 1", old_count, new_count, f"{new_count - old_count:+d}")]
    for title, figure in (("priority 1, a push", "every_push"), ("with the cadence", "expected"),
                          ("backfills", "backfills"), ("saved, net", "net_saved")):
        rows.append(_difference(title, before.amounts, after.amounts, figure, before.unit))
    if before.money and after.money and before.prices:
        prices = before.prices
        for title, figure in (("with the cadence", "expected"), ("saved, net", "net_saved")):
            old, new = (getattr(each, figure) for each in (before.money, after.money))
            if old is not None and new is not None:
                rows.append((f"{title}, in money", prices.text(old), prices.text(new),
                             prices.text(new - old)))
    print_table(["", "now", "then", "difference"], rows)
    click.echo()
    for words, jobs in (("come in to priority 1", change.come_in),
                        ("fall out of priority 1", change.fall_out)):
        click.echo(f"{words}: {len(jobs)}{_listed([_job_text(each) for each in jobs])}")
    for words, regressions in (
            ("regressions of the window that it gives up", change.given_up),
            ("given up now, and caught then", change.caught_again),
            ("that only the pinned jobs catch, of what runs on every push",
             change.only_by_pinned)):
        if regressions or words.startswith("regressions"):
            click.echo(f"{words}: {len(regressions)}{_listed(regressions)}")
    if change.unchanged:
        click.echo(f"priority stays as it is: {len(change.unchanged)}{_listed(change.unchanged)}")
    _print_later(change.later)
    if before.why_no_money:
        click.echo(f"no costs in money: {before.why_no_money}")


def _difference(
    title: str, before: Amounts, after: Amounts, figure: str, unit: str
) -> Row:
    old, new = (getattr(each, figure) for each in (before, after))
    if old is None or new is None:
        return (title, "no pushes known", "", "")
    return (title, amount_text(old, unit), amount_text(new, unit),
            ("+" if new > old else "") + amount_text(new - old, unit))


def _print_later(later: Later | None) -> None:
    if later is None:
        click.echo("of the past: no regression came after a cut-off that could be decided")
        return
    low, high = (100 * each for each in later.difference_interval)
    old, new = later.on_push
    click.echo(
        f"of the past: {pluralize(old.n, 'regression')} after "
        f"{pluralize(later.cut_offs, 'cut-off')} from {later.since:%Y-%m-%d} to "
        f"{later.until:%Y-%m-%d}\n"
        f"  found on their push: {old.share:.1%}, and {new.share:.1%} with it "
        f"({100 * later.difference:+.1f} points, 95 % {low:+.1f} to {high:+.1f})\n"
        f"  by what runs on every push: {later.by_set[0].share:.1%}, and "
        f"{later.by_set[1].share:.1%} with it")
    for word, catches in (("more", later.more), ("less", later.less)):
        click.echo(f"  {word}: {len(catches)}{_listed([_late_text(each) for each in catches])}")


def _late_text(catch: LaterCatch) -> str:
    before, after = ("never" if each is None else f"{each:.0f}" for each in (
        catch.pushes_late_before, catch.pushes_late_after))
    return f"{catch.fixed_by} ({before} pushes late, {after} then)"


def _job_text(job: ChangedJob) -> str:
    return f"{job.name} ({job.reason})"


def _listed(words: Any) -> str:
    if not words:
        return ""
    return f" ({', '.join(words[:MOST_NAMED])}{', ...' if len(words) > MOST_NAMED else ''})"
