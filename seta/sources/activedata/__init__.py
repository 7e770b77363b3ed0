"""ActiveData: JSON Query Expressions over one document a job."""

from .source import ActiveData

__all__ = ["ActiveData"]
