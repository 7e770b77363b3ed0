"""The wire of jobs."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from .overrides import OverrideOut
from .schedule_models import NextDueOut


class JobTypeOut(BaseModel):
    platform: str
    build_type: str
    test_suite: str
    chunk: int = Field(description="0: the suite is not chunked.")


class JobLineOut(BaseModel):
    name: str
    build_system: str
    tier: int
    job_type: JobTypeOut | None = Field(description="Null: the name means none, so it runs.")
    priority: int | None = Field(
        description="Null: it has none on this project now, and runs as it is told.")
    reason: str | None
    cost: int | None = Field(description="Milliseconds a run, or 1 where no duration is known.")
    caught: int | None = Field(description="Regressions of the window that it caught.")


class JobsOut(BaseModel):
    items: list[JobLineOut]
    next: str | None


class RunOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    revision: str
    push_id: str | None
    pushed_at: datetime
    passed: bool


class CaughtOut(BaseModel):
    fixed_by: str
    is_inferred: bool
    covered_by: list[str] = Field(
        description="Other job types that caught it and run on every push.")


class PastOut(BaseModel):
    snapshot_id: int
    as_of: datetime
    priority: int
    reason: str


class JobOut(JobLineOut):
    project: str
    snapshot: int | None
    certificate: dict | None = Field(description="The proof of its priority.")
    window_days: int
    runs: int
    failures: int
    regressions: list[CaughtOut]
    last_run: RunOut | None
    last_pass: RunOut | None
    next_due: NextDueOut
    override: OverrideOut | None
    history: list[PastOut]
