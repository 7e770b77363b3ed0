"""Records of both kinds, as they come in batches."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from ..domain import Classification, JobResult, ListedJob
from ..store.job_lists import record_job_list
from ..store.names import count_unparsed
from ..store.watermarks import record_success
from .listing import ListBuffer
from .reports import ImportReport
from .saving import Saver

OpenProjects = Callable[[Session, Collection[tuple[str, str]]], None]


class Receiver:
    """Stores records, and keeps the report of them.

    `open_projects` is told each (project, build system) before its first record is stored, in
    the same transaction; it raises where they may not go in.
    """

    def __init__(self, sessions: sessionmaker[Session], open_projects: OpenProjects):
        self._sessions = sessions
        self._open_projects = open_projects
        self._saver = Saver(sessions)
        self._lists = ListBuffer()
        self._opened: set[tuple[str, str]] = set()
        self.report = ImportReport()

    def take(self, records: Sequence[JobResult | ListedJob]) -> None:
        """Store results at once; entries of job lists are kept until their list seems whole."""
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

    def flush(self) -> None:
        """Store the lists as far as they came."""
        self._record(self._lists.take_all())

    def finish(self, *, source: str = "", now: datetime | None = None) -> ImportReport:
        """Store what is left and return the report.

        With `source`, the projects count as ingested from it at `now`: their data is fresh.
        """
        self.flush()
        projects = sorted({project for project, _ in self._opened})
        with self._sessions.begin() as session:
            unparsed = count_unparsed(session, projects)
            for project in projects if source else ():
                record_success(session, source=source, project=project, now=now)
        self.report = replace(
            self.report, projects=tuple(projects), unparsed_names=unparsed)
        return self.report

    def _record(self, lists: dict[tuple, list[ListedJob]]) -> None:
        for key, entries in lists.items():
            self._saver.save((), after=lambda session: record_job_list(
                session, *key, entries, names=self._saver.names))


def lacks_fix(result: JobResult) -> bool:
    return (result.classification is Classification.FIXED_BY_COMMIT and not result.fixed_by)
