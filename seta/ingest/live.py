"""A live source's results of a project, up to now."""

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from ..errors import SourceError
from ..sources import JobListSource, ResultSource
from ..store.operation import watermarks
from ..store.operation.alarms import clear_alarm, raise_alarm
from ..store.operation.runs import recorded_run
from ..store.results.job_lists import record_job_list
from ..store.results.rollup import refresh_all_job_days
from .ingest_lock import alone
from .plan import Spans, Step, next_steps, steps_by_hand
from .slices import Asking, Ingested, Progress, set_aside_subject
from .targets import live_project

logger = logging.getLogger(__name__)

Plan = Callable[[Session], Sequence[Step]]


def ingest_project(
    sessions: sessionmaker[Session], source: ResultSource, project: str, *, now: datetime,
    spans: Spans, lists: JobListSource | None = None, progress: Progress | None = None,
) -> Ingested:
    """Take in what a source has of a project up to `now`: the first time the window, then what
    changed since the last time, less an overlap.

    A slice that cannot be had is left for the next run while the others go on; the watermark
    waits for it. At the third run that fails to get it, it is set aside with an alarm. The run
    succeeds, and the project's data counts as fresh, when nothing is missing but what was set
    aside; else the run's row says what is, and `is_complete` is false.

    Raises SourceError, with an alarm, when the source as a whole is down; UnknownProject, and
    Conflict for a project of the demo or of an archive. Killed at any time, nothing is lost or
    doubled. A second ingest of the same waits for the first.
    """
    def plan(session: Session) -> Sequence[Step]:
        mark = watermarks.watermark(session, source=source.name, project=project)
        if not mark.is_filled:
            watermarks.start_fill(session, source=source.name, project=project,
                                  start=now - spans.window, end=now)
        failed = watermarks.failed_slices(session, source=source.name, project=project)
        return next_steps(project, mark, failed, now=now, spans=spans)

    return _ingest(sessions, source, project, plan, now=now, lists=lists, progress=progress,
                   is_up_to_now=True)


def ingest_span(
    sessions: sessionmaker[Session], source: ResultSource, project: str, *, start: datetime,
    end: datetime, now: datetime, spans: Spans, progress: Progress | None = None,
) -> Ingested:
    """Take in what was pushed from `start` to `end`, and what failed or was set aside in it.

    The watermark moves only as far as failed slices held it back. Raises as `ingest_project`.
    """
    def plan(session: Session) -> Sequence[Step]:
        failed = watermarks.failed_slices(session, source=source.name, project=project)
        return steps_by_hand(project, failed, start=start, end=end, spans=spans)

    return _ingest(sessions, source, project, plan, now=now, lists=None, progress=progress,
                   is_up_to_now=False)


def _ingest(
    sessions: sessionmaker[Session], source: ResultSource, project: str, plan: Plan, *,
    now: datetime, lists: JobListSource | None, progress: Progress | None, is_up_to_now: bool,
) -> Ingested:
    with sessions.begin() as session:
        scope = live_project(session, project, source.name).scope
    with (
        alone(sessions, f"ingest of {project} from {source.name}"),
        recorded_run(sessions, "ingest", now=now, source=source.name, project=project,
                     scope=scope) as run,
    ):
        asking = Asking(sessions, source, now=now, progress=progress)
        try:
            with sessions.begin() as session:
                steps = plan(session)
            asking.ask_for(steps)
            if lists is not None:
                _take_lists(sessions, lists, project, asking.ingested)
            refresh_all_job_days(sessions)
        except SourceError as error:
            _alarm(sessions, source, project, error)
            raise
        finally:
            run.counts = asking.ingested.counts
        run.error = _close(
            sessions, source, project, asking.ingested, now=now, is_up_to_now=is_up_to_now)
    _log(source, project, asking.ingested)
    return asking.ingested


def _take_lists(
    sessions: sessionmaker[Session], lists: JobListSource, project: str, ingested: Ingested
) -> None:
    """Record the newest job list; without one the list before it stays the newest."""
    try:
        entries = lists.newest_list(project)
    except SourceError as error:
        logger.warning("no job list of %s from %s: %s", project, lists.name, error)
        ingested.list_error = str(error)
        return
    parts = defaultdict(list)
    for entry in entries:
        parts[entry.project, entry.build_system, entry.seen_at].append(entry)
    with sessions.begin() as session:
        for key, part in sorted(parts.items(), key=lambda each: each[0]):
            ingested.listed += record_job_list(session, *key, part).names


def _alarm(
    sessions: sessionmaker[Session], source: ResultSource, project: str, error: SourceError
) -> None:
    with sessions.begin() as session:
        raise_alarm(session, f"ingest {project}", f"{source.name} is down: {error}")


def _close(
    sessions: sessionmaker[Session], source: ResultSource, project: str, ingested: Ingested, *,
    now: datetime, is_up_to_now: bool,
) -> str | None:
    """Say what is missing, or note the success."""
    with sessions.begin() as session:
        failed = watermarks.failed_slices(session, source=source.name, project=project)
        ingested.missing = sum(not each.is_set_aside for each in failed)
        if not any(each.is_set_aside for each in failed):
            clear_alarm(session, set_aside_subject(project))
        if not is_up_to_now:
            ingested.missing = len(ingested.failed)
            return "; ".join(ingested.failed) or None
        clear_alarm(session, f"ingest {project}")
        if not ingested.missing:
            watermarks.record_success(session, source=source.name, project=project, now=now)
            return None
    return (f"{ingested.missing} slices are missing and will be asked for again: "
            f"{'; '.join(ingested.failed)}")


def _log(source: ResultSource, project: str, ingested: Ingested) -> None:
    stored = ingested.stored
    logger.info(
        "ingested %s from %s: %d of %d slices, %d set aside; %d results (%d new, %d changed), "
        "%d classifications, %d listed jobs, %d rows left out",
        project, source.name, ingested.had, ingested.slices, len(ingested.set_aside),
        stored.results, stored.new, stored.changed, stored.classifications, ingested.listed,
        sum(ingested.skipped.values()))
