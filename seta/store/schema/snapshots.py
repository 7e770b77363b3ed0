"""What was decided, from what, and what is published."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, SmallInteger,
    UniqueConstraint, func,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Snapshot(Base):
    """One analysis of a scope. Immutable, except held_because."""

    __tablename__ = "snapshots"
    __table_args__ = (
        UniqueConstraint("id", "scope"),  # for the scope's reference to what it published
        CheckConstraint("unit IN ('ms', 'jobs')", name="unit"),
        CheckConstraint("status IN ('optimal', 'limit')", name="status"),
        CheckConstraint("gap >= 0", name="gap"),
        Index("ix_snapshots_scope_created_at", "scope", "created_at"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    scope: Mapped[str] = mapped_column(ForeignKey("scopes.name", ondelete="CASCADE"))
    as_of: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    inputs: Mapped[dict[str, Any]]      # window, redundancy, settings, counts of what was read
    unit: Mapped[str]
    objective: Mapped[int] = mapped_column(BigInteger)
    lower_bound: Mapped[float]
    gap: Mapped[float]
    status: Mapped[str]
    regressions: Mapped[int]
    uncoverable: Mapped[list[str]]
    given_up: Mapped[list[str]]
    comparison: Mapped[dict[str, Any]]
    held_because: Mapped[str | None]


class SnapshotPriority(Base):
    __tablename__ = "snapshot_priorities"
    __table_args__ = (CheckConstraint("priority BETWEEN 1 AND 3", name="priority"),)

    snapshot_id: Mapped[int] = mapped_column(
        ForeignKey("snapshots.id", ondelete="CASCADE"), primary_key=True)
    job_type_id: Mapped[int] = mapped_column(
        ForeignKey("job_types.id"), primary_key=True, index=True)
    priority: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str]
    cost: Mapped[int] = mapped_column(BigInteger)
    caught: Mapped[int]
    certificate: Mapped[dict[str, Any]]


class SnapshotRegression(Base):
    """A regression that the snapshot was decided on, with all its witnesses, alive or retired."""

    __tablename__ = "snapshot_regressions"

    snapshot_id: Mapped[int] = mapped_column(
        ForeignKey("snapshots.id", ondelete="CASCADE"), primary_key=True)
    fixed_by: Mapped[str] = mapped_column(primary_key=True)
    is_inferred: Mapped[bool] = mapped_column(default=False)
    caught_by: Mapped[list[int]] = mapped_column(ARRAY(Integer))  # job type ids


class SnapshotList(Base):
    """The names of one priority on one project, as the legacy API lists them."""

    __tablename__ = "snapshot_lists"
    __table_args__ = (CheckConstraint("priority BETWEEN 1 AND 3", name="priority"),)

    snapshot_id: Mapped[int] = mapped_column(
        ForeignKey("snapshots.id", ondelete="CASCADE"), primary_key=True)
    project: Mapped[str] = mapped_column(
        ForeignKey("projects.name", ondelete="CASCADE"), primary_key=True)
    build_system: Mapped[str] = mapped_column(primary_key=True)
    priority: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    names: Mapped[list[str]]         # sorted
    job_type_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer))  # beside the names


class Publication(Base):
    """A snapshot was published: automatically, by hand, or as a rollback."""

    __tablename__ = "publications"
    __table_args__ = (
        CheckConstraint("how IN ('automatic', 'by hand', 'rollback')", name="how"),
        CheckConstraint("how = 'automatic' OR (who <> '' AND why <> '')", name="reason"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    scope: Mapped[str] = mapped_column(ForeignKey("scopes.name", ondelete="CASCADE"), index=True)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshots.id", ondelete="CASCADE"))
    published_at: Mapped[datetime] = mapped_column(server_default=func.now())
    how: Mapped[str]
    who: Mapped[str] = mapped_column(default="")
    why: Mapped[str] = mapped_column(default="")


class Backtest(Base):
    """What past decisions of a scope would have caught; `result` is as the API shows it."""

    __tablename__ = "backtests"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    scope: Mapped[str] = mapped_column(ForeignKey("scopes.name", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime]
    result: Mapped[dict[str, Any]]
