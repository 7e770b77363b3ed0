"""The push that a scheduler asks about."""

from dataclasses import dataclass
from datetime import datetime

from ..domain import Project
from ..domain.limits import REVISION_DIGITS, is_push_id, is_token
from ..errors import BadInput

NO_PUSH = frozenset({"", "-1"})  # ids for what no push started, such as cron


@dataclass(frozen=True, slots=True)
class LedgerPush:
    """A push that has a place in the ledger."""

    push_id: str
    revision: str
    pushed_at: datetime
    build_system: str


@dataclass(frozen=True, slots=True)
class RequestedPush:
    """A push as its scheduler describes it. Without an id or a time it does not count.

    Raises BadInput with the value that is wrong.
    """

    push_id: str | None
    revision: str
    pushed_at: datetime | None
    build_system: str

    def __post_init__(self) -> None:
        check_push_id(self.push_id)
        if not is_token(self.revision):
            raise BadInput("revision must be 1 to 64 characters, each a letter, a digit or one of "
                           f". _ : - (got {self.revision!r})")
        if self.pushed_at is not None and self.pushed_at.tzinfo is None:
            raise BadInput(f"pushed_at {self.pushed_at.isoformat()} has no time zone; "
                           f"write {self.pushed_at.isoformat()}Z for UTC")

    def as_ledger_push(self, project: Project) -> LedgerPush | None:
        """Return the push as a project's ledger counts it; None where it has no place there."""
        if not project.is_integration or self.pushed_at is None:
            return None
        if self.push_id is None or self.push_id in NO_PUSH:
            return None
        return LedgerPush(self.push_id, self.revision, self.pushed_at, self.build_system)


def check_push_id(push_id: str | None) -> None:
    if push_id and push_id not in NO_PUSH and not is_push_id(push_id):
        raise BadInput("push_id must be 1 to 64 characters, each a letter, a digit or one of "
                       f". _ : - (got {push_id!r})")


def check_build_system(project: Project, build_system: str | None) -> str:
    """Return the build system, or the project's only one if none is given."""
    if build_system is None and len(project.build_systems) == 1:
        return project.build_systems[0]
    if build_system is None or build_system not in project.build_systems:
        raise BadInput(f"build_system must be one of {project.name}'s "
                       f"({', '.join(project.build_systems)}), not {build_system!r}")
    return build_system


def is_same_revision(one: str, other: str) -> bool:
    """Return whether two revisions are the same, even if one is shortened.

    >>> is_same_revision("9fa614d8310d", "9fa614d8310d2c7c3f4d8fe4a26e9d1ed4d3c6c0")
    True
    """
    short, long = sorted((one, other), key=len)
    return one == other or len(short) >= REVISION_DIGITS and long.startswith(short)
