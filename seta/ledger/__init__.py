"""What runs on a push, and what is still owed."""

from .backfill import Backfill, backfill
from .due import Owed, owed_now, take_owed
from .failed_schedules import schedule_failed
from .prepared import KeptNames
from .priorities import PriorityLists
from .push_status import PushRef, PushStatus, SkippedJob, push_status
from .pushes import RequestedPush, check_build_system
from .schedule import Answer, draft_schedule, preview, record_schedule

__all__ = [
    "Answer", "RequestedPush", "Backfill", "KeptNames", "Owed", "PriorityLists", "PushRef",
    "PushStatus", "SkippedJob", "backfill", "check_build_system", "draft_schedule", "owed_now",
    "preview", "push_status", "record_schedule", "schedule_failed", "take_owed",
]
