"""Scopes and their projects."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, false, func
from sqlalchemy.orm import Mapped, mapped_column

from ...domain.limits import NAME, anchored
from .base import Base


class Scope(Base):
    __tablename__ = "scopes"
    __table_args__ = (
        CheckConstraint(f"name ~ '{anchored(NAME)}'", name="name"),
        CheckConstraint("redundancy BETWEEN 1 AND 10", name="redundancy"),
        CheckConstraint("window_days BETWEEN 1 AND 3650", name="window_days"),
        CheckConstraint("budget BETWEEN 1 AND 10", name="budget"),
        CheckConstraint("change_price BETWEEN 1 AND 10", name="change_price"),
        CheckConstraint("objective IN ('cover', 'expected')", name="objective"),
        CheckConstraint("(stopped_at IS NULL) = (stopped_by IS NULL)", name="stopped"),
        # The published snapshot must be one of this scope.
        ForeignKeyConstraint(
            ["published_snapshot_id", "name"], ["snapshots.id", "snapshots.scope"],
            name="fk_scopes_published_snapshot", use_alter=True),
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    is_archived: Mapped[bool] = mapped_column(default=False)
    redundancy: Mapped[int] = mapped_column(default=1)
    window_days: Mapped[int] = mapped_column(default=90)
    published_snapshot_id: Mapped[int | None]
    # Automatic publication is stopped by a publication or rollback by hand, until released.
    stopped_at: Mapped[datetime | None]
    stopped_by: Mapped[str | None]
    stopped_why: Mapped[str | None]
    title: Mapped[str] = mapped_column(default="", server_default="")
    description: Mapped[str] = mapped_column(default="", server_default="")
    budget: Mapped[float] = mapped_column(default=1.0, server_default="1")
    change_price: Mapped[float] = mapped_column(default=1.0, server_default="1")
    objective: Mapped[str] = mapped_column(default="cover", server_default="cover")


class Project(Base):
    __tablename__ = "projects"
    __table_args__ = (
        CheckConstraint(f"name ~ '{anchored(NAME)}'", name="name"),
        CheckConstraint("cardinality(build_systems) > 0", name="build_systems"),
        CheckConstraint(
            "least(priority_2_pushes, priority_2_minutes, priority_3_pushes, priority_3_minutes, "
            "backstop_pushes, backstop_minutes) >= 1", name="cadence"),
        CheckConstraint("infer_after BETWEEN 1 AND 100", name="infer_after"),
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(ForeignKey("scopes.name"), index=True)
    build_systems: Mapped[list[str]]
    is_integration: Mapped[bool] = mapped_column(default=True)
    is_killed: Mapped[bool] = mapped_column(default=False)
    priority_2_pushes: Mapped[int]
    priority_2_minutes: Mapped[int]
    priority_3_pushes: Mapped[int]
    priority_3_minutes: Mapped[int]
    backstop_pushes: Mapped[int]
    backstop_minutes: Mapped[int]
    is_staggered: Mapped[bool] = mapped_column(default=False, server_default=false())
    infer_regressions: Mapped[bool] = mapped_column(default=False)
    infer_after: Mapped[int]
    open_scheduling: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    # Rollup days before this are never recounted, since their results were pruned.
    pruned_before: Mapped[datetime | None]
