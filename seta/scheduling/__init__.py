"""What runs on a push, and what is still owed."""

from .debt import schedule_failed
from .due import Owed, owed_now, take_owed
from .published import Published
from .pushes import AskedPush
from .schedule import Answer, preview, schedule_push

__all__ = [
    "Answer", "AskedPush", "Owed", "Published", "owed_now", "preview", "schedule_failed",
    "schedule_push", "take_owed",
]
