"""The spelling of job types: many spellings of a name's words, one job type."""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ..domain import JobType
from ..domain.limits import NAME_WORDS

VERSION_DOT = re.compile(r"(?<=[0-9])\.(?=[0-9])")
# Five digits at most: no suite has more slices, and a date at the end of a name is not a slice.
CHUNK = re.compile(r"(.+)-([1-9][0-9]{0,4})")


def spell(platform: str, build_type: str, testtype: str) -> JobType | None:
    """Return the job type of a label's three parts; None where one of them is malformed.

    >>> spell("linux64-pgo", "opt", "mochitest-e10s-browser-chrome-3")
    JobType(platform='linux64', build_type='pgo', test_suite='mochitest-browser-chrome-e10s', \
chunk=3)
    """
    if not all(map(NAME_WORDS.fullmatch, (platform, build_type, testtype))) or "-" in build_type:
        return None
    platform, suffixes = cut_build_type(platform)
    suite, chunk = cut_chunk(testtype)
    return JobType(
        treeherder_platform(platform),
        join_build_type(suffixes, build_type),
        tables().suites.get(suite, suite),
        chunk,
    )


def cut_build_type(platform: str) -> tuple[str, list[str]]:
    """Cut off the last words of a platform, those that belong to its build type.

    >>> cut_build_type("linux64-asan")
    ('linux64', ['asan'])
    """
    words = platform.split("-")
    end = len(words)
    while end > 1 and words[end - 1] in tables().build_type_suffixes:
        end -= 1
    return "-".join(words[:end]), words[end:]


def join_build_type(suffixes: list[str], build_type: str) -> str:
    """Put a build type together. Beside a suffix, "opt" is left out.

    Without "debug", ``build-linux64-asan/debug`` and ``build-linux64-asan/opt`` would be one.
    """
    if suffixes and build_type == "opt":
        return "-".join(suffixes)
    return "-".join([*suffixes, build_type])


def cut_chunk(testtype: str) -> tuple[str, int]:
    """Cut off the chunk; 0 where there is none.

    >>> cut_chunk("talos-pdfpaint-1-swr"), cut_chunk("xpcshell-12")
    (('talos-pdfpaint-1-swr', 0), ('xpcshell', 12))
    """
    match = CHUNK.fullmatch(testtype)
    return (match[1], int(match[2])) if match else (testtype, 0)


def treeherder_platform(platform: str) -> str:
    """Spell a label's platform as Treeherder does, without dots in Android's versions."""
    if platform.startswith("android-"):
        platform = VERSION_DOT.sub("-", platform)
    return tables().test_platforms.get(platform, platform)


def longest_known(
    words: list[str], known: dict[str, str], joint: str
) -> tuple[str | None, list[str]]:
    """Look up as many of the first words as the table knows; return its value and the rest."""
    for end in range(len(words), 0, -1):
        value = known.get(joint.join(words[:end]))
        if value is not None:
            return value, words[end:]
    return None, words


@dataclass(frozen=True, slots=True)
class Tables:
    """The spelling of each word of a name; ``tables.json`` names where they come from."""

    build_type_suffixes: frozenset[str]     # words that leave a platform for the build type
    label_kinds: dict[str, str]             # label prefix -> suite of its own, "" for tests
    test_platforms: dict[str, str]          # a label's platform -> Treeherder's
    build_platforms: dict[str, str]         # the first words of a build's platform -> Treeherder's
    suites: dict[str, str]                  # another spelling -> the task label's
    builder_platforms: dict[str, str]       # platform words -> a label's platform
    builder_flavours: dict[str, str]        # words after the platform -> a label's suffix
    builder_build_types: frozenset[str]     # words of a build that say its build type
    builder_builds: dict[str, list[str]]    # last word of a build -> the words it stands for


@cache
def tables() -> Tables:
    text = files(__package__).joinpath("tables.json").read_text(encoding="utf-8")
    data = json.loads(text)
    del data["about"]
    for key in ("build_type_suffixes", "builder_build_types"):
        data[key] = frozenset(data[key])
    return Tables(**data)
