"""Files of records into a scope."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session, sessionmaker

from ..domain import Scope
from ..errors import BadInput
from ..sources.files import BadLine, open_records, read_records
from ..store.rollup import refresh_all_job_days
from .batching import batched, made_ahead
from .projects import Target
from .receiving import Receiver
from .reports import BadRecord, ImportReport
from .running import recorded_run

logger = logging.getLogger(__name__)

BATCH = 10_000  # records

File = str | Path | BinaryIO
Progress = Callable[[ImportReport], None]


class StoppedAtBadLine(BadInput):
    """The first bad line of an import that stands none."""


def import_files(
    sessions: sessionmaker[Session], files: Sequence[File], *, scope: str, now: datetime,
    archived: bool = False, strict: bool = False, redundancy: int = 1,
    source: str = "import", title: str = "", description: str = "",
    progress: Progress | None = None, batch: int = BATCH,
) -> ImportReport:
    """Take in NDJSON files, plain or gzip, "-" for standard input, or open streams of bytes.

    The scope, and projects that are not known, are made; `redundancy`, `title` and
    `description` are for a new scope. A line that is no record is left out and reported, or,
    with `strict`, ends the import with BadInput: what stood before it is stored, nothing after
    it. Batches of `batch` records are committed one by one: an import that died is run again.

    Memory does not grow with the files. Raises Conflict where a project belongs to another
    scope, or an archived scope is filled as a live one or the reverse.
    """
    target = Target(Scope(scope, is_archived=archived, redundancy=redundancy, title=title,
                          description=description), source)
    with sessions() as session:
        target.check(session)
    names = ", ".join(map(name_of, files))
    with recorded_run(sessions, "import", now=now, source=names, scope=scope) as run:
        receiver = Receiver(sessions, target.open)
        try:
            for file in files:
                _import_file(receiver, file, strict=strict, progress=progress, size=batch)
        finally:
            run.counts = receiver.report.counts
        report = receiver.finish(source="" if archived else source, now=now)
        refresh_all_job_days(sessions)
        run.counts = report.counts
    log(report, names, scope)
    return report


def _import_file(
    receiver: Receiver, file: File, *, strict: bool, progress: Progress | None, size: int
) -> None:
    bad: list[BadRecord] = []  # of lines read since the last batch

    def on_bad(line: BadLine) -> None:
        bad.append(BadRecord(name_of(file), line.number, line.reason))
        if strict:
            raise StoppedAtBadLine(str(bad[-1]))

    try:
        with opened(file) as stream:
            for batch in made_ahead(batched(read_records(stream, on_bad), size)):
                receiver.take(batch)
                take_bad(receiver, bad)
                if progress is not None:
                    progress(receiver.report)
    except StoppedAtBadLine as error:
        receiver.flush()
        stored = receiver.report
        raise BadInput(
            f"{error}; stopped there: the {stored.results} results and {stored.jobs} job list "
            "entries before it are stored, nothing after it") from error
    take_bad(receiver, bad)


def take_bad(receiver: Receiver, bad: list[BadRecord]) -> None:
    while bad:
        receiver.report = receiver.report.with_bad(bad.pop(0))


def log(report: ImportReport, names: str, scope: str) -> None:
    logger.info(
        "imported %s into %s: %d results (%d new, %d changed), %d job list entries, %d "
        "classifications (%d without a time), %d unparsed names, %d bad lines",
        names, scope, report.results, report.new, report.changed, report.jobs,
        report.classifications, report.assumed_times, report.unparsed_names, report.bad_total)


def name_of(file: File) -> str:
    if isinstance(file, (str, Path)):
        return "standard input" if str(file) == "-" else str(file)
    return getattr(file, "name", None) or "a stream"


@contextmanager
def opened(file: File) -> Iterator[BinaryIO]:
    if isinstance(file, (str, Path)):
        with open_records(file) as stream:
            yield stream
    else:
        yield file
