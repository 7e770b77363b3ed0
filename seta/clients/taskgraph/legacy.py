"""The old protocol, for a SETA that knows no other: a list of labels that are of low value.

It knows nothing of pushes, so the client counts: everything runs on every fifth number of the
push log. It cannot say when a push has waited too long, nor count pushes without numbers.
"""

from ..answers import SELECTIVE, NoAnswer, Schedule
from ..http import answered_low_value
from ..questions import low_value_question
from ..wire import Refused
from .pushes import Push

EVERY = 5


def is_older_server(refusal: Refused) -> bool:
    """Say whether the address is unknown there, rather than the project or the push.

    A SETA of today says what it does not know as problem details (RFC 9457).
    """
    return refusal.status == 404 and "problem+json" not in refusal.content_type


def legacy_schedule(push: Push, *, url: str | None, deadline: float) -> Schedule:
    if push.number is None:
        raise NoAnswer("an older SETA answered, and the push has no number to count by")
    if push.number % EVERY == 0:
        raise NoAnswer(f"an older SETA answered, and every {EVERY}th push runs everything")
    question = low_value_question(push.project, "taskcluster", url=url)
    skip = answered_low_value(question, deadline=deadline)
    return Schedule(SELECTIVE, skip=skip, reasons=(
        f"an older SETA's list; everything runs on every {EVERY}th push",))
