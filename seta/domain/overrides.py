"""A person's decision on job types, whatever the analysis says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .jobs import JobType, Priority
from .patterns import Pattern


@dataclass(frozen=True, slots=True)
class Override:
    """Picks job types, including those that appear later, and says how often they run.

    A ``priority`` of None means that they are never skipped. It holds from ``created_at`` until
    just before ``expires_at`` or ``ended_at``.
    """

    scope: str
    pattern: Pattern
    priority: Priority | None
    reason: str
    who: str
    created_at: datetime
    build_system: str | None = None    # None: any build system
    expires_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    id: int = 0                        # 0: not stored

    @property
    def lowers(self) -> bool:
        return self.priority is not None and not self.priority.is_high_value

    def is_active(self, at: datetime) -> bool:
        ends = [moment for moment in (self.expires_at, self.ended_at) if moment is not None]
        return self.created_at <= at and all(at < moment for moment in ends)

    def matches(
        self, job_type: JobType | None, name: str, build_system: str, *, is_build: bool = False,
    ) -> bool:
        """Return whether it picks this job. Only its full name ever lowers a build.

        With `is_build`, the job's source said that it is one; else its job type does.
        """
        if self.build_system not in (None, build_system):
            return False
        is_build = is_build or (job_type is not None and job_type.is_build)
        if self.lowers and self.pattern.name is None and is_build:
            return False
        return self.pattern.matches(job_type, name)

    @property
    def strength(self) -> tuple[bool, bool, int, datetime, int]:
        """What sorts the override that counts last: never skip, then the narrowest, the newest."""
        globs = (self.pattern.platform, self.pattern.build_type, self.pattern.test_suite)
        return (self.priority is None, self.pattern.name is not None,
                sum(glob != "*" for glob in globs), self.created_at, self.id)


def strongest(
    overrides: Iterable[Override], job_type: JobType | None, name: str, build_system: str, *,
    is_build: bool = False,
) -> Override | None:
    """Return the one that counts for a job, of overrides that are all active."""
    matching = [override for override in overrides
                if override.matches(job_type, name, build_system, is_build=is_build)]
    return max(matching, key=lambda override: override.strength, default=None)
