"""The ids of job types."""

from collections.abc import Collection

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Integer, Text

from ..domain import JobType

ARRAYS = [bindparam(name, type_=ARRAY(Text)) for name in ("platforms", "builds", "suites")]
ARRAYS.append(bindparam("chunks", type_=ARRAY(Integer)))
WANTED = """unnest(:platforms, :builds, :suites, :chunks)
            AS wanted (platform, build_type, test_suite, chunk)"""

FIND = text(f"""
    SELECT platform, build_type, test_suite, chunk, id
    FROM {WANTED} JOIN job_types USING (platform, build_type, test_suite, chunk)
""").bindparams(*ARRAYS)

# Only what is missing: a conflict would use up an id each time.
ADD = text(f"""
    INSERT INTO job_types (platform, build_type, test_suite, chunk)
    SELECT platform, build_type, test_suite, chunk FROM {WANTED}
    ORDER BY 1, 2, 3, 4
    ON CONFLICT DO NOTHING
""").bindparams(*ARRAYS)


def job_type_ids(session: Session, job_types: Collection[JobType]) -> dict[JobType, int]:
    """Return the ids of job types; those not known are added. The caller holds the lock."""
    found = _find(session, job_types)
    missing = [job_type for job_type in job_types if job_type not in found]
    if missing:
        session.execute(ADD, _arrays(missing))
        found |= _find(session, missing)
    return found


def _find(session: Session, job_types: Collection[JobType]) -> dict[JobType, int]:
    return {JobType(*words): number
            for *words, number in session.execute(FIND, _arrays(job_types))}


def _arrays(job_types: Collection[JobType]) -> dict[str, list]:
    return {
        "platforms": [each.platform for each in job_types],
        "builds": [each.build_type for each in job_types],
        "suites": [each.test_suite for each in job_types],
        "chunks": [each.chunk for each in job_types],
    }
