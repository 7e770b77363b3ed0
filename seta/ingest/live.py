"""Ingest a project's results from a live source."""

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from ..domain import TREEHERDER
from ..domain.plurals import pluralize
from ..domain.limits import is_ahead
from ..errors import SourceError, SourceUnavailable
from ..sources import JobListSource, ResultSource
from ..store.curation.projects import scope_named
from ..store.operation import watermarks
from ..store.operation.alarms import clear_alarm, raise_alarm
from ..store.operation.runs import last_ingest_end, recorded_run
from ..store.results.classifications import fixed_jobs
from ..store.results.job_lists import record_job_list
from ..store.results.job_runs import has_results
from ..store.results.rollup import refresh_all_job_days
from .ingest_lock import ingest_lock
from .plan import IngestLengths, Step, next_steps, steps_by_hand
from .slices import IngestReport, Progress, SliceIngester, set_aside_subject
from .targets import live_project

logger = logging.getLogger(__name__)

Plan = Callable[[Session, datetime], Sequence[Step]]  # given what the source shows until


def ingest_project(
    sessions: sessionmaker[Session], source: ResultSource, project: str, *, now: datetime,
    lengths: IngestLengths, lists: JobListSource | None = None, progress: Progress | None = None,
) -> IngestReport:
    """Ingest what a source has for a project up to `now`, and report on it.

    The first run ingests the whole window, a later one what changed since the previous run, with
    an overlap.

    A slice that fails is left for the next run while the others go on; the watermark waits for
    it. When it has failed in three runs it is set aside, with an alarm. The run succeeds, and
    the project's data counts as fresh, if nothing but set-aside slices is missing; otherwise
    the run's row says what is missing, and `is_complete` is false. A first fill that brings
    nothing at all is no success either, and the next run does it again.

    Raises SourceError, with an alarm, when the source as a whole is down; UnknownProject; and
    Conflict for a project of the demo or of an archive. A run that is killed loses nothing and
    stores nothing twice. A second ingest of the same project and source waits for the first.
    """
    def plan(session: Session, shown_until: datetime) -> Sequence[Step]:
        mark = watermarks.watermark(session, source=source.name, project=project)
        if mark.asked_to is not None and is_ahead(mark.asked_to, now):
            # The clock was wrong then, so nobody knows which changes were asked for.
            mark = watermarks.rewind_stream(
                session, source=source.name, project=project, to=now - lengths.window)
        if not mark.is_filled:
            watermarks.start_fill(session, source=source.name, project=project,
                                  start=now - lengths.window, end=shown_until)
        failed = watermarks.failed_slices(session, source=source.name, project=project)
        return next_steps(project, mark, failed, now=now, lengths=lengths)

    return _ingest(sessions, source, project, plan, now=now, lengths=lengths, lists=lists,
                   progress=progress, is_up_to_now=True)


def ingest_span(
    sessions: sessionmaker[Session], source: ResultSource, project: str, *, start: datetime,
    end: datetime, now: datetime, lengths: IngestLengths, progress: Progress | None = None,
) -> IngestReport:
    """Ingest what was pushed from `start` to `end`, and slices there that failed or were set aside.

    The watermark moves only as far as failed slices held it back. Raises what `ingest_project`
    raises.
    """
    def plan(session: Session, shown_until: datetime) -> Sequence[Step]:
        failed = watermarks.failed_slices(session, source=source.name, project=project)
        return steps_by_hand(project, failed, start=start, end=end, lengths=lengths)

    return _ingest(sessions, source, project, plan, now=now, lengths=lengths, lists=None,
                   progress=progress, is_up_to_now=False)


def _ingest(
    sessions: sessionmaker[Session], source: ResultSource, project: str, plan: Plan, *,
    now: datetime, lengths: IngestLengths, lists: JobListSource | None,
    progress: Progress | None, is_up_to_now: bool,
) -> IngestReport:
    with sessions.begin() as session:
        scope = scope_named(session, live_project(session, project, source.name).scope)
    with (
        ingest_lock(sessions, project=project, source=source.name),
        recorded_run(sessions, "ingest", now=now, source=source.name, project=project,
                     scope=scope.name, is_whole=is_up_to_now) as run,
    ):
        with sessions.begin() as session:
            before = last_ingest_end(session, source=source.name, project=project)
        ingester = SliceIngester(
            sessions, source, now=now, asked_before=before and min(before, now), progress=progress)
        report = ingester.report
        try:
            shown_until = max(source.shown_until(now=now), now - lengths.window)
            with sessions.begin() as session:
                steps = plan(session, shown_until)
            ingester.ingest(steps, shown_until=shown_until)
            if is_up_to_now:
                window = max(lengths.window, timedelta(days=scope.window_days))
                _ask_again(sessions, ingester, project, since=now - window)
            if lists is not None:
                _ingest_job_list(sessions, lists, project, report)
            refresh_all_job_days(sessions)
        except SourceError as error:
            with sessions.begin() as session:
                raise_alarm(session, f"ingest {project}", _alarm_text(source, error))
            raise
        finally:
            run.counts = report.counts
        _close(sessions, source, project, report, now=now, is_up_to_now=is_up_to_now)
        run.error = report.error
    _log(source, project, report)
    return report


