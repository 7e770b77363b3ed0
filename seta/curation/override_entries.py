"""Overrides as a person writes them: entries of a file, or the body of a call."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from ..domain import Override, Pattern, Priority
from ..domain.limits import is_build_system
from ..errors import BadInput
from .preseed import from_preseed, is_preseed

FIELDS = frozenset({
    "platform", "build_type", "test_suite", "name", "build_system", "priority", "never_skip",
    "reason", "who", "expires",
})
NEVER = (None, "", "*", "never")  # how people write that an override does not expire


def read_entries(
    entries: object, *, scope: str, who: str, now: datetime
) -> tuple[Override, ...]:
    """Return the overrides of these entries, which may be old preseeds.

    Raises BadInput that lists what is wrong in every entry, so that a file is applied either as a
    whole or not at all.
    """
    if not isinstance(entries, list):
        raise BadInput(f"overrides must be a list of entries, not {type(entries).__name__}")
    found: list[Override] = []
    problems: list[str] = []
    for number, entry in enumerate(entries, 1):
        try:
            found.append(read_entry(entry, scope=scope, who=who, now=now))
        except BadInput as error:
            problems.append(f"entry {number}: {error}")
    if problems:
        raise BadInput("; ".join(problems))
    return tuple(found)


def read_entry(entry: object, *, scope: str, who: str, now: datetime) -> Override:
    """Return the override of one entry; raises BadInput with the value that is wrong."""
    if not isinstance(entry, Mapping):
        raise BadInput(f"an entry must be an object with fields, not {entry!r}")
    if is_preseed(entry):
        entry = from_preseed(entry)
    unknown = sorted(str(field) for field in set(entry) - FIELDS)
    if unknown:
        raise BadInput(f"unknown field {', '.join(unknown)}; the fields are "
                       f"{', '.join(sorted(FIELDS))}")
    return Override(
        scope, _pattern(entry), _priority(entry), _text(entry, "reason"),
        _text({"who": who} | dict(entry), "who"), now, _build_system(entry),
        _expiry(entry.get("expires"), now))


def _pattern(entry: Mapping[str, Any]) -> Pattern:
    globs = {field: entry[field] for field in ("platform", "build_type", "test_suite")
             if entry.get(field) is not None}
    name = entry.get("name")
    if not globs and name is None:
        raise BadInput("no jobs are selected: give platform, build_type or test_suite "
                       "(\"*\" matches any), or a name")
    return Pattern(**globs, name=name)


def _priority(entry: Mapping[str, Any]) -> Priority | None:
    never_skip, priority = entry.get("never_skip", False), entry.get("priority")
    if not isinstance(never_skip, bool):
        raise BadInput(f"never_skip must be true or false, not {never_skip!r}")
    if never_skip == (priority is not None):
        raise BadInput("give either a priority (1, 2 or 3) or never_skip: true")
    if never_skip:
        return None
    if isinstance(priority, bool) or priority not in set(Priority):
        raise BadInput(f"priority must be 1, 2 or 3, not {priority!r}")
    return Priority(priority)


def _text(entry: Mapping[str, Any], field: str) -> str:
    value = entry.get(field)
    if not isinstance(value, str) or not value.strip() or "\x00" in value:
        raise BadInput(f"{field} must be a non-empty string, not {value!r}")
    return value.strip()


def _build_system(entry: Mapping[str, Any]) -> str | None:
    value = entry.get("build_system")
    if value in (None, "*"):
        return None
    if not isinstance(value, str) or not is_build_system(value):
        raise BadInput(f"build_system must be a name such as taskcluster, not {value!r}")
    return value


def _expiry(value: object, now: datetime) -> datetime | None:
    """Return when an override ends; a date without a time means its first second, UTC."""
    if value in NEVER:
        return None
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadInput(f"expires must be a date, a time or \"never\", not {value!r}") from error
    if at <= now:
        raise BadInput(f"expires is in the past: it expired at {at:%Y-%m-%d %H:%M:%S}")
    return at


def read_file(path: Path) -> object:
    """Parse a JSON or YAML file; raises BadInput with the position of an error."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read: {error}") from error
    return read_text(text, is_yaml=path.suffix in (".yaml", ".yml"), where=str(path))


def read_text(text: str, *, is_yaml: bool, where: str) -> object:
    try:
        return yaml.safe_load(text) if is_yaml else json.loads(text)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        kind = "YAML" if is_yaml else "JSON"
        raise BadInput(f"{where} is not {kind}: {' '.join(str(error).split())}") from error
