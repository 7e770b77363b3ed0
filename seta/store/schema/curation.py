"""What people decided: overrides and renames."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Override(Base):
    """A person's decision on job types, whatever the analysis says; and on future ones."""

    __tablename__ = "overrides"
    __table_args__ = (
        CheckConstraint("priority BETWEEN 1 AND 3", name="priority"),
        CheckConstraint("(priority IS NULL) = never_skip", name="decision"),
        CheckConstraint("who <> '' AND reason <> ''", name="reason"),
        CheckConstraint("expires_at > created_at", name="expires_at"),
        CheckConstraint(
            "name IS NULL OR (platform IS NULL AND build_type IS NULL AND test_suite IS NULL)",
            name="pattern"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    scope: Mapped[str] = mapped_column(ForeignKey("scopes.name", ondelete="CASCADE"), index=True)
    platform: Mapped[str | None]
    build_type: Mapped[str | None]
    test_suite: Mapped[str | None]
    name: Mapped[str | None]
    build_system: Mapped[str | None]
    priority: Mapped[int | None] = mapped_column(SmallInteger)
    never_skip: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str]
    who: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]


class Rename(Base):
    """Job types that have a new name: their history counts as the new one's."""

    __tablename__ = "renames"
    __table_args__ = (
        CheckConstraint("old <> new", name="change"),
        CheckConstraint("who <> '' AND why <> ''", name="reason"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    scope: Mapped[str] = mapped_column(ForeignKey("scopes.name", ondelete="CASCADE"), index=True)
    old: Mapped[dict[str, Any]]   # {"platform": "osx-10-8"}
    new: Mapped[dict[str, Any]]   # {"platform": "osx-10-10"}
    since: Mapped[datetime]
    who: Mapped[str]
    why: Mapped[str]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
