"""A snapshot as text for a person."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import click

from ..domain import COVER, Priority, Snapshot
from ..domain.plurals import pluralize
from ..proof.costs import Amounts, amount_text
from ..proof.savings import Savings
from .output import Row, fields_of, minutes, print_table

MEANINGS = {
    Priority.FIRST: "1  runs on every push",
    Priority.SECOND: "2  caught regressions that others catch too",
    Priority.THIRD: "3  caught nothing in the window",
}
Show = Callable[[float], str]
COMPARED = {
    "ours": "SETA",
    "least": "SETA, without its price for change",
    "plain": "SETA, if every star counted alike",
    "greedy": "greedy by cost",
    "drop_one_best": "drop-one pass, best of ten orders",
    "drop_one_worst": "drop-one pass, worst of ten orders",
}


def print_snapshot(snapshot: Snapshot, savings: Iterable[Savings] = ()) -> None:
    """Print the chosen set's size, what is proven, how it compares, and what it saves."""
    click.echo(_headline(snapshot))
    click.echo(_proof(snapshot))
    for line in _choice(snapshot):
        click.echo(line)
    click.echo()
    print_table(["priority", "job types", "cost of a full run"], _priorities(snapshot))
    click.echo()
    print_table(["to catch every regression", "job types", "cost per push"],
                _comparison(snapshot))
    print_savings(list(savings))
    if stars := snapshot.inputs.get("stars"):
        click.echo(_stars(stars))
    for heading, left_out in (("uncoverable", snapshot.uncoverable),
                              ("given up", snapshot.given_up),
                              ("left uncovered", _uncovered(snapshot))):
        if left_out:
            click.echo(f"{heading}: {len(left_out)} ({', '.join(left_out[:5])}"
                       f"{', ...' if len(left_out) > 5 else ''})")


def _stars(stars: dict[str, int]) -> str:
    return (f"doubtful: {stars['doubtful']:,} of "
            f"{pluralize(stars['witnesses'], 'witness', 'witnesses')}; "
            f"{pluralize(stars['only_doubtful'], 'regression')} without a credible one")


def snapshot_json(snapshot: Snapshot, savings: Iterable[Savings]) -> dict[str, Any]:
    """Return what `--json` prints."""
    return fields_of(snapshot) | {"savings": [each.to_json() for each in savings]}


def print_savings(savings: Sequence[Savings]) -> None:
    """Print what a push costs on each project, in the snapshot's unit and, if priced, in money."""
    if not savings:
        return
    for title, find in (("a push of", _in_unit), ("in money", _in_money)):
        found = [(each, *shown) for each in savings if (shown := find(each)) is not None]
        if found:
            click.echo()
            print_table([title, "full run", "priority 1", "with the cadence", "saved",
                         "saved a day"], [_gross(*each) for each in found])
            click.echo()
            print_table([title, "backfills", "saved, net of them", "net a day",
                         "only low value finds"], [_net(*each) for each in found])
    for reason in sorted({each.why_no_money for each in savings if each.why_no_money}):
        click.echo(f"no costs in money: {reason}")


def savings_line(savings: Savings) -> str:
    """Return what a push of a project costs and what that saves, in one line."""
    amounts = savings.amounts
    if amounts.expected is None:
        return (f"{savings.project}: a full run costs {_cost(savings, 'full_run')}, priority 1 "
                f"{_cost(savings, 'every_push')} a push; no pushes are known to try the cadence on")
    return (f"{savings.project}: a push costs {_cost(savings, 'expected')} with the cadence and "
            f"{_cost(savings, 'backfills')} of backfills, of {_cost(savings, 'full_run')}; saved "
            f"{share_text(amounts.saved_share)}, net {share_text(amounts.net_saved_share)}")


