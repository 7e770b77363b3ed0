"""What web processes serve: the published lists, prepared as bytes once in each process."""

from .edition import Edition
from .lists import (
    ALL, HIGH_VALUE, LOW_VALUE, Body, ListKind, ListQuery, PackedBody, PreparedList,
)
from .published import Published, UsableList, utc_now
from .state import Watch

__all__ = [
    "ALL", "HIGH_VALUE", "LOW_VALUE", "Body", "Edition", "ListKind", "ListQuery", "PackedBody",
    "PreparedList", "Published", "UsableList", "Watch", "utc_now",
]
