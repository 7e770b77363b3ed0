"""The answer given for a push, and its outcome."""

import gzip
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import msgspec


@dataclass(frozen=True, kw_only=True)
class LedgerEntry:
    """The answer given for one push, and its outcome."""

    project: str
    build_system: str
    push_id: str
    revision: str
    pushed_at: datetime
    kind: str                      # "selective" or "full"
    snapshot: int | None
    ran_priority_2: bool           # as far as is known: a schedule that failed ran nothing
    ran_priority_3: bool
    ran_backstop: bool
    # False: older than the newest push, so it does not count toward any interval.
    counts: bool
    answer: bytes                  # the JSON body, gzipped
    answered_at: datetime
    failed_at: datetime | None = None
    failed_why: str | None = None
    late_names: tuple[str, ...] = ()  # started on this push by a timer, afterwards
    late_at: datetime | None = None
    late_intervals: tuple[str, ...] = ()
    # Of a staggered cadence: the turns that really ran, each as "priority_2 3/5".
    ran_turns: tuple[str, ...] = ()
    id: int = 0

    @property
    def run_names(self) -> tuple[str, ...]:
        return self._answered_names.run

    @property
    def skip_names(self) -> tuple[str, ...]:
        return self._answered_names.skip

    @cached_property
    def _answered_names(self) -> "_AnsweredNames":
        """The names in the answer: they are stored nowhere else, and few readers need them."""
        return _DECODER.decode(gzip.decompress(self.answer))

    @property
    def is_good(self) -> bool:
        """Return whether the schedule counts as run: nobody reported that it failed."""
        return self.failed_at is None

    @cached_property
    def ran_names(self) -> frozenset[str]:
        return frozenset(self.late_names + (self.run_names if self.is_good else ()))

    @property
    def order(self) -> tuple[datetime, int]:
        return self.pushed_at, self.id


class _AnsweredNames(msgspec.Struct):
    run: tuple[str, ...]
    skip: tuple[str, ...]


_DECODER = msgspec.json.Decoder(_AnsweredNames)
