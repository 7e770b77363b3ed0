"""The two kinds of record as they stand in a file; field for field the JSON Schema.

What only the value of a field can tell (its length, its letters) is checked in `fields`.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

Moment = Annotated[datetime, Meta(tz=True)]
Seconds = Annotated[float, Meta(ge=0, le=31_622_400)]  # a year at most
Tier = Annotated[int, Meta(ge=1, le=3)]
Number = Annotated[int, Meta(ge=0, le=(1 << 63) - 1)]  # an id that a CI keeps as a number
Chunk = Annotated[int, Meta(ge=0, le=1_000_000)]


class Record(Struct, tag_field="kind", forbid_unknown_fields=True, gc=False):
    """What both kinds have."""

    project: str
    build_system: str
    name: str
    platform: str | None = None
    build_type: str | None = None
    test_suite: str | None = None
    chunk: Chunk | None = None
    tier: Tier | None = None


class ResultRecord(Record, tag="result", kw_only=True):
    """One job run."""

    namespace: str
    job_id: str | Number
    revision: str
    pushed_at: Moment
    result: str
    push_id: str | Number | None = None
    started_at: Moment | None = None
    duration: Seconds | None = None
    classification: str | None = None
    classified_at: Moment | None = None
    fixed_by: list[str] | None = None


class JobRecord(Record, tag="job", kw_only=True):
    """An entry of a project's job list."""

    seen_at: Moment
    group_symbol: str | None = None
    symbol: str | None = None