def _ask_again(
    sessions: sessionmaker[Session], ingester: SliceIngester, project: str, *, since: datetime
) -> None:
    """Ask for the present state of the window's jobs that are fixed by a commit.

    Classifications that are cleared in bulk do not count as a change of their jobs, so what
    changed since the last ingest never tells of them.
    """
    with sessions() as session:
        job_ids = fixed_jobs(session, project, since=since)
    try:
        ingester.ask_again(project, job_ids)
    except SourceError as error:
        logger.warning("the %d jobs of %s that are fixed by a commit were not asked again: %s",
                       len(job_ids), project, error)
        ingester.report.ask_again_error = str(error)


def _alarm_text(source: ResultSource, error: SourceError) -> str:
    if isinstance(error, SourceUnavailable):
        return f"{source.name} is down: {error}"
    return f"{source.name} has no usable answer: {error}"


def _ingest_job_list(
    sessions: sessionmaker[Session], lists: JobListSource, project: str, report: IngestReport
) -> None:
    """Record the newest job list; if there is none, the previous one stays the newest."""
    try:
        entries = lists.newest_list(project)
    except SourceError as error:
        logger.warning("no job list of %s from %s: %s", project, lists.name, error)
        report.list_error = str(error)
        return
    parts = defaultdict(list)
    for entry in entries:
        parts[entry.project, entry.build_system, entry.seen_at].append(entry)
    with sessions.begin() as session:
        for key, part in sorted(parts.items(), key=lambda each: each[0]):
            report.listed += record_job_list(session, *key, part).names


def _close(
    sessions: sessionmaker[Session], source: ResultSource, project: str, report: IngestReport, *,
    now: datetime, is_up_to_now: bool,
) -> None:
    """Report what is missing, or record the success."""
    with sessions.begin() as session:
        failed = watermarks.failed_slices(session, source=source.name, project=project)
        if not any(each.is_set_aside for each in failed):
            clear_alarm(session, set_aside_subject(project))
        if not is_up_to_now:
            report.missing = len(report.failed)
            report.error = "; ".join(report.failed) or None
            return
        report.missing = sum(not each.is_set_aside for each in failed)
        clear_alarm(session, f"ingest {project}")
        if report.missing:
            slices = "1 slice is" if report.missing == 1 else f"{report.missing} slices are"
            report.error = f"{slices} missing and will be retried: {'; '.join(report.failed)}"
        elif _is_empty(session, source, project, report):
            watermarks.forget_fill(session, source=source.name, project=project)
            report.missing = 1
            report.error = (
                f"the first fill ended without a single push: {source.name} answered every query "
                f"about {project}, and had no result that SETA could store ("
                f"{pluralize(report.skipped.total(), 'row')} left out). If {project} is its name "
                "there, the next run asks for all of it again")
            raise_alarm(session, f"ingest {project}", report.error)
        elif report.ask_again_error is not None:
            report.error = ("whether the jobs fixed by a commit still are could not be asked: "
                            f"{report.ask_again_error}")
        else:
            watermarks.record_success(session, source=source.name, project=project, now=now)


def _is_empty(
    session: Session, source: ResultSource, project: str, report: IngestReport
) -> bool:
    """Return whether a source was asked for everything of a project, and never had anything."""
    mark = watermarks.watermark(session, source=source.name, project=project)
    return (mark.succeeded_at is None and not report.stored.results
            and not has_results(session, project, namespace=TREEHERDER))


def _log(source: ResultSource, project: str, report: IngestReport) -> None:
    stored = report.stored
    logger.info(
        "ingested %s from %s: %d of %d slices, %d set aside; %d results (%d new, %d changed), "
        "%d classifications, %d listed jobs, %d rows left out",
        project, source.name, report.done, report.slices, len(report.set_aside),
        stored.results, stored.new, stored.changed, stored.classifications, report.listed,
        sum(report.skipped.values()))
