"""Bytes of one list, made once: the date is spliced in, gzip and ETag are kept for today."""

import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from ..payloads import spliced


@dataclass(frozen=True, slots=True)
class Body:
    """An answer's bytes, plain and gzipped, each with its strong ETag."""

    plain: bytes
    gzipped: bytes
    etag: str
    gzipped_etag: str


class Prepared:
    """The list of names, or of triples, of one question."""

    def __init__(self, entries: Sequence):
        self.is_empty = not entries
        self._list = msgspec.json.encode(entries)
        self._digest = hashlib.sha256(self._list).hexdigest()[:20]
        self._kept: tuple[str, Body] = ("", None)

    def body(self, date: str, *, today: str) -> Body:
        """Return the answer whose key is `date`; it is kept where that is today."""
        kept_date, kept = self._kept
        if date == kept_date:
            return kept
        made = self._make(date)
        if date == today:
            self._kept = (date, made)  # one assignment: other threads see all of it or nothing
        return made

    def _make(self, date: str) -> Body:
        plain = spliced(self._list, date)
        etag = f"{self._digest}-{date}"
        return Body(plain, gzip.compress(plain, 6, mtime=0), f'"{etag}"', f'"{etag}-gzip"')
