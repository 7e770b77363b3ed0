"""Files of records into a scope."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import BinaryIO, TypeVar

from sqlalchemy.orm import Session, sessionmaker

from ..domain import Scope
from ..errors import BadInput, SetaError
from ..sources.files import BadLine, open_records, read_records
from ..store.operation.runs import recorded_run
from ..store.results.rollup import refresh_all_job_days
from .records import BadRecord, ImportReport, Receiver
from .targets import Target

logger = logging.getLogger(__name__)

BATCH = 10_000  # records

File = str | Path | BinaryIO
Progress = Callable[[ImportReport], None]

T = TypeVar("T")

WAIT = 0.1  # seconds after which a full queue is looked at again


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


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield items in lists of `size`; what came before an error of ours, before the error."""
    batch: list[T] = []
    try:
        for item in items:
            batch.append(item)
            if len(batch) == size:
                yield batch
                batch = []
    except SetaError:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def made_ahead(items: Iterable[T], ahead: int = 2) -> Iterator[T]:
    """Yield the same items, made by a thread of its own that is at most `ahead` of them.

    An error of the items is raised here, in its place. The thread ends with this iterator.
    """
    ready: Queue = Queue(ahead)
    is_over = Event()
    thread = Thread(target=_make, args=(items, ready, is_over), daemon=True, name="made-ahead")
    thread.start()
    try:
        while True:
            item, error, is_last = ready.get()
            if error is not None:
                raise error
            if is_last:
                return
            yield item
    finally:
        is_over.set()
        _drain(ready)
        thread.join()


def _make(items: Iterable, ready: Queue, is_over: Event) -> None:
    try:
        for item in items:
            if not _hand_over((item, None, False), ready, is_over):
                return
        _hand_over((None, None, True), ready, is_over)
    except BaseException as error:  # whatever it is, it is raised where the items are used
        _hand_over((None, error, True), ready, is_over)


def _hand_over(message: tuple, ready: Queue, is_over: Event) -> bool:
    while not is_over.is_set():
        try:
            ready.put(message, timeout=WAIT)
            return True
        except Full:
            continue
    return False


def _drain(ready: Queue) -> None:
    try:
        while True:
            ready.get_nowait()
    except Empty:
        return
