"""ActiveData: JSON Query Expressions over one document per job."""

from .pace import READ_TIMEOUT, SLOW_AFTER, Patience
from .source import ActiveData

__all__ = ["READ_TIMEOUT", "SLOW_AFTER", "ActiveData", "Patience"]
