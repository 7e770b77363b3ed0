"""A snapshot as text for a person."""

from collections.abc import Iterable, Iterator

import click

from ..domain import Priority, Snapshot
from ..domain.plurals import pluralize
from ..proof.savings import Savings
from .output import Row, minutes, print_table

MEANINGS = {
    Priority.FIRST: "1  runs on every push",
    Priority.SECOND: "2  caught regressions that others catch too",
    Priority.THIRD: "3  caught nothing in the window",
}
COMPARED = {
    "ours": "SETA",
    "greedy": "greedy by cost",
    "drop_one_best": "drop-one pass, best of ten orders",
    "drop_one_worst": "drop-one pass, worst of ten orders",
}


def print_snapshot(snapshot: Snapshot, savings: Iterable[Savings] = ()) -> None:
    """Print the chosen set's size, what is proven, how it compares, and what it saves."""
    click.echo(_headline(snapshot))
    click.echo(_proof(snapshot))
    click.echo()
    print_table(["priority", "job types", "cost of a full run"], _priorities(snapshot))
    click.echo()
    print_table(["to catch every regression", "job types", "cost per push"],
                _comparison(snapshot))
    rows = list(_savings(snapshot, savings))
    if rows:
        click.echo()
        print_table(["a push of", "full run", "priority 1", "with the cadence", "saved",
                     "saved a day"], rows)
    for heading, left_out in (("uncoverable", snapshot.uncoverable),
                              ("given up", snapshot.given_up)):
        if left_out:
            click.echo(f"{heading}: {len(left_out)} ({', '.join(left_out[:5])}"
                       f"{', ...' if len(left_out) > 5 else ''})")


def _savings(snapshot: Snapshot, savings: Iterable[Savings]) -> Iterator[Row]:
    for each in savings:
        expected = "no pushes known" if each.expected is None else _hours(snapshot, each.expected)
        share = "" if each.saved_share is None else f"{each.saved_share:.0%}"
        a_day = "" if each.saved_per_day is None else _hours(snapshot, each.saved_per_day)
        yield (each.project, _hours(snapshot, each.full_run), _hours(snapshot, each.every_push),
               expected, share, a_day)


def _hours(snapshot: Snapshot, cost: float) -> str:
    if snapshot.unit == "ms":
        return f"{cost / 3_600_000:,.1f} h"
    return f"{cost:,.0f} jobs"


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
    covered = snapshot.regressions - len(snapshot.uncoverable) - len(snapshot.given_up)
    high = sum(each.priority.is_high_value for each in snapshot.priorities)
    return (f"{name} of {snapshot.scope} as of {snapshot.as_of:%Y-%m-%d %H:%M} UTC "
            f"({state_of(snapshot)})\n"
            f"{high:,} of {len(snapshot.priorities):,} job types, run on every push, catch "
            f"{covered:,} of the {pluralize(snapshot.regressions, 'regression')} of the "
            f"{snapshot.inputs['window_days']} days before (measured on the same data; "
            "not a prediction)")


def _proof(snapshot: Snapshot) -> str:
    cost = f"they cost {amount(snapshot, snapshot.objective)} per push"
    if snapshot.status == "optimal":
        return f"{cost}; proven: no other set costs less"
    return (f"{cost}; not proven: the search hit a limit, no set costs less than "
            f"{amount(snapshot, int(snapshot.lower_bound))} (gap {snapshot.gap:.2%})")


def _priorities(snapshot: Snapshot) -> Iterator[Row]:
    for priority, meaning in MEANINGS.items():
        costs = [each.cost for each in snapshot.priorities if each.priority == priority]
        yield meaning, f"{len(costs):,}", amount(snapshot, sum(costs))


def _comparison(snapshot: Snapshot) -> Iterator[Row]:
    for name, title in COMPARED.items():
        if name in snapshot.comparison:
            compared = snapshot.comparison[name]
            yield title, f"{compared['job_types']:,}", amount(snapshot, compared["cost"])
