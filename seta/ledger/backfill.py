"""Which pushes may have caused a failure, and in which order to test them."""

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from sqlalchemy.orm import Session

from ..domain import LedgerEntry
from ..domain.limits import REVISION_DIGITS
from ..store.ledger import entries
from ..store.results import job_runs
from ..store.results.job_runs import JobRun
from .push_status import PushRef, as_ref

MAX_LOOKBACK = 500  # pushes to look back over
FULL_REVISION = re.compile("[0-9a-f]{40,64}")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Backfill:
    """The pushes since a job's last pass, and the runs that show which of them broke it."""

    job: str
    last_pass: PushRef | None        # None: it never passed as far as is known
    is_assumed: bool                 # no result came: it is only taken to have passed
    suspects: tuple[PushRef, ...]    # in the ledger's order; the last is known to fail
    runs: tuple[PushRef, ...]        # where to run it, the halving ones first
    run_ms: int | None               # how long one run takes; None where that is not known
    expected_runs: float             # how many of them are needed on average

    @property
    def expected_seconds(self) -> float | None:
        return None if self.run_ms is None else self.expected_runs * self.run_ms / 1000


def backfill(
    session: Session, project: str, build_system: str, push_id: str, name: str
) -> Backfill:
    """Return which pushes may have broken a job that fails on a push. Reads only.

    Raises NotFound for a push that the ledger does not know, and for an unknown job.
    """
    entry = entries.entry_of(session, project, build_system, push_id)
    job = job_runs.find_job(session, project, build_system, name)
    earlier = entries.entries(session, project, build_system, up_to=entry, limit=MAX_LOOKBACK,
                              newest_first=True)
    runs = job_runs.runs_of(session, job, up_to=entry.pushed_at)
    last_pass, is_assumed, between = _since_last_pass(earlier, name, runs)
    suspects = tuple(as_ref(each) for each in between)
    return Backfill(
        name, None if last_pass is None else as_ref(last_pass), is_assumed, suspects,
        bisection(suspects[:-1]), job_runs.mean_milliseconds(session, job),
        expected_runs(len(suspects)))


def bisection(items: Sequence[Item]) -> tuple[Item, ...]:
    """Return the items in an order in which each halves what those before it left open.

    >>> bisection("abcdefg")
    ('d', 'b', 'f', 'a', 'c', 'e', 'g')
    """
    found: list[Item] = []
    waiting = deque([(0, len(items))])
    while waiting:
        start, end = waiting.popleft()
        if start < end:
            middle = (start + end) // 2
            found.append(items[middle])
            waiting.extend(((start, middle), (middle + 1, end)))
    return tuple(found)


@cache
def expected_runs(suspects: int) -> float:
    """Return how many runs on average find the culprit, if all suspects are equally likely.

    >>> [expected_runs(number) for number in (0, 1, 2, 4)]
    [0.0, 0.0, 1.0, 2.0]
    """
    if suspects <= 1:
        return 0.0
    left = suspects // 2
    right = suspects - left
    return 1 + (left * expected_runs(left) + right * expected_runs(right)) / suspects


def _since_last_pass(
    newest_first: Sequence[LedgerEntry], name: str, runs: Sequence[JobRun]
) -> tuple[LedgerEntry | None, bool, list[LedgerEntry]]:
    """Walk back from the failing push to the last pass; return it and what lies between.

    If no result of the job is known at all, the job is assumed to have passed on the last push on
    which it was to run.
    """
    run_on = {_abbreviated(run.revision): run for run in runs}
    suspects: list[LedgerEntry] = []
    for entry in newest_first:
        run = run_on.get(_abbreviated(entry.revision))
        if run is not None and not run.passed:
            suspects.clear()  # it failed here already, so nothing later is to blame
        elif suspects and (run is not None or not runs and name in entry.ran_names):
            return entry, run is None, suspects[::-1]
        suspects.append(entry)
    return None, False, suspects[::-1]


def _abbreviated(revision: str) -> str:
    """Return what a full revision and a shortened one have in common.

    >>> _abbreviated("9fa614d8310d2c7c3f4d8fe4a26e9d1ed4d3c6c0"), _abbreviated("r17")
    ('9fa614d8310d', 'r17')
    """
    return revision[:REVISION_DIGITS] if FULL_REVISION.fullmatch(revision) else revision
