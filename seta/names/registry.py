"""The build systems whose names SETA can read."""

from ..domain import BuildSystem, JobType
from .buildbot import parse_builder
from .taskcluster import parse_label


def parse(name: str, build_system: str, project: str) -> JobType | None:
    """Return the job type that a job's name means, or None: unparsed, so that it always runs.

    Never raises. A name of the build system ``taskcluster`` is a task label; any other CI may
    use labels or builder names. The project counts for builder names alone, which hold it.

    >>> str(parse("test-linux64-pgo/opt-talos-g1-e10s", "taskcluster", "autoland"))
    'linux64/pgo-talos-g1-e10s'
    >>> str(parse("Ubuntu VM 12.04 x64 fx-team debug test mochitest-gl-2", "buildbot", "fx-team"))
    'linux64/debug-mochitest-webgl-2'
    >>> parse("source-test-mozlint-eslint", "taskcluster", "autoland") is None
    True
    """
    job_type = parse_label(name)
    if job_type is None and build_system != BuildSystem.TASKCLUSTER:
        job_type = parse_builder(name, project)
    return job_type


def canonical(job_type: JobType) -> str:
    """Return the label that parses to this job type, if any name does; builds are no exception.

    >>> canonical(JobType("linux64", "asan-debug", "build"))
    'test-linux64-asan/debug-build'
    """
    *suffixes, build_type = job_type.build_type.split("-")
    platform = "-".join([job_type.platform, *suffixes])
    return f"test-{platform}/{build_type}-{job_type.testtype}"
