"""Outside JSON in, domain values out: ActiveData, Treeherder, Taskcluster's index, files."""

from .slices import Batch, JobListSource, ResultSource, Slice

__all__ = ["Batch", "JobListSource", "ResultSource", "Slice"]
