"""The answer to a question, and how it is written as JSON."""

import logging
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from ...config import Settings
from ...domain import Cadence
from ..costs import Amounts
from .change import Change, change_of
from .curve import Curve, Point, curve_of
from .past import Progress, read_past
from .question import Question, cadence_text

logger = logging.getLogger(__name__)

FIGURES = ("full_run", "every_push", "expected", "saved", "saved_share", "backfills", "net_saved",
           "net_saved_share")


@dataclass(frozen=True)
class Answer:
    """The curve, or what a change does; the other is None."""

    curve: Curve | None
    change: Change | None

    def to_json(self) -> dict[str, Any]:
        """Return it as the API and `--json` show it; times and spans are as they are."""
        return {"curve": self.curve and _curve_json(self.curve),
                "change": self.change and _change_json(self.change)}


def answer_to(
    session: Session, question: Question, *, now: datetime, settings: Settings,
    progress: Progress = lambda text: None,
) -> Answer:
    """Answer from what is stored, and store nothing.

    `progress` gets a line of text before each cut-off, and about every second while one is decided
    now; an exception that it raises ends the work and reaches the caller. Raises UnknownProject,
    BadInput for what cannot be tried, and NothingToAnalyze where nothing can be decided or scored.
    """
    if question.is_of_change:
        change = change_of(session, question, now=now, settings=settings, progress=progress)
        logger.info("answered what %d pinned and %d lowered jobs of %s do", len(change.pinned),
                    len(change.lowered), question.project)
        return Answer(None, change)
    past = read_past(session, question, now=now, settings=settings, progress=progress)
    curve = curve_of(past, question, prices=settings.prices, progress=progress)
    logger.info("answered what %d settings do on %s, at %d cut-offs", len(curve.points),
                question.project, curve.cut_offs)
    return Answer(curve, None)


def _curve_json(curve: Curve) -> dict[str, Any]:
    return asdict(curve) | {"step": curve.step.total_seconds(),
                            "points": [_point_json(each) for each in curve.points]}


def _point_json(point: Point) -> dict[str, Any]:
    return {
        "redundancy": point.setting.redundancy, "budget": point.setting.budget,
        "cadence": cadence_json(point.setting.cadence), "is_present": point.is_present,
        "share_of_full": point.share_of_full, "cost": amounts_json(point.cost),
        "money": point.money and amounts_json(point.money),
        "by_set": asdict(point.by_set), "on_push": asdict(point.on_push),
        "soon": asdict(point.soon), "found": point.found,
        "pushes_late": point.pushes_late, "minutes_late": point.minutes_late}


def cadence_json(cadence: Cadence) -> dict[str, Any]:
    return asdict(cadence) | {"text": cadence_text(cadence)}


def amounts_json(amounts: Amounts) -> dict[str, float | None]:
    return {name: getattr(amounts, name) for name in FIGURES}


def _change_json(change: Change) -> dict[str, Any]:
    later = change.later
    return {
        "project": change.project, "scope": change.scope, "as_of": change.as_of,
        "unit": change.before.unit, "pinned": list(change.pinned),
        "lowered": {name: int(priority) for name, priority in change.lowered},
        "before": change.before.to_json() | {"priority_1": change.jobs[0]},
        "after": change.after.to_json() | {"priority_1": change.jobs[1]},
        "come_in": [asdict(each) for each in change.come_in],
        "fall_out": [asdict(each) for each in change.fall_out],
        "unchanged": list(change.unchanged), "given_up": list(change.given_up),
        "caught_again": list(change.caught_again),
        "only_by_pinned": list(change.only_by_pinned),
        "later": later and {
            "since": later.since, "until": later.until, "cut_offs": later.cut_offs,
            "regressions": later.on_push[0].n,
            "by_set": _pair(later.by_set), "on_push": _pair(later.on_push),
            "difference": later.difference,
            "difference_interval": list(later.difference_interval),
            "more": [asdict(each) for each in later.more],
            "less": [asdict(each) for each in later.less]},
    }


def _pair(pair: tuple[Any, Any]) -> dict[str, Any]:
    return {"before": asdict(pair[0]), "after": asdict(pair[1])}
