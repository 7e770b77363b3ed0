"""What names of jobs and notes of sheriffs mean."""

from .build_system import BuildSystem
from .buildbot import BUILDBOT
from .registry import BUILD_SYSTEMS, may_be_listed, parse
from .renames import apply_renames, check_renames
from .report import Collision, ParseReport, parse_report
from .revisions import FixingRevisions, Note, fixing_revisions, newest_fixed_by_commit
from .symbols import symbols_of
from .taskcluster import TASKCLUSTER

__all__ = [
    "BUILDBOT", "BUILD_SYSTEMS", "TASKCLUSTER", "BuildSystem", "Collision", "FixingRevisions",
    "Note", "ParseReport", "apply_renames", "check_renames", "fixing_revisions",
    "may_be_listed", "newest_fixed_by_commit", "parse", "parse_report",
    "symbols_of",
]
