"""What runs on a push, and what is still owed."""

from .audits import audited, audits_to_run, draw_audits, jobs_of, take_audits
from .backfill import Backfill, backfill
from .due import Owed, owed_now, take_owed
from .failed_schedules import schedule_failed
from .prepared import KeptNames
from .priorities import PriorityLists
from .push_status import PushRef, PushStatus, SkippedJob, push_status
from .pushes import RequestedPush, check_build_system
from .schedule import Answer, Draft, draft_schedule, preview, record_schedule, record_schedules

__all__ = [
    "Answer", "Backfill", "Draft", "KeptNames", "Owed", "PriorityLists", "PushRef",
    "PushStatus", "RequestedPush", "SkippedJob", "audited", "audits_to_run", "backfill",
    "check_build_system", "draft_schedule", "draw_audits", "jobs_of", "owed_now", "preview",
    "push_status", "record_schedule", "record_schedules", "schedule_failed", "take_audits",
    "take_owed",
]
