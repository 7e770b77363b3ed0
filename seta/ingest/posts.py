"""Store records that are posted over HTTP."""

import logging
from collections.abc import Collection
from datetime import datetime
from typing import BinaryIO

from sqlalchemy.orm import Session, sessionmaker

from ..domain import FILES, Scope
from ..errors import BadInput, SourceGarbled
from ..sources.files import BadLine, read_records
from .records import BadRecord, ImportReport, Receiver
from .targets import Target, check_live_projects

logger = logging.getLogger(__name__)

BODY = "the body"   # in place of a file name in a report
MAX_BAD = 1000      # lines: a body with more of them is something else than records


def accept_records(
    sessions: sessionmaker[Session], body: BinaryIO, *, now: datetime, scope: str | None = None,
) -> ImportReport:
    """Store one request's NDJSON: `result` and `job` records of live projects.

    A line that is not a record is reported, and the rest is stored. Raises BadInput for more than
    `MAX_BAD` such lines and for a body that cannot be read to its end; UnknownProject, unless
    `scope` names a scope to add unknown projects to; and Conflict for a project of an archive, of
    the demo, or of another scope than that. Then nothing is stored. The rollup is refreshed when
    it is next needed. Sending the same again changes nothing.
    """
    bad: list[BadLine] = []
    try:
        records = list(read_records(body, lambda line: _keep(bad, line)))
    except SourceGarbled as error:
        raise BadInput(f"{BODY} is refused, since {error}; nothing of it is stored") from error
    receiver = Receiver(sessions, lambda session, seen: _open(session, seen, scope))
    if records:
        receiver.take(records)
    for line in bad:
        receiver.add_bad(BadRecord(BODY, line.number, line.reason))
    report = receiver.finish(source=FILES, now=now)
    logger.info("stored %d results (%d new, %d changed) and %d job list entries of %s, %d bad",
                report.results, report.new, report.changed, report.jobs,
                ", ".join(report.projects) or "no project", report.bad_total)
    return report


def _keep(bad: list[BadLine], line: BadLine) -> None:
    bad.append(line)
    if len(bad) > MAX_BAD:
        raise BadInput(
            f"more than {MAX_BAD} lines of {BODY} are not records, so nothing is stored; the first "
            f"is line {bad[0].number}: {bad[0].reason}")


def _open(
    session: Session, seen: Collection[tuple[str, str]], scope: str | None
) -> None:
    if scope is not None:
        target = Target(Scope(scope))
        target.check(session)
        target.open(session, seen)
    check_live_projects(session, {project for project, _ in seen})
