"""A finished build, and the master's builders, as records of SETA's import schema."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from buildbot.data.resultspec import Filter
from buildbot.process import results

from .held_requests import pushed_at

Identity = Callable[[str], dict]

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
    master, build: dict, *, project: str, namespace: str, identity: Identity,
) -> dict | None:
    """Return the record of this build, or None where its revision or its change is unknown.

    Then it belongs to no push, and SETA could not say what it means.
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


async def change_of(master, stamp: dict) -> dict | None:
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
) -> dict:
    return {"kind": "job", "project": project, "build_system": BUILD_SYSTEM, "name": builder,
            "seen_at": seen_at.isoformat(), **identity(builder)}


def identity_from(job_types: Mapping[str, tuple] | Callable | None) -> Identity:
    """Return what says which job type a builder is, where its name alone does not.

    >>> identity_from({"unit": ("linux64", "opt", "unit")})("unit")
    {'platform': 'linux64', 'build_type': 'opt', 'test_suite': 'unit', 'chunk': 0}
    >>> identity_from(None)("Ubuntu VM 12.04 x64 autoland opt test xpcshell")
    {}
    """
    look_up = job_types.get if isinstance(job_types, Mapping) else job_types

    def identity(builder: str) -> dict:
        known = look_up(builder) if look_up else None
        return dict(zip(IDENTITY, (*known, 0))) if known else {}

    return identity
