"""Records of files: job results and entries of job lists."""

import json
import re
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from ...domain import JobResult, JobType, ListedJob
from ...errors import BadInput
from ..values import shorten
from . import fields

ZonedTime = Annotated[datetime, Meta(tz=True)]
Seconds = Annotated[float, Meta(ge=0, le=31_622_400)]  # a year at most
Tier = Annotated[int, Meta(ge=1, le=3)]
Number = Annotated[int, Meta(ge=0, le=(1 << 63) - 1)]  # an id that a CI keeps as a number
Chunk = Annotated[int, Meta(ge=0, le=1_000_000)]

# What the decoder says: the reason, and where it has one, the path of the value.
REFUSAL = re.compile(r"^(?P<reason>.*?)(?: - at `\$(?P<path>[^`]*)`)?$", re.DOTALL)
STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


class Record(Struct, tag_field="kind", forbid_unknown_fields=True, gc=False):
    """The fields that both kinds have."""

    project: str
    build_system: str
    name: str
    platform: str | None = None
    build_type: str | None = None
    test_suite: str | None = None
    chunk: Chunk | None = None
    tier: Tier | None = None
    is_build: bool | None = None


class ResultRecord(Record, tag="result", kw_only=True):
    """One job run."""

    namespace: str
    job_id: str | Number
    revision: str
    pushed_at: ZonedTime
    result: str
    push_id: str | Number | None = None
    started_at: ZonedTime | None = None
    duration: Seconds | None = None
    classification: str | None = None
    classified_at: ZonedTime | None = None
    fixed_by: list[str] | None = None


class JobRecord(Record, tag="job", kw_only=True):
    """An entry of a project's job list."""

    seen_at: ZonedTime
    group_symbol: str | None = None
    symbol: str | None = None


decoder = msgspec.json.Decoder(ResultRecord | JobRecord)


def decode_record(line: bytes) -> JobResult | ListedJob:
    """Return the value of a record. Raises BadInput naming the field and its value."""
    try:
        record = decoder.decode(line)
        if type(record) is ResultRecord:
            return _to_result(record)
        return _to_listed(record)
    except msgspec.MsgspecError as error:
        raise BadInput(_explain(line, str(error))) from error
    except UnicodeDecodeError as error:
        raise BadInput(f"not UTF-8: {error}") from error
    except RecursionError as error:
        raise BadInput("not a record: nested too deep") from error
    except ValueError as error:
        raise BadInput(str(error)) from error


def _to_result(record: ResultRecord) -> JobResult:
    classification = fields.classification(record.classification)
    if record.classified_at is not None and classification is None:
        raise ValueError(
            f"classified_at needs a classification: {record.classified_at.isoformat()}")
    return JobResult(
        fields.token(record.namespace, "namespace"),
        fields.job_id(str(record.job_id)),
        fields.project(record.project),
        fields.token(record.build_system, "build_system"),
        fields.line(record.name, "name"),
        fields.revision(record.revision),
        fields.utc_time(record.pushed_at, "pushed_at"),
        fields.result(record.result),
        None if record.push_id is None else fields.token(str(record.push_id), "push_id"),
        None if record.started_at is None else fields.utc_time(record.started_at, "started_at"),
        None if record.duration is None else round(record.duration * 1000),
        record.tier or 1,
        classification,
        None if record.classified_at is None
        else fields.utc_time(record.classified_at, "classified_at"),
        fields.fixed_by(record.fixed_by, classification),
        _own_job_type(record.platform, record.build_type, record.test_suite, record.chunk),
        is_build=record.is_build,
    )


def _to_listed(record: JobRecord) -> ListedJob:
    return ListedJob(
        project=fields.project(record.project),
        build_system=fields.token(record.build_system, "build_system"),
        name=fields.line(record.name, "name"),
        seen_at=fields.utc_time(record.seen_at, "seen_at"),
        tier=record.tier or 1,
        group_symbol=fields.line(record.group_symbol, "group_symbol")
        if record.group_symbol else "",
        symbol=fields.line(record.symbol, "symbol") if record.symbol else "",
        job_type=_own_job_type(
            record.platform, record.build_type, record.test_suite, record.chunk),
        is_build=record.is_build,
    )


@lru_cache(maxsize=1 << 14)
def _own_job_type(
    platform: str | None, build_type: str | None, test_suite: str | None, chunk: int | None
) -> JobType | None:
    """Return the job type of a CI whose names are outside our grammar: all its fields or none."""
    if (platform, build_type, test_suite, chunk) == (None, None, None, None):
        return None
    if platform is None or build_type is None or test_suite is None:
        raise ValueError("platform, build_type and test_suite are given all or none, "
                         f"not {platform!r}, {build_type!r}, {test_suite!r} (chunk {chunk!r})")
    return JobType(
        fields.line(platform, "platform"), fields.line(build_type, "build_type"),
        fields.line(test_suite, "test_suite"), chunk or 0)


def _explain(line: bytes, refusal: str) -> str:
    """Return a reason for a line that the decoder refused, with the value at fault.

    >>> _explain(b'{"tier": "one"}', "Expected `int | null`, got `str` - at `$.tier`")
    "tier: expected `int | null`, got `str`: 'one'"
    """
    try:
        record = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return f"not JSON: {error}: {shorten(line.decode('utf-8', 'replace'), 80)}"
    match = REFUSAL.match(refusal)
    reason, path = match.group("reason", "path") if match else (refusal, None)
    reason = reason[:1].lower() + reason[1:]
    if not path:
        return f"{reason}: {shorten(record, 80)}"
    return f"{path.lstrip('.')}: {reason}: {shorten(_value_at(record, path), 80)}"


def _value_at(record: Any, path: str) -> Any:
    for name, index in STEP.findall(path):
        try:
            record = record[name] if name else record[int(index)]
        except (KeyError, IndexError, TypeError):
            return record
    return record


def record_schema() -> dict[str, Any]:
    """Return the JSON Schema (Draft 2020-12) of one line of a file."""
    schema: dict[str, Any] = json.loads(record_schema_text())
    return schema


def record_schema_text() -> str:
    return files(__package__).joinpath("record.schema.json").read_text(encoding="utf-8")
