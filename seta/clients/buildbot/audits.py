"""What is to run for audits of regressions, started on the changes that let them be drawn."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from buildbot.data import resultspec
from twisted.logger import Logger

from ..answers import NoAnswer, read_audits, read_taken
from ..exchange import one_line
from ..questions import audits_question, take_audits_question
from .fetch import ask
from .held_requests import push_properties
from .records import BUILD_SYSTEM

log = Logger()


async def run_audits(
    scheduler: Any, *, url: str, project: str, token: str | None, builders: Collection[str],
    deadline: float,
) -> None:
    """Take what is to run for audits and start it, each on its own change.

    SETA is told first: what it gave out and does not run after all is listed again a day later.
    A change that this Buildbot no longer knows is left alone, and so are builders that are not the
    scheduler's. Without an answer nothing runs: nobody waits for an audit.
    """
    reactor = scheduler.master.reactor
    asked: dict[str, Any] = {"url": url, "build_system": BUILD_SYSTEM, "token": token}
    try:
        body = await ask(audits_question(project, **asked), reactor, seconds=deadline,
                         breaker=None)
        for push in read_audits(body):
            change = await _change(scheduler.master, push.revision)
            if change is None or not set(builders).intersection(push.jobs):
                continue
            taken = read_taken(await ask(
                take_audits_question(project, push.push_id, **asked), reactor, seconds=deadline,
                breaker=None))
            names = sorted(set(builders).intersection(taken))
            if names:
                log.info("builders that run on change {number} for audits: {count}",
                         number=change["changeid"], count=len(names))
                await scheduler.addBuildsetForSourceStamps(
                    sourcestamps=[change["sourcestamp"]["ssid"]], builderNames=names,
                    reason=f"SETA: audit of push {push.push_id}"[:250],
                    properties=push_properties(_seconds(push.pushed_at)))
    except NoAnswer as failure:
        log.warn("SETA did not say what is to run for audits: {reason}", reason=one_line(failure))


async def _change(master: Any, revision: str) -> dict[str, Any] | None:
    """Return the newest change of a revision."""
    found: list[dict[str, Any]] = await master.data.get(
        ("changes",), filters=[resultspec.Filter("revision", "eq", [revision])])
    return max(found, key=lambda change: int(change["changeid"]), default=None)


def _seconds(pushed_at: str) -> float:
    try:
        return datetime.fromisoformat(pushed_at).timestamp()
    except ValueError as error:
        raise NoAnswer(f"pushed_at is {pushed_at!r}, not a time") from error
