"""What is new in a source's report on a job, and the time from which it counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ...domain import Classification


@dataclass(frozen=True, slots=True)
class Asked:
    """When a source was asked for the present state of jobs, and when it had been asked before.

    Without it, results are records of the past, as in a file.
    """

    at: datetime
    before: datetime | None = None  # the end of the ingest before this one
    is_first_look: bool = False     # at these pushes: what is told of unknown stars is not news


@dataclass(frozen=True, slots=True)
class SourceClassification:
    """How a source classified a job, and when; `at` is None where it gave no time."""

    classification: str
    fixed_by: tuple[str, ...]
    unparsed: int
    at: datetime | None
    modified_at: datetime | None = None  # the job's last change, if the source says so
    id: int | None = None                # of the row; None: not stored yet

    def says_the_same(self, other: "SourceClassification") -> bool:
        return ((self.classification, self.fixed_by, self.unparsed)
                == (other.classification, other.fixed_by, other.unparsed))

    @property
    def says_nothing(self) -> bool:
        return self.classification == Classification.NOT_CLASSIFIED


def new_classification_time(
    known: Sequence[SourceClassification], reported: SourceClassification, pushed_at: datetime
) -> datetime | None:
    """Return the time from which a new classification counts; None if a source repeats itself.

    A repeat must not outrank what a person decided in between. `known` holds what sources
    reported before, in order of time. With a time, a report is compared with what was known
    then; an older one that arrives late is kept but changes nothing. Without a time, it counts
    from the push, but never before the one it replaces. "Not classified" is not new where the
    job never was classified.
    """
    before = [(each.at, each) for each in known
              if each.at is not None and (reported.at is None or each.at <= reported.at)]
    if not before:
        return None if reported.says_nothing else reported.at or pushed_at
    newest_at, newest = before[-1]
    is_known = any(at == reported.at and each.says_the_same(reported) for at, each in before)
    if is_known or newest.says_the_same(reported):
        return None
    return max(pushed_at, newest_at) if reported.at is None else reported.at


def time_of_news(
    known: Sequence[SourceClassification], reported: SourceClassification, asked: Asked
) -> datetime | None:
    """Return the time from which the present state of a job counts; None if it is no news.

    What holds now may be older than what was believed: when the newest of two notes is deleted,
    the older one holds again. So news counts from its own time only if that could not have been
    seen before; else from the job's last change, if the job moved; else from the moment of
    asking. A look at any earlier moment then shows what was believed at that moment.

    An answer of an earlier state of the job than the one known is not news.
    """
    if not known:
        if reported.says_nothing:
            return None
        latest = None if asked.is_first_look else asked.before
        return _first_after(latest, (reported.at, reported.modified_at)) or asked.at
    newest = known[-1]
    has_moved = True
    if newest.modified_at is not None and reported.modified_at is not None:
        if reported.modified_at < newest.modified_at:
            return None
        has_moved = reported.modified_at > newest.modified_at
    if newest.says_the_same(reported):
        return None
    assert newest.at is not None  # known ones have a time
    latest = max(newest.at, asked.before or newest.at)
    own = _first_after(latest, (reported.at, reported.modified_at)) if has_moved else None
    return own or max(asked.at, newest.at)


def _first_after(
    latest: datetime | None, moments: Iterable[datetime | None]
) -> datetime | None:
    return next((moment for moment in moments
                 if moment is not None and (latest is None or moment > latest)), None)
