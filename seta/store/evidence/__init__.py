"""What an analysis reads, as it was known at a moment, aggregated in SQL.

Each function is one query, whatever the amount of data.
"""

from .alive import NameEvidence, known_names
from .durations import mean_durations
from .showings import run_totals, showings
from .window import END_OF_TIME, EvidenceWindow, evidence_window
from .witnesses import LabelQuality, failures_by_fix, label_quality, witnesses

__all__ = [
    "END_OF_TIME", "EvidenceWindow", "LabelQuality", "NameEvidence", "evidence_window",
    "failures_by_fix", "known_names", "label_quality", "mean_durations", "run_totals", "showings",
    "witnesses",
]
