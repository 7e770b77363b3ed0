"""ActiveData: JSON Query Expressions over one document per job."""

from .source import READ_TIMEOUT, ActiveData

__all__ = ["READ_TIMEOUT", "ActiveData"]
