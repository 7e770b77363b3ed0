"""The lists of the legacy routes: which names are in them, and their bytes, made once."""

import gzip
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from ...domain import JobType, Priority
from ...names import may_be_listed
from ...store.snapshots import PublishedLists
from .payloads import list_body

LOW_VALUE = frozenset({Priority.SECOND, Priority.THIRD})
HIGH_VALUE = frozenset({Priority.FIRST})
ALL = frozenset(Priority)
Triple = tuple[str, str, str]  # platform, build type, suite and chunk


class ListKind(StrEnum):
    """What the entries of a list are; another CI's names have its build system as their kind."""

    TASKCLUSTER = "taskcluster"  # task labels
    BUILDBOT = "buildbot"        # builder names
    ANY = "*"                    # the union of both, and of every other CI
    TRIPLES = "triples"          # Triple


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which list of the legacy routes is requested."""

    project: str | None     # None: all projects of the default scope
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


class PackedBody:
    """An answer that is kept gzipped, and unpacked only for a client that needs it."""

    def __init__(self, gzipped: bytes):
        self.gzipped = gzipped
        self.etag = digest_of(gzipped)
        self.gzipped_etag = f"{self.etag}-gzip"

    @property
    def plain(self) -> bytes:
        return gzip.decompress(self.gzipped)


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:20]


class PreparedList:
    """The list of names, or of triples, for one query."""

    def __init__(self, entries: Sequence[str] | Sequence[Triple]):
        self.is_empty = not entries
        self._list = msgspec.json.encode(entries)
        self._digest = digest_of(self._list)
        self._kept: tuple[str, Body] | None = None    # today's answer, by its date

    def body(self, date: str, *, today: str) -> Body:
        """Return the answer whose key is `date`; that of today is kept."""
        kept = self._kept
        if kept is not None and kept[0] == date:
            return kept[1]
        body = Body.of(list_body(self._list, date), f"{self._digest}-{date}")
        if date == today:
            self._kept = (date, body)  # one assignment: other threads see all of it or nothing
        return body


def entries_of(
    lists: PublishedLists, projects: Iterable[str], query: ListQuery
) -> list[str] | list[Triple]:
    """Return the entries, sorted and without duplicates."""
    if query.kind is ListKind.TRIPLES:
        return triples_of(lists, projects, query)
    return sorted({name for name, _ in _listed(lists, frozenset(projects), query)})


def triples_of(
    lists: PublishedLists, projects: Iterable[str], query: ListQuery
) -> list[Triple]:
    return sorted({(job_type.platform, job_type.build_type, job_type.testtype)
                   for _, job_type in _listed(lists, frozenset(projects), query)})


def _listed(
    lists: PublishedLists, projects: frozenset[str], query: ListQuery
) -> Iterator[tuple[str, JobType]]:
    for (project, build_system), priorities in lists.names.items():
        if project not in projects:
            continue
        if query.kind not in (build_system, ListKind.ANY, ListKind.TRIPLES):
            continue
        for priority in query.priorities:
            names, type_ids = priorities.get(priority, ((), ()))
            for name, type_id in zip(names, type_ids, strict=True):
                job_type = lists.job_types[type_id]
                if may_be_listed(name, build_system, project, job_type):
                    yield name, job_type
