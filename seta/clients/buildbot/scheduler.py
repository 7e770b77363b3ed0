"""A scheduler that asks SETA what runs on each change, and what is owed between changes."""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from buildbot import config
from buildbot.changes.changes import Change
from buildbot.changes.filter import ChangeFilter
from buildbot.process.properties import Properties
from buildbot.schedulers import base
from buildbot.util import NotABranch
from twisted.internet import defer, task
from twisted.logger import Logger

from ..answers import Due, NoAnswer, Schedule, everything, read_due, read_schedule
from ..exchange import DEADLINE, one_line
from ..questions import due_question, schedule_question, take_due_question
from .audits import run_audits
from .fetch import ask
from .held_requests import (
    REASON, Held, HeldRequests, Steps, close, held_properties, push_properties, pushed_at,
)
from .records import BUILD_SYSTEM

ASK_EVERY = 60              # seconds between two questions for what is owed
HOLD_AT_MOST = 4 * 60 * 60  # seconds, while SETA does not answer

IsImportant = Callable[[Change], bool]

log = Logger()


class SetaScheduler(base.ReconfigurableBaseScheduler):
    """Runs at once what SETA schedules on a change, and holds back the rest until it is due.

    Builders need ``nextBuild=hold_back()``, or what is held back runs at once. When SETA cannot
    say, everything runs. ``url``, ``project`` and ``token`` are SETA's; the other arguments are
    those of any scheduler. ``ask_every``, ``deadline`` and ``hold_at_most`` are in seconds, and so
    is ``audit_every``: with it, what is to run for audits of regressions is asked for and run.
    """

    secrets = ["token"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._timer: Any = None  # a LoopingCall
        self._decisions = 0      # changes that this process has decided on
        self._audits_at = 0.0    # when it last asked for audits

    def checkConfig(
        self, *, builderNames: Any, url: str, project: str, token: str | None = None,
        branch: Any = NotABranch, change_filter: ChangeFilter | None = None,
        fileIsImportant: IsImportant | None = None, ask_every: float = ASK_EVERY,
        deadline: float = DEADLINE, hold_at_most: float = HOLD_AT_MOST,
        audit_every: float | None = None, **kwargs: Any,
    ) -> None:
        """Check what can be checked without asking SETA, which may be down."""
        super().checkConfig(builderNames=builderNames, **kwargs)
        if not isinstance(url, str) or not url.startswith(("http://", "https://")):
            config.error(f"SetaScheduler: url is {url!r}, not an http or https address")
        if fileIsImportant and not callable(fileIsImportant):
            config.error("SetaScheduler: fileIsImportant must be a callable")
        for name, value in (("ask_every", ask_every), ("deadline", deadline),
                            ("hold_at_most", hold_at_most),
                            ("audit_every", 1 if audit_every is None else audit_every)):
            if not isinstance(value, (int, float)) or value <= 0:
                config.error(f"SetaScheduler: {name} is {value!r}, not a number of seconds")

    @defer.inlineCallbacks
    def reconfigService(
        self, *, builderNames: Any, url: str, project: str, token: str | None = None,
        branch: Any = NotABranch, change_filter: ChangeFilter | None = None,
        fileIsImportant: IsImportant | None = None, ask_every: float = ASK_EVERY,
        deadline: float = DEADLINE, hold_at_most: float = HOLD_AT_MOST,
        audit_every: float | None = None, **kwargs: Any,
    ) -> Steps:
        yield super().reconfigService(builderNames=builderNames, **kwargs)
        self._url, self._project, self._token = url, project, token
        self._filter = ChangeFilter.fromSchedulerConstructorArgs(
            change_filter=change_filter, branch=branch)
        self._is_important = fileIsImportant
        self._ask_every, self._deadline = ask_every, deadline
        self._hold_at_most, self._audit_every = hold_at_most, audit_every
        if self.active and self.enabled:
            yield self._stop()
            yield self._start()

    @defer.inlineCallbacks
    def activate(self) -> Steps:
        self._held = HeldRequests(self.master, self.name)
        yield super().activate()
        if self.enabled:
            yield self._start()
            self._under_lock(self._take_up())

    @defer.inlineCallbacks
    def deactivate(self) -> Steps:
        if self.enabled:
            self._stop_timer()
        yield super().deactivate()

    @defer.inlineCallbacks
    def _start(self) -> Steps:
        yield self.startConsumingChanges(
            fileIsImportant=self._is_important, change_filter=self._filter)
        self._timer = task.LoopingCall(lambda: logged(defer.ensureDeferred(self._tick())))
        self._timer.clock = self.master.reactor
        self._timer.start(self._ask_every, now=True)

    @defer.inlineCallbacks
    def _stop(self) -> Steps:
        self._stop_timer()
        yield self._stopConsumingChanges()

    def _stop_timer(self) -> None:
        if self._timer and self._timer.running:
            self._timer.stop()
        self._timer = None

    def _under_lock(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do this when no change is being decided on; an error is logged and stops nothing else."""
        return logged(self._change_consumption_lock.run(defer.ensureDeferred, work))

    def gotChange(self, change: Change, important: bool) -> Any:
        return defer.ensureDeferred(self._decide(change, important))

    async def _take_up(self) -> None:
        """Decide on the changes that were still undecided when the master stopped."""
        changes = await self.master.db.schedulers.getChangeClassifications(self.serviceid)
        for number, important in sorted(changes.items()):
            model = await self.master.db.changes.getChange(number)
            if model:
                change = await Change.fromChdict(self.master, model)
                await self._decide(change, important)

    async def _decide(self, change: Change, important: bool) -> None:
        """Run what SETA schedules on this change and hold back the rest.

        The change stays in the database until both are done, so a master that stops in between
        decides on it again.
        """
        if not important:
            return
        self._decisions += 1
        changes = self.master.db.schedulers
        await changes.classifyChanges(self.serviceid, {change.number: True})
        seen_at = self.master.reactor.seconds()
        builders = await self._builders()
        schedule = await self._ask_schedule(change, seen_at, builders)
        held = [name for name in builders if schedule.skips(name)]
        await self._run([name for name in builders if name not in held], change, seen_at, schedule)
        await self._hold(held, change, seen_at, schedule)
        await changes.flushChangeClassifications(self.serviceid, less_than=change.number + 1)

    async def _builders(self) -> list[str]:
        properties = Properties()
        properties.master = self.master
        names: list[str] = await properties.render(self.builderNames)
        return names

    async def _all_builders(self) -> list[str]:
        """Return the names of all builders, those of other masters on this database too."""
        known = await self.master.data.get(("builders",))
        return [each["name"] for each in known if each["masterids"]]

    async def _ask_schedule(
        self, change: Change, seen_at: float, builders: list[str],
    ) -> Schedule:
        """Ask about the change by its revision, as pushed when the master saw it.

        Its own time is that of the commit, which may be days old when it is pushed.
        """
        try:
            question = schedule_question(
                self._project, change.revision, change.revision, seen_at, url=self._url,
                build_system=BUILD_SYSTEM, token=self._token, preview=False)
            answer = await ask(question, self.master.reactor, seconds=self._deadline)
            schedule = read_schedule(answer, now=datetime.now(UTC))
            if all(map(schedule.skips, builders)):  # fine, if it runs others of this Buildbot
                schedule.checked_for(builders, others=await self._all_builders())
            return schedule
        except NoAnswer as failure:
            log.warn("everything runs on change {number} ({revision}), since SETA gave no "
                     "answer: {reason}", number=change.number, revision=change.revision,
                     reason=one_line(failure))
            return everything(one_line(failure))

    async def _run(
        self, builders: list[str], change: Change, seen_at: float, schedule: Schedule,
    ) -> None:
        if not builders:
            return
        reason = "; ".join(schedule.reasons) or "high value"
        await self.addBuildsetForChanges(
            changeids=[change.number], builderNames=builders, reason=f"SETA: {reason}"[:250],
            properties=push_properties(seen_at))
        await self._close(builders)

    async def _hold(
        self, builders: list[str], change: Change, seen_at: float, schedule: Schedule,
    ) -> None:
        if not builders:
            return
        log.info("builders that SETA holds back on change {number}: {count} ({reasons})",
                 count=len(builders), number=change.number, reasons="; ".join(schedule.reasons))
        buildset_id, requests = await self.addBuildsetForChanges(
            changeids=[change.number], builderNames=builders, reason=REASON,
            properties=held_properties(self.name, seen_at), priority=0)
        await self._held.add(buildset_id, requests)

    async def _close(self, builders: list[str]) -> None:
        await close(self.master, await self._held.find(builders))

    async def _tick(self) -> None:
        """Run what is owed though no change came. No change waits while SETA is asked."""
        waiting = await self._held.find()
        if waiting:
            decisions = self._decisions
            due = await self._ask_due(waiting)
            if due.jobs and await self._under_lock(self._run_owed(due, decisions)):
                await self._tell_taken(due)
        now = self.master.reactor.seconds()
        if self._audit_every is not None and now - self._audits_at >= self._audit_every:
            self._audits_at = now
            await run_audits(
                self, url=self._url, project=self._project, token=self._token,
                builders=await self._builders(), deadline=self._deadline)

    async def _run_owed(self, due: Due, decisions: int) -> bool:
        """Run what is owed of what waits now; return whether anything was.

        If a change was decided on since SETA was asked, another push is the newest: the answer is
        dropped, and SETA is asked again at the next tick.
        """
        if self._timer is None or (due.push_id and decisions != self._decisions):
            return False
        owed = [each for each in await self._held.find() if each.builder in due.jobs]
        if owed:
            await self._fire(owed, "; ".join(due.reasons))
        return bool(owed)

    async def _ask_due(self, waiting: list[Held]) -> Due:
        """Ask what is owed; when SETA has not answered for too long, all that waits is owed."""
        try:
            question = due_question(self._project, url=self._url, build_system=BUILD_SYSTEM,
                                    token=self._token)
            return read_due(await ask(question, self.master.reactor, seconds=self._deadline))
        except NoAnswer as failure:
            log.warn("SETA did not say what is owed: {reason}", reason=one_line(failure))
            waited = self.master.reactor.seconds() - min(each.submitted_at for each in waiting)
            if waited < self._hold_at_most:
                return Due()
            return Due(
                jobs=frozenset(each.builder for each in waiting),
                reasons=(f"SETA gave no answer for too long: {one_line(failure)}",))

    async def _tell_taken(self, due: Due) -> None:
        """Tell SETA that the jobs it owed now run.

        Only once they do: if SETA knew before and the master stopped in between, they would never
        run. If SETA is not told, they run once more on the next push.
        """
        if due.push_id is None:
            return
        try:
            question = take_due_question(self._project, due.push_id, url=self._url,
                                         build_system=BUILD_SYSTEM, token=self._token)
            await ask(question, self.master.reactor, seconds=self._deadline)
        except NoAnswer as failure:
            log.warn("SETA could not be told that the owed jobs run: {reason}",
                     reason=one_line(failure))

    async def _fire(self, held: list[Held], reason: str) -> None:
        """Run these builders on the newest change that they wait on, and close what waited."""
        newest = {each.builder: each.buildset_id for each in held}
        for buildset_id in sorted(set(newest.values())):
            builders = sorted(name for name in newest if newest[name] == buildset_id)
            buildset = await self.master.data.get(("buildsets", buildset_id))
            log.info("builders that are due: {count} ({reason})",
                     count=len(builders), reason=reason)
            await self.addBuildsetForSourceStamps(
                sourcestamps=[stamp["ssid"] for stamp in buildset["sourcestamps"]],
                builderNames=builders, reason=f"SETA: due: {reason}"[:250],
                properties=push_properties(await pushed_at(self.master, buildset_id)),
                priority=self.priority if isinstance(self.priority, int) else 0)
        await close(self.master, held)


def logged(done: Any) -> Any:
    """Log the error of this Deferred, if it ends with one; nothing else is stopped by it."""
    return done.addErrback(lambda failure: log.failure("SETA: while scheduling", failure))
