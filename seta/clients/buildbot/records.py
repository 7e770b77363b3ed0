"""A finished build, and the master's builders, as records of SETA's import schema."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from buildbot.data.resultspec import Filter
from buildbot.process import results

from .held_requests import Master, pushed_at
from .spool import Record

Identity = Callable[[str], Record]  # the fields of a builder's job type
# (platform, build type, suite) or (..., chunk) by a builder's name.
JobTypes = Mapping[str, tuple[Any, ...]] | Callable[[str], tuple[Any, ...] | None] | None

BUILD_SYSTEM = "buildbot"
IDENTITY = ("platform", "build_type", "test_suite", "chunk")
RESULTS = {
    results.SUCCESS: "success",
    results.WARNINGS: "success",
    results.FAILURE: "testfailed",
    results.SKIPPED: "skipped",
    results.EXCEPTION: "exception",
    results.RETRY: "retry",
    results.CANCELLED: "usercancel",
}


async def result_record(
    master: Master, build: dict[str, Any], *, project: str, namespace: str, identity: Identity,
) -> Record | None:
    """Return the record of this build, or None where its revision or its change is unknown.

    Such a build belongs to no push, so its result would say nothing.
    """
    request = await master.data.get(("buildrequests", build["buildrequestid"]))
    buildset = await master.data.get(("buildsets", request["buildsetid"]))
    change = await change_of(master, buildset["sourcestamps"][0])
    if change is None:
        return None
    seen_at = await pushed_at(master, request["buildsetid"]) or change["when_timestamp"]
    builder = await master.data.get(("builders", build["builderid"]))
    started, complete = as_datetime(build["started_at"]), as_datetime(build["complete_at"])
    return {
        "kind": "result", "namespace": namespace, "job_id": str(build["buildid"]),
        "project": project, "build_system": BUILD_SYSTEM, "name": builder["name"],
        "revision": change["revision"], "push_id": change["revision"],
        "pushed_at": as_datetime(seen_at).isoformat(),
        "started_at": started.isoformat(), "duration": (complete - started).total_seconds(),
        "result": RESULTS[build["results"]], **identity(builder["name"]),
    }


async def change_of(master: Master, stamp: dict[str, Any]) -> dict[str, Any] | None:
    """Return the change that was built; of a forced build, the change with its revision."""
    changes = await master.data.get(("sourcestamps", stamp["ssid"], "changes"))
    if not changes and stamp["revision"]:
        changes = await master.data.get(
            ("changes",), filters=[Filter("revision", "eq", [stamp["revision"]])])
    known = [change for change in changes if change["revision"]]
    return max(known, key=lambda change: change["changeid"], default=None)


def as_datetime(moment: datetime | float) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.fromtimestamp(moment, UTC)


def job_record(
    builder: str, *, project: str, seen_at: datetime, identity: Identity,
) -> Record:
    return {"kind": "job", "project": project, "build_system": BUILD_SYSTEM, "name": builder,
            "seen_at": seen_at.isoformat(), **identity(builder)}


def identity_from(job_types: JobTypes, builds: Collection[str] = ()) -> Identity:
    """Return a function that gives the job type of a builder whose name alone does not say it.

    Of the builders named in `builds`, it says that they are builds.

    >>> identity_from({"unit": ("linux64", "opt", "unit")})("unit")
    {'platform': 'linux64', 'build_type': 'opt', 'test_suite': 'unit', 'chunk': 0}
    >>> identity_from(None)("Ubuntu VM 12.04 x64 autoland opt test xpcshell")
    {}
    >>> identity_from(None, ["compile"])("compile")
    {'is_build': True}
    """
    look_up = job_types.get if isinstance(job_types, Mapping) else job_types

    def identity(builder: str) -> Record:
        known = look_up(builder) if look_up else None
        fields = dict(zip(IDENTITY, (*known, 0))) if known else {}
        return fields | {"is_build": True} if builder in builds else fields

    return identity
