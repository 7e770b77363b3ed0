"""Outside JSON in, domain values out: ActiveData, Treeherder, Taskcluster's index, files."""

from .protocol import Batch, JobListSource, ResultSource, Slice

__all__ = ["Batch", "JobListSource", "ResultSource", "Slice"]
