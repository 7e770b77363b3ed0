"""What SETA answers, checked before any client acts on it.

Running everything is the safe side, so whatever is not exactly right is a ``NoAnswer`` here, and
every caller turns that into a full schedule.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .text import clean, clean_reasons

FULL = "full"
SELECTIVE = "selective"
MAX_REJECTED = 100  # records in one answer to a post


class NoAnswer(Exception):
    """SETA gave no usable answer; the message says why, in one log line."""


@dataclass(frozen=True)
class Schedule:
    """What to run on one push. A job that it does not name runs."""

    kind: str                               # FULL or SELECTIVE
    run: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()      # empty when full, whatever SETA named
    reasons: tuple[str, ...] = ()
    snapshot: str | int | None = None
    failure: str | None = None              # why SETA gave no answer; None when it did
    priorities: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def is_full(self) -> bool:
        return self.kind == FULL

    def skips(self, name: str) -> bool:
        """Return whether this job may be left out: only if SETA names it as one to skip."""
        return name in self.skip

    def knows(self, name: str) -> bool:
        return name in self.run or name in self.skip

    def checked_for(
        self, jobs: Collection[str], *, others: Collection[str] = (),
    ) -> "Schedule":
        """Return this schedule, or raise ``NoAnswer`` if none of these jobs would run by it.

        ``others`` are jobs that are scheduled elsewhere: where one of them runs, the answer is
        about the right project, and may well skip all of ``jobs``.
        """
        if not jobs or not all(self.skips(name) for name in jobs):
            return self
        if not self.run.isdisjoint(others):
            return self
        raise NoAnswer(f"none of the jobs here ({len(jobs)}, such as {clean(min(jobs))!r}) would "
                       "run by the answer, so it is not trusted")


@dataclass(frozen=True)
class Due:
    """Jobs that have waited long enough, the push to run them on, and why."""

    jobs: frozenset[str] = frozenset()
    push_id: str | None = None
    reasons: tuple[str, ...] = ()


def everything(reason: str) -> Schedule:
    """Return the schedule that a client falls back to: all jobs run."""
    return Schedule(FULL, reasons=(reason,), failure=reason)


def read_schedule(body: object, *, now: datetime) -> Schedule:
    """Check an answer to "what runs on this push"; anything doubtful raises ``NoAnswer``.

    >>> read_schedule({"action": "run", "kind": "full", "reasons": ["backstop"]},
    ...               now=datetime(2026, 1, 1, tzinfo=UTC)).reasons
    ('backstop',)
    """
    answer = as_object(body)
    if answer.get("action") != "run":
        raise NoAnswer(f"the answer's action is {answer.get('action')!r}, not 'run'")
    kind = answer.get("kind")
    reasons = clean_reasons(names(answer, "reasons", default=[]))
    if kind == FULL:
        return Schedule(FULL, reasons=reasons, snapshot=snapshot_of(answer))
    if kind != SELECTIVE:
        raise NoAnswer(f"the answer's kind is {kind!r}, neither 'full' nor 'selective'")
    return read_selective(answer, reasons, now=now)


def read_selective(
    answer: dict[str, Any], reasons: tuple[str, ...], *, now: datetime,
) -> Schedule:
    run, skip = frozenset(names(answer, "run")), frozenset(names(answer, "skip"))
    if not run:
        raise NoAnswer("a selective answer runs nothing, so it is not trusted")
    if run & skip:
        raise NoAnswer(f"the answer both runs and skips {min(run & skip)!r}")
    snapshot = snapshot_of(answer)
    if snapshot is None:
        raise NoAnswer("a selective answer names no snapshot, so it is not trusted")
    refuse_stale(answer.get("fresh_until"), now=now)
    priorities = answer.get("priorities")
    return Schedule(SELECTIVE, run, skip, reasons, snapshot,
                    priorities=priorities if isinstance(priorities, dict) else {})


def snapshot_of(answer: dict[str, Any]) -> str | int | None:
    """Return the snapshot that the answer names, None where it is neither a number nor a text."""
    value = answer.get("snapshot")
    if isinstance(value, str):
        return clean(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def refuse_stale(fresh_until: Any, *, now: datetime) -> None:
    """Refuse an expired answer, such as one from an intermediate cache.

    The server sets the time; where it sets none (an archived scope), there is none to check.
    """
    if fresh_until is None:
        return
    try:
        limit = datetime.fromisoformat(fresh_until)
    except (TypeError, ValueError) as error:
        raise NoAnswer(f"the answer's fresh_until is {fresh_until!r}, not a time") from error
    if limit.tzinfo is None:
        limit = limit.replace(tzinfo=UTC)
    if now >= limit:
        raise NoAnswer(f"the answer's snapshot is stale: it was good until {fresh_until}")


def read_low_value(body: object, *, jobs: Collection[str] = ()) -> frozenset[str]:
    """Read the legacy list of what to skip: ``{"jobtypes": {"2020-02-01": [...]}}``.

    The date is the server's day and says nothing about the list, so it is ignored. Where ``jobs``
    are given and the list holds all of them, it is not trusted: nothing would run.
    """
    by_date = as_object(body).get("jobtypes")
    if not isinstance(by_date, dict) or len(by_date) != 1:
        raise NoAnswer("the answer's jobtypes is not an object with one date")
    (date,) = by_date
    listed = frozenset(names(by_date, date))
    return Schedule(SELECTIVE, skip=listed).checked_for(jobs).skip


def read_due(body: object) -> Due:
    """Check the answer to "what is owed now"; anything doubtful raises ``NoAnswer``.

    >>> read_due({"jobs": ["a"], "push_id": "7", "reasons": ["90 minutes"]}).reasons
    ('90 minutes',)
    """
    answer = as_object(body)
    push_id = answer.get("push_id")
    return Due(
        jobs=frozenset(names(answer, "jobs")),
        push_id=push_id if isinstance(push_id, str) else None,
        reasons=clean_reasons(names(answer, "reasons", default=[])),
    )


@dataclass(frozen=True)
class AuditedPush:
    """A push on which jobs are to run for audits of regressions."""

    push_id: str
    revision: str
    pushed_at: str
    jobs: frozenset[str]


def read_audits(body: object) -> list[AuditedPush]:
    """Return the pushes with jobs to run for audits.

    >>> read_audits({"pushes": [{"push_id": "7", "revision": "ab12", "jobs": ["a"],
    ...                          "pushed_at": "2026-03-01T12:00:00Z"}]})[0].revision
    'ab12'
    """
    pushes = as_object(body).get("pushes")
    if not isinstance(pushes, list):
        raise NoAnswer("the answer's 'pushes' is not a list")
    found = []
    for push in map(as_object, pushes):
        words = [push.get(key) for key in ("push_id", "revision", "pushed_at")]
        if not all(isinstance(word, str) for word in words):
            raise NoAnswer("a push in the answer has no push_id, revision or pushed_at")
        push_id, revision, pushed_at = map(str, words)
        found.append(AuditedPush(push_id, revision, pushed_at, frozenset(names(push, "jobs"))))
    return found


def read_taken(body: object) -> list[str]:
    """Return the jobs that SETA gave out to be run for audits on one push."""
    return names(as_object(body), "jobs")


def read_receipt(body: object, *, sent: int) -> list[str]:
    """Return why records were rejected; ``NoAnswer`` unless the answer accounts for all sent.

    An answer of something else than SETA must not pass for a receipt. SETA names the first
    hundred of the rejected records only.

    >>> read_receipt({"accepted": 1, "rejected": [{"line": 2, "reason": "odd"}]}, sent=2)
    ["{'line': 2, 'reason': 'odd'}"]
    """
    answer = as_object(body)
    accepted, rejected = answer.get("accepted"), answer.get("rejected")
    if type(accepted) is not int or not isinstance(rejected, list):
        raise NoAnswer("the answer is no receipt: it must say how many records were accepted, and "
                       "which were rejected")
    left = sent - accepted
    if len(rejected) != left and not (len(rejected) == MAX_REJECTED < left):
        raise NoAnswer(f"the answer is no receipt for {sent} records: {accepted} accepted, "
                       f"{len(rejected)} rejected")
    return [clean(str(each)) for each in rejected]


def as_object(body: object) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise NoAnswer(f"the answer is a JSON {type(body).__name__}, not an object")
    return body


def names(answer: dict[str, Any], key: str, default: object = None) -> list[str]:
    """Return the list of strings under this key, which must be there unless it has a default."""
    value = answer.get(key, default)
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise NoAnswer(f"the answer's {key!r} is not a list of texts")
    return value
