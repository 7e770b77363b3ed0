"""What SETA says about the push of one decision, asked once, and what was removed because of it."""

import atexit
import json
import logging
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from ..answers import SELECTIVE, NoAnswer, Schedule, everything
from ..exchange import Refused
from ..http import fetch_low_value, fetch_schedule, fail_open
from ..questions import base_url, low_value_question, schedule_question
from .parameters import Push, Settings, push_of

if TYPE_CHECKING:
    from .target import Target

# Below taskgraph's own logger, whose lines a decision task keeps as optimizations.log.
logger = logging.getLogger("optimization.seta")

ARTIFACT = "seta.json"
RUN_ALL_EVERY = 5  # an older SETA's low-value jobs run on every fifth push


class PushDecision:
    """The schedule of the push being decided on, and what was removed because of it."""

    def __init__(self, settings: Settings, target: "Target"):
        self._settings = settings
        self._target = target
        self._reports: dict[str, "Report"] = {}

    def report(self, params: Mapping[str, Any]) -> "Report":
        """Return the schedule of this push with the list of what was removed, asking once."""
        key = params_key(params)
        if key not in self._reports:
            self._reports[key] = self._ask(params)
        return self._reports[key]

    def _ask(self, params: Mapping[str, Any]) -> "Report":
        about = f"{params.get('project')} at {params.get('head_rev')}"
        schedule = fail_open(partial(self._schedule, params), everything, about)
        if not schedule.failure:  # a failure has its own warning
            logger.info("SETA: a %s schedule for %s: %s", schedule.kind, about,
                        "; ".join(schedule.reasons) or "no reason given")
        return Report(schedule, has_artifact=is_decision_task())

    def _schedule(self, params: Mapping[str, Any]) -> Schedule:
        """Return what SETA says, unless it would remove every task that it could."""
        schedule = self._ask_any_server(push_of(params, self._settings))
        return schedule.checked_for(self._target.removable, others=self._target.labels)

    def _ask_any_server(self, push: Push) -> Schedule:
        started = monotonic()
        try:
            return native_schedule(push, self._settings)
        except Refused as refusal:
            if not is_older_server(refusal):
                raise
        left = self._settings.deadline - (monotonic() - started)
        if left <= 0:
            raise NoAnswer("no time was left to ask the legacy API of an older SETA")
        return legacy_schedule(push, url=self._settings.url, deadline=left)


def params_key(params: Mapping[str, Any]) -> str:
    """Tell one push from another, should one process decide on several."""
    keys = ("project", "head_rev", "pushlog_id", "tasks_for", "head_ref")
    return repr([params.get(key) for key in keys])


def native_schedule(push: Push, settings: Settings) -> Schedule:
    """Ask the API of today; only a decision task records the push in SETA's ledger."""
    question = schedule_question(
        push.project, push.push_id, push.revision, push.pushed_at,
        url=settings.url, build_system="taskcluster", token=None,
        preview=not is_decision_task(),
    )
    return fetch_schedule(question, deadline=settings.deadline)


def is_decision_task() -> bool:
    return bool(os.environ.get("TASK_ID"))


def is_older_server(refusal: Refused) -> bool:
    """Return whether the server does not know the address, rather than the project or the push.

    Today's SETA answers with problem details (RFC 9457) when it does not know one of those.
    """
    return refusal.status == 404 and "problem+json" not in refusal.content_type


def legacy_schedule(push: Push, *, url: str | None, deadline: float) -> Schedule:
    """Ask the legacy API, the only one that an older SETA has: a list of low-value labels.

    The list is the same for every push, so the client counts: everything runs on every fifth
    number of the push log. It can neither tell when a push has waited too long, nor count pushes
    without numbers.
    """
    server = f"{base_url(url)} has no API of today's SETA (HTTP 404); if it is an older one"
    if push.number is None:
        raise NoAnswer(f"{server}, the push has no number to count by")
    if push.number % RUN_ALL_EVERY == 0:
        raise NoAnswer(f"{server}, every {RUN_ALL_EVERY}th push runs everything")
    question = low_value_question(push.project, "taskcluster", url=url)
    try:
        skip = fetch_low_value(question, deadline=deadline)
    except Refused as refusal:
        raise NoAnswer(f"there is neither today's SETA nor an older one that knows {push.project} "
                       f"at {base_url(url)}: {refusal}") from refusal
    return Schedule(SELECTIVE, skip=skip, reasons=(
        f"an older SETA's list; everything runs on every {RUN_ALL_EVERY}th push",))


class Report:
    """A schedule, and why each task was removed: in the log, and in ``public/seta.json``.

    A decision task uploads the folder ``artifacts`` as ``public/`` when it ends. taskgraph does
    not tell a strategy when it has asked about the last task, so the artifact is written at
    once, with what may be removed, and again at the end of the process, with what was.
    """

    def __init__(self, schedule: Schedule, *, has_artifact: bool):
        self.schedule = schedule
        self._removed: dict[str, dict[str, str]] = {}
        if has_artifact:
            self._path = artifacts_folder() / ARTIFACT
            self.write()
            atexit.register(self.write)

    def add_removed(self, label: str, strategy: str, reason: str) -> None:
        if label not in self._removed:
            logger.info("SETA: %s removes %s: %s", strategy, label, reason)
        self._removed[label] = {"strategy": strategy, "reason": reason}

    def write(self) -> None:
        """Write the artifact; a failure to write it is a warning, and nothing else."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(self.as_json(), indent=2, sort_keys=True) + "\n")
        except OSError as error:
            logger.warning("cannot write %s: %s", self._path, error)

    def as_json(self) -> dict[str, Any]:
        schedule = self.schedule
        return {
            "kind": schedule.kind, "reasons": schedule.reasons, "failure": schedule.failure,
            "snapshot": schedule.snapshot, "priorities": schedule.priorities,
            "skip": sorted(schedule.skip), "removed": self._removed,
        }


def artifacts_folder() -> Path:
    """Return taskgraph's own folder of artifacts, as a full path: a task may change folders."""
    from taskgraph.decision import ARTIFACTS_DIR

    return Path(ARTIFACTS_DIR).absolute()
