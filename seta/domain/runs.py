"""What the service did and what a person must look at."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePath
from typing import Any, Literal

RunStatus = Literal["running", "done", "failed", "stopped"]


@dataclass(frozen=True, slots=True)
class Run:
    """One piece of work: an ingest, an import, an analysis or the upkeep."""

    id: int
    task: str
    source: str
    project: str
    scope: str
    started_at: datetime
    ended_at: datetime | None
    status: RunStatus
    counts: dict[str, Any] = field(default_factory=dict)
    error: str | None = None

    def without_folders(self) -> "Run":
        """Return it with an import's files by name: their folders are no reader's business."""
        if self.task != "import" or not self.source:
            return self
        error, files = self.error, self.source.split(", ")
        for file in files:
            error = error and error.replace(file, PurePath(file).name)
        return replace(self, error=error, source=", ".join(PurePath(file).name for file in files))


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that a person must look at; open until it is cleared."""

    subject: str
    message: str
    raised_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who changed what, and why."""

    id: int
    at: datetime
    who: str
    what: str
    target: str
    why: str
    details: dict[str, Any] = field(default_factory=dict)
