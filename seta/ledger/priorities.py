"""Which priority each job has now: the snapshot's, unless a person has decided since."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from ..domain import JobType, Override, Priority, Project, strongest
from ..store.curation import overrides
from ..store.results.job_names import job_names, meanings_digest
from .prepared import KeptNames, PreparedNames


@dataclass(frozen=True)
class PriorityLists:
    """The names of each priority alive on one project for one build system.

    ``refusals`` say why they may not be used (no snapshot, stale, a kill switch). Then everything
    runs, and the names only say what everything is.
    """

    snapshot: int | None = None
    created_at: datetime | None = None
    priorities: Mapping[Priority, tuple[str, ...]] = field(default_factory=dict)
    refusals: tuple[str, ...] = ()
    fresh_until: datetime | None = None   # when they go stale; None: never
    kept: KeptNames = field(default_factory=KeptNames, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.snapshot is None and not self.refusals:
            raise ValueError("give a snapshot, or a reason why there is none")
        if (self.snapshot is None) != (self.created_at is None):
            raise ValueError(f"snapshot {self.snapshot} cannot be of {self.created_at}")

    @property
    def prepared(self) -> PreparedNames:
        return self.kept.published(self.priorities)

    @property
    def names(self) -> Set[str]:
        return self.prepared.priority_of.keys()


def names_now(
    session: Session, project: Project, build_system: str, lists: PriorityLists, *,
    now: datetime,
) -> PreparedNames:
    """Return the published names with their priorities as of now."""
    since = min(now, lists.created_at or now)
    stored = overrides.overrides_since(session, project.scope, since)
    active = [override for override in stored if override.is_active(now)]
    ended = [override for override in stored
             if override.lowers and not override.is_active(now)
             and lists.created_at and override.is_active(lists.created_at)]
    if not active and not ended:
        return lists.prepared
    published = lists.prepared

    def make() -> dict[str, Priority]:
        known = job_names(session, [project.name], build_system)
        return with_overrides(
            published.priority_of, {job.name: job.job_type for job in known}, build_system,
            builds={job.name for job in known if job.is_build}, active=active, ended=ended)

    # An override changes in nothing but when it ends, and that decides where it is listed here.
    return lists.kept.overridden((
        published, tuple(each.id for each in active), tuple(each.id for each in ended),
        meanings_digest(session, project.name, build_system)), make)


def with_overrides(
    priority_of: Mapping[str, Priority], job_types: Mapping[str, JobType | None], build_system: str,
    *, active: Sequence[Override], ended: Sequence[Override],
    builds: Collection[str] = frozenset(),
) -> dict[str, Priority]:
    """Return the priorities with the active overrides applied.

    A job runs until the next snapshot if an override lowered it in this one and has ended since:
    nobody knows now what the job is worth. `builds` are the names that a source called builds.
    """
    found = {}
    for name, priority in priority_of.items():
        job = job_types.get(name), name, build_system
        decided = strongest(active, *job, is_build=name in builds)
        if decided is not None:
            found[name] = decided.priority or Priority.FIRST
        elif any(override.matches(*job, is_build=name in builds) for override in ended):
            found[name] = Priority.FIRST
        else:
            found[name] = priority
    return found
