"""Runs: one row for every piece of work, while it runs and after."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, cast

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, sessionmaker

from ...domain import Run
from ...domain.runs import RunStatus
from ...errors import SetaError
from .. import schema
from ..paging import newest_first
from .alarms import clear_alarm, raise_alarm


@dataclass(slots=True)
class RunningWork:
    """What a piece of work reports while it runs."""

    counts: dict[str, Any] = field(default_factory=dict)
    error: str | None = None  # it finished, but something is missing


@contextmanager
def recorded_run(
    sessions: sessionmaker[Session], task: str, *, now: datetime, source: str = "",
    project: str = "", scope: str = "", alarm: str | None = None,
) -> Iterator[RunningWork]:
    """Record that work runs, and how it ended: done, failed, or stopped in the middle.

    With `alarm`, an alarm of that subject is open from a run that fails until one is done.
    """
    began = monotonic()
    with sessions.begin() as session:
        run_id = start_run(session, task, now=now, source=source, project=project, scope=scope)
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
    scope: str = "",
) -> int:
    """Record that a piece of work started; return its id for `end_run`."""
    row = schema.Run(task=task, source=source, project=project, scope=scope, started_at=now,
                     status="running", counts={})
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


def stop_unfinished_runs(session: Session, *, now: datetime) -> int:
    """Mark the runs that a killed program left running; return how many there were."""
    stopped = session.scalars(
        update(schema.Run).where(schema.Run.status == "running")
        .values(status="stopped", ended_at=now, error="the program ended in the middle")
        .returning(schema.Run.id))
    return len(stopped.all())


def runs(
    session: Session, *, task: str | None = None, before: int | None = None, limit: int = 100,
) -> list[Run]:
    """Return runs, the newest first; `before` is the last id of the page before."""
    query = newest_first(select(schema.Run), schema.Run.id, before=before, limit=limit)
    if task is not None:
        query = query.where(schema.Run.task == task)
    return [Run(row.id, row.task, row.source, row.project, row.scope, row.started_at,
                row.ended_at, cast(RunStatus, row.status), row.counts, row.error)
            for row in session.scalars(query)]


def failed_ingests(session: Session, scope: str) -> dict[str, str]:
    """Return the projects of a scope whose last ended ingest failed, each with the error."""
    run = schema.Run
    newest = (
        select(run.project, run.status, run.error)
        .ext(distinct_on(run.project))
        .join(schema.Project, schema.Project.name == run.project)
        .where(schema.Project.scope == scope, run.task == "ingest", run.ended_at.is_not(None))
        .order_by(run.project, run.ended_at.desc(), run.id.desc())
    )
    return {project: error or "no reason was recorded"
            for project, status, error in session.execute(newest) if status == "failed"}


def last_ingest_end(session: Session, *, source: str, project: str) -> datetime | None:
    """Return when the last ingest of a project from a source ended, however it ended."""
    run = schema.Run
    return session.scalar(select(func.max(run.ended_at)).where(
        run.task == "ingest", run.source == source, run.project == project))
