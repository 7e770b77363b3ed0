"""What of the published snapshot a schedule is made from: handed over by whoever asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from seta.domain import Priority


@dataclass(frozen=True)
class Published:
    """The names of each level alive on one project for one build system.

    ``refusals`` say why it may not be used (no snapshot, stale, a kill switch); then everything
    runs, and the names only tell what everything is.
    """

    snapshot: int | None = None
    created_at: datetime | None = None
    levels: Mapping[Priority, tuple[str, ...]] = field(default_factory=dict)
    refusals: tuple[str, ...] = ()

    def __post_init__(self):
        if self.snapshot is None and not self.refusals:
            raise ValueError("without a snapshot there is a reason why")
        if (self.snapshot is None) != (self.created_at is None):
            raise ValueError(f"snapshot {self.snapshot} was made at {self.created_at}")

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for names in self.levels.values() for name in names)
