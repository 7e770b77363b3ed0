"""Programs that tests run and kill. Each prints a line with every step that it has committed."""

from datetime import timedelta

from seta.ingest import IngestLengths, import_files, ingest_project
from seta.store.engine import make_engine, make_sessions

from . import NOON, NOT_CLASSIFIED, job, listed, star
from .sources import MemorySource

LENGTHS = IngestLengths(window=timedelta(days=1), overlap=timedelta(hours=1),
                        slice_length=timedelta(hours=1))
NOW = NOON + timedelta(hours=12)


def history() -> MemorySource:
    """A day of pushes, then half a day in which more came and stars were given and taken."""
    source = MemorySource(batch=2, jobs_listed=[listed(), listed("test-linux64/opt-reftest")])
    for number in range(144):
        pushed_at = NOON - timedelta(minutes=10 * number)
        fields = {"pushed_at": pushed_at, "started_at": pushed_at, "revision": f"{number:040x}",
                  "name": f"test-linux64/opt-mochitest-{number % 7}"}
        source.hold(star(number, at=pushed_at, **fields) if number % 3 else job(number, **fields))
        if number % 9 == 1:
            source.hold(star(number, NOT_CLASSIFIED, at=NOON + timedelta(minutes=number), **fields),
                        NOON + timedelta(minutes=number))
    for number in range(200, 270):
        pushed_at = NOON + timedelta(minutes=10 * (number - 200))
        source.hold(job(number, pushed_at=pushed_at, started_at=pushed_at,
                        revision=f"{number:040x}"))
    return source


def say(so_far) -> None:
    print("committed", flush=True)


def ingest_all(url: str) -> None:
    """The first fill as of noon, then the stream up to midnight."""
    engine = make_engine(url)
    sessions, source = make_sessions(engine), history()
    for now in (NOON, NOW):
        ingest_project(sessions, source, "autoland", now=now, lengths=LENGTHS, lists=source,
                       progress=say)
    engine.dispose()


def import_all(url: str, file: str) -> None:
    engine = make_engine(url)
    import_files(make_sessions(engine), [file], scope="trunk", now=NOON, progress=say, batch=20)
    engine.dispose()


PROGRAMS = {"live": ingest_all, "file": import_all}


def run(what: str, url: str, *more: str) -> None:
    """Run one of `PROGRAMS`."""
    PROGRAMS[what](url, *more)
