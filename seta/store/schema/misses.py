"""Misses, and how far the stars were looked through for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Miss(Base):
    """What was known of a miss, and from when until when; rows are ended, never changed."""

    __tablename__ = "misses"
    __table_args__ = (
        Index("uq_misses_current", "project", "fixed_by", unique=True,
              postgresql_where=text("ended_at IS NULL")),
        CheckConstraint("left_out BETWEEN 1 AND pushes", name="left_out"),
        CheckConstraint("late_pushes >= 0 AND late_minutes >= 0", name="late"),
        CheckConstraint("first_known_at <= known_at", name="known_at"),
        CheckConstraint("(ended_at IS NULL) = (ended_why IS NULL)", name="ended"),
        CheckConstraint("ended_why IN ('withdrawn', 'replaced')", name="ended_why"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    project: Mapped[str] = mapped_column(ForeignKey("projects.name", ondelete="CASCADE"))
    build_system: Mapped[str]
    fixed_by: Mapped[str]
    first_known_at: Mapped[datetime]
    known_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None]
    found_by: Mapped[str]
    found_at: Mapped[datetime]
    pushes: Mapped[int]
    left_out: Mapped[int]
    late_pushes: Mapped[int]
    late_minutes: Mapped[float]
    snapshot_id: Mapped[int | None] = mapped_column(
        ForeignKey("snapshots.id", ondelete="SET NULL"))
    facts: Mapped[dict[str, Any]]    # the pushes of its story, and all witnesses


class MissLook(Base):
    """The newest classification that was looked at for misses of a scope."""

    __tablename__ = "miss_looks"

    scope: Mapped[str] = mapped_column(
        ForeignKey("scopes.name", ondelete="CASCADE"), primary_key=True)
    classification_id: Mapped[int] = mapped_column(BigInteger)
    looked_at: Mapped[datetime]
