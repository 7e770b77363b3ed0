"""What other settings, or other priorities, would cost and catch on a project."""

from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Literal, TypeVar

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from ...domain import Priority
from ...errors import TooLong
from ...proof.what_if.question import (
    MOST_VALUES, Question, read_budgets, read_cadences, read_lowered, read_redundancies,
)
from ...store.engine import limit_waits
from ..context import context
from . import lookups
from .fields import Json, Model, Time
from .projects import CadenceOut
from .savings import SavingsOut

bp = APIBlueprint("what_if", __name__, url_prefix="/api/v1", tag="Snapshots")
LIMIT = 20.0    # seconds that one request may take
LIST = r"^[^\x00]{1,400}$"
NAMES = r"^[^\x00]{1,4000}$"
Value = TypeVar("Value")


class WhatIfIn(Model):
    redundancies: str | None = Field(
        None, pattern=LIST, examples=["1,2,3"],
        description=f"Redundancies to try, at most {MOST_VALUES}.")
    budgets: str | None = Field(
        None, pattern=LIST, examples=["1,1.3"],
        description="Budgets to try: the machine time of the chosen jobs, as a multiple of what "
                    "the cheapest set costs.")
    cadences: str | None = Field(
        None, pattern=LIST, examples=["5/90-10/180-20/240"],
        description="Cadences to try, each as pushes/minutes of priority 2, priority 3 and the "
                    "backstop, with -turns for jobs that take turns. By default the present one, "
                    "with and without turns, one twice as quick, and one half as quick.")
    pin: str | None = Field(
        None, pattern=NAMES, examples=["test-linux64/opt-mochitest-1"],
        description="Names of jobs, or globs, with commas between them: ask what it does to run "
                    "them on every push, instead of for the curve.")
    lower: str | None = Field(
        None, pattern=NAMES, examples=["test-linux64/opt-mochitest-1=2"],
        description="The same for jobs that run at priority 3, or with =2 at priority 2.")
    from_: Time | None = Field(
        None, alias="from", description="The first cut-off; by default 60 days before the end.")
    to: Time | None = Field(
        None, description="The end of the data that counts; by default now, or an archive's end.")


class ShareOut(BaseModel):
    """A share of the regressions from 0 to 1, with its 95 % interval."""

    share: float
    low: float
    high: float
    n: int


class AmountsOut(BaseModel):
    """What a push costs on average: milliseconds, jobs, or money."""

    full_run: float
    every_push: float
    expected: float | None = Field(description="With the cadence.")
    saved: float | None
    saved_share: float | None
    backfills: float | None
    net_saved: float | None
    net_saved_share: float | None


class TriedCadenceOut(CadenceOut):
    text: str = Field(description="As `cadences` has it.")


class PointOut(BaseModel):
    redundancy: int
    budget: float
    cadence: TriedCadenceOut
    is_present: bool = Field(description="True: the scope and the project are set so now.")
    share_of_full: float | None
    cost: AmountsOut
    money: AmountsOut | None
    by_set: ShareOut = Field(description="Caught by what runs on every push.")
    on_push: ShareOut = Field(description="Found on the push that broke it, with the cadence.")
    soon: ShareOut = Field(description="Within the present limits of priority 2.")
    found: float
    pushes_late: dict[str, float] = Field(description="Median, p90 and max of those found.")
    minutes_late: dict[str, float]


class CurveOut(BaseModel):
    project: str
    scope: str
    since: datetime
    until: datetime
    step: float = Field(description="Seconds from one cut-off to the next.")
    cut_offs: int
    skipped: int = Field(description="Cut-offs at which nothing could be decided.")
    regressions: int
    pushes: int
    unit: Literal["ms", "jobs"]
    currency: str | None
    why_no_money: str | None
    points: list[PointOut]


class ChangedJobOut(BaseModel):
    name: str
    build_system: str
    before: int
    after: int
    reason: str
    cost: int


class LaterCatchOut(BaseModel):
    fixed_by: str
    first_at: datetime
    pushes_late_before: float | None = Field(description="Null: not found by the end.")
    pushes_late_after: float | None


class PairOut(BaseModel):
    before: ShareOut
    after: ShareOut


class LaterOut(BaseModel):
    """The same change at past cut-offs, scored on the regressions that came after them."""

    since: datetime
    until: datetime
    cut_offs: int
    regressions: int
    by_set: PairOut
    on_push: PairOut
    difference: float
    difference_interval: list[float]
    more: list[LaterCatchOut] = Field(description="Found on their push only with the change.")
    less: list[LaterCatchOut]


class SideOut(SavingsOut):
    priority_1: int = Field(description="Jobs of the project that run on every push.")


class ChangeOut(BaseModel):
    project: str
    scope: str
    as_of: datetime
    unit: Literal["ms", "jobs"]
    pinned: list[str]
    lowered: dict[str, int]
    before: SideOut
    after: SideOut
    come_in: list[ChangedJobOut]
    fall_out: list[ChangedJobOut]
    unchanged: list[str] = Field(description="Asked for, but their priority stays.")
    given_up: list[str] = Field(
        description="Regressions of the window that only these jobs caught.")
    caught_again: list[str]
    only_by_pinned: list[str]
    later: LaterOut | None


class WhatIfOut(BaseModel):
    curve: CurveOut | None
    change: ChangeOut | None


@bp.get("/projects/<project>/what-if")
@bp.input(WhatIfIn, location="query")
@bp.output(WhatIfOut)
@bp.doc(summary="Ask what another setting would cost and catch", responses={
    409: "There is no regression to decide on, or none to score."})
def get_what_if(project: str, query_data: WhatIfIn) -> Json:
    """Show machine time against what is caught, and when, over settings; or what pinning does.

    It is computed for this request and stores nothing. Where that takes longer than 20 seconds
    the answer is 503; `seta what-if` on a command line has no such limit.
    """
    from ...proof.what_if.answer import answer_to  # here: it needs numpy and the solver

    question = Question(
        project, redundancies=_read(read_redundancies, query_data.redundancies),
        budgets=_read(read_budgets, query_data.budgets),
        cadences=_read(read_cadences, query_data.cadences), pinned=_names(query_data.pin),
        lowered=_lowered(query_data.lower), since=query_data.from_, until=query_data.to)
    with context().sessions() as session:
        lookups.project_named(session, project)
    with context().long_work() as sessions, sessions() as session:
        limit_waits(session, LIMIT)
        return answer_to(session, question, now=context().clock(), settings=context().settings,
                         progress=_deadline(project)).to_json()


def _read(read: Callable[[str], tuple[Value, ...]], text: str | None) -> tuple[Value, ...]:
    return () if text is None else read(text)


def _names(text: str | None) -> tuple[str, ...]:
    return () if text is None else tuple(name.strip() for name in text.split(",") if name.strip())


def _lowered(text: str | None) -> tuple[tuple[str, Priority], ...]:
    return tuple(read_lowered(name) for name in _names(text))


def _deadline(project: str) -> Callable[[str], None]:
    """Return what ends the work, when it hears of progress, once its time is over."""
    ends = monotonic() + LIMIT

    def check(text: str) -> None:
        if monotonic() > ends:
            raise TooLong(
                f"this takes longer than {LIMIT:.0f} seconds here, so it was ended; ask for fewer "
                f"cut-offs with a later `from`, or run `seta what-if {project}`")
    return check
