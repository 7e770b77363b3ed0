"""What a set saves, as several calls show it."""

from typing import Literal

from pydantic import BaseModel, Field


class FiguresOut(BaseModel):
    expected: float | None = Field(
        description="With the project's cadence: the mean over the pushes of the two weeks before "
                    "the snapshot, without backfills. Null if there were none.")
    saved: float | None = Field(description="Of a full run, gross: backfills are not paid for.")
    saved_share: float | None = Field(description="Of a full run, from 0 to 1.")
    saved_per_day: float | None
    backfills: float | None = Field(
        description="What it takes a push, on average, to find the culprits of regressions that "
                    "only a low-value job finds: runs of a bisection over the pushes that left "
                    "that job out.")
    net_saved: float | None = Field(description="Saved, less backfills.")
    net_saved_share: float | None
    net_saved_per_day: float | None


class PlatformCostOut(BaseModel):
    """What of a push runs on one platform, in milliseconds of machine time."""

    platform: str
    price_per_hour: float
    full_run_ms: float
    every_push_ms: float
    expected_ms: float | None
    backfills_ms: float | None


class MoneyOut(FiguresOut):
    """The same figures in money, by SETA_PRICE."""

    currency: str
    full_run: float
    every_push: float
    computed_from: list[PlatformCostOut]


class SavingsOut(FiguresOut):
    """What one push of a project costs, in the snapshot's unit."""

    project: str
    full_run: int = Field(description="Every job with a priority.")
    every_push: int = Field(description="Priority 1, forced jobs among them.")
    pushes: int = Field(description="How many pushes the cadence was tried on.")
    days: float = Field(description="Over how many days they came.")
    low_value_share: float | None = Field(
        description="The share of regressions that only a low-value job would find: each "
                    "regression of the window is taken as one that the set was not made for.")
    regressions_per_push: float | None = Field(
        description="In the window, over all projects of the scope.")
    money: MoneyOut | None
    why_no_money: str | None


class ProjectSavingsOut(SavingsOut):
    """What the published snapshot saves on a project."""

    snapshot: int
    unit: Literal["ms", "jobs"]
