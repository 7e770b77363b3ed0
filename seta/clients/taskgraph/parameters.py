"""What taskgraph knows: the project's settings, and the push that a decision is about.

``taskcluster/config.yml`` holds the settings under ``seta``:

    seta:
        url: https://seta.example.org
        project: my-project        # SETA's name for it; defaults to the parameter "project"
        branches: [main, release]  # of a git project: those whose pushes SETA schedules
        deadline: 10               # seconds

``SETA_URL`` in the environment overrides ``url``; a token can only come from ``SETA_TOKEN``.
"""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..answers import NoAnswer
from ..exchange import DEADLINE

logger = logging.getLogger(__name__)

NO_NUMBER = ("", "0")  # git projects have no push log


@dataclass(frozen=True)
class Settings:
    url: str | None = None
    project: str | None = None
    branches: tuple[str, ...] = ("main", "master")
    deadline: float = DEADLINE


@dataclass(frozen=True)
class Push:
    project: str
    push_id: str    # the push log's number, or else the revision
    revision: str
    pushed_at: int  # seconds since 1970

    @property
    def number(self) -> int | None:
        """The push log's number, which grows by one with every push; None in git projects."""
        return int(self.push_id) if self.push_id != self.revision else None


def read_settings(graph_config: Any) -> Settings:
    """Read the settings; a wrong one is logged and left at its default.

    A mistake here may cost a saving, but never a decision task.
    """
    section = graph_config["seta"] if "seta" in graph_config else {}
    if not isinstance(section, dict):
        logger.warning("config.yml: seta is %r, not a mapping, so it is ignored", section)
        section = {}
    return Settings(
        url=os.environ.get("SETA_URL") or setting(section, "url", str),
        project=setting(section, "project", str),
        branches=tuple(str(name) for name in setting(section, "branches", list) or ())
        or Settings.branches,
        deadline=setting(section, "deadline", (int, float)) or DEADLINE,
    )


def setting(section: dict[str, Any], key: str, kind: type | tuple[type, ...]) -> Any:
    """Return the value under this key, or None where it is missing or of another type."""
    value = section.get(key)
    if value is None or isinstance(value, kind):
        return value
    logger.warning("config.yml: seta.%s is %r, which is of the wrong type, so it is ignored",
                   key, value)
    return None


def push_of(params: Mapping[str, Any], settings: Settings) -> Push:
    """Return the push; ``NoAnswer`` where there is none that SETA could schedule.

    Cron tasks, actions and pull requests are not pushes, and a push to another branch must not
    count as one to the branch that SETA watches.
    """
    refuse_other_work(params)
    refuse_other_branches(params, settings)
    revision = params.get("head_rev") or ""
    number = str(params.get("pushlog_id") or "")
    if number == "-1" or not revision:
        raise NoAnswer(f"this is not a push (pushlog_id {number!r}, head_rev {revision!r})")
    if number not in NO_NUMBER and not number.isdecimal():
        raise NoAnswer(f"pushlog_id is {number!r}, which is not the number of a push")
    return Push(
        project=settings.project or params["project"],
        push_id=revision if number in NO_NUMBER else number,
        revision=revision,
        pushed_at=params.get("pushdate") or params.get("build_date") or 0,
    )


def refuse_other_work(params: Mapping[str, Any]) -> None:
    tasks_for = params.get("tasks_for") or ""  # empty on a developer's machine
    if tasks_for and not tasks_for.endswith("push"):
        raise NoAnswer(f"tasks for {tasks_for!r} are not a push")


def refuse_other_branches(params: Mapping[str, Any], settings: Settings) -> None:
    if params.get("repository_type") != "git":
        return
    branch = (params.get("head_ref") or "").removeprefix("refs/heads/")
    if branch not in settings.branches:
        raise NoAnswer(f"branch {branch!r} is not one of {', '.join(settings.branches)}")
