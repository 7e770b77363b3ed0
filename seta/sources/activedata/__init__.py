"""ActiveData: JSON Query Expressions over one document a job."""

from .source import READ_TIMEOUT, ActiveData

__all__ = ["READ_TIMEOUT", "ActiveData"]
