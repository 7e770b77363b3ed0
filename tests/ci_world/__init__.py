"""A made-up CI: a snapshot, and job results put straight into the store."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from sqlalchemy import select

from seta.domain import DEFAULT_SCOPE, Priority
from seta.names import parse
from seta.store import schema
from seta.store.results.last_runs import count_last_runs
from seta.store.results.namespaces import NamespaceIds

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PRIORITIES = {
    Priority.FIRST: ("build-linux64/opt", "test-linux64/opt-high"),
    Priority.SECOND: ("test-linux64/opt-low-1", "test-linux64/opt-low-2"),
    Priority.THIRD: ("test-linux64/opt-low-rare",),
}


def add_snapshot(session, scope=DEFAULT_SCOPE, created_at=NOON - timedelta(hours=1)) -> int:
    row = schema.Snapshot(
        scope=scope, as_of=created_at, created_at=created_at, unit="ms", objective=0,
        inputs={"since": (created_at - timedelta(days=90)).isoformat(),
                "known_by": (created_at + timedelta(days=1)).isoformat()},
        lower_bound=0, gap=0, status="optimal", regressions=1, uncoverable=[], given_up=[],
        comparison={})
    session.add(row)
    session.flush()
    return row.id


@dataclass
class Results:
    """Job results of a project, put straight into the store."""

    session: object
    project: str
    build_system: str = "taskcluster"
    prefix: str = ""   # of the job ids: they are one namespace for all projects
    count: int = 0

    @cached_property
    def namespace_id(self) -> int:
        return NamespaceIds().resolve(self.session, ["test"])["test"]

    def name_id(self, name) -> int:
        found = self.session.scalar(select(schema.JobName.id).where(
            schema.JobName.project == self.project, schema.JobName.name == name,
            schema.JobName.build_system == self.build_system))
        return found or self._add(schema.JobName(
            project=self.project, build_system=self.build_system, name=name,
            job_type_id=self.type_id(parse(name, self.build_system, self.project))))

    def type_id(self, job_type) -> int | None:
        if job_type is None:
            return None
        words = {"platform": job_type.platform, "build_type": job_type.build_type,
                 "test_suite": job_type.test_suite, "chunk": job_type.chunk}
        found = self.session.scalar(select(schema.JobType.id).filter_by(**words))
        return found or self._add(schema.JobType(**words))

    def push_id(self, revision, pushed_at, push_id=None) -> int:
        found = self.session.scalar(select(schema.Push.id).filter_by(
            project=self.project, revision=revision))
        return found or self._add(schema.Push(
            project=self.project, revision=revision, pushed_at=pushed_at, push_id=push_id))

    def add(self, name, push, result="success", minutes=10, classification=None, **more) -> str:
        """Add one run of a job on a push, known this many minutes after it; return its id."""
        self.count += 1
        job_id = f"{self.prefix}{self.count}"
        self.session.add(schema.JobResult(
            namespace_id=self.namespace_id, job_id=job_id, job_name_id=self.name_id(name),
            push=self.push_id(push.revision, push.pushed_at, push.push_id), result=result,
            known_at=push.pushed_at + timedelta(minutes=minutes),
            **{"duration_ms": 60_000} | more))
        self.session.flush()
        count_last_runs(self.session, [self.name_id(name)])
        if classification:
            self.classify(job_id, classification, push.pushed_at)
        return job_id

    def classify(
        self, job_id, classification, at, who=None, is_inferred=False, fixed_by=()
    ) -> None:
        self._add(schema.ClassificationRow(
            namespace_id=self.namespace_id, job_id=job_id, classification=classification,
            fixed_by=fixed_by, classified_at=at, who=who, is_inferred=is_inferred))

    def reached(self, at) -> None:
        """Record that results up to this time are in."""
        self.session.merge(schema.Watermark(
            project=self.project, source="files", reached_at=at, succeeded_at=at))
        self.session.flush()

    def _add(self, row) -> int:
        self.session.add(row)
        self.session.flush()
        return row.id
