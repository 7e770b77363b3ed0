"""What runs on a push, and what is still owed."""

from .backfill import Backfill, backfill
from .due import Owed, owed_now, take_owed
from .failed_schedules import schedule_failed
from .priorities import PriorityLists
from .push_status import PushRef, PushStatus, SkippedJob, push_status
from .pushes import RequestedPush, check_build_system
from .schedule import Answer, preview, schedule_push

__all__ = [
    "Answer", "RequestedPush", "Backfill", "Owed", "PriorityLists", "PushRef", "PushStatus",
    "SkippedJob", "backfill", "check_build_system", "owed_now", "preview", "push_status",
    "schedule_failed", "schedule_push", "take_owed",
]
