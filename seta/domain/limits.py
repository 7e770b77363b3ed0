"""What ids, names and words may look like. Patterns match the whole text: see `anchored`."""

import re
from datetime import datetime, timedelta

TOKEN = r"[A-Za-z0-9._:-]{1,64}"            # ids that only have to be unique
PUSH_ID = BUILD_SYSTEM = TOKEN
NAME = r"[A-Za-z0-9._-]{1,64}"              # of a project or a scope
JOB_ID = r"[A-Za-z0-9._:/+=@#-]{1,128}"
REVISION = r"[A-Za-z0-9._-]{1,64}"          # of any version control
HG_REVISION = r"[0-9a-f]{12,40}"

WHOLE_REVISION = 40     # digits of hg's and of Git's
REVISION_DIGITS = 12    # are enough to tell a revision from all others; a fix is stored by them
SHORTEST_REVISION = 7   # digits that people write; only a known push makes them REVISION_DIGITS

CLOCK_SKEW = timedelta(minutes=10)   # how much two clocks may differ

# Words of letters, digits, "_", "." and "+" with single hyphens between them.
NAME_WORDS = re.compile(r"[A-Za-z0-9_.+]+(?:-[A-Za-z0-9_.+]+)*")

is_token = re.compile(TOKEN).fullmatch
is_push_id = re.compile(PUSH_ID).fullmatch
is_build_system = re.compile(BUILD_SYSTEM).fullmatch
is_name = re.compile(NAME).fullmatch
is_job_id = re.compile(JOB_ID).fullmatch
is_revision = re.compile(REVISION).fullmatch
is_hg_revision = re.compile(HG_REVISION).fullmatch


def is_ahead(moment: datetime, now: datetime) -> bool:
    """Return whether a time is further ahead than clocks differ, so that one of them is wrong."""
    return moment > now + CLOCK_SKEW


def anchored(pattern: str) -> str:
    """Return a pattern for JSON Schema and PostgreSQL, which search in the text.

    >>> anchored(NAME)
    '^[A-Za-z0-9._-]{1,64}$'
    """
    return f"^{pattern}$"
