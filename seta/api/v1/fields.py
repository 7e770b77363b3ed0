"""Fields of requests: they accept exactly what the OpenAPI document says and can be stored."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator, BaseModel as PydanticModel, BeforeValidator, ConfigDict, Field,
    WithJsonSchema,
)

from ...domain import limits
from ...domain.limits import anchored

Json = dict[str, Any]  # what a view answers: an object, checked by its model

MAX_INT = 2**31 - 1  # of ids and of every number that is stored
DIGITS = re.compile(r"[0-9]{1,10}")
TIME = re.compile(
    r"2[0-9]{3}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})")
NAME, PUSH_ID, BUILD_SYSTEM = map(anchored, (limits.NAME, limits.PUSH_ID, limits.BUILD_SYSTEM))
SENTENCE = r"^[^\x00]*[^\x00\s][^\x00]*$"     # not blank
TEXT = r"^[^\x00]*$"


class Model(PydanticModel):
    """A body or a set of query parameters; an unknown field is an error."""

    model_config = ConfigDict(extra="forbid")


def _number(value: object) -> object:
    """Refuse what pydantic, unlike JSON Schema, reads as a number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"a number, not {value!r}")
    return value


def _digits(value: object) -> object:
    if isinstance(value, str) and not DIGITS.fullmatch(value):
        raise ValueError(f"a whole number, not {value!r}")
    return value


def _flag(value: object) -> object:
    if not isinstance(value, bool):
        raise ValueError(f"true or false, not {value!r}")
    return value


def _time(value: object) -> object:
    """Accept RFC 3339 only; pydantic also reads numbers and other texts as times."""
    if not isinstance(value, str) or not TIME.fullmatch(value):
        raise ValueError(f"a time with its zone, such as 2026-03-01T12:00:00Z, not {value!r}")
    return value


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


Count = Annotated[int, Field(ge=1, le=MAX_INT), BeforeValidator(_number)]
Redundancy = Annotated[int, Field(ge=1, le=10), BeforeValidator(_number)]
WindowDays = Annotated[int, Field(ge=1, le=3650), BeforeValidator(_number)]
Budget = Annotated[float, Field(ge=1, le=10), BeforeValidator(_number)]
ChangePrice = Annotated[float, Field(ge=1, le=10), BeforeValidator(_number)]
FailedPushes = Annotated[int, Field(ge=1, le=100), BeforeValidator(_number)]
QueryNumber = Annotated[int, Field(ge=1, le=MAX_INT), BeforeValidator(_digits)]
PageSize = Annotated[int, Field(ge=1, le=500), BeforeValidator(_digits)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Time = Annotated[
    datetime, AfterValidator(_utc), BeforeValidator(_time),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": "^2[0-9]{3}-",
                    "examples": ["2026-03-01T12:00:00Z"]})]
Text = Annotated[str, Field(max_length=2000, pattern=TEXT)]
Sentence = Annotated[str, Field(max_length=2000, pattern=SENTENCE)]
JobName = Annotated[str, Field(min_length=1, max_length=400, pattern=TEXT)]
Name = Annotated[str, Field(pattern=NAME)]
PushId = Annotated[str, Field(pattern=PUSH_ID)]
BuildSystemName = Annotated[str, Field(pattern=BUILD_SYSTEM)]
