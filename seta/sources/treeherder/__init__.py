"""Treeherder's REST API, of the same shape as ActiveData: pushes, their jobs, their notes."""

from .source import Treeherder

__all__ = ["Treeherder"]
