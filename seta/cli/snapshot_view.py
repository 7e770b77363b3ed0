"""A snapshot for a person."""

import click

from ..domain import Priority, Snapshot
from .output import minutes, print_table

MEANINGS = {
    Priority.FIRST: "1  every push",
    Priority.SECOND: "2  caught a regression that others catch too",
    Priority.THIRD: "3  caught nothing in the window",
}
COMPARED = {
    "ours": "SETA",
    "greedy": "greedy by cost",
    "drop_one_best": "drop-one pass, best of ten orders",
    "drop_one_worst": "drop-one pass, worst of ten orders",
}


def print_snapshot(snapshot: Snapshot) -> None:
    """Print the set's size, what it proves and how it compares."""
    click.echo(_headline(snapshot))
    click.echo(_proof(snapshot))
    click.echo()
    print_table(["priority", "job types", "a full run"], _priorities(snapshot))
    click.echo()
    print_table(["to catch every regression", "job types", "on every push"],
                _comparison(snapshot))
    for heading, left_out in (("uncoverable", snapshot.uncoverable),
                              ("given up", snapshot.given_up)):
        if left_out:
            click.echo(f"{heading}: {len(left_out)} ({', '.join(left_out[:5])}"
                       f"{', ...' if len(left_out) > 5 else ''})")


def amount(snapshot: Snapshot, cost: int) -> str:
    if snapshot.unit == "ms":
        return minutes(cost)
    return f"{cost:,} job{'' if cost == 1 else 's'}"


def state_of(snapshot: Snapshot) -> str:
    if snapshot.id is None:
        return "dry run, not stored"
    if snapshot.is_published:
        return "published"
    return f"held: {snapshot.held_because}" if snapshot.held_because else "superseded"


def _headline(snapshot: Snapshot) -> str:
    name = f"snapshot {snapshot.id}" if snapshot.id else "a snapshot"
    covered = snapshot.regressions - len(snapshot.uncoverable) - len(snapshot.given_up)
    high = sum(each.priority.is_high_value for each in snapshot.priorities)
    return (f"{name} of {snapshot.scope} as of {snapshot.as_of:%Y-%m-%d %H:%M} UTC "
            f"({state_of(snapshot)})\n"
            f"{high:,} of {len(snapshot.priorities):,} job types, run on every push, catch "
            f"{covered:,} of the {snapshot.regressions:,} regressions of the "
            f"{snapshot.inputs['window_days']} days before (in-sample: no promise for the next)")


def _proof(snapshot: Snapshot) -> str:
    cost = f"the chosen cost {amount(snapshot, snapshot.objective)} a push"
    if snapshot.status == "optimal":
        return f"{cost}; proved: no other set costs less"
    return (f"{cost}; not proved: a limit ended the search, no set costs less than "
            f"{amount(snapshot, int(snapshot.lower_bound))} (gap {snapshot.gap:.2%})")


def _priorities(snapshot: Snapshot):
    for priority, says in MEANINGS.items():
        costs = [each.cost for each in snapshot.priorities if each.priority == priority]
        yield says, f"{len(costs):,}", amount(snapshot, sum(costs))


def _comparison(snapshot: Snapshot):
    for name, says in COMPARED.items():
        if name in snapshot.comparison:
            found = snapshot.comparison[name]
            yield says, f"{found['job_types']:,}", amount(snapshot, found["cost"])
