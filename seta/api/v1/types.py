"""Types of what is handed in: exactly what the OpenAPI document says, and what can be stored."""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import (
    AfterValidator, BaseModel as PydanticModel, BeforeValidator, ConfigDict, Field,
    WithJsonSchema,
)

from ...domain import limits
from ...domain.limits import anchored

LARGEST = 2**31 - 1  # of an id, and of any number that is stored
DIGITS = re.compile(r"[0-9]{1,10}")
TIME = re.compile(
    r"2[0-9]{3}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})")
NAME, PUSH_ID, BUILD_SYSTEM = map(anchored, (limits.NAME, limits.PUSH_ID, limits.BUILD_SYSTEM))
SENTENCE = r"^[^\x00]*[^\x00\s][^\x00]*$"     # not only blanks
TEXT = r"^[^\x00]*$"


class Model(PydanticModel):
    """A body or a set of query parameters; a field that it does not know is an error."""

    model_config = ConfigDict(extra="forbid")


def _number(value: object) -> object:
    """Refuse what pydantic takes for a whole number and JSON Schema does not."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"a whole number, not {value!r}")
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
    """Take a time only as RFC 3339 writes it; pydantic reads numbers and more as times too."""
    if not isinstance(value, str) or not TIME.fullmatch(value):
        raise ValueError(f"a time with its zone, such as 2026-03-01T12:00:00Z, not {value!r}")
    return value


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


Count = Annotated[int, Field(ge=1, le=LARGEST), BeforeValidator(_number)]
FailedPushes = Annotated[int, Field(ge=1, le=100), BeforeValidator(_number)]
AskedCount = Annotated[int, Field(ge=1, le=LARGEST), BeforeValidator(_digits)]
Limited = Annotated[int, Field(ge=1, le=500), BeforeValidator(_digits)]
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
BuildSystem = Annotated[str, Field(pattern=BUILD_SYSTEM)]
