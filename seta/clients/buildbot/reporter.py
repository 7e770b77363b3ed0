"""A reporter that tells SETA how builds ended, and which builders exist."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from buildbot import config
from buildbot.reporters.base import ReporterBase
from buildbot.reporters.generators.build import BuildStatusGenerator
from buildbot.reporters.message import MessageFormatterFunction
from twisted.internet import defer, task
from twisted.logger import Logger

from ..answers import NoAnswer, read_receipt
from ..exchange import Refused, one_line
from ..questions import results_question
from .fetch import ask
from .held_requests import Steps
from .records import JobTypes, identity_from, job_record, result_record
from .spool import Spool

SEND_EVERY = 5       # seconds
DEADLINE = 30.0      # seconds for one batch
LIST_EVERY = timedelta(hours=12)
# Errors of the request that a token, a new project, or time may cure. Anything but an error of
# the request is tried again: a redirect or an odd success says that SETA is elsewhere.
RETRYABLE = frozenset({401, 403, 404, 408, 429})

log = Logger()


class SetaReporter(ReporterBase):
    """Sends finished builds to SETA in batches; they wait on disk while it is down.

    ``builders`` names those to report (all by default). ``namespace`` tells this master's build
    numbers from those of another master that reports to the same SETA. ``job_types`` gives the
    job types of builders whose names SETA cannot parse: (platform, build type, suite) or (...,
    chunk) by name, in a mapping or from a function. ``builds`` names builders that make the
    program rather than test it, which are never held back.
    """

    secrets = ["token"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._timer: Any = None  # a LoopingCall
        self._told = ""          # why SETA did not accept the last batch
        self._listed: tuple[str, ...] = ()
        self._listed_at = datetime.min.replace(tzinfo=UTC)

    def checkConfig(
        self, *, url: str, project: str, token: str | None = None,
        builders: list[str] | None = None, namespace: str = "buildbot",
        job_types: JobTypes = None, builds: Collection[str] = (), send_every: float = SEND_EVERY,
    ) -> None:
        if not isinstance(url, str) or not url.startswith(("http://", "https://")):
            config.error(f"SetaReporter: url is {url!r}, not an http or https address")
        if not (job_types is None or callable(job_types) or isinstance(job_types, Mapping)):
            config.error(f"SetaReporter: job_types is {job_types!r}, not a mapping or a function")
        if isinstance(builds, str):
            config.error(f"SetaReporter: builds is {builds!r}, not a list of builder names")
        super().checkConfig(generators=[generator(builders)])

    @defer.inlineCallbacks
    def reconfigService(
        self, *, url: str, project: str, token: str | None = None,
        builders: list[str] | None = None, namespace: str = "buildbot",
        job_types: JobTypes = None, builds: Collection[str] = (), send_every: float = SEND_EVERY,
    ) -> Steps:
        yield super().reconfigService(generators=[generator(builders)])
        self._url, self._project, self._token = url, project, token
        self._builders, self._namespace = builders, namespace
        self._identity = identity_from(job_types, builds)
        self._spool = Spool(Path(self.master.basedir) / "seta-reporter" / project)
        self._stop_timer()
        self._timer = task.LoopingCall(lambda: defer.ensureDeferred(self._send()))
        self._timer.clock = self.master.reactor
        self._timer.start(send_every, now=True)

    @defer.inlineCallbacks
    def stopService(self) -> Steps:
        self._stop_timer()
        yield super().stopService()

    def _stop_timer(self) -> None:
        if self._timer and self._timer.running:
            self._timer.stop()

    def sendMessage(self, reports: list[dict[str, Any]]) -> Any:
        return defer.ensureDeferred(self._keep(reports))

    async def _keep(self, reports: list[dict[str, Any]]) -> None:
        for report in reports:
            for build in report["builds"]:
                record = await result_record(
                    self.master, build, project=self._project, namespace=self._namespace,
                    identity=self._identity)
                if record:
                    self._spool.add(record)

    async def _send(self) -> None:
        """Send the batches that wait, oldest first, until SETA does not accept one."""
        try:
            await self._list_builders()
            self._spool.close()
            for batch in self._spool.batches():
                if not await self._is_done_with(batch):
                    break
            if lost := self._spool.drop_oldest():
                log.error("SETA was down too long; batches lost: {lost}", lost=lost)
        except Exception:  # the timer tries again
            log.failure("SETA: while reporting builds")

    async def _is_done_with(self, batch: Path) -> bool:
        """Send a batch; delete it once SETA has accounted for each of its records."""
        lines = batch.read_text(encoding="utf-8")
        question = results_question(lines, url=self._url, token=self._token)
        try:
            # Nobody waits for this, so a slow one must not keep schedules from being asked.
            answer = await ask(question, self.master.reactor, seconds=DEADLINE, breaker=None)
            rejected = read_receipt(answer, sent=lines.count("\n"))
        except NoAnswer as failure:
            return self._is_hopeless(batch, failure)
        if rejected:
            log.warn("SETA rejected {count} of the records of {batch}, the first: {first}",
                     count=len(rejected), batch=batch.name, first=rejected[0])
        batch.unlink()
        self._told = ""
        return True

    def _is_hopeless(self, batch: Path, failure: NoAnswer) -> bool:
        """Return whether to go on to the next batch, since SETA will never accept this one."""
        reason = one_line(failure)
        status = failure.status if isinstance(failure, Refused) else 500
        if 400 <= status < 500 and status not in RETRYABLE:
            log.error("SETA refused {batch}, which is put aside: {reason}", batch=batch.name,
                      reason=reason)
            self._spool.refuse(batch)
            return True
        if reason != self._told:  # once, and not at each try
            log.warn("SETA did not accept {batch}, which will be sent again until it does: "
                     "{reason}", batch=batch.name, reason=reason)
        self._told = reason
        return False

    async def _list_builders(self) -> None:
        """Add the list of builders to the queue when it has changed, and twice a day.

        It lists those of all masters that share the database, since the newest list is SETA's
        list for all of them.
        """
        known = await self.master.data.get(("builders",))
        names = tuple(sorted(self._builders or [
            each["name"] for each in known if each["masterids"]]))
        now = datetime.now(UTC)
        if names == self._listed and (not names or now - self._listed_at < LIST_EVERY):
            return
        self._spool.add_batch(
            job_record(name, project=self._project, seen_at=now, identity=self._identity)
            for name in names)
        self._listed, self._listed_at = names, now


def generator(builders: list[str] | None) -> BuildStatusGenerator:
    """Report every finished build, whatever its result."""
    return BuildStatusGenerator(
        mode="all", builders=builders,
        message_formatter=MessageFormatterFunction(lambda context: "", "plain"))
