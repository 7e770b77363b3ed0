"""The ledger of pushes."""

from datetime import datetime

from sqlalchemy import (
    BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, UniqueConstraint,
    func, text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ...domain.limits import PUSH_ID, anchored
from .base import Base


class Schedule(Base):
    """The answer given for one push. Once given, it never changes."""

    __tablename__ = "schedules"
    __table_args__ = (
        UniqueConstraint("project", "build_system", "push_id"),
        Index("ix_schedules_order", "project", "build_system", "pushed_at", "id"),
        CheckConstraint(f"push_id ~ '{anchored(PUSH_ID)}'", name="push_id"),
        CheckConstraint("kind IN ('selective', 'full')", name="kind"),
        CheckConstraint("(failed_at IS NULL) = (failed_why IS NULL)", name="failed"),
        CheckConstraint("(late_at IS NULL) = (late_names = '{}')", name="late"),
        # Those that no result has confirmed yet.
        Index("ix_schedules_unconfirmed", "project", "build_system", "pushed_at",
              postgresql_where=text("confirmed_at IS NULL AND failed_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)  # arrival
    project: Mapped[str] = mapped_column(ForeignKey("projects.name", ondelete="CASCADE"))
    build_system: Mapped[str]
    push_id: Mapped[str]
    revision: Mapped[str]
    pushed_at: Mapped[datetime]
    answered_at: Mapped[datetime] = mapped_column(server_default=func.now())
    kind: Mapped[str]
    snapshot_id: Mapped[int | None] = mapped_column(
        ForeignKey("snapshots.id", ondelete="SET NULL"))
    ran_priority_2: Mapped[bool]
    ran_priority_3: Mapped[bool]
    ran_backstop: Mapped[bool]
    # False for a push older than the newest: it gets a full schedule, and does not
    # count toward any interval.
    counts: Mapped[bool] = mapped_column(default=True)
    # The JSON body, gzipped. What it runs and leaves out stands nowhere else.
    answer: Mapped[bytes] = mapped_column(LargeBinary)
    failed_at: Mapped[datetime | None]   # it never really ran: its intervals are due again
    failed_why: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]  # results showed which of its intervals really ran
    # What the answer left out and a timer started on this push afterwards.
    late_names: Mapped[list[str]] = mapped_column(default=list, server_default=text("'{}'"))
    late_at: Mapped[datetime | None]
    # "priority_2", "priority_3", "backstop", or a turn: these ran at late_at, not with the push.
    late_intervals: Mapped[list[str]] = mapped_column(default=list, server_default=text("'{}'"))
    # What ran of the priorities that did not run as a whole, each turn as "priority_2 3/5".
    ran_turns: Mapped[list[str]] = mapped_column(default=list, server_default=text("'{}'"))
