"""What the service did: runs, alarms, audit, and how far each source has been read."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Watermark(Base):
    """How far a project's results from a source are complete; when the last ingest succeeded.

    ``reached_at`` never passes a failed slice, unless that was set aside; ``asked_to`` does.
    """

    __tablename__ = "watermarks"
    __table_args__ = (
        CheckConstraint("num_nonnulls(reached_at, succeeded_at, fill_until) > 0", name="known"),
        CheckConstraint("(fill_until IS NULL) = (filled_to IS NULL)", name="fill"),
    )

    project: Mapped[str] = mapped_column(
        ForeignKey("projects.name", ondelete="CASCADE"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    reached_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    fill_until: Mapped[datetime | None]  # push time at which the first fill ends: when it began
    filled_to: Mapped[datetime | None]   # push time up to which the first fill has queried
    asked_to: Mapped[datetime | None]    # time of change up to which it was queried


class FailedSlice(Base):
    """A slice of a source that could not be fetched; removed when a later run fetches it."""

    __tablename__ = "failed_slices"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="span"),
        CheckConstraint("failures >= 1", name="failures"),
        CheckConstraint("by IN ('push', 'modified')", name="by"),
    )

    source: Mapped[str] = mapped_column(primary_key=True)
    project: Mapped[str] = mapped_column(
        ForeignKey("projects.name", ondelete="CASCADE"), primary_key=True)
    by: Mapped[str] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(primary_key=True)
    failures: Mapped[int]
    is_set_aside: Mapped[bool] = mapped_column(default=False)
    error: Mapped[str]
    failed_at: Mapped[datetime]


class Run(Base):
    """One piece of work: an ingest of a project, an import, an analysis, the upkeep."""

    __tablename__ = "runs"
    __table_args__ = (
        CheckConstraint("task IN ('ingest', 'import', 'analysis', 'upkeep')", name="task"),
        CheckConstraint(
            "status IN ('running', 'done', 'failed', 'stopped')", name="status"),
        CheckConstraint("(status = 'running') = (ended_at IS NULL)", name="ended_at"),
        Index("ix_runs_task_started_at", "task", "started_at"),
        Index("ix_runs_running", "id", postgresql_where=text("status = 'running'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    task: Mapped[str]
    source: Mapped[str] = mapped_column(default="")
    project: Mapped[str] = mapped_column(default="")
    scope: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(default="running")
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[str | None]
    # False: its success does not make up for an earlier run that failed, as of a span by hand.
    is_whole: Mapped[bool] = mapped_column(default=True, server_default=text("true"))


class Alarm(Base):
    """Something that a person must look at. At most one is open for a subject."""

    __tablename__ = "alarms"
    __table_args__ = (
        Index("uq_alarms_open_subject", "subject", unique=True,
              postgresql_where=text("cleared_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    subject: Mapped[str]    # "ingest autoland", "platforms autoland"
    message: Mapped[str]
    raised_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_at: Mapped[datetime] = mapped_column(server_default=func.now())
    cleared_at: Mapped[datetime | None]


class Audit(Base):
    __tablename__ = "audit"
    __table_args__ = (CheckConstraint("who <> ''", name="who"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    who: Mapped[str]
    what: Mapped[str]       # "publish snapshot", "end override"
    target: Mapped[str]     # "trunk", "override 12"
    why: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class WriteLimit(Base):
    """How much a client may still write. Not logged, since it matters for a minute only."""

    __tablename__ = "write_limits"
    __table_args__ = {"prefixes": ["UNLOGGED"]}

    client: Mapped[str] = mapped_column(primary_key=True)  # "token ann", "address 192.0.2.7"
    remaining: Mapped[float]
    used_at: Mapped[datetime]
