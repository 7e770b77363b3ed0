"""What SETA answers, checked before anybody obeys it.

A client may turn an outage into "run everything", since that is the safe side; so whatever is
not exactly right is a ``NoAnswer`` here, and every caller turns that into a full schedule.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

FULL = "full"
SELECTIVE = "selective"


class NoAnswer(Exception):
    """SETA gave no answer that may be obeyed; the message says why, for one log line."""


@dataclass(frozen=True)
class Schedule:
    """What to run on one push. A name that it does not mention runs."""

    kind: str                               # FULL or SELECTIVE
    run: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()      # empty when full, whatever SETA named
    reasons: tuple[str, ...] = ()
    snapshot: str | int | None = None
    failure: str | None = None              # why SETA gave no answer; None when it did
    priorities: dict = field(default_factory=dict, compare=False)

    @property
    def is_full(self) -> bool:
        return self.kind == FULL

    def skips(self, name: str) -> bool:
        """Say whether this job may be left out: only where SETA names it as one to skip."""
        return name in self.skip

    def knows(self, name: str) -> bool:
        return name in self.run or name in self.skip


def everything(reason: str) -> Schedule:
    """Return the schedule that a client falls back to."""
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
    reasons = tuple(names(answer, "reasons", default=[]))
    if kind == FULL:
        return Schedule(FULL, reasons=reasons, snapshot=answer.get("snapshot"))
    if kind != SELECTIVE:
        raise NoAnswer(f"the answer's kind is {kind!r}, neither 'full' nor 'selective'")
    return read_selective(answer, reasons, now=now)


def read_selective(answer: dict, reasons: tuple[str, ...], *, now: datetime) -> Schedule:
    run, skip = frozenset(names(answer, "run")), frozenset(names(answer, "skip"))
    if not run:
        raise NoAnswer("a selective answer that runs nothing is not believed")
    if run & skip:
        raise NoAnswer(f"the answer both runs and skips {min(run & skip)!r}")
    if answer.get("snapshot") is None:
        raise NoAnswer("a selective answer without a snapshot is not believed")
    refuse_stale(answer.get("fresh_until"), now=now)
    priorities = answer.get("priorities")
    return Schedule(SELECTIVE, run, skip, reasons, answer["snapshot"],
                    priorities=priorities if isinstance(priorities, dict) else {})


def refuse_stale(fresh_until: object, *, now: datetime) -> None:
    """Refuse an answer from after its time, such as one that a cache in between had kept.

    The time is the server's to name; without one (an archived scope) there is none to check.
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
        raise NoAnswer(f"the answer's snapshot was good until {fresh_until} only: it is stale")


def read_low_value(body: object) -> frozenset[str]:
    """Read the old protocol's list of what to skip: ``{"jobtypes": {"2020-02-01": [...]}}``.

    The date is the server's day and says nothing about the list, so it is not looked at.
    """
    by_date = as_object(body).get("jobtypes")
    if not isinstance(by_date, dict) or len(by_date) != 1:
        raise NoAnswer("the answer's jobtypes is not an object with one date")
    (date,) = by_date
    return frozenset(names(by_date, date))


def as_object(body: object) -> dict:
    if not isinstance(body, dict):
        raise NoAnswer(f"the answer is JSON, but of type {type(body).__name__}, not an object")
    return body


def names(answer: dict, key: str, default: object = None) -> list[str]:
    """Return the list of texts under this key, which must be there unless it has a default."""
    value = answer.get(key, default)
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise NoAnswer(f"the answer's {key!r} is not a list of texts")
    return value
