"""What the service did and what a person must look at."""

from dataclasses import dataclass, field
from datetime import datetime
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
