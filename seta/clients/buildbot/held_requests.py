"""Build requests that wait: seen on the master's pages, started by nobody.

What SETA skips on a change becomes a build request all the same, so that it is visible there, on
its own change, with the revision that a person forces who wants it now. Buildbot keeps it over a
restart, and a newer one of its kind replaces it, as Buildbot does by itself with requests that
wait. It carries a property which requests that run do not have; so Buildbot never lets one of
those be replaced by one that only waits.
"""

from dataclasses import dataclass

from buildbot.data.resultspec import Filter
from buildbot.process.properties import Properties
from buildbot.process.results import SKIPPED

HELD = "seta_held_by"  # the property; its value is the scheduler's name
PUSHED_AT = "seta_pushed_at"
REASON = "SETA: low value, waits until it is due"


@dataclass(frozen=True)
class Held:
    """A build request that waits."""

    request_id: int
    buildset_id: int
    builder: str
    submitted_at: float  # seconds since 1970


def push_properties(seen_at: float) -> Properties:
    """Keep when the push came; of this source, as Buildbot compares the scheduler's own."""
    properties = Properties()
    properties.setProperty(PUSHED_AT, seen_at, "SETA")
    return properties


def held_properties(scheduler: str, seen_at: float) -> Properties:
    properties = push_properties(seen_at)
    properties.setProperty(HELD, scheduler, "Scheduler")
    return properties


async def pushed_at(master, buildset_id: int) -> float | None:
    """Return when this push came, in seconds since 1970, where our scheduler made the buildset."""
    properties = await master.data.get(("buildsets", buildset_id, "properties"))
    return properties.get(PUSHED_AT, (None, None))[0]


def hold_back(choose=None):
    """Return a ``nextBuild`` for a builder that leaves alone what is to wait.

    ``choose(builder, requests)`` chooses among the others; unless given, the highest priority
    and then the oldest goes first, as usual. A builder without ``hold_back`` runs everything.
    """
    def next_build(builder, requests):
        ready = [request for request in requests if not waits(builder.master, request)]
        return (choose or oldest_first)(builder, ready) if ready else None

    return next_build


def oldest_first(builder, requests):
    return min(requests, key=lambda request: (-request.priority, request.id))


def waits(master, request) -> bool:
    """Say whether this request is to wait.

    Not when its scheduler has left the configuration, nor when it is a rebuild, which copies
    the properties but not the reason.
    """
    scheduler = request.properties.getProperty(HELD)
    return scheduler in master.config.schedulers and request.reason.startswith(REASON)


async def held_requests(master, scheduler: str) -> list[Held]:
    """Return this scheduler's requests that wait, the oldest first."""
    requests = await master.data.get(
        ("buildrequests",), filters=[Filter("claimed", "eq", [False]),
                                     Filter("complete", "eq", [False])])
    is_ours = {bsid: await is_held(master, bsid, scheduler)
               for bsid in {request["buildsetid"] for request in requests}}
    return sorted(
        [await as_held(master, request) for request in requests if is_ours[request["buildsetid"]]],
        key=lambda held: held.request_id)


async def is_held(master, buildset_id: int, scheduler: str) -> bool:
    buildset = await master.data.get(("buildsets", buildset_id))
    if not buildset["reason"].startswith(REASON):
        return False
    properties = await master.data.get(("buildsets", buildset_id, "properties"))
    return properties.get(HELD, (None, None))[0] == scheduler


async def as_held(master, request: dict) -> Held:
    builder = await master.data.get(("builders", request["builderid"]))
    return Held(request["buildrequestid"], request["buildsetid"], builder["name"],
                request["submitted_at"].timestamp())


async def close(master, held: list[Held]) -> None:
    """Close requests whose builder runs on the same change or a newer one, as superseded."""
    for each in held:
        if await master.data.updates.claimBuildRequests([each.request_id]):
            await master.data.updates.completeBuildRequests([each.request_id], SKIPPED)
