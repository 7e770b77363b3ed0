"""Build requests that are held back: visible on the master's pages, but not started.

What SETA skips on a change becomes a build request all the same, so that people see it there, on
its own change, with the revision to force if they want it now. Buildbot keeps it over a restart,
and merges it into a newer one like it, as it does with all requests that wait. It carries a
property that requests which run do not have, so Buildbot never merges one of those into one that
is held back.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from buildbot.data.resultspec import Filter
from buildbot.process.properties import Properties
from buildbot.process.results import SKIPPED

HELD = "seta_held_by"  # the property; its value is the scheduler's name
PUSHED_AT = "seta_pushed_at"
REASON = "SETA: low value, waits until it is due"

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


async def held_requests(master: Master, scheduler: str) -> list[Held]:
    """Return what this scheduler holds back, oldest first."""
    requests = await master.data.get(
        ("buildrequests",), filters=[Filter("claimed", "eq", [False]),
                                     Filter("complete", "eq", [False])])
    is_ours = {bsid: await is_held(master, bsid, scheduler)
               for bsid in {request["buildsetid"] for request in requests}}
    return sorted(
        [await as_held(master, request) for request in requests if is_ours[request["buildsetid"]]],
        key=lambda held: held.request_id)


async def is_held(master: Master, buildset_id: int, scheduler: str) -> bool:
    buildset = await master.data.get(("buildsets", buildset_id))
    if not buildset["reason"].startswith(REASON):
        return False
    return bool(await buildset_property(master, buildset_id, HELD) == scheduler)


async def as_held(master: Master, request: dict[str, Any]) -> Held:
    builder = await master.data.get(("builders", request["builderid"]))
    return Held(request["buildrequestid"], request["buildsetid"], builder["name"],
                request["submitted_at"].timestamp())


async def close(master: Master, held: list[Held]) -> None:
    """Close requests as superseded: their builder runs on the same change or a newer one."""
    for each in held:
        if await master.data.updates.claimBuildRequests([each.request_id]):
            await master.data.updates.completeBuildRequests([each.request_id], SKIPPED)
