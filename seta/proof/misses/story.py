"""Whether a push let a regression in: its starred failures against the ledger's answers.

A job's interval is the pushes of the ledger after its last pass before the first failing push, up
to that one. Of the jobs that failed on the first failing push the one with the shortest interval
tells when the regression came in. Where none of its pushes had left all of them out, the regression
was caught on its push. A job that passed on a push of the interval and failed later does not
shorten it: that pass is evidence that the job is flaky, and the row shows it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby

from sqlalchemy.orm import Session

from ...domain import JobType, LedgerEntry, Miss, MissPush, MissWitness
from ...store.evidence.found import (
    StarredRun, passes_before, passes_between, starred_runs, typed_names,
)
from ...store.ledger.entries import entries_between
from ...store.snapshots import priorities_of

LOOKBACK = 100                      # rows of a ledger, where no pass is known
UNKNOWN_PASS = timedelta(days=7)    # and how far back they may lie

Renaming = Callable[[JobType], JobType]


@dataclass(frozen=True)
class Witness:
    """A job that failed because of a regression, under all names that it had."""

    build_system: str
    job_type: JobType | None         # as it is called now
    names: Mapping[str, int]         # -> id of the name; empty: an unparsed job, which always runs
    runs: tuple[StarredRun, ...]

    def ran_on(self, entry: LedgerEntry) -> bool:
        return not entry.ran_names.isdisjoint(self.names)

    def is_left_out_of(self, entry: LedgerEntry) -> bool:
        """Return whether the answer left it out; a schedule that never ran left out nothing."""
        return (entry.is_good and entry.kind == "selective" and not self.ran_on(entry)
                and not self.names.keys().isdisjoint(entry.skip_names))


@dataclass(frozen=True)
class Interval:
    """The pushes on which a regression may have come in, as one of its jobs tells."""

    witness: Witness
    after: MissPush | None
    entries: tuple[LedgerEntry, ...]
    pushes: int                      # the entries, and the failing push if the ledger has it not


class Stories:
    """Reads what the ledgers of a scope say of regressions."""

    def __init__(self, session: Session, projects: Collection[str], rename: Renaming):
        """`projects` are those whose pushes SETA schedules."""
        self._session, self._projects, self._rename = session, projects, rename
        self._names = cache(lambda project: typed_names(session, project))
        self._decided = cache(lambda snapshot: priorities_of(session, snapshot))

    def misses(self, scope: str, fixes: Collection[str]) -> dict[str, Miss]:
        """Return, by fixing revision, those of these regressions that a push let in."""
        runs = [run for run in starred_runs(self._session, scope, fixes)
                if run.project in self._projects]
        found = {}
        for fix, group in groupby(runs, key=lambda run: run.fixed_by):
            miss = self._miss(list(group))
            if miss is not None:
                found[fix] = miss
        return found

    def _miss(self, runs: list[StarredRun]) -> Miss | None:
        """Return the miss on the project that failed first; None if the push itself showed it."""
        first = min(runs, key=lambda run: (run.push.pushed_at, run.project)).project
        witnesses = self._witnesses([run for run in runs if run.project == first])
        runs = [run for each in witnesses for run in each.runs]
        failed_on = min((run.push for run in runs),
                        key=lambda push: (push.pushed_at, push.revision))
        at_first = [each for each in witnesses
                    if any(run.push == failed_on for run in each.runs)]
        shortest = min(self._intervals(first, at_first, failed_on), key=lambda each: each.pushes)
        left_out = self._left_out(first, shortest, at_first)
        if not left_out:
            return None
        finder = min(runs, key=lambda run: (run.known_at, run.push.pushed_at, run.name))
        return self._told(first, finder, witnesses, shortest, left_out, failed_on)

    def _witnesses(self, runs: Sequence[StarredRun]) -> list[Witness]:
        """Return the jobs behind runs of one project; names of one job type are one job."""
        by_job: dict[tuple[str, JobType | str], list[StarredRun]] = {}
        for run in runs:
            job = run.name if run.job_type is None else self._rename(run.job_type)
            by_job.setdefault((run.build_system, job), []).append(run)
        names: dict[tuple[str, JobType | str], dict[str, int]] = {}
        for build_system, name, name_id, job_type in self._names(runs[0].project):
            job = self._rename(job_type)
            if (build_system, job) in by_job:
                names.setdefault((build_system, job), {})[name] = name_id
        return [Witness(build_system, job if isinstance(job, JobType) else None,
                        names.get((build_system, job), {}), tuple(found))
                for (build_system, job), found in by_job.items()]

    def _intervals(
        self, project: str, witnesses: Sequence[Witness], failed_on: MissPush
    ) -> list[Interval]:
        wanted = [(name_id, failed_on.pushed_at)
                  for each in witnesses for name_id in each.names.values()]
        passes = passes_before(self._session, wanted)
        found = []
        for each in witnesses:
            known = [passes[key] for name_id in each.names.values()
                     for key in [(name_id, failed_on.pushed_at)] if key in passes]
            after = max(known, key=lambda push: push.pushed_at, default=None)
            found.append(self._interval(project, each, after, failed_on))
        return found

    def _interval(
        self, project: str, witness: Witness, after: MissPush | None, failed_on: MissPush
    ) -> Interval:
        since = failed_on.pushed_at - UNKNOWN_PASS if after is None else after.pushed_at
        entries = self._entries(project, witness.build_system, since, failed_on.pushed_at)
        here = _place(entries, failed_on)
        before, is_known = (entries, False) if here is None else (entries[:here], True)
        if after is not None:
            passed = _place(before, after)
            if passed is None:
                before = [each for each in before if each.pushed_at > after.pushed_at]
            else:
                after = replace(after, push_id=before[passed].push_id)
                before = before[passed + 1:]
        else:   # no result says so: it is taken to have passed where it last ran
            ran = [place for place, each in enumerate(before) if witness.ran_on(each)]
            if ran:
                after = _push_of(before[ran[-1]])
                before = before[ran[-1] + 1:]
        suspects = [*before, *entries[here:here + 1]] if is_known and here is not None else before
        return Interval(witness, after, tuple(suspects), len(suspects) + (not is_known))

    def _left_out(
        self, project: str, interval: Interval, at_first: Sequence[Witness]
    ) -> list[LedgerEntry]:
        """Return the pushes of the interval on which none of these jobs ran, and one was left out.

        They all show the regression: had one of them run there, it would have been seen.
        """
        return [entry for entry in interval.entries
                if any(each.is_left_out_of(there) for each, there in self._there(
                    project, entry, interval, at_first))
                and not any(each.ran_on(there) for each, there in self._there(
                    project, entry, interval, at_first))]

    def _there(
        self, project: str, entry: LedgerEntry, interval: Interval, witnesses: Sequence[Witness]
    ) -> Iterator[tuple[Witness, LedgerEntry]]:
        """Yield each job with the answer for this push in the ledger of its build system."""
        for each in witnesses:
            if each.build_system == entry.build_system:
                yield each, entry
                continue
            others = self._entries(project, each.build_system, interval.entries[0].pushed_at,
                                   interval.entries[-1].pushed_at)
            yield from ((each, other) for other in others if other.revision == entry.revision)

    def _entries(
        self, project: str, build_system: str, since: datetime, until: datetime
    ) -> list[LedgerEntry]:
        return entries_between(self._session, project, build_system, since=since, until=until,
                               limit=LOOKBACK)

    def _told(
        self, project: str, finder: StarredRun, witnesses: Sequence[Witness], interval: Interval,
        left_out: Sequence[LedgerEntry], failed_on: MissPush,
    ) -> Miss:
        first = _push_of(interval.entries[0])
        build_system = interval.witness.build_system
        until = self._entries(project, build_system, first.pushed_at, finder.push.pushed_at)
        start, end = _place(until, first), _place(until, finder.push)
        late = (len(until) if end is None else end) - (start or 0)
        snapshot = left_out[-1].snapshot

        def named(push: MissPush) -> MissPush:
            """Return it with the id that the ledger has for it, if any."""
            place = _place(until, push)
            return push if place is None else replace(push, push_id=until[place].push_id)

        return Miss(
            project, build_system, finder.fixed_by, finder.name, finder.known_at,
            named(finder.push), interval.after, first, named(failed_on), interval.pushes,
            len(left_out), max(0, late),
            max(0.0, (finder.push.pushed_at - first.pushed_at) / timedelta(minutes=1)), snapshot,
            self._told_of(project, witnesses, interval, failed_on, finder, snapshot))

    def _told_of(
        self, project: str, witnesses: Sequence[Witness], interval: Interval,
        failed_on: MissPush, finder: StarredRun, snapshot: int | None,
    ) -> tuple[MissWitness, ...]:
        first = interval.entries[0]
        ids = [name_id for each in witnesses for name_id in each.names.values()]
        passed = passes_between(
            self._session, project, ids, since=first.pushed_at, until=failed_on.pushed_at)
        decided = {} if snapshot is None else {
            self._rename(job_type): int(priority)
            for job_type, (priority, _) in self._decided(snapshot).items()}
        told = []
        for each in witnesses:
            entries: Sequence[LedgerEntry] = interval.entries
            if each.build_system != interval.witness.build_system:
                entries = self._entries(
                    project, each.build_system, first.pushed_at, failed_on.pushed_at)
            revisions = {revision for name_id in each.names.values()
                         for revision in passed.get(name_id, ())}
            told.append(MissWitness(
                each.runs[0].name, each.build_system, each.job_type,
                None if each.job_type is None else decided.get(each.job_type),
                sum(map(each.is_left_out_of, entries)), len(revisions),
                any(run.push == finder.push for run in each.runs)))
        return tuple(sorted(told, key=lambda each: (each.build_system, each.name)))


def _push_of(entry: LedgerEntry) -> MissPush:
    return MissPush(entry.push_id, entry.revision, entry.pushed_at)


def _place(entries: Sequence[LedgerEntry], push: MissPush) -> int | None:
    """Return where a push stands in the ledger; its revision may be cut short there."""
    return next((place for place, each in enumerate(entries)
                 if push.revision.startswith(each.revision)), None)
