"""From sources into the store; what is left out is counted."""

from .accepting import accept_records
from .files import import_files
from .ingested import Ingested
from .live import ingest_project, ingest_span
from .plan import Spans
from .reports import BadRecord, ImportReport

__all__ = [
    "BadRecord", "ImportReport", "Ingested", "Spans", "accept_records", "import_files",
    "ingest_project", "ingest_span",
]
