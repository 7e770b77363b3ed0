"""What the value of a field may be. Each check returns the value, or raises ValueError.

Words repeat from line to line, so their checks are remembered; that also keeps one copy of
each in memory.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from ...domain import RESULTS, Classification
from ...domain.limits import is_job_id, is_name, is_revision, is_token
from ...names import fixing_revisions

# No control characters, no space at either end: what a person reads is what is stored.
WORDS = r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?"
LONGEST = 255
FIRST_YEAR, LAST_YEAR = 1970, 2099

is_words = re.compile(WORDS).fullmatch

PLACE = re.compile(r"^(?P<said>.*?)(?: - at `\$(?P<path>[^`]*)`)?$", re.DOTALL)
STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
LONGEST_SHOWN = 80


@lru_cache(maxsize=1 << 16)
def words(value: str, field: str) -> str:
    if not value.strip():
        raise ValueError(f"{field} is empty: {value!r}")
    if len(value) > LONGEST:
        raise ValueError(f"{field} is longer than {LONGEST} characters: {value[:40]!r}...")
    if not is_words(value):
        raise ValueError(f"{field} has control characters, or space at an end: {value!r}")
    return value


@lru_cache(maxsize=1 << 12)
def token(value: str, field: str) -> str:
    if not is_token(value):
        raise ValueError(f"{field} is 1 to 64 of A-Z a-z 0-9 . _ : -, not {value[:80]!r}")
    return value


def job_id(value: str) -> str:
    if not is_job_id(value):
        raise ValueError(
            f"job_id is 1 to 128 of A-Z a-z 0-9 . _ : / + = @ # -, not {value[:140]!r}")
    return value


@lru_cache(maxsize=1 << 12)
def revision(value: str) -> str:
    if not is_revision(value):
        raise ValueError(f"revision is 1 to 64 of A-Z a-z 0-9 . _ -, not {value[:80]!r}")
    return value


@lru_cache(maxsize=1 << 12)
def project(value: str) -> str:
    if not is_name(value):
        raise ValueError(f"project is 1 to 64 of A-Z a-z 0-9 . _ -, not {value[:80]!r}")
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


def moment(value: datetime, field: str) -> datetime:
    """The moment in UTC; the decoder has seen to it that there is a time zone."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(
            f"{field} is in the years {FIRST_YEAR} to {LAST_YEAR}, not {value.isoformat()}")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def fixed_by(texts: list[str] | None, said: Classification | None) -> tuple[str, ...]:
    """The revisions in what was written: 12 digits each, or 7 to 11 still to be completed."""
    if not texts:
        return ()
    if said is not Classification.FIXED_BY_COMMIT:
        raise ValueError(
            f"fixed_by needs the classification {Classification.FIXED_BY_COMMIT.value!r}, "
            f"not {said.value if said else None!r}")
    found = [fixing_revisions(text) for text in texts]
    full = [revision for each in found for revision in each.full]
    short = [revision for each in found for revision in each.short]
    return tuple(dict.fromkeys(full + short))


def explain(line: bytes, said: str) -> str:
    """Return a reason for a line that the decoder refused in its own words.

    >>> explain(b'{"tier": "one"}', "Expected `int | null`, got `str` - at `$.tier`")
    "tier: expected `int | null`, got `str`: 'one'"
    """
    try:
        record = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return f"not JSON: {error}: {shorten(line.decode('utf-8', 'replace'))}"
    place = PLACE.match(said)
    message, path = place["said"], place["path"] or ""
    message = message[:1].lower() + message[1:]
    if not path:
        return f"{message}: {shorten(record)}"
    return f"{path.lstrip('.')}: {message}: {shorten(value_at(record, path))}"


def value_at(record: Any, path: str) -> Any:
    for name, index in STEP.findall(path):
        try:
            record = record[name] if name else record[int(index)]
        except (KeyError, IndexError, TypeError):
            return record
    return record


def shorten(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]}..."
