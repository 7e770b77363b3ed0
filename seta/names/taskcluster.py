"""Task labels: ``test-<platform>/<build type>-<suite>[-<chunk>]`` and builds."""

from ..domain import JobType
from .spelling import cut_build_type, longest_known, spell, tables


def parse_label(label: str) -> JobType | None:
    """Return the job type of a test's or a build's task label, None for any other text."""
    prefix = max(filter(label.startswith, tables().label_kinds), key=len, default=None)
    if prefix is None:
        return None
    platform, _, rest = label.removeprefix(prefix).partition("/")
    build_type, _, testtype = rest.partition("-")
    kind = tables().label_kinds[prefix]
    if kind:
        return spell(_build_platform(platform), build_type, _join(kind, testtype))
    return spell(platform, build_type, testtype)


def _join(kind: str, tail: str) -> str:
    return f"{kind}-{tail}" if tail else kind


def _build_platform(platform: str) -> str:
    """Spell the platform that a build is for as Treeherder does, with its suffixes kept.

    >>> _build_platform("win64-aarch64-shippable-pgo")
    'windows2012-aarch64-shippable-pgo'
    """
    base, suffixes = cut_build_type(platform)
    known, flavour = longest_known(base.split("-"), tables().build_platforms, "-")
    return "-".join([known or "", *flavour, *suffixes]) if known else platform
