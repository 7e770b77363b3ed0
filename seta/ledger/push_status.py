"""Whether one push is fully tested, and where each job that it skipped ran next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ..domain import LedgerEntry
from ..store.ledger import entries, outcomes

PAGE = 20


@dataclass(frozen=True, slots=True)
class PushRef:
    push_id: str
    revision: str
    pushed_at: datetime


@dataclass(frozen=True, slots=True)
class SkippedJob:
    """A job that the answer left out, and the first push, this one or later, on which it ran."""

    name: str
    ran_on: PushRef | None = None  # None: not yet
    how: str | None = None         # "scheduled", "late" (by a timer), "seen" (only in results)


@dataclass(frozen=True, slots=True)
class PushStatus:
    entry: LedgerEntry
    skipped: tuple[SkippedJob, ...]

    @property
    def is_fully_tested(self) -> bool:
        """Return whether everything ran on this very push, sooner or later."""
        here = self.entry.push_id
        return self.entry.is_good and all(
            job.ran_on is not None and job.ran_on.push_id == here for job in self.skipped)


def push_status(session: Session, project: str, build_system: str, push_id: str) -> PushStatus:
    """Return the status of a push of the ledger; raises NotFound for any other."""
    entry = entries.entry_of(session, project, build_system, push_id)
    found = _ran_here(session, entry)
    if found.keys() != set(entry.skip_names):
        _add_later_runs(session, entry, found)
    return PushStatus(entry, tuple(
        found.get(name, SkippedJob(name)) for name in entry.skip_names))


def as_ref(entry: LedgerEntry) -> PushRef:
    return PushRef(entry.push_id, entry.revision, entry.pushed_at)


def _ran_here(session: Session, entry: LedgerEntry) -> dict[str, SkippedJob]:
    """Return the skipped jobs that ran on the push after all: a timer, a backfill, a retrigger."""
    if not entry.skip_names:
        return {}
    skipped, here = set(entry.skip_names), as_ref(entry)
    seen = outcomes.names_seen_on(session, entry) & skipped
    late = set(entry.late_names) & skipped
    return {name: SkippedJob(name, here, "late" if name in late else "seen")
            for name in seen | late}


def _add_later_runs(session: Session, entry: LedgerEntry, found: dict[str, SkippedJob]) -> None:
    """Add what ran on the pushes after it, up to the first on which everything ran."""
    after = entry
    while True:
        page = entries.entries(session, entry.project, entry.build_system, after=after,
                               limit=PAGE)
        for later in page:
            _add_runs_on(later, entry.skip_names, found)
            if later.ran_backstop or len(found) == len(entry.skip_names):
                return
        if len(page) < PAGE:
            return
        after = page[-1]


def _add_runs_on(later: LedgerEntry, names: Iterable[str], found: dict[str, SkippedJob]) -> None:
    for name in later.ran_names.intersection(names) - found.keys():
        how = "scheduled" if name in later.run_names else "late"
        found[name] = SkippedJob(name, as_ref(later), how)
