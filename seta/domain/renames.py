"""Job types that have a new name."""

from dataclasses import dataclass
from datetime import datetime

from ..errors import BadInput
from .jobs import JobType
from .limits import WORDS
from .patterns import Pattern


@dataclass(frozen=True, slots=True)
class NewWords:
    """What a renamed job type is called now; a word that is None stays as it was."""

    platform: str | None = None
    build_type: str | None = None
    test_suite: str | None = None
    chunk: int | None = None

    def __post_init__(self) -> None:
        if not self.given:
            raise BadInput("a rename gives at least one new word")
        for field, word in self.given.items():
            if not _is_word(field, word):
                raise BadInput(f"{field} {word!r} cannot be a word of a job type")

    @property
    def given(self) -> dict[str, str | int]:
        words = {field: getattr(self, field) for field in self.__slots__}
        return {field: word for field, word in words.items() if word is not None}


@dataclass(frozen=True, slots=True)
class Rename:
    """From ``since`` on, what matches ``old`` is known by the new words."""

    old: Pattern
    new: NewWords
    since: datetime
    who: str
    why: str

    def __post_init__(self) -> None:
        if self.old.name is not None:
            raise BadInput(f"a rename is of job types, not of the name {self.old.name!r}")
        if self.since.tzinfo is None:
            raise BadInput(f"the time since when it holds needs a time zone, not {self.since}")
        if not self.who.strip() or not self.why.strip():
            raise BadInput(f"the rename of {self.old} needs who ({self.who!r}) "
                           f"and why ({self.why!r})")

    def applied_to(self, job_type: JobType) -> JobType:
        """Return the job type with its new words, or the same one if it does not match."""
        if not self.old.matches_job_type(job_type):
            return job_type
        new = self.new
        return JobType(
            new.platform or job_type.platform, new.build_type or job_type.build_type,
            new.test_suite or job_type.test_suite,
            job_type.chunk if new.chunk is None else new.chunk)

    def __str__(self) -> str:
        words = ", ".join(f"{field} {word}" for field, word in self.new.given.items())
        return f"{self.old} -> {words}"


def _is_word(field: str, word: object) -> bool:
    if field == "chunk":
        return type(word) is int and word >= 0
    return isinstance(word, str) and WORDS.fullmatch(word) is not None


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
