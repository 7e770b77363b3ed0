"""Names of jobs, and what sheriffs write: what they mean, table-driven."""

from .parsing import canonical, parse

__all__ = ["canonical", "parse"]
