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
from .payloads import list_body, list_in

LOW_VALUE = frozenset({Priority.SECOND, Priority.THIRD})
HIGH_VALUE = frozenset({Priority.FIRST})
ALL = frozenset(Priority)
NO_DATE = "0000-00-00"    # of an answer that was not asked for yet
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
        return cls(plain, _gzip(plain), etag or digest_of(plain))


class PackedBody:
    """An answer that is kept gzipped, and unpacked only for a client that needs it."""

    def __init__(self, gzipped: bytes, etag: str = ""):
        self.gzipped = gzipped
        self.etag = etag or digest_of(gzipped)
        self.gzipped_etag = f"{self.etag}-gzip"

    @property
    def plain(self) -> bytes:
        return gzip.decompress(self.gzipped)


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:20]


class PreparedList:
    """The list of names, or of triples, for one query.

    Only its gzipped bytes are kept: of a large CI there are many lists, each of half a megabyte.
    """

    def __init__(self, entries: Sequence[str] | Sequence[Triple]):
        self.is_empty = not entries
        encoded = msgspec.json.encode(entries)
        self._digest = digest_of(encoded)
        packed = _gzip(list_body(encoded, NO_DATE), level=1)
        self._kept = (NO_DATE, PackedBody(packed))   # today's answer, by its date

    def body(self, date: str, *, today: str) -> PackedBody:
        """Return the answer whose key is `date`; that of today is kept."""
        kept_date, kept = self._kept
        if kept_date == date:
            return kept
        body = PackedBody(_gzip(list_body(list_in(kept.plain), date)), f"{self._digest}-{date}")
        if date == today:
            self._kept = (date, body)  # one assignment: other threads see all of it or nothing
        return body


def _gzip(plain: bytes, *, level: int = 6) -> bytes:
    return gzip.compress(plain, level, mtime=0)


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
