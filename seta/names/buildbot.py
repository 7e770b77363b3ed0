"""Builder names: platform words, project, then what runs.

``Windows 8 64-bit mozilla-inbound debug test mochitest-1``, ``... mozilla-inbound talos g1``,
``... mozilla-inbound pgo talos g1``, ``... mozilla-inbound debug asan build``.
"""

import re

from ..domain import JobType
from ..domain.limits import NAME_WORDS
from .build_system import BuildSystem, Example
from .spelling import longest_known, spell, tables
from .taskcluster import parse_label


def parse_name(name: str, project: str) -> JobType | None:
    """Return the job type of what a master runs: task labels come through its bridge."""
    return parse_label(name) or parse_builder(name, project)


def parse_builder(name: str, project: str) -> JobType | None:
    """Return the job type of a builder name of this project, None for any other text."""
    words = name.split()
    for at in [at for at, word in enumerate(words) if word == project]:
        platform = _platform(words[:at])
        job_type = platform and _job_type(platform, words[at + 1:])
        if job_type:
            return job_type
    return None


def _platform(words: list[str]) -> str | None:
    """Spell platform words as a task label does; words that the table does not know stay.

    >>> _platform("Ubuntu HW 12.04 x64 stylo".split())
    'linux64-stylo'
    >>> _platform("Solaris 11 sparc".split())
    'solaris-11-sparc'
    """
    known, flavour = longest_known(words, tables().builder_platforms, " ")
    # One known word ("Linux") is too little to take what follows for a flavour of it.
    if known is None or (flavour and len(words) - len(flavour) < 2):
        return _slug(words)
    if not flavour:
        return known
    flavour_text = tables().builder_flavours.get(" ".join(flavour)) or _slug(flavour)
    return flavour_text and f"{known}-{flavour_text}"


def _slug(words: list[str]) -> str | None:
    text = re.sub("-+", "-", "-".join(words).lower()).strip("-")
    return text if NAME_WORDS.fullmatch(text) else None


def _job_type(platform: str, words: list[str]) -> JobType | None:
    match words:
        case ["leak", "test", *rest]:  # how debug builds are called
            return _build(platform, ["debug", *rest])
        case [build_type, "test", suite]:
            return spell(platform, build_type, suite)
        case ["talos", suite]:
            return spell(platform, "opt", f"talos-{suite}")
        case [build_type, "talos", suite]:
            return spell(platform, build_type, f"talos-{suite}")
        case [*_, _]:
            return _build(platform, words)
    return None


def _build(platform: str, words: list[str]) -> JobType | None:
    """Read the words of a build: ``debug static analysis build``, ``asan build``, ``build``."""
    last = tables().builder_builds.get(words[-1]) if words else None
    if last is None:
        return None
    words = words[:-1] + last
    types = [word for word in words if word in tables().builder_build_types]
    kinds = [word for word in words if word not in tables().builder_build_types]
    suffixes = [word for word in types if word in tables().build_type_suffixes]
    plain = [word for word in types if word not in tables().build_type_suffixes]
    return spell("-".join([platform, *suffixes]), plain[0] if plain else "opt",
                 "-".join(["build", *kinds]))


def _may_be_listed(name: str, project: str, job_type: JobType | None) -> bool:
    """A master finds the platform in front of the branch, so the name must contain the branch."""
    return f" {project} " in f" {name} "


BUILDBOT = BuildSystem(
    name="buildbot",
    parse=parse_name,
    may_be_listed=_may_be_listed,
    examples=(
        Example("Windows 8 64-bit mozilla-inbound debug test mochitest-1", "mozilla-inbound",
                JobType("windows8-64", "debug", "mochitest", 1)),
        Example("Rev7 MacOSX Yosemite 10.10.5 fx-team pgo talos tp5o-e10s", "fx-team",
                JobType("osx-10-10", "pgo", "talos-tp5o-e10s")),
        Example("Linux x86-64 fx-team debug asan build", "fx-team",
                JobType("linux64", "asan-debug", "build")),
        Example("Windows 8 64-bit fx-team opt test reftest", "mozilla-inbound", None,
                is_listed=False),
        Example("test-linux64/opt-xpcshell", "mozilla-inbound",
                JobType("linux64", "opt", "xpcshell"), is_listed=False),
        Example("b2g_autoland_emulator_dep", "autoland", None, is_listed=False),
    ),
)
