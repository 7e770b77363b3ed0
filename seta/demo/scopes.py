"""The demo's scopes, and where their records are."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import UnknownScope

DATA = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True)
class DemoScope:
    """An archived scope that ``seta demo`` fills from one file of the package."""

    name: str
    title: str
    description: str             # one paragraph for the page
    projects: tuple[str, ...]
    build_system: str

    @property
    def path(self) -> Path:
        """The scope's records: gzipped NDJSON, as ``seta import`` reads it."""
        return DATA / f"{self.name}.ndjson.gz"


TALOS_2014 = DemoScope(
    name="demo-talos-2014",
    title="Talos regressions of 2014",
    description=(
        "Performance regressions that Mozilla's Talos suites reported from February to November "
        "2014, as its alert manager recorded them. One regression often shows on several "
        "platforms and suites, and SETA makes use of that. The alerts name the push that "
        "changed the number; this push takes the place of the fix. Builder names and the job list "
        "were derived from the alerts. Passing runs and durations were not recorded, so every job "
        "type costs the same."
    ),
    projects=("b2g-inbound", "fx-team", "mozilla-central", "mozilla-inbound"),
    build_system="buildbot",
)

FIXED_BY_COMMIT_2018 = DemoScope(
    name="demo-fixed-by-commit-2018",
    title="Fixed by commit, October 2018",
    description=(
        "Failed jobs of six days of October 2018 that Mozilla's sheriffs classified \"fixed by "
        "commit\", with the fixing revision from their notes, as ActiveData returned them. The "
        "project autoland and the job ids are derived, and the job list consists of labels of "
        "several years. It has no passing runs and no durations, so every job type costs the same."
    ),
    projects=("autoland",),
    build_system="taskcluster",
)


def scopes() -> tuple[DemoScope, ...]:
    """Return the demo's scopes; each is imported as an archived scope of its own."""
    return TALOS_2014, FIXED_BY_COMMIT_2018


def records(name: str) -> Iterator[dict[str, Any]]:
    """Yield the records of one demo scope in the order of its file."""
    for scope in scopes():
        if scope.name == name:
            return _read(scope.path)
    raise UnknownScope(f"the demo has no scope {name!r}")


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
