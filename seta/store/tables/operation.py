"""What the service did: runs, alarms, and who changed what."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Run(Base):
    """One piece of work: an ingest of a project, an import, an analysis, the upkeep."""

    __tablename__ = "runs"
    __table_args__ = (
        CheckConstraint("task IN ('ingest', 'import', 'analysis', 'upkeep')", name="task"),
        CheckConstraint(
            "status IN ('running', 'done', 'failed', 'stopped')", name="status"),
        CheckConstraint("(status = 'running') = (ended_at IS NULL)", name="ended_at"),
        Index("ix_runs_task_started_at", "task", "started_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    task: Mapped[str]
    source: Mapped[str] = mapped_column(default="")
    project: Mapped[str] = mapped_column(default="")
    scope: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(default="running")
    counts: Mapped[dict] = mapped_column(default=dict)
    error: Mapped[str | None]


class Alarm(Base):
    """Something that a person must look at. At most one is open for a subject."""

    __tablename__ = "alarms"
    __table_args__ = (
        Index("uq_alarms_open_subject", "subject", unique=True,
              postgresql_where=text("cleared_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    subject: Mapped[str]    # "ingest autoland", "platform linux64"
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
    details: Mapped[dict] = mapped_column(default=dict)
