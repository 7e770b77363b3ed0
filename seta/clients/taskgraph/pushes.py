"""The push that a decision is about, from taskgraph's parameters."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..answers import NoAnswer
from .settings import Settings

NO_NUMBER = ("", "0")  # git projects have no push log


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


def push_of(params: Mapping, settings: Settings) -> Push:
    """Return the push; ``NoAnswer`` where there is none that SETA could schedule.

    Cron tasks, actions and pull requests are no pushes, and a push to another branch must not
    count as one to the branch that SETA watches.
    """
    refuse_other_work(params)
    refuse_other_branches(params, settings)
    revision = params.get("head_rev") or ""
    number = str(params.get("pushlog_id") or "")
    if number == "-1" or not revision:
        raise NoAnswer(f"this is no push (pushlog_id {number!r}, head_rev {revision!r})")
    if number not in NO_NUMBER and not number.isdecimal():
        raise NoAnswer(f"pushlog_id is {number!r}, which is no number of a push")
    return Push(
        project=settings.project or params["project"],
        push_id=revision if number in NO_NUMBER else number,
        revision=revision,
        pushed_at=params.get("pushdate") or params.get("build_date") or 0,
    )


def refuse_other_work(params: Mapping) -> None:
    tasks_for = params.get("tasks_for") or ""  # empty on a developer's machine
    if tasks_for and not tasks_for.endswith("push"):
        raise NoAnswer(f"tasks for {tasks_for!r} are no push")


def refuse_other_branches(params: Mapping, settings: Settings) -> None:
    if params.get("repository_type") != "git":
        return
    branch = (params.get("head_ref") or "").removeprefix("refs/heads/")
    if branch not in settings.branches:
        raise NoAnswer(f"branch {branch!r} is not one of {', '.join(settings.branches)}")
