"""What web processes serve: the published lists, prepared as bytes once in each process."""

from .lists import ALL, HIGH_VALUE, LOW_VALUE, Body, Kind, Prepared, Question
from .published import Published, Served, utc_now

__all__ = [
    "ALL", "HIGH_VALUE", "LOW_VALUE", "Body", "Kind", "Prepared", "Published", "Question",
    "Served", "utc_now",
]
