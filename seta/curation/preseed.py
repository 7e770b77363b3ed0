"""The "preseed" of the two earlier SETAs, read as overrides.

Both wrote a list of objects with ``platform``, ``buildtype``, ``testtype`` and ``priority`` (1 or
5). The first called the rest ``build_system_type``, ``expires`` and ``timeout`` (seconds between
two runs, today a setting of the project), the second ``buildsystem`` and ``expiration_date``.
``*`` means any, and for a date never.
"""

from collections.abc import Mapping
from typing import Any

from ..domain import Priority
from ..errors import BadInput
from ..names import BUILDBOT

OLD_FIELDS = frozenset({
    "platform", "buildtype", "testtype", "priority", "build_system_type", "buildsystem",
    "expires", "expiration_date", "timeout",
})
OLD_ONLY = frozenset({"buildtype", "testtype", "build_system_type", "buildsystem"})
PRIORITIES = {1: Priority.FIRST, 5: Priority.SECOND}
REASON = "from an old preseed"

# Buildbot's talos suites, which the preseed names without their prefix.
TALOS = frozenset({
    "chromez", "dromaeojs", "g1", "g2", "g3", "g4", "g5", "other", "other_l64", "other_nol64",
    "svgr", "tp5o", "xperf",
})


def is_preseed(entry: Mapping[str, Any]) -> bool:
    return bool(OLD_ONLY & set(entry))


def from_preseed(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entry with today's fields; raises BadInput for an unknown field or a wrong value.

    >>> from_preseed({"platform": "linux64", "buildtype": "opt", "testtype": "tp5o-e10s",
    ...               "build_system_type": "buildbot", "expires": "*", "priority": 5})["test_suite"]
    'talos-tp5o-e10s'
    """
    unknown = sorted(str(field) for field in set(entry) - OLD_FIELDS)
    if unknown:
        raise BadInput(f"unknown field {', '.join(unknown)} in an old preseed")
    missing = sorted({"platform", "buildtype", "testtype", "priority"} - set(entry))
    if missing:
        raise BadInput(f"an old preseed needs {', '.join(missing)}")
    if isinstance(entry["priority"], bool) or entry["priority"] not in PRIORITIES:
        raise BadInput(f"priority in an old preseed must be 1 or 5, not {entry['priority']!r}")
    _check_texts(entry)
    build_system = entry.get("build_system_type", entry.get("buildsystem", "*"))
    return _pattern(entry, build_system) | {
        "build_system": build_system, "priority": PRIORITIES[entry["priority"]].value,
        "expires": entry.get("expires", entry.get("expiration_date", "*")), "reason": REASON,
    }


def _pattern(entry: Mapping[str, Any], build_system: str) -> dict[str, Any]:
    """Return what it matches: a testtype with a slash is the full name of one job."""
    testtype = entry["testtype"]
    if "/" in testtype:
        return {"name": testtype}
    suite = testtype.removesuffix("-e10s")
    if build_system == BUILDBOT.name and suite in TALOS:
        testtype = f"talos-{testtype}"
    return {"platform": entry["platform"], "build_type": entry["buildtype"],
            "test_suite": testtype}


def _check_texts(entry: Mapping[str, Any]) -> None:
    for field in sorted(OLD_FIELDS - {"priority", "timeout"}):
        if field in entry and not isinstance(entry[field], str):
            raise BadInput(f"{field} in an old preseed must be a string, not {entry[field]!r}")
