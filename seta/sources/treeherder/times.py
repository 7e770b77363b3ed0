"""Times as Treeherder writes them."""

from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000  # in microseconds


def time_of(value: Any) -> datetime | None:
    """Read a time of Treeherder's: ISO 8601, in UTC, mostly without a time zone.

    >>> time_of("2020-03-12T10:11:12.5")
    datetime.datetime(2020, 3, 12, 10, 11, 12, 500000, tzinfo=datetime.timezone.utc)
    """
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def microseconds(moment: datetime) -> int:
    """Return the microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def utc_text(since_1970: int) -> str:
    """Write microseconds since 1970 as Treeherder does: in UTC, without a zone.

    >>> utc_text(1_500_000)
    '1970-01-01T00:00:01.500000'
    """
    return (EPOCH + since_1970 * MICROSECOND).replace(tzinfo=None).isoformat()
