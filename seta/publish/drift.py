"""The alarm on drift: what small daily steps add up to, against the snapshot of 30 days before.

Each step may be small enough for the guard. Where clients stop running jobs of low value, nothing
is seen but what the set shows, and the set shrinks to it. That is no reason to hold a snapshot
back: the set that is published shrank no less.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from statistics import fmean

from sqlalchemy.orm import Session

from ..domain import JobPriority, JobType, Regression, Snapshot
from ..store.operation.alarms import clear_alarm, raise_alarm
from ..store.snapshots.read import DriftReference, drift_reference, drift_reference_with_id
from .promotions import PROMOTED

BEFORE = timedelta(days=30)
AT_LEAST = timedelta(days=14)     # before that long there was another snapshot
KEPT_FOR = timedelta(days=90)     # an alarm is measured against what was before it
RAN_WITHIN = timedelta(days=14)

# How far a figure may move in 30 days: in 10 simulated CIs of 300 days under the default cadence
# none came near (`benchmarks/drift.py`).
LEAST_RAN = 0.75                  # of the job types that ran
LEAST_COST = 0.65                 # of the set's
LEAST_WITNESSES = 0.70
MOST_SINGLE = 0.15                # more of the regressions with a single witness
FEW = 30                          # regressions: of fewer the share says nothing

# Where one of these inputs changed, the set changed with it.
DECIDED_BY = ("window_days", "redundancy", "budget", "objective", "change_price",
              "weigh_witnesses")


@dataclass(frozen=True, slots=True)
class DriftFigures:
    """What is compared from month to month."""

    set_cost: int                # of what was chosen or promoted, in the snapshot's unit
    unit: str
    regressions: int             # of the window, with a living witness
    witnesses: float             # living ones, of a regression
    single: float                # share of the regressions that have only one
    job_types_run: int           # within two weeks


def figures_of(
    regressions: Iterable[Regression], alive: Mapping[str, frozenset[JobType]],
    priorities: Iterable[JobPriority], *, unit: str, job_types_run: int,
) -> DriftFigures:
    everywhere: frozenset[JobType] = frozenset().union(*alive.values())
    living = [count for each in regressions if (count := len(each.caught_by & everywhere))]
    cost = sum(each.cost for each in priorities if each.priority.is_high_value and (
        not each.reason.startswith("forced") or each.reason == f"forced: {PROMOTED}"))
    return DriftFigures(
        cost, unit, len(living), round(fmean(living), 3) if living else 0.0,
        round(living.count(1) / len(living), 3) if living else 0.0, job_types_run)


def moved(before: DriftFigures, now: DriftFigures, *, is_decided_alike: bool = True) -> list[str]:
    """Return what moved too far, from what to what, and what to check; nothing if all is well."""
    found = []
    if now.job_types_run < LEAST_RAN * before.job_types_run:
        found.append(f"the job types that ran within two weeks went from {before.job_types_run:,} "
                     f"to {now.job_types_run:,}: check that clients run what is due, and that its "
                     "results come in")
    if not is_decided_alike:
        return found
    if before.unit == now.unit and now.set_cost < LEAST_COST * before.set_cost:
        found.append(f"the cost of the set went from {_amount(before)} to {_amount(now)}: check "
                     "whether fewer regressions are seen than come in")
    if min(before.regressions, now.regressions) < FEW:
        return found
    if now.witnesses < LEAST_WITNESSES * before.witnesses:
        found.append(f"the witnesses of a regression went from {before.witnesses:.1f} to "
                     f"{now.witnesses:.1f}: check that jobs of low value run before the fix, and "
                     "that their failures are classified")
    if now.single > before.single + MOST_SINGLE:
        found.append(f"the regressions with a single witness went from {before.single:.0%} to "
                     f"{now.single:.0%}: check that jobs of low value run before the fix, and that "
                     "their failures are classified")
    return found


def with_drift(
    session: Session, snapshot: Snapshot, figures: DriftFigures
) -> tuple[Snapshot, str | None]:
    """Return a new live snapshot with its figures, and why it is an alarm, if it is one.

    Its inputs also name the snapshot that it is an alarm against. As long as it is, that one stays
    the measure for 90 days: a month later the one of 30 days before is no better.
    """
    against, reason = None, None
    for before in _references(session, snapshot):
        sentences = moved(DriftFigures(**before.figures), figures,
                          is_decided_alike=all(before.inputs.get(key) == snapshot.inputs.get(key)
                                               for key in DECIDED_BY))
        if sentences:
            against = before.id
            reason = (f"since snapshot {before.id} of {before.as_of:%Y-%m-%d} "
                      + "; and ".join(sentences))
            break
    inputs = snapshot.inputs | {"drift": asdict(figures) | {"against": against}}
    return replace(snapshot, inputs=inputs), reason


def watch_drift(session: Session, snapshot: Snapshot, figures: DriftFigures) -> Snapshot:
    """Raise or clear the alarm for a new live snapshot, which is not stored yet; return it."""
    snapshot, reason = with_drift(session, snapshot, figures)
    if reason is None:
        clear_alarm(session, f"drift {snapshot.scope}")
    else:
        raise_alarm(session, f"drift {snapshot.scope}", reason)
    return snapshot


def _references(session: Session, snapshot: Snapshot) -> list[DriftReference]:
    """Return what to compare with: what an open alarm was raised against, and a month before."""
    found = []
    last = drift_reference(session, snapshot.scope, before=snapshot.as_of)
    if last is not None and last.against is not None:
        kept = drift_reference_with_id(session, last.against)
        if kept is not None and kept.as_of >= snapshot.as_of - KEPT_FOR:
            found.append(kept)
    usual = (drift_reference(session, snapshot.scope, before=snapshot.as_of - BEFORE)
             or drift_reference(session, snapshot.scope, before=snapshot.as_of - AT_LEAST,
                                is_oldest=True))
    return found + ([usual] if usual is not None else [])


def _amount(figures: DriftFigures) -> str:
    if figures.unit == "ms":
        return f"{figures.set_cost / 3_600_000:,.1f} hours"
    return f"{figures.set_cost:,} jobs"
