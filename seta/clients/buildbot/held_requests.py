"""Build requests that are held back: visible on the master's pages, but not started.

What SETA skips on a change becomes a build request all the same, so that people see it there, on
its own change, with the revision to force if they want it now. Buildbot keeps it over a restart,
and merges it into a newer one like it, as it does with all requests that wait. It carries a
property that requests which run do not have, so Buildbot never merges one of those into one that
is held back.
"""

from collections.abc import Callable, Collection, Generator, Iterable
from dataclasses import dataclass
from typing import Any

from buildbot.data.resultspec import Filter, ResultSpec
from buildbot.process.properties import Properties
from buildbot.process.results import SKIPPED

HELD = "seta_held_by"  # the property; its value is the scheduler's name
PUSHED_AT = "seta_pushed_at"
REASON = "SETA: low value, waits until it is due"
AT_ONCE = 500  # buildsets in one query

# Buildbot's classes and Twisted's have no types.
Master = Any        # buildbot.master.BuildMaster
BuildRequest = Any  # buildbot.process.buildrequest.BuildRequest
Steps = Generator[Any, Any, None]  # what inlineCallbacks turns into a Deferred
ChooseBuild = Callable[[Any, list[BuildRequest]], BuildRequest | None]


@dataclass(frozen=True)
class Held:
    """A build request that is held back."""

    request_id: int
    buildset_id: int
    builder: str
    submitted_at: float  # seconds since 1970


def push_properties(seen_at: float | None) -> Properties:
    """Record when the push came, under a source of our own: Buildbot compares a scheduler's."""
    properties = Properties()
    properties.setProperty(PUSHED_AT, seen_at, "SETA")
    return properties


def held_properties(scheduler: str, seen_at: float) -> Properties:
    properties = push_properties(seen_at)
    properties.setProperty(HELD, scheduler, "Scheduler")
    return properties


async def pushed_at(master: Master, buildset_id: int) -> float | None:
    """Return when this push came, in seconds since 1970, where our scheduler made the buildset."""
    moment: float | None = await buildset_property(master, buildset_id, PUSHED_AT)
    return moment


async def buildset_property(master: Master, buildset_id: int, name: str) -> Any:
    properties = await master.data.get(("buildsets", buildset_id, "properties"))
    return properties.get(name, (None, None))[0]


def hold_back(choose: ChooseBuild | None = None) -> ChooseBuild:
    """Return a ``nextBuild`` for a builder, which does not start what is held back.

    ``choose(builder, requests)`` chooses among the others; by default the highest priority and
    then the oldest goes first, as usual. A builder without ``hold_back`` runs everything.
    """
    def next_build(builder: Any, requests: list[BuildRequest]) -> BuildRequest | None:
        ready = [request for request in requests if not waits(builder.master, request)]
        return (choose or oldest_first)(builder, ready) if ready else None

    return next_build


def oldest_first(builder: Any, requests: list[BuildRequest]) -> BuildRequest:
    return min(requests, key=lambda request: (-request.priority, request.id))


def waits(master: Master, request: BuildRequest) -> bool:
    """Return whether this request is held back.

    Not when its scheduler has left the configuration, nor when it is a rebuild, which copies
    the properties but not the reason.
    """
    scheduler = request.properties.getProperty(HELD)
    return scheduler in master.config.schedulers and request.reason.startswith(REASON)


class HeldRequests:
    """What one scheduler holds back.

    A master has many requests that wait, and most are not ours. So what a buildset is, is asked
    once, and the database only about builders of which something was held.
    """

    def __init__(self, master: Master, scheduler: str):
        self._master, self._scheduler = master, scheduler
        self._is_held: dict[int, bool] = {}   # by buildset
        self._names: dict[int, str] = {}      # of these builders, by id
        self._is_loaded = False               # whether those held by an earlier process are known

    async def add(self, buildset_id: int, builder_ids: Iterable[int]) -> None:
        """Take note of a buildset that the scheduler has just held back."""
        self._is_held[buildset_id] = True
        await self._learn_names(builder_ids)

    async def find(self, builders: Collection[str] | None = None) -> list[Held]:
        """Return what is held back now, of these builders or of all, oldest first."""
        requests = await self._waiting(builders)
        await self._learn({request["buildsetid"] for request in requests})
        ours = [each for each in requests if self._is_held[each["buildsetid"]]]
        await self._learn_names(each["builderid"] for each in ours)
        self._is_loaded = True
        held = [self._as_held(each) for each in ours]
        return sorted((each for each in held if builders is None or each.builder in builders),
                      key=lambda each: each.request_id)

    async def _waiting(self, builders: Collection[str] | None) -> list[dict[str, Any]]:
        """Return the requests that nobody has claimed, of builders that may have held ones."""
        filters = [Filter("claimed", "eq", [False]), Filter("complete", "eq", [False])]
        if self._is_loaded:
            ids = [each for each, name in self._names.items()
                   if builders is None or name in builders]
            if not ids:
                return []
            filters.append(Filter("builderid", "eq", ids))
        requests: list[dict[str, Any]] = await self._master.data.get(
            ("buildrequests",), filters=filters)
        return requests

    async def _learn(self, buildset_ids: set[int]) -> None:
        """See which of these buildsets are held back by this scheduler; a rebuild is not."""
        unknown = sorted(buildset_ids - self._is_held.keys())
        for at in range(0, len(unknown), AT_ONCE):
            asked = unknown[at:at + AT_ONCE]
            wanted = ResultSpec(filters=[Filter("bsid", "eq", asked),
                                         Filter("reason", "eq", [REASON])])
            wanted.fieldMapping = {"bsid": "buildsets.id", "reason": "buildsets.reason"}
            found = await self._master.db.buildsets.getBuildsets(resultSpec=wanted)
            self._is_held |= dict.fromkeys(asked, False)
            for each in found:
                holder = await buildset_property(self._master, each.bsid, HELD)
                self._is_held[each.bsid] = holder == self._scheduler

    async def _learn_names(self, builder_ids: Iterable[int]) -> None:
        for each in set(builder_ids) - self._names.keys():
            builder = await self._master.data.get(("builders", each))
            self._names[each] = builder["name"]

    def _as_held(self, request: dict[str, Any]) -> Held:
        return Held(request["buildrequestid"], request["buildsetid"],
                    self._names[request["builderid"]], request["submitted_at"].timestamp())


async def close(master: Master, held: list[Held]) -> None:
    """Close requests as superseded: their builder runs on the same change or a newer one."""
    for each in held:
        if await master.data.updates.claimBuildRequests([each.request_id]):
            await master.data.updates.completeBuildRequests([each.request_id], SKIPPED)
