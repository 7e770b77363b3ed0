"""Names of jobs, and what sheriffs write: what they mean, table-driven."""

from .notes import Note, newest_fixed_by_commit
from .parsing import canonical, parse
from .patterns import Pattern
from .rename_check import check_renames
from .renames import NewWords, Rename, apply_renames
from .reports import Collision, JobName, ParseReport, parse_report
from .revisions import FixingRevisions, fixing_revisions

__all__ = [
    "Collision", "FixingRevisions", "JobName", "NewWords", "Note", "ParseReport", "Pattern",
    "Rename", "apply_renames", "canonical", "check_renames", "fixing_revisions",
    "newest_fixed_by_commit", "parse", "parse_report",
]
