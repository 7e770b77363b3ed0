"""Store records of both kinds, results and entries of job lists, batch by batch."""

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from psycopg2.errors import ForeignKeyViolation
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from ..domain import Classification, JobResult, ListedJob
from ..store.curation.projects import project_named
from ..store.operation.watermarks import record_success
from ..store.results.job_lists import record_job_list
from ..store.results.job_names import NameIds, count_unparsed
from ..store.results.news import Asked
from ..store.results.writer import ResultWriter, StoredCounts

logger = logging.getLogger(__name__)

MAX_SHOWN = 100             # bad lines in a report
MAX_ENTRIES = 50_000   # of job lists, kept in memory

ListKey = tuple[str, str, datetime]  # project, build system, seen at

Work = Callable[[Session], object]
OpenProjects = Callable[[Session, Collection[tuple[str, str]]], None]


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A line that was left out."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Counts, and the first hundred bad lines; `bad_total` counts them all."""

    results: int = 0
    jobs: int = 0                      # entries of job lists
    new: int = 0                       # results that are new
    changed: int = 0                   # known results that changed
    classifications: int = 0           # added
    assumed_times: int = 0             # classified without a time: the push time is used
    without_fix: int = 0               # "fixed by commit", and no revision named
    unparsed_names: int = 0            # all that are known of the projects seen
    bad: tuple[BadRecord, ...] = ()
    bad_total: int = 0
    projects: tuple[str, ...] = field(default=())
    sources: dict[str, str] = field(default_factory=dict)   # project -> the source that feeds it

    def with_bad(self, bad: BadRecord) -> "ImportReport":
        shown = (*self.bad, bad) if len(self.bad) < MAX_SHOWN else self.bad
        return replace(self, bad=shown, bad_total=self.bad_total + 1)

    def with_stored(self, stored: StoredCounts, *, without_fix: int) -> "ImportReport":
        return replace(
            self, results=self.results + stored.results, new=self.new + stored.new,
            changed=self.changed + stored.changed,
            classifications=self.classifications + stored.classifications,
            assumed_times=self.assumed_times + stored.assumed_times,
            without_fix=self.without_fix + without_fix)

    @property
    def counts(self) -> dict[str, int]:
        """The numbers alone, as stored with a run."""
        return {name: value for name in self.__slots__
                if isinstance(value := getattr(self, name), int)}


class Receiver:
    """Stores records, and reports on them.

    `open_projects` is called with each (project, build system) before its first record is
    stored, in the same transaction; it raises where the records may not go in.
    """

    def __init__(self, sessions: sessionmaker[Session], open_projects: OpenProjects):
        self._sessions = sessions
        self._open_projects = open_projects
        self._saver = Saver(sessions)
        self._lists = ListBuffer()
        self._opened: set[tuple[str, str]] = set()
        self.report = ImportReport()

    def take(self, records: Sequence[JobResult | ListedJob]) -> None:
        """Store results at once, and entries of job lists as soon as their list seems complete."""
        results = [each for each in records if type(each) is JobResult]
        entries = [each for each in records if type(each) is ListedJob]
        seen = {(each.project, each.build_system) for each in records} - self._opened
        stored = self._saver.save(
            results, before=lambda session: self._open_projects(session, seen) if seen else None)
        self._opened |= seen
        self.report = self.report.with_stored(
            stored, without_fix=sum(map(lacks_fix, results)))
        self.report = replace(self.report, jobs=self.report.jobs + len(entries))
        self._record(self._lists.add(entries))

    def add_bad(self, bad: BadRecord) -> None:
        self.report = self.report.with_bad(bad)

    def flush(self) -> None:
        """Store the lists received so far."""
        self._record(self._lists.take_all())

    def finish(self, *, source: str, now: datetime) -> ImportReport:
        """Store what is left and return the report.

        The projects count as ingested from `source` at `now` if no line was bad, unless the
        source is "". That makes those fresh whose own source it is.
        """
        self.flush()
        projects = sorted({project for project, _ in self._opened})
        with self._sessions.begin() as session:
            unparsed = count_unparsed(session, projects)
            for project in projects if source and not self.report.bad_total else ():
                record_success(session, source=source, project=project, now=now)
            sources = {project: project_named(session, project).source for project in projects}
        self.report = replace(self.report, projects=tuple(projects), unparsed_names=unparsed,
                              sources=sources)
        return self.report

    def _record(self, lists: dict[ListKey, list[ListedJob]]) -> None:
        for key, entries in lists.items():
            self._saver.save((), after=lambda session: record_job_list(
                session, *key, entries=entries, names=self._saver.names))


class Saver:
    """Stores batch after batch, and caches the ids of pushes and names in between."""

    def __init__(self, sessions: sessionmaker[Session]):
        self._sessions = sessions
        self._writer = ResultWriter()

    @property
    def names(self) -> NameIds:
        return self._writer.names

    def save(
        self, results: Sequence[JobResult], *, before: Work | None = None,
        after: Work | None = None, asked: Asked | None = None,
    ) -> StoredCounts:
        """Store results and commit, together with what `before` and `after` do.

        With `asked`, they are the present state of their jobs, as a source was asked for it.

        If another program has removed a push or a name that is cached here, the cache is
        cleared and everything is done once more.
        """
        try:
            return self._save(results, before, after, asked)
        except IntegrityError as error:
            if not isinstance(error.orig, ForeignKeyViolation):
                raise
            logger.info("a push or name was removed meanwhile; storing the batch again: %s",
                        error.orig)
        return self._save(results, before, after, asked)

    def _save(
        self, results: Sequence[JobResult], before: Work | None, after: Work | None,
        asked: Asked | None,
    ) -> StoredCounts:
        try:
            with self._sessions.begin() as session:
                if before is not None:
                    before(session)
                counts = self._writer.store(session, results, asked)
                if after is not None:
                    after(session)
                return counts
        except BaseException:
            self._writer.forget()
            raise


class ListBuffer:
    """Keeps the last job list of each project and build system until it is complete.

    Half a list would retire the jobs of the other half. The entries of a list arrive together, so
    a list is returned when the next one begins, when everything is read, or when there is too
    much to keep.
    """

    def __init__(self) -> None:
        self._lists: dict[ListKey, dict[str, ListedJob]] = {}
        self._last: dict[tuple[str, str], datetime] = {}

    def add(self, entries: Iterable[ListedJob]) -> dict[ListKey, list[ListedJob]]:
        """Keep entries; return the lists that another one followed."""
        for entry in entries:
            key = entry.project, entry.build_system, entry.seen_at
            self._lists.setdefault(key, {})[entry.name] = entry
            self._last[key[:2]] = entry.seen_at
        if sum(map(len, self._lists.values())) > MAX_ENTRIES:
            return self.take_all()
        return self._take({key for key in self._lists if self._last[key[:2]] != key[2]})

    def take_all(self) -> dict[ListKey, list[ListedJob]]:
        return self._take(set(self._lists))

    def _take(self, keys: set[ListKey]) -> dict[ListKey, list[ListedJob]]:
        return {key: list(self._lists.pop(key).values()) for key in sorted(keys)}


def lacks_fix(result: JobResult) -> bool:
    return (result.classification is Classification.FIXED_BY_COMMIT and not result.fixed_by)
