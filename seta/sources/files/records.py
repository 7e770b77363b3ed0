"""Records of files: job results and entries of job lists."""

import json
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from ...domain import JobResult, JobType, ListedJob
from ...errors import BadInput
from . import fields
from .fields import explain

Moment = Annotated[datetime, Meta(tz=True)]
Seconds = Annotated[float, Meta(ge=0, le=31_622_400)]  # a year at most
Tier = Annotated[int, Meta(ge=1, le=3)]
Number = Annotated[int, Meta(ge=0, le=(1 << 63) - 1)]  # an id that a CI keeps as a number
Chunk = Annotated[int, Meta(ge=0, le=1_000_000)]

FILE = "record.schema.json"


class Record(Struct, tag_field="kind", forbid_unknown_fields=True, gc=False):
    """What both kinds have."""

    project: str
    build_system: str
    name: str
    platform: str | None = None
    build_type: str | None = None
    test_suite: str | None = None
    chunk: Chunk | None = None
    tier: Tier | None = None


class ResultRecord(Record, tag="result", kw_only=True):
    """One job run."""

    namespace: str
    job_id: str | Number
    revision: str
    pushed_at: Moment
    result: str
    push_id: str | Number | None = None
    started_at: Moment | None = None
    duration: Seconds | None = None
    classification: str | None = None
    classified_at: Moment | None = None
    fixed_by: list[str] | None = None


class JobRecord(Record, tag="job", kw_only=True):
    """An entry of a project's job list."""

    seen_at: Moment
    group_symbol: str | None = None
    symbol: str | None = None


decoder = msgspec.json.Decoder(ResultRecord | JobRecord)


def decode_record(line: bytes) -> JobResult | ListedJob:
    """Return the value of a record. Raises BadInput naming the field and its value."""
    try:
        record = decoder.decode(line)
        if type(record) is ResultRecord:
            return to_result(record)
        return to_listed(record)
    except msgspec.MsgspecError as error:
        raise BadInput(explain(line, str(error))) from error
    except UnicodeDecodeError as error:
        raise BadInput(f"not UTF-8: {error}") from error
    except RecursionError as error:
        raise BadInput("not a record: nested too deep") from error
    except ValueError as error:
        raise BadInput(str(error)) from error


def to_result(record: ResultRecord) -> JobResult:
    said = fields.classification(record.classification)
    if record.classified_at is not None and said is None:
        raise ValueError(
            f"classified_at needs a classification: {record.classified_at.isoformat()}")
    return JobResult(
        fields.token(record.namespace, "namespace"),
        fields.job_id(str(record.job_id)),
        fields.project(record.project),
        fields.token(record.build_system, "build_system"),
        fields.words(record.name, "name"),
        fields.revision(record.revision),
        fields.moment(record.pushed_at, "pushed_at"),
        fields.result(record.result),
        None if record.push_id is None else fields.token(str(record.push_id), "push_id"),
        None if record.started_at is None else fields.moment(record.started_at, "started_at"),
        None if record.duration is None else round(record.duration * 1000),
        record.tier or 1,
        said,
        None if record.classified_at is None
        else fields.moment(record.classified_at, "classified_at"),
        fields.fixed_by(record.fixed_by, said),
        own_job_type(record.platform, record.build_type, record.test_suite, record.chunk),
    )


def to_listed(record: JobRecord) -> ListedJob:
    return ListedJob(
        project=fields.project(record.project),
        build_system=fields.token(record.build_system, "build_system"),
        name=fields.words(record.name, "name"),
        seen_at=fields.moment(record.seen_at, "seen_at"),
        tier=record.tier or 1,
        group_symbol=fields.words(record.group_symbol, "group_symbol")
        if record.group_symbol else "",
        symbol=fields.words(record.symbol, "symbol") if record.symbol else "",
        job_type=own_job_type(
            record.platform, record.build_type, record.test_suite, record.chunk),
    )


@lru_cache(maxsize=1 << 14)
def own_job_type(
    platform: str | None, build_type: str | None, test_suite: str | None, chunk: int | None
) -> JobType | None:
    """The job type of a CI whose names are outside our grammar: its fields come all or none."""
    told = (platform, build_type, test_suite)
    if told == (None, None, None) and chunk is None:
        return None
    if None in told:
        raise ValueError("platform, build_type and test_suite come all or none, "
                         f"not {platform!r}, {build_type!r}, {test_suite!r} (chunk {chunk!r})")
    return JobType(
        fields.words(platform, "platform"), fields.words(build_type, "build_type"),
        fields.words(test_suite, "test_suite"), chunk or 0)


def record_schema() -> dict[str, Any]:
    """Return the JSON Schema (Draft 2020-12) of one line of a file."""
    return json.loads(record_schema_text())


def record_schema_text() -> str:
    return files("seta.sources").joinpath(FILE).read_text(encoding="utf-8")
