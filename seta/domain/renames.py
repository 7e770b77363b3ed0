"""Renames of job types."""

from dataclasses import dataclass
from datetime import datetime

from ..errors import BadInput
from .jobs import JobType
from .limits import NAME_WORDS
from .patterns import Pattern


@dataclass(frozen=True, slots=True)
class NewFields:
    """What a renamed job type is called now; a field that is None stays as it was."""

    platform: str | None = None
    build_type: str | None = None
    test_suite: str | None = None
    chunk: int | None = None

    def __post_init__(self) -> None:
        if not self.changes:
            raise BadInput("a rename needs a new platform, build_type, test_suite or chunk")
        for field, value in self.changes.items():
            if not _is_valid(field, value):
                raise BadInput(f"{value!r} is not a valid {field}")

    @property
    def changes(self) -> dict[str, str | int]:
        values = {field: getattr(self, field) for field in self.__slots__}
        return {field: value for field, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Rename:
    """From ``since`` on, what matches ``old`` has the fields of ``new``."""

    old: Pattern
    new: NewFields
    since: datetime
    who: str
    why: str

    def __post_init__(self) -> None:
        if self.old.name is not None:
            raise BadInput(f"a rename matches job types by globs; it cannot use the full name "
                           f"{self.old.name!r}")
        if self.since.tzinfo is None:
            raise BadInput(f"since needs a time zone: {self.since}")
        if not self.who.strip() or not self.why.strip():
            raise BadInput(f"the rename of {self.old} needs who ({self.who!r}) "
                           f"and why ({self.why!r})")

    def applied_to(self, job_type: JobType) -> JobType:
        """Return the job type with its new fields, or the same one if it does not match."""
        if not self.old.matches_job_type(job_type):
            return job_type
        new = self.new
        return JobType(
            new.platform or job_type.platform, new.build_type or job_type.build_type,
            new.test_suite or job_type.test_suite,
            job_type.chunk if new.chunk is None else new.chunk)

    def __str__(self) -> str:
        changes = ", ".join(f"{field} {value}" for field, value in self.new.changes.items())
        return f"{self.old} -> {changes}"


def _is_valid(field: str, value: object) -> bool:
    if field == "chunk":
        return type(value) is int and value >= 0
    return isinstance(value, str) and NAME_WORDS.fullmatch(value) is not None


@dataclass(frozen=True, slots=True)
class StoredRename:
    """A rename of a scope, with when it was made and ended."""

    scope: str
    rename: Rename
    created_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = None
    id: int = 0

    def is_active(self, at: datetime) -> bool:
        return self.created_at <= at and (self.ended_at is None or at < self.ended_at)
