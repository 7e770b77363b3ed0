"""The tables of a backtest, each within 100 columns."""

from datetime import timedelta
from textwrap import fill

import click

from ..domain.plurals import pluralize
from ..proof.backtest import Backtest
from ..proof.backtest.intervals import Interval
from ..proof.backtest.policy_scores import PolicyScore
from .output import Row, print_table

HOUR_MS = 3_600_000
WIDTH = 100


def print_backtest(found: Backtest) -> None:
    """Print what was caught and what it takes; what is smaller comes after it."""
    _print_head(found)
    print_table(
        ["what runs on every push", "caught", "95 %", "to k = 1", "95 %", "on push", "soon"],
        [_caught(each, f"{each.on_push:.1%}", f"{each.soon:.1%}") for each in found.policies])
    _print_text("caught: by what runs on every push; on push: with what the cadence runs "
                f"there; soon: {_soon(found)}. What a ranking chose has the machine time of the "
                "plain cover.", is_after_table=True)
    print_table(
        [f"{_unit(found)} a push", "the set", "cadence", "backfill", "saved", "net", "late",
         "range", "turnover"],
        [_taken(found, each) for each in found.policies])
    _print_text("cadence: with what runs less often; backfill: finding the culprits by bisection; "
                "net: saved after it; late: pushes, median, p90 and most, until it is found; "
                "range: p90 of the pushes that may then be to blame; turnover: of the set, from "
                "one cut-off to the next.", is_after_table=True)
    if len(found.by_jobs) > 1:
        print_table(["as many jobs as k = 1", "caught", "95 %", "to k = 1", "95 %", "jobs a push"],
                    [_caught(each, f"{each.jobs['every_push']:,.1f}") for each in found.by_jobs])
        click.echo()
    _print_of_main(found)
    _print_warnings(found)


def _print_text(text: str, *, is_after_table: bool = False) -> None:
    wrapped = fill(text, WIDTH)
    click.echo(f"\n{wrapped}\n" if is_after_table else wrapped)


def _print_head(found: Backtest) -> None:
    plan = found.plan
    _print_text(
        f"{plan.scope}: {found.cut_offs} cut-offs from {plan.since:%Y-%m-%d} to "
        f"{plan.until:%Y-%m-%d}, {found.regressions:,} regressions and {found.pushes:,} pushes "
        f"after them; {found.unforeseen:,} regressions "
        f"({found.unforeseen / found.regressions:.0%}) had no witness that caught anything before")
    _print_text(
        f"left out: {found.too_young:,} regressions younger than {_days(found.star_delay)}, the "
        f"time in which 95 % of failures are classified; {found.skipped} cut-offs without a "
        "regression before them")
    click.echo()
    choice = found.choice
    if choice is not None:
        reported = choice.reported
        _print_text(
            f"best on the first {choice.made_on} cut-offs ({choice.made_regressions:,} "
            f"regressions): {choice.policy}. It caught {choice.made_by_set:.1%} there, and on "
            f"the {choice.reported_on} after them ({choice.reported_regressions:,} regressions) "
            f"{reported.by_set:.1%} ({_interval(reported.interval)}); k = 1 caught "
            f"{choice.plain.by_set:.1%} of these, the difference is "
            f"{100 * reported.difference:+.1f} "
            f"({_interval(reported.difference_interval, '+')}).")
        click.echo()
    elif plan.asks_for_best:
        click.echo("nothing can be called best: half of the cut-offs have no regression\n")


def _print_of_main(found: Backtest) -> None:
    """Print how the main policy's sets get older, and its platforms."""
    if len(found.ages) > 1:
        print_table(
            [f"age of the set: {found.main}", "regressions", "caught", "95 %", "to the youngest",
             "95 %"],
            [(f"{each.from_days} to {each.to_days} days", f"{each.regressions:,}",
              f"{each.by_set:.1%}", _interval(each.interval),
              "" if each.difference is None else f"{100 * each.difference:+.1f}",
              _interval(each.difference_interval, "+")) for each in found.ages])
        click.echo()
    print_table(
        [f"platform: {found.main}", "regressions", "caught", "only there", "caught",
         f"{_unit(found)} a push", "full run"],
        [(each.platform, f"{each.regressions:,}", f"{each.by_set:.1%}" if each.regressions else "",
          f"{each.only_here:,}", "" if each.only_by_set is None else f"{each.only_by_set:.1%}",
          _cost(found, each.every_push), _cost(found, each.full)) for each in found.platforms])
    click.echo()


def _print_warnings(found: Backtest) -> None:
    origins = found.origins
    if origins.several:
        low, high = next(each.on_push_bounds for each in found.policies
                         if each.policy == found.main)
        _print_text(
            f"{pluralize(origins.several, 'regression', 'regressions')} may have come with any of "
            f"several pushes, at most {origins.suspects['max']:.0f}; each counts alike. On the "
            f"push, {found.main} is between {low:.1%} and {high:.1%}.")
    if origins.unknown:
        _print_text(f"Of {pluralize(origins.unknown, 'regression', 'regressions')} no pass before "
                    "is known: the first failing push stands for the culprit.")
    if not found.selective:
        return
    _print_text(f"{pluralize(found.selective, 'push', 'pushes')} of that time left jobs out. "
                "What did not run could not catch anything, so sets other than those in force "
                "then look worse here than they are.")
    if found.audited:
        print_table(
            [f"by {found.audited:,} audited regressions", "caught", "95 %", "to k = 1", "95 %"],
            [(each.policy, f"{each.audited.by_set:.1%}", _interval(each.audited.interval),
              f"{100 * each.audited.difference:+.1f}",
              _interval(each.audited.difference_interval, "+"))
             for each in found.policies if each.audited is not None])
    else:
        click.echo("No regression of it was audited, so nothing here is without that bias.")


def _caught(each: PolicyScore, *more: str) -> Row:
    return (each.policy, f"{each.by_set:.1%}", _interval(each.interval),
            f"{100 * each.difference:+.1f}", _interval(each.difference_interval, "+"), *more)


def _taken(found: Backtest, each: PolicyScore) -> Row:
    share = each.full or 1.0
    late = each.pushes_late
    return (each.policy, _cost(found, each.every_push), _cost(found, each.with_cadence),
            _cost(found, each.backfill), f"{each.saved / share:.1%}",
            f"{each.net_saved / share:.1%}",
            f"{late['median']:.0f}, {late['p90']:.0f}, {late['max']:.0f}" if late else "",
            f"{each.culprit_range['p90']:.0f}" if each.culprit_range else "",
            "" if each.turnover is None else f"{each.turnover:.0%}")


def _interval(interval: Interval | None, sign: str = "") -> str:
    if interval is None:
        return ""
    return " to ".join(f"{100 * end:{sign}.1f}" for end in interval)


def _soon(found: Backtest) -> str:
    within = found.plan.within
    if within is None:
        return "within the pushes and minutes of priority 2"
    return f"on one of {within.pushes:,} pushes and within {within.minutes:,} minutes"


def _cost(found: Backtest, cost: float) -> str:
    return f"{cost / HOUR_MS:,.2f}" if found.unit == "ms" else f"{cost:,.1f}"


def _unit(found: Backtest) -> str:
    return "hours" if found.unit == "ms" else "jobs"


def _days(span: timedelta) -> str:
    return f"{span / timedelta(days=1):.1f} days"
