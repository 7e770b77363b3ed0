"""Pushes, job names, job runs and their classifications."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import (
    BigInteger, CheckConstraint, Enum, ForeignKey, ForeignKeyConstraint, Identity, Index,
    SmallInteger, Text, UniqueConstraint, func, text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ...domain import RESULTS, Classification
from ...domain.limits import PUSH_ID, anchored
from .base import Base

# Ids are compared byte by byte: quicker, and the order in which most sources count up.
JOB_ID = Text(collation="C")


def one_of(column: str, words: Iterable[str]) -> str:
    return f"{column} IN ({', '.join(repr(str(word)) for word in sorted(words))})"


class Push(Base):
    __tablename__ = "pushes"
    __table_args__ = (
        UniqueConstraint("project", "revision"),
        Index("ix_pushes_project_pushed_at", "project", "pushed_at"),
        CheckConstraint("revision <> ''", name="revision"),
        CheckConstraint(f"push_id ~ '{anchored(PUSH_ID)}'", name="push_id"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    project: Mapped[str] = mapped_column(ForeignKey("projects.name", ondelete="CASCADE"))
    revision: Mapped[str]
    pushed_at: Mapped[datetime]
    push_id: Mapped[str | None]       # hg's pushlog id, or what a CI of its own calls a push
    treeherder_id: Mapped[str | None]  # Treeherder's own number of the push


class JobType(Base):
    __tablename__ = "job_types"
    __table_args__ = (
        UniqueConstraint("platform", "build_type", "test_suite", "chunk"),
        CheckConstraint("chunk >= 0", name="chunk"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    platform: Mapped[str]
    build_type: Mapped[str]
    test_suite: Mapped[str]
    chunk: Mapped[int] = mapped_column(default=0)


class JobName(Base):
    """A task label or builder name, as it came. Without a job type it always runs."""

    __tablename__ = "job_names"
    __table_args__ = (
        UniqueConstraint("project", "build_system", "name"),
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("tier BETWEEN 1 AND 9", name="tier"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    project: Mapped[str] = mapped_column(ForeignKey("projects.name", ondelete="CASCADE"))
    build_system: Mapped[str]
    name: Mapped[str]
    job_type_id: Mapped[int | None] = mapped_column(ForeignKey("job_types.id"), index=True)
    tier: Mapped[int] = mapped_column(SmallInteger, default=1)
    group_symbol: Mapped[str] = mapped_column(default="")
    symbol: Mapped[str] = mapped_column(default="")
    # The source gave platform, build type, suite and chunk beside the name.
    is_given: Mapped[bool] = mapped_column(default=False)
    # The source says that it is a build, which is never skipped.
    is_build: Mapped[bool] = mapped_column(default=False, server_default="false")


class JobList(Base):
    """What a source listed as runnable from `seen_at` until `last_seen_at`."""

    __tablename__ = "job_lists"
    __table_args__ = (
        UniqueConstraint("project", "build_system", "seen_at"),
        CheckConstraint("last_seen_at >= seen_at", name="last_seen_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    project: Mapped[str] = mapped_column(ForeignKey("projects.name", ondelete="CASCADE"))
    build_system: Mapped[str]
    seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class JobListEntry(Base):
    __tablename__ = "job_list_entries"
    __table_args__ = (CheckConstraint("tier BETWEEN 1 AND 9", name="tier"),)

    job_list_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("job_lists.id", ondelete="CASCADE"), primary_key=True)
    job_name_id: Mapped[int] = mapped_column(
        ForeignKey("job_names.id", ondelete="CASCADE"), primary_key=True, index=True)
    # As of this list; the name's own row has the newest.
    tier: Mapped[int] = mapped_column(SmallInteger, default=1, server_default="1")


class Namespace(Base):
    """Who counts the job ids: Treeherder, or a CI of its own."""

    __tablename__ = "namespaces"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint("name <> ''", name="name"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    name: Mapped[str]


class JobResult(Base):
    """One job run. Not partitioned: (namespace, job id) is unique over all times.

    There are tens of millions, so each byte counts: the columns stand in the order that leaves no
    gaps, and a row with an id of up to 13 characters takes 76 bytes. When the job started is not
    kept: it follows from when it ended and how long it took.
    """

    __tablename__ = "job_results"
    __table_args__ = (
        CheckConstraint("duration_ms >= 0", name="duration"),
        CheckConstraint("job_id <> ''", name="job_id"),
        Index("ix_job_results_job_name_id_known_at", "job_name_id", "known_at"),
    )

    known_at: Mapped[datetime]  # when it had ended: an earlier as-of must not see it
    duration_ms: Mapped[int | None] = mapped_column(BigInteger)
    namespace_id: Mapped[int] = mapped_column(ForeignKey("namespaces.id"), primary_key=True)
    push: Mapped[int] = mapped_column(ForeignKey("pushes.id", ondelete="CASCADE"), index=True)
    job_name_id: Mapped[int] = mapped_column(ForeignKey("job_names.id", ondelete="CASCADE"))
    result: Mapped[str] = mapped_column(Enum(*sorted(RESULTS), name="job_result"))
    tier: Mapped[int] = mapped_column(SmallInteger, default=1)
    job_id: Mapped[str] = mapped_column(JOB_ID, primary_key=True)


class LastRun(Base):
    """A job's last run that passed or failed: results/last_runs.py says which one that is.

    No key ties it to the result and the push, for each of the millions that are pruned would be
    looked up here.
    """

    __tablename__ = "last_runs"
    __table_args__ = (
        Index("ix_last_runs_failed", "job_name_id", postgresql_where=text("has_failed")),
    )

    job_name_id: Mapped[int] = mapped_column(
        ForeignKey("job_names.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    namespace_id: Mapped[int]
    job_id: Mapped[str] = mapped_column(JOB_ID)
    push: Mapped[int]
    known_at: Mapped[datetime]
    has_failed: Mapped[bool]


class ClassificationRow(Base):
    """A classification of a job. Append-only: results/classifications.py says which one counts."""

    __tablename__ = "classifications"
    __table_args__ = (
        ForeignKeyConstraint(
            ["namespace_id", "job_id"], ["job_results.namespace_id", "job_results.job_id"],
            ondelete="CASCADE", name="fk_classifications_job"),
        CheckConstraint(one_of("classification", Classification), name="classification"),
        CheckConstraint("unparsed >= 0", name="unparsed"),
        CheckConstraint("NOT is_inferred OR who IS NULL", name="inferred"),
        Index("ix_classifications_job", "namespace_id", "job_id", "classified_at", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    namespace_id: Mapped[int]
    job_id: Mapped[str] = mapped_column(JOB_ID)
    classification: Mapped[str]
    fixed_by: Mapped[list[str]]
    unparsed: Mapped[int] = mapped_column(default=0)  # revisions in the note that no known push has
    classified_at: Mapped[datetime]
    is_assumed: Mapped[bool] = mapped_column(default=False)  # no time given: the push time
    is_inferred: Mapped[bool] = mapped_column(default=False)
    who: Mapped[str | None]  # a person, through our API; None: from the source
    # When the source had last changed the job, where it says so: tells news from an old answer.
    modified_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class JobDay(Base):
    """The rollup: what a job name did on one UTC day, by the time its results were known."""

    __tablename__ = "job_days"
    __table_args__ = (
        CheckConstraint("runs >= failures AND failures >= 0", name="failures"),
        CheckConstraint("runs >= timed_runs AND timed_runs >= 0", name="timed_runs"),
        CheckConstraint("runs > 0 OR listed_at IS NOT NULL", name="something"),
    )

    job_name_id: Mapped[int] = mapped_column(
        ForeignKey("job_names.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    runs: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    timed_runs: Mapped[int] = mapped_column(default=0)
    milliseconds: Mapped[int] = mapped_column(BigInteger, default=0)
    first_at: Mapped[datetime | None]   # of the results
    last_at: Mapped[datetime | None]
    listed_at: Mapped[datetime | None]  # the first list of that day that named it


class StaleJobDay(Base):
    """A day of the rollup that results were added to since it was counted."""

    __tablename__ = "stale_job_days"

    job_name_id: Mapped[int] = mapped_column(
        ForeignKey("job_names.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
