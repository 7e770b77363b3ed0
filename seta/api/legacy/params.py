"""What a request of the old wire asks for. Every parameter is checked, not cleaned."""

import re
from datetime import date, datetime

from werkzeug.datastructures import MultiDict

from ...errors import BadInput
from ...publish.serving import Kind

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMBER = re.compile(r"[+-]?[0-9]{1,9}")
NOT_FOR_A_MASTER = (Kind.TASKCLUSTER, Kind.ANY)


def date_key(args: MultiDict, today: str) -> str:
    """Return the date that was asked for where it is one, else today's."""
    asked = args.get("date", "")
    return asked if asked == today or is_date(asked) else today


def is_date(value: str) -> bool:
    """
    >>> is_date("2016-02-29"), is_date("2015-02-29"), is_date("2016-2-9")
    (True, False, False)
    """
    if not DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def day_of(moment: datetime) -> str:
    return moment.date().isoformat()


def project_asked(args: MultiDict) -> str | None:
    return args.get("branch") or None


def is_for_master(args: MultiDict) -> bool:
    """Say whether a Buildbot master asks, who survives nothing but a proper object."""
    named = args.get("build_system_type")
    if named == Kind.BUILDBOT:
        return True
    return named not in NOT_FOR_A_MASTER and _is_set(args, "buildbot")


def kind_asked(args: MultiDict, agent: str | None) -> str | None:
    """Return what the list is to hold, None where the request does not say.

    A build system is named outright, by the flags of the first SETA, or by the name that early
    decision tasks give themselves.
    """
    named = args.get("build_system_type")
    if named:
        return named
    if _is_set(args, "buildbot"):
        return Kind.BUILDBOT
    if _is_set(args, "taskcluster") or agent == "TaskCluster":
        return Kind.TASKCLUSTER
    return None


def asks_for_inactive(args: MultiDict) -> bool:
    return _is_set(args, "inactive")


def number_asked(args: MultiDict) -> int | None:
    """Return the priority that was asked for, None where none was; raises BadInput."""
    value = args.get("priority", "")
    if not value:
        return None
    if not NUMBER.fullmatch(value):
        raise BadInput(f"priority is a number from 1 to 5, not {shown(value)}")
    return int(value)


def shown(value: str) -> str:
    """Return what was sent so that it can stand in a sentence, whatever it was.

    >>> print(shown("a\\nb"))
    'a\\nb'
    """
    return ascii(value[:80])


def _is_set(args: MultiDict, flag: str) -> bool:
    return args.get(flag, "") not in ("", "0")
