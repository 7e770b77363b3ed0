"""A CI that moves: jobs finish and restart, sheriffs classify them and take it back.

It is a model of Treeherder: what is in `server` is what a source shows, `expected` says what must
be stored once everything was read. `ACTS` are the methods of what can happen; each takes two
numbers that choose the jobs.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from loopback.small_treeherder import SmallTreeherder, iso, make_job, make_push

TICK = timedelta(microseconds=1)  # of an act: far less than a real request takes
NOT_CLASSIFIED, FIXED, INTERMITTENT = 1, 2, 4
WORDS = {NOT_CLASSIFIED: "not classified", FIXED: "fixed by commit", INTERMITTENT: "intermittent"}
FIXES = ["9fa614d8310d", "b9222b391f89", "5294fe1c0ffe"]
RESULTS = ["testfailed", "success", "busted", "exception"]

ACTS = ("push", "finish", "restart", "star", "call_intermittent", "delete_note", "clear_in_bulk")

Expected = tuple[str, tuple[str, ...]]  # classification, fixing revisions


@dataclass
class MovingCi:
    """Pushes, jobs and notes as Treeherder has them, and a clock that each act moves."""

    now: datetime
    server: SmallTreeherder = field(default_factory=SmallTreeherder)
    coming: list[tuple] = field(default_factory=list)  # acts between the next requests
    acts_each: int = 1

    def __post_init__(self):
        self.server.meanwhile = self.go_on

    def go_on(self) -> None:
        """What happens between two requests."""
        for act in self.coming[:self.acts_each]:
            self.act(*act)
        del self.coming[:self.acts_each]

    def act(self, name: str, a: int, b: int) -> None:
        self.now += TICK
        getattr(self, name)(a, b)

    # What happens in CI

    def push(self, size: int, late: int) -> None:
        """A push of some jobs, which Treeherder sees some minutes late; half are done at once."""
        number = len(self.server.pushes) + 1
        pushed_at = int((self.now - timedelta(minutes=late % 10)).timestamp())
        while any(push["push_timestamp"] == pushed_at for push in self.server.pushes):
            pushed_at -= 1
        self.server.pushes.append(make_push(
            1000 + number, pushed_at, f"a{number:06x}".ljust(40, "e")))
        for index in range(1 + size):
            self.add_job(1000 + number, f"test-linux64/opt-mochitest-{index}", retry=0)
            if index % 2:
                self.finish(-1, index)

    def add_job(self, push_id: int, name: str, retry: int) -> None:
        number = len(self.server.jobs) + 1
        name = "Gecko Decision Task" if number % 17 == 0 else name
        self.server.jobs.append(make_job(
            5000 + number, push_id, job_type_name=name, state="pending", result="unknown",
            start_timestamp=0, end_timestamp=0, retry_id=retry, last_modified=iso(self.now)))

    def finish(self, which: int, how: int) -> None:
        job = self.chosen(lambda job: job["state"] == "pending", which)
        if job is not None:
            end = int(self.now.timestamp())
            job |= {"state": "completed", "result": RESULTS[how % len(RESULTS)],
                    "start_timestamp": end - 60 - how, "end_timestamp": end,
                    "last_modified": iso(self.now)}

    def restart(self, which: int, how: int) -> None:
        """A job is run once more under a new id; the old one ended in "retry"."""
        job = self.chosen(lambda job: job["state"] == "completed", which)
        if job is not None:
            job |= {"result": "retry", "last_modified": iso(self.now)}
            self.add_job(job["push_id"], job["job_type_name"], retry=job["retry_id"] + 1)

    # What sheriffs do

    def star(self, which: int, how: int) -> None:
        """A note that names a fix, now and then by few digits of a push's revision."""
        fixes = FIXES + [push["revision"][:8] for push in self.server.pushes]
        self.classify(which, FIXED, f"https://hg.mozilla.org/rev/{fixes[how % len(fixes)]}")

    def call_intermittent(self, which: int, how: int) -> None:
        self.classify(which, INTERMITTENT, "Bug 1234567")

    def classify(self, which: int, said: int, text: str) -> None:
        job = self.chosen(lambda job: job["state"] == "completed", which)
        if job is not None:
            self.server.notes.append({
                "id": len(self.server.notes) + 1 + self.deleted, "job_id": job["id"],
                "failure_classification_id": said, "created": iso(self.now), "text": text})
            self.follow_notes(job)

    def delete_note(self, which: int, how: int) -> None:
        """One of the notes of a job with notes, mostly the newest, and so the older one holds."""
        if not self.server.notes:
            return
        job_id = self.server.notes[which % len(self.server.notes)]["job_id"]
        notes = self.notes_of(job_id)
        note = notes[-1] if how % 4 else notes[0]
        self.server.notes = [each for each in self.server.notes if each is not note]
        self.deleted += 1
        self.follow_notes(next(job for job in self.server.jobs if job["id"] == job_id))

    deleted: int = 0

    def clear_in_bulk(self, which: int, how: int) -> None:
        """Jobs lose their classification, but not their notes, and do not count as changed."""
        starred = [job for job in self.server.jobs
                   if job["failure_classification_id"] != NOT_CLASSIFIED]
        for job in starred[which % 3::1 + how % 3]:
            job["failure_classification_id"] = NOT_CLASSIFIED

    def follow_notes(self, job: dict) -> None:
        """The newest note says how a job is classified; the job counts as changed."""
        notes = self.notes_of(job["id"])
        job["failure_classification_id"] = (
            notes[-1]["failure_classification_id"] if notes else NOT_CLASSIFIED)
        job["last_modified"] = iso(self.now)

    def notes_of(self, job_id: int) -> list[dict]:
        return [note for note in self.server.notes if note["job_id"] == job_id]

    def chosen(self, fits: Callable[[dict], bool], which: int) -> dict | None:
        fitting = [job for job in self.server.jobs if fits(job)]
        return fitting[which % len(fitting)] if fitting else None

    def catch_up(self) -> None:
        """A source that shows everything at once has nothing to catch up with."""

    # What must be stored

    @property
    def ended_jobs(self) -> Iterator[dict]:
        """Jobs that are results: those that ended, but for decision tasks."""
        return (job for job in self.server.jobs if job["state"] == "completed"
                and job["job_type_name"] != "Gecko Decision Task")

    def expected_results(self) -> set[tuple]:
        pushes = {push["id"]: push for push in self.server.pushes}
        return {(str(job["id"]), pushes[job["push_id"]]["revision"], job["job_type_name"],
                 job["result"], datetime.fromtimestamp(job["start_timestamp"], UTC),
                 1000 * (job["end_timestamp"] - job["start_timestamp"]))
                for job in self.ended_jobs}

    def expected_pushes(self) -> set[tuple]:
        """Pushes are known by their results."""
        known = {job["push_id"] for job in self.ended_jobs}
        return {(push["revision"], str(push["id"]),
                 datetime.fromtimestamp(push["push_timestamp"], UTC))
                for push in self.server.pushes if push["id"] in known}

    def expected_classifications(self) -> dict[str, Expected]:
        """Of jobs that are classified now.

        A job whose star was cleared in bulk has none, and one that was called intermittent may
        keep that: only jobs fixed by a commit are asked for again.
        """
        return {str(job["id"]): self.expected_classification(job) for job in self.ended_jobs
                if job["failure_classification_id"] != NOT_CLASSIFIED}

    def expected_classification(self, job: dict) -> Expected:
        said = job["failure_classification_id"]
        if said != FIXED:
            return WORDS[said], ()
        newest = [note for note in self.notes_of(job["id"])
                  if note["failure_classification_id"] == FIXED][-1]
        return WORDS[said], self.whole_revisions(newest["text"])

    def whole_revisions(self, note: str) -> tuple[str, ...]:
        """What a note names, completed from the known pushes."""
        digits = re.search("[0-9a-f]+$", note)[0]
        known = [revision[:12] for revision, *_ in self.expected_pushes()]
        return (digits,) if len(digits) == 12 else tuple(
            revision for revision in known if revision.startswith(digits))
