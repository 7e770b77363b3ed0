"""Made-up results of a large CI, as lines of the file format, one by one.

    python benchmarks/growth_results.py FROM TO > results.ndjson

Rows FROM up to TO, of a history in which a third of a million jobs run per day: on three projects,
6,000 job types on each, 400 to 1,200 jobs on a push. One job in 20 fails. A dozen pushes share a
regression, which breaks one chunk of one suite on every platform and is fixed by a commit; half of
the other failures are called intermittent. The same numbers give the same rows.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

START = datetime(2025, 1, 1, tzinfo=UTC)
ROWS_A_DAY = 333_333
PROJECTS = ("autoland", "mozilla-inbound", "mozilla-central")
PLATFORMS = ("linux64", "linux32", "windows10-64", "windows7-32", "macosx64", "linux64-shippable",
             "windows10-64-shippable", "macosx64-shippable", "android-em-7-0-x86", "linux64-qr")
BUILD_TYPES = ("opt", "debug", "asan")
SUITES = tuple(f"suite{letter}" for letter in "abcdefghijklmnopqrst")
CHUNKS = 10
KINDS = len(SUITES) * CHUNKS          # what a regression breaks one of
TYPES = KINDS * len(PLATFORMS) * len(BUILD_TYPES)
# The number of a type modulo KINDS says its suite and chunk.
NAMES = tuple(
    f"test-{PLATFORMS[number // KINDS % 10]}/{BUILD_TYPES[number // KINDS // 10]}-"
    f"{SUITES[number % 20]}-{number % KINDS // 20 + 1}" for number in range(TYPES))
STRIDE = 7919                          # has no divisor in common with TYPES
REGRESSION_PUSHES = 12

DURATIONS = tuple(30 + number * 104_729 % 3_000_000 / 1000 for number in range(4096))
DELAYS = tuple(timedelta(seconds=60 + number * 7919 % 5400) for number in range(4096))
LATER = timedelta(hours=3)


def lines(start: int, end: int) -> Iterator[str]:
    """Yield the lines of these rows."""
    for push, first, last in pushes(end):
        if last > start:
            yield from lines_of_push(push, first, range(max(start, first), min(end, last)))


def pushes(end: int) -> Iterator[tuple[int, int, int]]:
    """Yield each push's number with its first row and the row after its last."""
    first, push = 0, 0
    while first < end:
        last = first + 400 + push * 7919 % 801
        yield push, first, last
        first, push = last, push + 1


def lines_of_push(push: int, first: int, rows: range) -> Iterator[str]:
    pushed_at = moment_of(first)
    regression = push // REGRESSION_PUSHES
    broken = regression * 37 % KINDS
    start = push * 1313
    before = (
        f'","project":"{PROJECTS[push % 3]}","build_system":"taskcluster","revision":"'
        f'{push * 2654435761 % 2**64:040x}","push_id":"{push}","pushed_at":"'
        f'{pushed_at.isoformat()}","name":"')
    fix = (f'"testfailed","classification":"fixed by commit","fixed_by":["'
           f'{regression * 11400714819323198485 % 2**48:012x}"],"classified_at":"')
    for row in rows:
        number = (start + (row - first) * STRIDE) % TYPES
        chance = (row * 2654435761 >> 7) % 4096
        started_at = pushed_at + DELAYS[chance]
        if number % KINDS == broken and chance % 5 < 3:
            said = f'{fix}{(started_at + LATER).isoformat()}"'
        elif chance >= 196:  # of 4,096
            said = '"success","classification":"not classified"'
        elif chance % 2:
            said = (f'"testfailed","classification":"intermittent","classified_at":"'
                    f'{(started_at + LATER).isoformat()}"')
        else:
            said = '"testfailed","classification":"not classified"'
        yield (f'{{"kind":"result","namespace":"treeherder","job_id":"{300_000_000 + row}{before}'
               f'{NAMES[number]}","started_at":"{started_at.isoformat()}",'
               f'"duration":{DURATIONS[chance]},"tier":1,"result":{said}}}\n')


def moment_of(row: int) -> datetime:
    """Return when the push was sent whose first row this is."""
    return START + timedelta(days=row / ROWS_A_DAY)


if __name__ == "__main__":
    sys.stdout.writelines(lines(int(sys.argv[1]), int(sys.argv[2])))
