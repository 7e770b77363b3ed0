"""Draw which of the regressions found are audited: everything runs on their guilty push.

The draw follows an ingest. It is decided by the fixing revision and a secret seed of the scope
alone, so it depends neither on what was chosen nor on who asks or how often, and each regression is
drawn once. What the guilty push left out is then listed for clients, which run it when they like.
"""

import hashlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy.orm import Session, sessionmaker

from ..domain import Audit, LedgerEntry, Project
from ..domain.limits import CLOCK_SKEW
from ..store.curation.projects import projects, scope_named
from ..store.evidence import alive
from ..store.evidence.found import StarredRun, new_fixes, newest_classification, starred_runs
from ..store.ledger import audits as store
from ..store.operation.alarms import clear_alarm, raise_alarm
from .pushes import check_build_system

logger = logging.getLogger(__name__)

RECENT = timedelta(days=14)     # an older push is not run again: what it needs may be gone
OPEN_FOR = timedelta(days=14)   # an audit that nobody finished by then lapses
TAKEN_FOR = timedelta(days=1)   # what was taken and has no result by then is listed again

Sessions = sessionmaker[Session]


@dataclass(frozen=True, slots=True)
class AuditRound:
    """What one look changed."""

    regressions: int = 0   # new, with a guilty push that a ledger knows
    drawn: int = 0         # of them
    done: int = 0          # audits that are fully observed by now


def draw_audits(
    sessions: Sessions, scope: str, *, chance: float, now: datetime
) -> AuditRound:
    """Draw the regressions of a scope that became known, and look which audits are done.

    It follows an ingest, and never makes one fail: an error is logged and is an alarm of its own.
    What was known before the first look is not drawn, nor is anything of an archived scope or of a
    project that runs everything. With a chance of 0 nothing is drawn.
    """
    try:
        with sessions() as session:
            known = {} if scope_named(session, scope).is_archived else {
                each.name: each for each in projects(session, scope) if each.is_integration}
            if not known:
                return AuditRound()
        with sessions.begin() as session:
            newest = newest_classification(session)
        with sessions.begin() as session:
            looked = store.lock_look(session, scope, at=now)
            drawn: list[Audit] = []
            if looked.newest is not None and chance > 0:
                fixes = new_fixes(session, scope, after=looked.newest, until=newest,
                                  since=now - RECENT)
                drawn = _drawn(session, scope, known, fixes, looked, chance=chance, now=now)
            store.keep_look(session, scope, newest, at=now)
            done = sum(_look_at_results(session, name, now=now) for name in known)
            clear_alarm(session, _subject(scope))
    except Exception as error:
        logger.exception("drawing audits of %s failed", scope)
        _raise_alarm(sessions, scope, error)
        return AuditRound()
    found = AuditRound(len({each.fixed_by for each in drawn}),
                       len({each.fixed_by for each in drawn if each.is_drawn}),
                       done + sum(each.done_at is not None for each in drawn))
    logger.info("audits of %s: %d new regressions, %d of them drawn, %d audits done", scope,
                found.regressions, found.drawn, found.done)
    return found


def _subject(scope: str) -> str:
    return f"audits {scope}: not drawn"


def _raise_alarm(sessions: Sessions, scope: str, error: Exception) -> None:
    try:
        with sessions.begin() as session:
            raise_alarm(session, _subject(scope),
                        f"drawing audits failed: {type(error).__name__}: {error}. The results are "
                        "stored; the next ingest draws again")
    except Exception:
        logger.exception("the alarm that no audits of %s were drawn was not stored", scope)


