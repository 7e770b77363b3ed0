"""The JSON that the legacy routes promise. Their vocabulary is used only here."""

from collections.abc import Iterable, Mapping
from typing import Any

from ...domain import JobName, JobType
from ...names import symbols_of


def list_body(entries: bytes, date: str) -> bytes:
    """Return the body of a list: exactly one date as the key.

    >>> list_body(b'["test-linux64/opt-xpcshell"]', "2020-02-01")
    b'{"jobtypes": {"2020-02-01": ["test-linux64/opt-xpcshell"]}}'
    """
    return b'{"jobtypes": {"%s": %s}}' % (date.encode("ascii"), entries)


def list_in(body: bytes) -> bytes:
    """Return the entries that `list_body` was given.

    >>> list_in(b'{"jobtypes": {"2020-02-01": ["test-linux64/opt-xpcshell"]}}')
    b'["test-linux64/opt-xpcshell"]'
    """
    return body[body.index(b"["):-len(b"}}")]


def job_types_payload(jobs: Iterable[JobName]) -> dict[str, Any]:
    job_types = {job.job_type for job in jobs if job.job_type is not None}
    return {"jobtypes": [[each.platform, each.build_type, each.testtype]
                         for each in sorted(job_types)]}


def job_names_payload(jobs: Iterable[JobName]) -> dict[str, Any]:
    return {"results": [_job_name(job, job.job_type) for job in jobs if job.job_type is not None]}


def failures_payload(failures: Mapping[str, list[tuple[JobType, int | None]]]) -> dict[str, Any]:
    """Return the failed jobs of each fix; a duration is in seconds, 0 where it is unknown."""
    return {"failures": {
        fixed_by: [[each.platform, each.build_type, each.testtype, (duration_ms or 0) / 1000]
                   for each, duration_ms in jobs]
        for fixed_by, jobs in failures.items()}}


def _job_name(job: JobName, job_type: JobType) -> dict[str, Any]:
    """Return what a name means; symbols that a source gave are never replaced."""
    group, symbol = job.group_symbol, job.symbol
    if not (group or symbol):
        group, symbol = symbols_of(job_type)
    return {
        "name": job_type.testtype,
        "job_group_symbol": group,
        "job_type_symbol": symbol,
        "job_type_name": job_type.test_suite,
        "buildplatform": job.build_system,
        "platform": job_type.platform,
        "buildtype": job_type.build_type,
        "ref_data_name": job.name,
        "jobname": "",
        "signature": "",
    }
