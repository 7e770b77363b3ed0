"""Evidence made by hand: pushes, results, classifications and lists, in a few words each."""

import hashlib
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from seta.domain import JobType, Project, Scope
from seta.names import parse
from seta.store import schema
from seta.store.curation import projects
from seta.store.results.namespaces import NamespaceIds
from seta.store.results.last_runs import count_last_runs
from seta.store.results.rollup import mark_days

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Evidence:
    """Writes what a test names, and fills in the rest. Everything is committed at once."""

    def __init__(self, sessions):
        self._sessions = sessions
        self._jobs = 0

    def scope(self, name="trunk", **more):
        with self._sessions.begin() as session:
            projects.add_scope(session, Scope(name, **more))
        return self

    def project(self, name="autoland", scope="trunk", **more):
        with self._sessions.begin() as session:
            projects.add_project(session, Project(name, scope, **more))
        return self

    def result(
        self, name="test-linux64/opt-mochitest-1", result="success", *, at=NOW - DAY,
        known_at=None, project="autoland", build_system="taskcluster", duration_ms=60_000, tier=1,
        revision=None,
    ):
        """Record one job of a push at `at`; return its id."""
        self._jobs += 1
        job_id = str(self._jobs)
        revision = revision or hashlib.sha1(f"{project} {at}".encode()).hexdigest()
        with self._sessions.begin() as session:
            session.execute(
                insert(schema.Push).values(project=project, revision=revision, pushed_at=at)
                .on_conflict_do_nothing())
            push = session.scalar(select(schema.Push.id).where(
                schema.Push.project == project, schema.Push.revision == revision))
            known_at = known_at or at + timedelta(milliseconds=duration_ms or 0)
            name_id = self._name(session, project, build_system, name, tier)
            session.add(schema.JobResult(
                namespace_id=treeherder(session), job_id=job_id, push=push, result=result,
                tier=tier, job_name_id=name_id, duration_ms=duration_ms, known_at=known_at))
            session.flush()
            count_last_runs(session, [name_id])
            mark_days(session, [name_id], [known_at.date()])
        return job_id

    def classify(
        self, job_id, *fixed_by, classification="fixed by commit", at=NOW - DAY / 2, **more
    ):
        with self._sessions.begin() as session:
            session.add(schema.ClassificationRow(
                namespace_id=treeherder(session), job_id=job_id, classification=classification,
                fixed_by=list(fixed_by), classified_at=at, **more))

    def caught(self, fixed_by, *names, at=NOW - DAY, classified_at=None, **more):
        """Record that these jobs failed on a push, and that a sheriff named the fix."""
        for name in names:
            job_id = self.result(name, "testfailed", at=at, **more)
            self.classify(job_id, fixed_by, at=classified_at or at + timedelta(hours=2))
        return self

    def passed(self, *names, **more):
        for name in names:
            self.result(name, **more)
        return self

    def listed(
        self, *names, project="autoland", build_system="taskcluster", seen_at=NOW - DAY, tier=1
    ):
        with self._sessions.begin() as session:
            job_list = schema.JobList(project=project, build_system=build_system,
                                      seen_at=seen_at, last_seen_at=seen_at)
            session.add(job_list)
            session.flush()
            for name in names:
                name_id = self._name(session, project, build_system, name, tier)
                session.add(schema.JobListEntry(
                    job_list_id=job_list.id, job_name_id=name_id, tier=tier))
                mark_days(session, [name_id], [seen_at.date()])
        return self

    def ingested(self, project="autoland", *, at=NOW - DAY / 24, status="done", source="files"):
        """Record that an ingest ended, and when one succeeded."""
        with self._sessions.begin() as session:
            session.add(schema.Run(
                task="ingest", source=source, project=project, started_at=at, ended_at=at,
                status=status, counts={}, error=None if status == "done" else "no answer"))
            if status == "done":
                session.execute(
                    insert(schema.Watermark)
                    .values(project=project, source=source, succeeded_at=at)
                    .on_conflict_do_update(index_elements=["project", "source"],
                                           set_={"succeeded_at": at}))
        return self

    def ran(
        self, task="import", *, project="", scope="trunk", source="", status="done",
        at=NOW - DAY / 24, is_whole=True, error="cut off",
    ):
        """Record how a run ended; "running": the program that it belongs to is gone."""
        with self._sessions.begin() as session:
            session.add(schema.Run(
                task=task, source=source, project=project, scope=scope, started_at=at,
                ended_at=None if status == "running" else at, status=status, counts={},
                is_whole=is_whole, error=error if status == "failed" else None))
        return self

    def _name(self, session, project, build_system, name, tier):
        found = session.scalar(select(schema.JobName.id).where(
            schema.JobName.project == project, schema.JobName.build_system == build_system,
            schema.JobName.name == name))
        if found is not None:
            return found
        row = schema.JobName(
            project=project, build_system=build_system, name=name, tier=tier,
            job_type_id=self._type(session, parse(name, build_system, project)))
        session.add(row)
        session.flush()
        return row.id

    def _type(self, session, job_type: JobType | None):
        if job_type is None:
            return None
        words = {"platform": job_type.platform, "build_type": job_type.build_type,
                 "test_suite": job_type.test_suite, "chunk": job_type.chunk}
        session.execute(insert(schema.JobType).values(**words).on_conflict_do_nothing())
        return session.scalar(select(schema.JobType.id).filter_by(**words))


def treeherder(session) -> int:
    return NamespaceIds().resolve(session, ["treeherder"])["treeherder"]
