"""Patterns that pick job types, for overrides and renames."""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ..errors import BadInput
from .jobs import JobType

GLOB = re.compile(r"(?:[A-Za-z0-9_.+*?-]|\[!?[A-Za-z0-9_.+-]+\])+")
MAX_GLOB_LENGTH = 200  # characters of a glob; no real name comes near
WITH_CHUNK = re.compile(r".+-[1-9][0-9]*")


@dataclass(frozen=True, order=True, slots=True)
class Pattern:
    """Globs (``*``, ``?``, ``[a-c]``) over a job type's fields, or the full name of one job.

    Case counts. A suite glob that ends in a chunk ("mochitest-1") picks that chunk, any other
    all of them. Raises BadInput, naming the value, for one that could never match.
    """

    platform: str = "*"
    build_type: str = "*"
    test_suite: str = "*"
    name: str | None = None  # a task label or builder name, taken literally

    def __post_init__(self) -> None:
        for field in ("platform", "build_type", "test_suite"):
            check_glob(field, getattr(self, field))
        if self.name is None:
            return
        if not isinstance(self.name, str) or not self.name.strip():
            raise BadInput(f"name must be a non-empty string, not {self.name!r}")
        if (self.platform, self.build_type, self.test_suite) != ("*", "*", "*"):
            raise BadInput(f"a pattern has a full name or globs, not both: {self.name!r} and "
                           f"{self.platform}/{self.build_type}-{self.test_suite}")

    def matches(self, job_type: JobType | None, name: str) -> bool:
        """Return whether a job is picked; an unparsed one only ever by its full name."""
        if self.name is not None:
            return name == self.name
        return job_type is not None and self.matches_job_type(job_type)

    def matches_job_type(self, job_type: JobType) -> bool:
        """Return whether the globs pick it, whatever its names; with a full name they never do."""
        return (
            self.name is None
            and fnmatchcase(job_type.platform, self.platform)
            and fnmatchcase(job_type.build_type, self.build_type)
            and fnmatchcase(self._suite_of(job_type), self.test_suite)
        )

    def _suite_of(self, job_type: JobType) -> str:
        return job_type.testtype if WITH_CHUNK.fullmatch(self.test_suite) else job_type.test_suite

    def __str__(self) -> str:
        return self.name or f"{self.platform}/{self.build_type}-{self.test_suite}"


def check_glob(field: str, glob: str) -> None:
    """Raise BadInput for a glob with a character that no field of a job type has."""
    if not isinstance(glob, str) or len(glob) > MAX_GLOB_LENGTH or not GLOB.fullmatch(glob):
        raise BadInput(
            f"{field} {glob!r} is not a valid glob: use letters, digits, _ . + - and * ? [..], "
            f"at most {MAX_GLOB_LENGTH} characters"
        )
