"""The build systems whose names SETA reads. A new one is a file like buildbot.py, and a line here.

Every other CI still works: its names are tried with each parser in turn, and all are listed.
"""

from ..domain import JobType
from .build_system import BuildSystem
from .buildbot import BUILDBOT
from .taskcluster import TASKCLUSTER

BUILD_SYSTEMS: tuple[BuildSystem, ...] = (
    TASKCLUSTER,
    BUILDBOT,
)
_BY_NAME = {each.name: each for each in BUILD_SYSTEMS}


def parse(name: str, build_system: str, project: str) -> JobType | None:
    """Return the job type that a job's name means, or None: unparsed, so it always runs.

    Never raises.

    >>> str(parse("test-linux64-pgo/opt-talos-g1-e10s", "taskcluster", "autoland"))
    'linux64/pgo-talos-g1-e10s'
    >>> str(parse("Ubuntu VM 12.04 x64 fx-team debug test mochitest-gl-2", "our-ci", "fx-team"))
    'linux64/debug-mochitest-webgl-2'
    >>> parse("source-test-mozlint-eslint", "taskcluster", "autoland") is None
    True
    """
    known = _BY_NAME.get(build_system)
    for each in (known,) if known else BUILD_SYSTEMS:
        job_type = each.parse(name, project)
        if job_type:
            return job_type
    return None


def may_be_listed(
    name: str, build_system: str, project: str, job_type: JobType | None = None
) -> bool:
    """Return whether the clients of a build system can use a list with this name in it."""
    known = _BY_NAME.get(build_system)
    return known is None or known.may_be_listed(name, project, job_type)
