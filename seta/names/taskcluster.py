"""Task labels: ``test-<platform>/<build type>-<suite>[-<chunk>]`` and builds."""

from ..domain import JobType
from .build_system import BuildSystem, Example
from .spelling import cut_build_type, longest_known, spell, tables


def parse_label(label: str, project: str = "") -> JobType | None:
    """Return the job type of a test's or a build's task label, None for any other text."""
    prefix = max(filter(label.startswith, tables().label_kinds), key=len, default=None)
    if prefix is None:
        return None
    platform, _, rest = label.removeprefix(prefix).partition("/")
    build_type, _, testtype = rest.partition("-")
    kind = tables().label_kinds[prefix]
    if kind:
        suite = f"{kind}-{testtype}" if testtype else kind
        return spell(_build_platform(platform), build_type, suite)
    return spell(platform, build_type, testtype)


def _build_platform(platform: str) -> str:
    """Spell the platform that a build is for as Treeherder does, with its suffixes kept.

    >>> _build_platform("win64-aarch64-shippable-pgo")
    'windows2012-aarch64-shippable-pgo'
    """
    base, suffixes = cut_build_type(platform)
    known, flavour = longest_known(base.split("-"), tables().build_platforms, "-")
    return "-".join([known, *flavour, *suffixes]) if known else platform


def _may_be_listed(label: str, project: str, job_type: JobType | None) -> bool:
    """A decision task must not drop a build, except a fuzzing build."""
    is_build = label.startswith("build-") or (job_type is not None and job_type.is_build)
    return not is_build or "fuzzing" in label


TASKCLUSTER = BuildSystem(
    name="taskcluster",
    parse=parse_label,
    may_be_listed=_may_be_listed,
    examples=(
        Example("test-linux64-pgo/opt-talos-g1-e10s", "autoland",
                JobType("linux64", "pgo", "talos-g1-e10s")),
        Example("test-macosx64/debug-mochitest-e10s-browser-chrome-2", "autoland",
                JobType("osx-10-10", "debug", "mochitest-browser-chrome-e10s", 2)),
        Example("build-win64-aarch64-shippable/opt", "autoland",
                JobType("windows2012-aarch64-shippable", "opt", "build"), is_listed=False),
        Example("build-linux64-asan-fuzzing/opt", "autoland",
                JobType("linux64-asan-fuzzing", "opt", "build")),
        Example("source-test-mozlint-eslint", "autoland", None),
        Example("Linux x86-64 autoland opt test unit", "autoland", None),
    ),
)
