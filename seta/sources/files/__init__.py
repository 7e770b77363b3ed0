"""Files of job results and job lists: NDJSON, one record per line, for every other CI.

The schema of a record is `record_schema()`, shipped as record.schema.json.
"""

from .reading import MAX_LINE, BadLine, check_readable, open_records, read_records
from .records import decode_record, record_schema

__all__ = [
    "MAX_LINE", "BadLine", "check_readable", "decode_record", "open_records", "read_records",
    "record_schema",
]
