"""Names of jobs, and what sheriffs write: what they mean, table-driven."""

from .registry import canonical, parse
from .renames import apply_renames, check_renames
from .report import Collision, JobName, ParseReport, parse_report
from .revisions import FixingRevisions, Note, fixing_revisions, newest_fixed_by_commit

__all__ = [
    "Collision", "FixingRevisions", "JobName", "Note", "ParseReport", "apply_renames",
    "canonical", "check_renames", "fixing_revisions", "newest_fixed_by_commit", "parse",
    "parse_report",
]
