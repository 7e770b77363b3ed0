"""Which regressions were drawn to be audited, and what is still to run for them."""

from datetime import datetime

from sqlalchemy import (
    BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ...domain.limits import PUSH_ID, anchored
from .base import Base


class RegressionAudit(Base):
    """The draw of a regression in one ledger. Once drawn, only what came of it changes."""

    __tablename__ = "audits"
    __table_args__ = (
        UniqueConstraint("fixed_by", "project", "build_system"),
        CheckConstraint(f"push_id ~ '{anchored(PUSH_ID)}'", name="push_id"),
        CheckConstraint("chance > 0 AND chance <= 1", name="chance"),
        CheckConstraint("is_drawn OR jobs = '{}' AND done_at IS NULL AND taken_at IS NULL",
                        name="drawn"),
        CheckConstraint("done_at IS NULL OR jobs = '{}'", name="done"),
        CheckConstraint("runs >= 0 AND milliseconds >= 0", name="costs"),
        Index("ix_audits_open", "project", "build_system",
              postgresql_where=text("is_drawn AND done_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    project: Mapped[str] = mapped_column(ForeignKey("projects.name", ondelete="CASCADE"))
    build_system: Mapped[str]
    fixed_by: Mapped[str]
    push_id: Mapped[str]
    revision: Mapped[str]
    pushed_at: Mapped[datetime]
    chance: Mapped[float]
    is_drawn: Mapped[bool]
    drawn_at: Mapped[datetime]
    jobs: Mapped[list[str]] = mapped_column(default=list, server_default=text("'{}'"))
    taken_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    runs: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    milliseconds: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))


class AuditLook(Base):
    """The newest classification up to which the regressions of a scope were drawn, and the seed."""

    __tablename__ = "audit_looks"

    scope: Mapped[str] = mapped_column(
        ForeignKey("scopes.name", ondelete="CASCADE"), primary_key=True)
    classification_id: Mapped[int | None] = mapped_column(BigInteger)  # None: none yet
    first_id: Mapped[int | None] = mapped_column(BigInteger)  # that of the first look
    seed: Mapped[str]           # secret: who knows it knows what will be drawn
    looked_at: Mapped[datetime]
