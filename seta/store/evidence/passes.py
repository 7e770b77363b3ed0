"""When a job type last passed before it failed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import DateTime, Integer, Text

from ...domain import JobType

# Passes near the failure are looked for first: a job's results are in the order of their times.
SPANS = (timedelta(days=1), timedelta(days=14), timedelta(days=90))

# Of each asked-for failure, the newest earlier push on which a job of that type passed.
LAST_PASSES = text("""
    SELECT asked.number, max(earlier.pushed_at)
    FROM unnest(:numbers, :projects, :platforms, :build_types, :test_suites, :chunks, :befores)
        AS asked (number, project, platform, build_type, test_suite, chunk, before)
    JOIN job_types USING (platform, build_type, test_suite, chunk)
    JOIN job_names ON job_names.job_type_id = job_types.id AND job_names.project = asked.project
    CROSS JOIN LATERAL (
        SELECT max(pushes.pushed_at) AS pushed_at
        FROM job_results JOIN pushes ON pushes.id = job_results.push
        WHERE job_results.job_name_id = job_names.id AND job_results.result = 'success'
            AND job_results.known_at >= asked.before - :span
            AND job_results.known_at < least(asked.before + :span, :known_by)
            AND pushes.pushed_at < asked.before
    ) AS earlier
    GROUP BY asked.number
""").bindparams(
    bindparam("numbers", type_=ARRAY(Integer)), bindparam("chunks", type_=ARRAY(Integer)),
    bindparam("befores", type_=ARRAY(DateTime(timezone=True))),
    *(bindparam(f"{name}s", type_=ARRAY(Text))
      for name in ("project", "platform", "build_type", "test_suite")))


@dataclass(frozen=True, slots=True)
class Failing:
    """A job type that failed on a project's push of this time."""

    project: str
    job_type: JobType
    pushed_at: datetime


def last_passes(
    session: Session, failing: Collection[Failing], *, known_by: datetime
) -> dict[Failing, datetime]:
    """Return the time of the last push before the failing one on which the job type passed.

    Those of which none is known within 90 days are left out.
    """
    found: dict[Failing, datetime] = {}
    for span in SPANS:
        asked = [each for each in dict.fromkeys(failing) if each not in found]
        if not asked:
            break
        types = [each.job_type for each in asked]
        rows = session.execute(LAST_PASSES, {
            "numbers": list(range(len(asked))), "projects": [each.project for each in asked],
            "platforms": [each.platform for each in types],
            "build_types": [each.build_type for each in types],
            "test_suites": [each.test_suite for each in types],
            "chunks": [each.chunk for each in types],
            "befores": [each.pushed_at for each in asked], "span": span, "known_by": known_by})
        found |= {asked[number]: at for number, at in rows if at is not None}
    return found
