"""What an analysis reads, as it was known at a moment, aggregated in SQL.

Each function is one query, whatever the amount of data.
"""

from .durations import mean_durations
from .failures import failures_by_fix
from .ingests import failed_ingests
from .known_names import KnownName, known_names
from .moment import END_OF_TIME, Moment, moment_of
from .quality import LabelQuality, label_quality
from .witnesses import Witnesses, witnesses

__all__ = [
    "END_OF_TIME", "KnownName", "LabelQuality", "Moment", "Witnesses", "failed_ingests",
    "failures_by_fix", "known_names", "label_quality", "mean_durations", "moment_of", "witnesses",
]
