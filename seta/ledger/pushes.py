"""The push that a scheduler asks about."""

from dataclasses import dataclass
from datetime import datetime

from ..domain import Project
from ..domain.limits import REVISION_DIGITS, is_push_id, is_token
from ..errors import BadInput

NO_PUSH = frozenset({None, "", "-1"})  # cron, and whatever else nobody pushed


@dataclass(frozen=True, slots=True)
class AskedPush:
    """A push as its scheduler tells of it; without an id or a time it is none to count.

    Raises BadInput, naming the value, for what cannot be one.
    """

    push_id: str | None
    revision: str
    pushed_at: datetime | None
    build_system: str

    def __post_init__(self):
        check_push_id(self.push_id)
        if not is_token(self.revision):
            raise BadInput(f"revision {self.revision!r} is not 1 to 64 letters, digits or . _ : -")
        if self.pushed_at is not None and self.pushed_at.tzinfo is None:
            raise BadInput(f"pushed_at {self.pushed_at.isoformat()} has no time zone; "
                           f"right would be {self.pushed_at.isoformat()}Z")

    @property
    def can_be_counted(self) -> bool:
        return self.push_id not in NO_PUSH and self.pushed_at is not None


def check_push_id(push_id: str | None) -> None:
    if push_id not in NO_PUSH and not is_push_id(push_id):
        raise BadInput(f"push id {push_id!r} is not 1 to 64 letters, digits or . _ : -")


def check_build_system(project: Project, build_system: str | None) -> str:
    """Return the build system that is meant: the only one of the project when none is named."""
    if build_system is None and len(project.build_systems) == 1:
        return project.build_systems[0]
    if build_system not in project.build_systems:
        raise BadInput(f"build_system {build_system!r} is none of {project.name}: "
                       f"{', '.join(project.build_systems)}")
    return build_system


def is_same_revision(one: str, other: str) -> bool:
    """Say whether two revisions are one, be it that one is cut short.

    >>> is_same_revision("9fa614d8310d", "9fa614d8310d2c7c3f4d8fe4a26e9d1ed4d3c6c0")
    True
    """
    short, long = sorted((one, other), key=len)
    return one == other or len(short) >= REVISION_DIGITS and long.startswith(short)
