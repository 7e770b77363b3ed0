"""Parameters of the legacy routes. Each is checked, and a wrong one refused, not corrected."""

import re
from datetime import date, datetime

from werkzeug.datastructures import MultiDict

from ...errors import BadInput
from ...publish.serving import ListKind

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMBER = re.compile(r"[+-]?[0-9]{1,9}")
NOT_FOR_A_MASTER = (ListKind.TASKCLUSTER, ListKind.ANY)

Args = MultiDict[str, str]


def date_key(args: Args, today: str) -> str:
    """Return the date in the request where it is a valid one, else today's."""
    wanted = args.get("date", "")
    return wanted if wanted == today or is_date(wanted) else today


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


def requested_project(args: Args) -> str | None:
    return args.get("branch") or None


def is_for_master(args: Args) -> bool:
    """Return whether a Buildbot master asks: it accepts nothing but a JSON object."""
    named = args.get("build_system_type")
    if named == ListKind.BUILDBOT:
        return True
    return named not in NOT_FOR_A_MASTER and _is_set(args, "buildbot")


def requested_kind(args: Args, agent: str | None) -> str | None:
    """Return what the list should hold, None where the request does not say.

    A request names a build system outright, or by the flags of the first SETA; early decision
    tasks only give their own name as the user agent.
    """
    named = args.get("build_system_type")
    if named:
        return named
    if _is_set(args, "buildbot"):
        return ListKind.BUILDBOT
    if _is_set(args, "taskcluster") or is_decision_task(agent):
        return ListKind.TASKCLUSTER
    return None


def is_decision_task(agent: str | None) -> bool:
    return agent == "TaskCluster"


def requests_inactive(args: Args) -> bool:
    return _is_set(args, "inactive")


def requested_priority(args: Args) -> int | None:
    """Return the number in the request, None where there is none; raises BadInput."""
    value = args.get("priority", "")
    if not value:
        return None
    if not NUMBER.fullmatch(value):
        raise BadInput(f"priority is a number from 1 to 5, not {quoted(value)}")
    return int(value)


def quoted(value: str) -> str:
    """Quote what a client sent so that it can stand in a sentence, whatever it is.

    >>> print(quoted("a\\nb"))
    'a\\nb'
    """
    return ascii(value[:80])


def _is_set(args: Args, flag: str) -> bool:
    return args.get(flag, "") not in ("", "0")
