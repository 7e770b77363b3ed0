"""Entries of job lists, put together until a list seems whole."""

from collections.abc import Iterable
from datetime import datetime

from ..domain import ListedJob

MOST = 50_000  # entries kept at a time

Key = tuple[str, str, datetime]  # project, build system, seen at


class ListBuffer:
    """Keeps the last list of each project and build system.

    Files give a list's entries together. Half a list would retire the jobs of the other half,
    so that it is stored only when the next one begins, when all is read, or when there is too
    much to keep.
    """

    def __init__(self):
        self._lists: dict[Key, dict[str, ListedJob]] = {}
        self._last: dict[tuple[str, str], datetime] = {}

    def add(self, entries: Iterable[ListedJob]) -> dict[Key, list[ListedJob]]:
        """Keep entries; return the lists that another one followed."""
        for entry in entries:
            key = entry.project, entry.build_system, entry.seen_at
            self._lists.setdefault(key, {})[entry.name] = entry
            self._last[key[:2]] = entry.seen_at
        if sum(map(len, self._lists.values())) > MOST:
            return self.take_all()
        return self._take({key for key in self._lists if self._last[key[:2]] != key[2]})

    def take_all(self) -> dict[Key, list[ListedJob]]:
        return self._take(set(self._lists))

    def _take(self, keys: set[Key]) -> dict[Key, list[ListedJob]]:
        return {key: list(self._lists.pop(key).values()) for key in sorted(keys)}
