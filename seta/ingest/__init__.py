"""Store results from sources, and count what is left out."""

from .files import import_files
from .live import ingest_project, ingest_span
from .plan import IngestLengths
from .posts import accept_records
from .records import ImportReport
from .slices import IngestReport

__all__ = [
    "ImportReport", "IngestReport", "IngestLengths", "accept_records", "import_files",
    "ingest_project", "ingest_span",
]
