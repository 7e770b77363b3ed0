"""The lists of the old wire: which names they hold, and their bytes, made once."""

import gzip
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from ...domain import JobType, Priority
from ...names import may_be_listed
from ...store.snapshots import PublishedLists
from .payloads import spliced

LOW_VALUE = frozenset({Priority.SECOND, Priority.THIRD})
HIGH_VALUE = frozenset({Priority.FIRST})
ALL = frozenset(Priority)


class Kind(StrEnum):
    """What the entries of the list are; the names of any other CI are asked for by its word."""

    TASKCLUSTER = "taskcluster"  # task labels
    BUILDBOT = "buildbot"        # builder names
    ANY = "*"                    # the union of both, and of every other CI
    TRIPLES = "triples"          # [platform, build type, suite and chunk]


@dataclass(frozen=True, slots=True)
class Question:
    """One list of the old wire; `project` None is all of the default scope."""

    project: str | None
    kind: str
    priorities: frozenset[Priority]


@dataclass(frozen=True, slots=True)
class Body:
    """An answer's bytes, plain and gzipped, each with an ETag (without its quotes)."""

    plain: bytes
    gzipped: bytes
    etag: str

    @property
    def gzipped_etag(self) -> str:
        return f"{self.etag}-gzip"

    @classmethod
    def of(cls, plain: bytes, etag: str = "") -> "Body":
        return cls(plain, gzip.compress(plain, 6, mtime=0), etag or digest_of(plain))

    @classmethod
    def of_gzipped(cls, gzipped: bytes) -> "Body":
        return cls(gzip.decompress(gzipped), gzipped, digest_of(gzipped))


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:20]


class Prepared:
    """The list of names, or of triples, of one question."""

    def __init__(self, entries: Sequence):
        self.is_empty = not entries
        self._list = msgspec.json.encode(entries)
        self._digest = digest_of(self._list)
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
        return Body.of(spliced(self._list, date), f"{self._digest}-{date}")


def entries_of(lists: PublishedLists, projects: Iterable[str], question: Question) -> list:
    """Return the entries, sorted, none twice."""
    wanted = set(projects)
    found = set()
    for (project, build_system), priorities in lists.names.items():
        if project in wanted and question.kind in (build_system, Kind.ANY, Kind.TRIPLES):
            for name, job_type in _at(lists, priorities, question.priorities):
                if may_be_listed(name, build_system, project, job_type):
                    found.add(_entry(question.kind, name, job_type))
    return sorted(found)


def _at(lists, priorities, wanted: frozenset[Priority]) -> Iterator[tuple[str, JobType]]:
    for priority in wanted:
        names, type_ids = priorities.get(priority, ((), ()))
        for name, type_id in zip(names, type_ids, strict=True):
            yield name, lists.job_types[type_id]


def _entry(kind: Kind, name: str, job_type: JobType):
    if kind is not Kind.TRIPLES:
        return name
    return (job_type.platform, job_type.build_type, job_type.testtype)
