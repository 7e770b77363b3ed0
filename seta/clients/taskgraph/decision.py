"""What SETA says about the push of one decision, asked once."""

import logging
import os
from collections.abc import Mapping
from functools import partial
from time import monotonic

from ..answers import NoAnswer, Schedule, everything
from ..http import answered_schedule, fail_open
from ..questions import schedule_question
from ..wire import Refused
from .legacy import is_older_server, legacy_schedule
from .pushes import Push, push_of
from .report import Report
from .settings import Settings

# Below taskgraph's own logger, whose lines a decision task keeps as optimizations.log.
logger = logging.getLogger("optimization.seta")


class Decision:
    """The schedule of the push that taskgraph is deciding on, and what was removed by it."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._reports: dict[str, Report] = {}

    def report(self, params: Mapping) -> Report:
        """Return the schedule of this push with the list of what was removed, asking once."""
        key = params_key(params)
        if key not in self._reports:
            self._reports[key] = self._ask(params)
        return self._reports[key]

    def _ask(self, params: Mapping) -> Report:
        about = f"{params.get('project')} at {params.get('head_rev')}"
        schedule = fail_open(partial(self._schedule, params), everything, about)
        if not schedule.failure:  # else the warning has said it
            logger.info("SETA: a %s schedule for %s: %s", schedule.kind, about,
                        "; ".join(schedule.reasons) or "no reason given")
        return Report(schedule, is_kept=is_decision_task())

    def _schedule(self, params: Mapping) -> Schedule:
        push = push_of(params, self._settings)
        started = monotonic()
        try:
            return native_schedule(push, self._settings)
        except Refused as refusal:
            if not is_older_server(refusal):
                raise
        left = self._settings.deadline - (monotonic() - started)
        if left <= 0:
            raise NoAnswer("no time was left to ask an older SETA in its own way")
        return legacy_schedule(push, url=self._settings.url, deadline=left)


def native_schedule(push: Push, settings: Settings) -> Schedule:
    """Ask by the API of today; only a decision task leaves the push in SETA's ledger."""
    question = schedule_question(
        push.project, push.push_id, push.revision, push.pushed_at,
        url=settings.url, build_system="taskcluster", token=None,
        preview=not is_decision_task(),
    )
    return answered_schedule(question, deadline=settings.deadline)


def is_decision_task() -> bool:
    return bool(os.environ.get("TASK_ID"))


def params_key(params: Mapping) -> str:
    """Tell one push from another, should one process decide on several."""
    keys = ("project", "head_rev", "pushlog_id", "tasks_for", "head_ref")
    return repr([params.get(key) for key in keys])
