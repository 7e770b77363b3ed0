"""The JSON Schema of a record, for those who write files."""

import json
from importlib.resources import files
from typing import Any

FILE = "record.schema.json"


def record_schema() -> dict[str, Any]:
    """Return the JSON Schema (Draft 2020-12) of one line of a file."""
    return json.loads(record_schema_text())


def record_schema_text() -> str:
    return files("seta.sources").joinpath(FILE).read_text(encoding="utf-8")
