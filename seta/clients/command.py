"""``seta-what-runs``: print which of a push's jobs run, for a CI that is driven by scripts.

Whatever goes wrong between here and SETA, all the given jobs are printed and the command ends
with 0: only wrong usage ends with 2.
"""

import argparse
import io
import json
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from .answers import (
    Schedule, as_object, everything, read_audits, read_receipt, read_taken,
)
from .exchange import DEADLINE, one_line
from .fetch import ask
from .http import schedule
from .questions import audits_question, results_question, take_audits_question

PROGRAM = "seta-what-runs"
BATCH = 500         # records in one request
SHOWN = 5           # of the rejected ones in it
STANDARD_INPUT = "-"
SECONDS_TO_REPORT = 60.0    # for each batch: SETA stores it before it answers

logger = logging.getLogger(PROGRAM)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0, and leaves wrong usage to ``SystemExit`` with 2."""
    logging.basicConfig(format=f"{PROGRAM}: %(message)s", level=logging.INFO, stream=sys.stderr)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # a name that cannot be printed would not run
    parser = make_parser()
    given = parser.parse_args(arguments)
    if given.jobs is None and given.report is None and not given.audits:
        parser.error("give --jobs, --audits or --report")
    if given.jobs is not None and given.audits:
        parser.error("--jobs and --audits print different things: give one of them")
    if given.jobs is not None:
        print_what_runs(parser, given)
    if given.audits:
        print_audits(given)
    if given.report is not None:
        report(read_file(parser, "--report", given.report), given)
    return 0


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(PROGRAM, description=(
        "Print which of these jobs run on a push, by what SETA says; all of them where it cannot "
        "say. The address of SETA is SETA_URL, the token for writes SETA_TOKEN."))
    add = parser.add_argument
    add("--project", required=True, help="as SETA knows it")
    add("--revision", help="of the push; needed with --jobs")
    add("--push-id", help="one for each push, in letters, digits and ._:- (default: the revision)")
    add("--pushed-at", type=moment, metavar="TIME",
        help="when it was pushed, as 2026-01-31T12:00:00Z or in seconds since 1970, such as "
             "`git log -1 --format=%%cI` prints; without it everything runs")
    add("--jobs", metavar="FILE",
        help="the names of all that could run: one on each line, or a JSON list of texts; "
             "- for standard input")
    add("--build-system", default="taskcluster", help="default: %(default)s")
    add("--json", action="store_true", help="print a JSON object that also says why")
    add("--preview", action="store_true", help="ask without a trace in SETA's ledger")
    add("--audits", action="store_true",
        help="take what is to run for audits of regressions: for each push a JSON line with its "
             "push_id, revision, pushed_at and jobs; none where SETA cannot say")
    add("--report", metavar="FILE",
        help="send results to SETA, one JSON record on each line; - for standard input")
    add("--url", help="the address of SETA (default: SETA_URL)")
    add("--seconds", type=float, default=DEADLINE, metavar="N",
        help="how long to wait for SETA; then everything runs (default: %(default)s)")
    return parser


def moment(text: str) -> datetime | float:
    """Read a time; argparse turns a ValueError into an error that names the value."""
    try:
        return float(text)
    except ValueError:
        found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def print_what_runs(parser: argparse.ArgumentParser, given: argparse.Namespace) -> None:
    if not given.revision:
        parser.error("--jobs needs --revision")
    jobs = read_names(parser, read_file(parser, "--jobs", given.jobs))
    answer = answer_for(jobs, given)
    run = [name for name in jobs if not answer.skips(name)]
    if given.json:
        print(json.dumps({
            "kind": answer.kind, "run": run, "skip": [name for name in jobs if answer.skips(name)],
            "reasons": answer.reasons, "snapshot": answer.snapshot, "failure": answer.failure}))
    else:
        print_lines(parser, run)
    if answer.failure is None:
        logger.info("%d of %d jobs run (%s)%s", len(run), len(jobs), answer.kind,
                    "".join(f"; {reason}" for reason in answer.reasons))


def print_audits(given: argparse.Namespace) -> None:
    """Take what is to run for audits, and print it; a push that cannot be taken is left for later.

    SETA is told first: else two programs that ask at one time would run the same. What was taken
    and does not run after all is listed again a day later.
    """
    asked = {"url": given.url, "build_system": given.build_system,
             "token": os.environ.get("SETA_TOKEN")}
    try:
        pushes = read_audits(ask(audits_question(given.project, **asked), seconds=given.seconds))
        for push in pushes:
            jobs = read_taken(ask(take_audits_question(given.project, push.push_id, **asked),
                                  seconds=given.seconds))
            if jobs:
                print(json.dumps({"push_id": push.push_id, "revision": push.revision,
                                  "pushed_at": push.pushed_at, "jobs": jobs}))
    except Exception as error:  # nobody waits for an audit
        logger.warning("SETA did not say what is to run for audits: %s", one_line(error))


def answer_for(jobs: Sequence[str], given: argparse.Namespace) -> Schedule:
    if given.pushed_at is None:
        return everything("no --pushed-at was given, so nothing is skipped")
    return schedule(
        given.project, given.push_id or given.revision, given.revision, given.pushed_at,
        url=given.url, build_system=given.build_system, preview=given.preview,
        jobs=frozenset(jobs), deadline=given.seconds)


def read_file(parser: argparse.ArgumentParser, option: str, name: str) -> str:
    try:
        if name == STANDARD_INPUT:
            return sys.stdin.buffer.read().decode()
        return Path(name).read_bytes().decode()
    except (OSError, ValueError) as error:
        parser.error(f"{option} {name}: {one_line(error)}")


def read_names(parser: argparse.ArgumentParser, text: str) -> list[str]:
    """Return the names in their order, each once."""
    names: object = text.splitlines()
    if text.lstrip().startswith("["):
        try:
            names = json.loads(text)
        except ValueError as error:
            parser.error(f"--jobs begins like a JSON list, but is none: {error}")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        parser.error("--jobs is a JSON list of something else than texts")
    found = list(dict.fromkeys(name for name in map(str.strip, names) if name))
    if not found:
        parser.error("--jobs names no job")
    return found


def print_lines(parser: argparse.ArgumentParser, names: Sequence[str]) -> None:
    broken = next((name for name in names if len(name.splitlines()) > 1), None)
    if broken is not None:
        refuse_line_breaks(parser, broken)
    sys.stdout.write("".join(f"{name}\n" for name in names))


def refuse_line_breaks(parser: argparse.ArgumentParser, name: str) -> NoReturn:
    parser.error(f"the job {name!r} has a line break in its name: use --json")


def report(text: str, given: argparse.Namespace) -> None:
    """Send records; what could not be sent costs a line on standard error for each batch."""
    lines = [line for line in text.splitlines() if line.strip()]
    accepted = 0
    for batch in batches(lines):
        try:
            answer = ask(results_question("".join(f"{line}\n" for line in batch), url=given.url,
                                          token=os.environ.get("SETA_TOKEN")),
                         seconds=SECONDS_TO_REPORT)
            rejected = read_receipt(answer, sent=len(batch))
            accepted += as_object(answer)["accepted"]
        except Exception as error:  # a CI must not fail because SETA cannot be told
            logger.warning("%d records were not sent: %s", len(batch), one_line(error))
            continue
        for each in rejected[:SHOWN]:
            logger.warning("SETA rejected a record: %s", each)
    logger.info("SETA took %d of %d records", accepted, len(lines))


def batches(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(lines), BATCH):
        yield lines[start:start + BATCH]


if __name__ == "__main__":
    sys.exit(main())
