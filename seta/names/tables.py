"""The spellings of names, read once from the data that comes with the package."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Tables:
    """What each word of a name is called here; ``tables.json`` names the sources."""

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