def share_text(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _cost(savings: Savings, figure: str) -> str:
    shown = amount_text(getattr(savings.amounts, figure), savings.unit)
    if savings.money is None or savings.prices is None:
        return shown
    return f"{shown} ({savings.prices.text(getattr(savings.money, figure))})"


def _in_unit(savings: Savings) -> tuple[Amounts, Show]:
    return savings.amounts, partial(amount_text, unit=savings.unit)


def _in_money(savings: Savings) -> tuple[Amounts, Show] | None:
    if savings.money is None or savings.prices is None:
        return None
    return savings.money, savings.prices.text


def _gross(savings: Savings, amounts: Amounts, show: Show) -> Row:
    expected = "no pushes known" if amounts.expected is None else show(amounts.expected)
    return (savings.project, show(amounts.full_run), show(amounts.every_push), expected,
            share_text(amounts.saved_share), _a_day(savings, amounts.saved, show))


def _net(savings: Savings, amounts: Amounts, show: Show) -> Row:
    return (savings.project, "" if amounts.backfills is None else show(amounts.backfills),
            share_text(amounts.net_saved_share), _a_day(savings, amounts.net_saved, show),
            "" if savings.low_value_share is None
            else f"{share_text(savings.low_value_share)} of regressions")


def _a_day(savings: Savings, amount: float | None, show: Show) -> str:
    a_day = savings.per_day(amount)
    return "" if a_day is None else show(a_day)


def amount(snapshot: Snapshot, cost: int) -> str:
    if snapshot.unit == "ms":
        return minutes(cost)
    return pluralize(cost, "job")


def state_of(snapshot: Snapshot) -> str:
    if snapshot.id is None:
        return "dry run, not stored"
    if snapshot.is_published:
        return "published"
    return f"held: {snapshot.held_because}" if snapshot.held_because else "superseded"


def _headline(snapshot: Snapshot) -> str:
    name = f"snapshot {snapshot.id}" if snapshot.id else "snapshot"
    covered = (snapshot.regressions - len(snapshot.uncoverable) - len(snapshot.given_up)
               - len(_uncovered(snapshot)))
    high = sum(each.priority.is_high_value for each in snapshot.priorities)
    return (f"{name} of {snapshot.scope} as of {snapshot.as_of:%Y-%m-%d %H:%M} UTC "
            f"({state_of(snapshot)})\n"
            f"{high:,} of {len(snapshot.priorities):,} job types, run on every push, catch "
            f"{covered:,} of the {pluralize(snapshot.regressions, 'regression')} of the "
            f"{snapshot.inputs['window_days']} days before (measured on the same data; "
            "not a prediction)")


def _proof(snapshot: Snapshot) -> str:
    who = "they cost" if _is_plain(snapshot) else "the cheapest cover costs"
    cost = f"{who} {amount(snapshot, snapshot.objective)} per push"
    if snapshot.status == "optimal" and "least" in snapshot.comparison:
        return (f"{cost}, {snapshot.gap:.2%} of it so that fewer job types change; proven: no set "
                f"costs less than {amount(snapshot, int(snapshot.lower_bound))}")
    if snapshot.status == "optimal":
        return f"{cost}; proven: no other set costs less"
    return (f"{cost}; not proven: the search hit a limit, no set costs less than "
            f"{amount(snapshot, int(snapshot.lower_bound))} (gap {snapshot.gap:.2%})")


def _is_plain(snapshot: Snapshot) -> bool:
    """Return whether the cover is all that was chosen; earlier releases knew nothing else."""
    return (snapshot.inputs.get("choice") or {}).get("expected_catches") is None


def _uncovered(snapshot: Snapshot) -> list[str]:
    return list((snapshot.inputs.get("choice") or {}).get("uncovered", ()))


def _choice(snapshot: Snapshot) -> Iterator[str]:
    """Yield what a budget was spent on, and why it was not spent as the scope asks."""
    choice = snapshot.inputs.get("choice") or {}
    if choice.get("why_cover"):
        yield f"the cover was used, not what is expected: {choice['why_cover']}"
    if _is_plain(snapshot):
        return
    more = choice["cost"] - choice["cover_cost"]
    spent = (f"a budget of {choice['budget']:g} adds {amount(snapshot, more)}"
             if choice["objective"] == COVER else
             f"the same machine time, times {choice['budget']:g}, was spent on what is expected")
    yield (f"{spent}: they are expected to catch {choice['expected_catches']:.1%} of the "
           f"regressions to come, the cover alone {choice['cover_catches']:.1%} (a model; "
           "`seta backtest` measures)")


def _priorities(snapshot: Snapshot) -> Iterator[Row]:
    for priority, meaning in MEANINGS.items():
        costs = [each.cost for each in snapshot.priorities if each.priority == priority]
        yield meaning, f"{len(costs):,}", amount(snapshot, sum(costs))


def _comparison(snapshot: Snapshot) -> Iterator[Row]:
    for name, title in COMPARED.items():
        if name in snapshot.comparison:
            compared = snapshot.comparison[name]
            yield title, f"{compared['job_types']:,}", amount(snapshot, compared["cost"])
