"""``/data/seta/``: failed jobs by the revision that fixed them, for analysis elsewhere."""

from datetime import UTC, date, datetime, time, timedelta

from flask import Blueprint, Response, request

from ...errors import BadInput
from ...publish.serving import legacy
from ..context import context
from .answers import send_document
from .params import is_date, quoted

bp = Blueprint("failures", __name__)


@bp.get("/data/seta")
@bp.get("/data/seta/")
def failures() -> Response:
    """List failures by fix, of pushes from `startDate` (UTC) to the day before `endDate`.

    `endDate` defaults to now, `startDate` to one window before the end.
    """
    now = context().clock()
    until = _midnight("endDate") or now
    since = _midnight("startDate") or _before(until, context().settings.window)
    return send_document(legacy.failures(
        context().sessions, since=since, until=until, now=now))


def _midnight(parameter: str) -> datetime | None:
    value = request.args.get(parameter, "")
    if not value:
        return None
    if not is_date(value):
        raise BadInput(f"{parameter} must be a date such as 2016-05-19, not {quoted(value)}")
    return datetime.combine(date.fromisoformat(value), time(), UTC)


def _before(moment: datetime, span: timedelta) -> datetime:
    try:
        return moment - span
    except OverflowError:  # the year 1
        return datetime.min.replace(tzinfo=UTC)
