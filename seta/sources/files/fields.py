"""Checks of a record's fields. Each returns the value, or raises ValueError.

Texts repeat from line to line, so their checks are cached, which also keeps one copy of each
text in memory.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache

from ...domain import RESULTS, Classification
from ...domain.limits import is_job_id, is_name, is_revision, is_token
from ...names import fixing_revisions

# No control characters, no space at either end: what a person reads is what is stored.
LINE = r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?"
MAX_LENGTH = 255
FIRST_YEAR, LAST_YEAR = 1970, 2099

is_line = re.compile(LINE).fullmatch


@lru_cache(maxsize=1 << 16)
def line(value: str, field: str) -> str:
    if not value.strip():
        raise ValueError(f"{field} is empty: {value!r}")
    if len(value) > MAX_LENGTH:
        raise ValueError(f"{field} is longer than {MAX_LENGTH} characters: {value[:40]!r}...")
    if not is_line(value):
        raise ValueError(f"{field} has control characters or a space at an end: {value!r}")
    return value


@lru_cache(maxsize=1 << 12)
def token(value: str, field: str) -> str:
    if not is_token(value):
        raise ValueError(f"{field} must be 1 to 64 characters, each a letter, a digit or one of "
                         f". _ : - (got {value[:80]!r})")
    return value


def job_id(value: str) -> str:
    if not is_job_id(value):
        raise ValueError(
            "job_id must be 1 to 128 characters, each a letter, a digit or one of "
            f". _ : / + = @ # - (got {value[:140]!r})")
    return value


@lru_cache(maxsize=1 << 12)
def revision(value: str) -> str:
    if not is_revision(value):
        raise ValueError("revision must be 1 to 64 characters, each a letter, a digit or one of "
                         f". _ - (got {value[:80]!r})")
    return value


@lru_cache(maxsize=1 << 12)
def project(value: str) -> str:
    if not is_name(value):
        raise ValueError("project must be 1 to 64 characters, each a letter, a digit or one of "
                         f". _ - (got {value[:80]!r})")
    return value


def result(value: str) -> str:
    if value not in RESULTS:
        raise ValueError(f"result is one of {', '.join(sorted(RESULTS))}, not {value[:80]!r}")
    return value


@lru_cache(maxsize=64)
def classification(value: str | None) -> Classification | None:
    if value is None:
        return None
    try:
        return Classification(value)
    except ValueError:
        raise ValueError(
            f"classification is one of {', '.join(Classification)}, not {value[:80]!r}"
        ) from None


def utc_time(value: datetime, field: str) -> datetime:
    """Return the time in UTC; the decoder has made sure that it has a time zone."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(
            f"{field} must be in the years {FIRST_YEAR} to {LAST_YEAR}, not {value.isoformat()}")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def fixed_by(texts: list[str] | None, classified: Classification | None) -> tuple[str, ...]:
    """Return the revisions in texts: 12 digits each, or 7 to 11 still to be completed."""
    if not texts:
        return ()
    if classified is not Classification.FIXED_BY_COMMIT:
        raise ValueError(
            f"fixed_by needs the classification {Classification.FIXED_BY_COMMIT.value!r}, "
            f"not {classified.value if classified else None!r}")
    found = [fixing_revisions(text) for text in texts]
    full = [revision for each in found for revision in each.full]
    short = [revision for each in found for revision in each.short]
    return tuple(dict.fromkeys(full + short))
