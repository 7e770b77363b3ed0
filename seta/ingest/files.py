"""Import files of records into a scope."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import BinaryIO, TypeVar

from sqlalchemy.orm import Session, sessionmaker

from ..domain import COVER, FILES, Scope
from ..errors import BadInput, SetaError, SourceGarbled
from ..sources.files import BadLine, check_readable, open_records, read_records
from ..store.operation.runs import recorded_run
from ..store.results.rollup import refresh_all_job_days
from .records import BadRecord, ImportReport, Receiver
from .targets import Target

logger = logging.getLogger(__name__)

BATCH = 10_000  # records

RETRY_EVERY = 0.1  # seconds between two looks at a full queue

File = str | Path | BinaryIO
Progress = Callable[[ImportReport], None]
T = TypeVar("T")


def import_files(
    sessions: sessionmaker[Session], files: Sequence[File], *, scope: str, now: datetime,
    archived: bool = False, strict: bool = False, redundancy: int = 1,
    budget: float = 1.0, objective: str = COVER, change_price: float = 1.0,
    source: str = FILES, title: str = "", description: str = "",
    progress: Progress | None = None, batch: int = BATCH,
) -> ImportReport:
    """Import NDJSON files, plain or gzipped, "-" for standard input, or open streams of bytes.

    A new scope is added, with `redundancy`, `budget`, `objective`, `change_price`, `title` and
    `description`, and so are new projects.
    A line that is not a record is left out and reported; with `strict` it ends the import with
    BadInput: what came before it is stored, and nothing after it. Batches of `batch` records are
    committed one by one. Until an import that died, or that could not read its files to their
    end, is repeated, nothing of the scope is published by itself. A bad line is no such thing, but
    the projects that files feed become no fresher by it.

    Memory does not grow with the files. Raises BadInput, before anything is stored, for a file that
    cannot be opened, SourceGarbled for a file that is cut, Conflict
    where a project belongs to another scope, and where an archived scope is filled as a live one
    or the reverse.
    """
    for file in files:
        if isinstance(file, (str, Path)):
            check_readable(file)
    target = Target(Scope(scope, is_archived=archived, redundancy=redundancy, title=title,
                          description=description, budget=budget, objective=objective,
                          change_price=change_price), source)
    with sessions() as session:
        target.check(session)
    names = ", ".join(map(_name_of, files))
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
    logger.info(
        "imported %s into %s: %d results (%d new, %d changed), %d job list entries, %d "
        "classifications (%d without a time), %d unparsed names, %d bad lines",
        names, scope, report.results, report.new, report.changed, report.jobs,
        report.classifications, report.assumed_times, report.unparsed_names, report.bad_total)
    return report


def _import_file(
    receiver: Receiver, file: File, *, strict: bool, progress: Progress | None, size: int
) -> None:
    bad: list[BadRecord] = []  # of lines read since the last batch

    def on_bad(line: BadLine) -> None:
        if line.is_cut:
            raise SourceGarbled(f"it breaks off in the middle of line {line.number}")
        bad.append(BadRecord(_name_of(file), line.number, line.reason))
        if strict:
            raise StoppedAtBadLine(str(bad[-1]))

    try:
        with _opened(file) as stream:
            for batch in read_ahead(batched(read_records(stream, on_bad), size)):
                receiver.take(batch)
                _add_bad(receiver, bad)
                if progress is not None:
                    progress(receiver.report)
    except SourceGarbled as error:
        _add_bad(receiver, bad)
        receiver.flush()
        raise SourceGarbled(
            f"{_name_of(file)}: {error}. What was read before is stored; import the whole file: "
            "until then nothing is published by itself") from error
    except StoppedAtBadLine as error:
        receiver.flush()
        stored = receiver.report
        raise BadInput(
            f"{error}; stopped there: the {stored.results} results and {stored.jobs} job list "
            "entries before it are stored, nothing after it") from error
    _add_bad(receiver, bad)


def _add_bad(receiver: Receiver, bad: list[BadRecord]) -> None:
    while bad:
        receiver.add_bad(bad.pop(0))


class StoppedAtBadLine(BadInput):
    """The first bad line of a strict import."""


def _name_of(file: File) -> str:
    if isinstance(file, (str, Path)):
        return "standard input" if str(file) == "-" else str(file)
    return getattr(file, "name", None) or "a stream"


@contextmanager
def _opened(file: File) -> Iterator[BinaryIO]:
    if isinstance(file, (str, Path)):
        with open_records(file) as stream:
            yield stream
    else:
        yield file


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield items in lists of `size`; on a SetaError, yield those before it first."""
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


def read_ahead(items: Iterable[T], ahead: int = 2) -> Iterator[T]:
    """Yield the same items, read by a thread that is at most `ahead` of the caller.

    An error while reading is raised here, after the items before it. The thread ends with this
    iterator.
    """
    ready: Queue[Read[T]] = Queue(ahead)
    is_over = Event()
    thread = Thread(target=_read, args=(items, ready, is_over), daemon=True, name="read-ahead")
    thread.start()
    try:
        while True:
            found = ready.get()
            if isinstance(found, End):
                if found.error is not None:
                    raise found.error
                return
            yield found[0]
    finally:
        is_over.set()
        _drain(ready)
        thread.join()


@dataclass(frozen=True)
class End:
    """Marks the end of the items; `error` is set if reading failed."""

    error: BaseException | None = None


Read = tuple[T] | End


def _read(items: Iterable[T], ready: Queue[Read[T]], is_over: Event) -> None:
    try:
        for item in items:
            if not _hand_over((item,), ready, is_over):
                return
        _hand_over(End(), ready, is_over)
    except BaseException as error:  # any error is raised where the items are used
        _hand_over(End(error), ready, is_over)


def _hand_over(found: Read[T], ready: Queue[Read[T]], is_over: Event) -> bool:
    while not is_over.is_set():
        try:
            ready.put(found, timeout=RETRY_EVERY)
            return True
        except Full:
            continue
    return False


def _drain(ready: Queue[Read[T]]) -> None:
    try:
        while True:
            ready.get_nowait()
    except Empty:
        return
