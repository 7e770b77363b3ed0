"""Runs: one row for every piece of work, while it runs and after."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session, aliased, sessionmaker

from ...domain import Run, Scope
from ...domain.runs import RunStatus
from ...errors import SetaError
from .. import schema
from ..paging import newest_first
from .alarms import clear_alarm, raise_alarm
from .liveness import held_lock


@dataclass(slots=True)
class RunningWork:
    """What a piece of work reports while it runs."""

    counts: dict[str, Any] = field(default_factory=dict)
    error: str | None = None  # it finished, but something is missing


@contextmanager
def recorded_run(
    sessions: sessionmaker[Session], task: str, *, now: datetime, source: str = "",
    project: str = "", scope: str = "", is_whole: bool = True, alarm: str | None = None,
) -> Iterator[RunningWork]:
    """Record that work runs, and how it ended: done, failed, or stopped in the middle.

    Should the program be killed, `stop_ended_runs` of any other program marks the run. With
    `alarm`, an alarm of that subject is open from a run that fails until one is done.
    """
    with held_lock(sessions) as lock_run:
        with sessions.begin() as session:
            run_id = start_run(session, task, now=now, source=source, project=project,
                               scope=scope, is_whole=is_whole)
            lock_run(run_id)
        with _recorded_end(sessions, run_id, now=now, alarm=alarm) as work:
            yield work


@contextmanager
def _recorded_end(
    sessions: sessionmaker[Session], run_id: int, *, now: datetime, alarm: str | None
) -> Iterator[RunningWork]:
    began = monotonic()
    work = RunningWork()
    status, error = "stopped", "stopped in the middle"
    try:
        yield work
        status, error = ("failed", work.error) if work.error else ("done", "")
    except Exception as failure:
        status, error = "failed", _reason(failure)
        raise
    finally:
        with sessions.begin() as session:
            end_run(
                session, run_id, status=status, counts=work.counts, error=error or None,
                now=now + timedelta(seconds=monotonic() - began))
            if alarm and status == "failed":
                raise_alarm(session, alarm, error)
            elif alarm and status == "done":
                clear_alarm(session, alarm)


def _reason(failure: Exception) -> str:
    """Return the text of an error of ours, which is for a person; name any other error."""
    name, text = type(failure).__name__, str(failure)
    if isinstance(failure, SetaError):
        return text or name
    return f"{name}: {text}" if text else name


def start_run(
    session: Session, task: str, *, now: datetime, source: str = "", project: str = "",
    scope: str = "", is_whole: bool = True,
) -> int:
    """Record that a piece of work started; return its id for `end_run`."""
    row = schema.Run(task=task, source=source, project=project, scope=scope, started_at=now,
                     status="running", counts={}, is_whole=is_whole)
    session.add(row)
    session.flush()
    return row.id


def end_run(
    session: Session, run_id: int, *, status: str, now: datetime, counts: dict[str, Any],
    error: str | None = None,
) -> None:
    session.execute(
        update(schema.Run).where(schema.Run.id == run_id)
        .values(status=status, ended_at=now, counts=counts, error=error))


def runs(
    session: Session, *, task: str | None = None, before: int | None = None, limit: int = 100,
) -> list[Run]:
    """Return runs, the newest first; `before` is the last id of the page before."""
    query = newest_first(select(schema.Run), schema.Run.id, before=before, limit=limit)
    if task is not None:
        query = query.where(schema.Run.task == task)
    return [_to_run(row) for row in session.scalars(query)]


def newest_run(session: Session) -> int:
    """Return the id of the newest run, 0 where there is none yet."""
    return session.scalar(select(func.max(schema.Run.id))) or 0


def unfinished_inputs(session: Session, scope: Scope) -> list[Run]:
    """Return the runs that may have left the data of a scope half, the oldest first.

    They are those that go on, and those that failed or stopped after the last whole run of their
    source was done. A source is each project's own, in a live scope; and all imports are one.
    """
    run, later = schema.Run, aliased(schema.Run)
    is_same = or_(
        and_(run.task == "import", later.scope == run.scope),
        and_(later.project == run.project, later.source == run.source))
    made_up_for = (
        select(later.id).where(later.task == run.task, is_same, later.id > run.id,
                               later.status == "done", later.is_whole).exists())
    query = select(run).where(
        _feeds(scope), run.status != "done", or_(run.status == "running", ~made_up_for))
    return [_to_run(row) for row in session.scalars(
        query.order_by(run.id), execution_options={"populate_existing": True})]


def inputs_after(session: Session, scope: Scope, run_id: int) -> list[Run]:
    """Return the runs that feed a scope and began after this one, the oldest first."""
    query = select(schema.Run).where(_feeds(scope), schema.Run.id > run_id)
    return [_to_run(row) for row in session.scalars(
        query.order_by(schema.Run.id), execution_options={"populate_existing": True})]


def _feeds(scope: Scope) -> ColumnElement[bool]:
    run, project = schema.Run, schema.Project
    is_import = and_(run.task == "import", run.scope == scope.name)
    if scope.is_archived:
        return is_import
    is_ingest = select(project.name).where(
        project.name == run.project, project.scope == scope.name,
        project.source == run.source).exists()
    return or_(is_import, and_(run.task == "ingest", is_ingest))


def last_ingest_end(session: Session, *, source: str, project: str) -> datetime | None:
    """Return when the last ingest of a project from a source ended, however it ended."""
    run = schema.Run
    return session.scalar(select(func.max(run.ended_at)).where(
        run.task == "ingest", run.source == source, run.project == project))


def _to_run(row: schema.Run) -> Run:
    return Run(row.id, row.task, row.source, row.project, row.scope, row.started_at,
               row.ended_at, cast(RunStatus, row.status), row.counts, row.error)