def is_drawn(fixed_by: str, *, chance: float, seed: str) -> bool:
    """Return whether a regression is drawn: the same whenever it is asked.

    >>> [is_drawn("9fa614d8310d", chance=chance, seed="s") for chance in (0, 0.25, 0.5, 1)]
    [False, False, True, True]
    """
    digest = hashlib.sha256(f"{seed} {fixed_by}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2 ** 64 < chance


def _drawn(
    session: Session, scope: str, known: Mapping[str, Project], fixes: set[str],
    looked: store.LookedAt, *, chance: float, now: datetime,
) -> list[Audit]:
    new = fixes - store.drawn_before(session, fixes)
    if looked.first and new:
        new -= store.named_until(session, new, looked.first)
    if not new:
        return []
    runs = [run for run in starred_runs(session, scope, new) if run.project in known]
    found = []
    for fixed_by, group in groupby(runs, key=lambda run: run.fixed_by):
        for entry in _guilty(session, list(group), now=now):
            audit = Audit(
                entry.project, entry.build_system, fixed_by, entry.push_id, entry.revision,
                entry.pushed_at, chance, is_drawn(fixed_by, chance=chance, seed=looked.seed), now)
            if audit.is_drawn:
                left_out = _left_out(session, audit, entry, now=now)
                audit = replace(audit, jobs=left_out, done_at=None if left_out else now)
            store.add_audit(session, audit)
            found.append(audit)
    return found


def _guilty(session: Session, runs: list[StarredRun], *, now: datetime) -> list[LedgerEntry]:
    """Return the first failing push as the project's ledgers have it, one for each build system.

    The project is the one that failed first. A push that no ledger knows is passed over; none is
    returned where the first one that is known is too old to run anything on it.
    """
    first = min(runs, key=lambda run: (run.push.pushed_at, run.project)).project
    pushes = {run.push for run in runs if run.project == first}
    for push in sorted(pushes, key=lambda push: (push.pushed_at, push.revision)):
        found = store.entries_of(
            session, first, push.revision, since=push.pushed_at - CLOCK_SKEW,
            until=push.pushed_at + CLOCK_SKEW)
        if found:
            return found if push.pushed_at >= now - RECENT else []
    return []


def _left_out(
    session: Session, audit: Audit, entry: LedgerEntry, *, now: datetime
) -> tuple[str, ...]:
    """Return the jobs that the answer left out and that are still alive, whether or not they ran.

    What has a result there by now is taken off in the same look.
    """
    names = set(entry.skip_names)
    if not names:
        return ()
    living = {job.name for job in alive.alive_jobs(
        session, audit.project, audit.build_system, at=now)}
    return tuple(sorted(names & living))


def _look_at_results(session: Session, project: str, *, now: datetime) -> int:
    """Take in which jobs of open audits have results by now; return how many audits are done."""
    done = 0
    counted: set[tuple[str, str, str]] = set()  # a job that two audits of a push wait for ran once
    for audit in store.open_audits(session, project, since=now - OPEN_FOR):
        results = store.results_on(session, audit)
        seen = results.keys() & set(audit.jobs)
        if seen:
            keys = {name: (audit.build_system, audit.push_id, name) for name in seen}
            added = [results[name] for name in seen if keys[name] not in counted]
            counted |= set(keys.values())
            done += store.keep_results(session, audit, seen, added_ms=added, at=now)
    return done


def audits_to_run(
    session: Session, project: Project, build_system: str, *, now: datetime
) -> list[Audit]:
    """Return what is to run for audits, the oldest push first; reads only."""
    check_build_system(project, build_system)
    return [audit for audit in store.open_audits(
                session, project.name, build_system, since=now - OPEN_FOR)
            if audit.taken_at is None or audit.taken_at < now - TAKEN_FOR]


def take_audits(
    session: Session, project: Project, build_system: str, *, push_id: str, now: datetime
) -> list[Audit]:
    """Return what is to run for audits on one push, and record that it now runs there.

    A second call finds nothing, unless no result has come for a day. The ledger's answer for the
    push stays what it was: what an audit runs was left out there all the same.
    """
    found = [audit for audit in audits_to_run(session, project, build_system, now=now)
             if audit.push_id == push_id]
    store.mark_taken(session, [audit.id for audit in found], at=now)
    logger.info("push %s of %s: jobs that run for audits: %d", push_id, project.name,
                len(jobs_of(found)))
    return found


def jobs_of(found: Iterable[Audit]) -> tuple[str, ...]:
    """Return the jobs of audits of one push, each once."""
    return tuple(sorted({name for audit in found for name in audit.jobs}))


def audited(session: Session, scope: str) -> dict[str, float]:
    """Return the chance of each regression of a scope that was drawn and is fully observed.

    It stands for 1 / chance of the regressions that were found (D. G. Horvitz and D. J. Thompson,
    1952). One whose push ran everything is among them; one that was not drawn never is.
    """
    return store.audited_chances(session, [each.name for each in projects(session, scope)])
