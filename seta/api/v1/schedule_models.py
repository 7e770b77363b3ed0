"""The wire of a schedule."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from .values import BuildSystem, Model, Said


class LevelOut(BaseModel):
    due: bool = Field(description="It runs on this push.")
    jobs: int = Field(description="How many jobs are of this level.")


class NextDueOut(BaseModel):
    pushes_left: int = Field(description="1: on the next push.")
    at: datetime | None


class ScheduleOut(BaseModel):
    """What runs on a push. A job that it does not name runs."""

    action: Literal["run"]
    kind: Literal["selective", "full"]
    run: list[str] = Field(description="Sorted names of the jobs to run.")
    skip: list[str] = Field(description="Those that may be left out; none in a full schedule.")
    levels: dict[str, LevelOut] = Field(description="By priority: 1, 2 and 3.")
    snapshot: int | None = Field(description="The snapshot that the lists are of.")
    reasons: list[str]
    next_due: dict[str, NextDueOut] = Field(
        description="By priority, and `backstop`; empty where the push moves no clock.")


class Failed(Model):
    why: Said = Field(examples=["the decision task failed"])
    build_system: BuildSystem | None = None


class FailedOut(BaseModel):
    push_id: str
    failed_at: datetime
    why: str
