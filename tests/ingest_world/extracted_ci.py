"""A CI that moves, as ActiveData shows it: by documents that are extracted some time later.

Jobs finish and restart, sheriffs classify them and take it back. The extraction goes through the
jobs in order of their last change, as the real one does. It may leave a job's old document where
it was, extract a job again that has not changed, and be behind. `ACTS` are the names of what can
happen; each takes two numbers that choose the jobs.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from loopback.documents import flat_row
from loopback.scripted import Reply, Request
from loopback.small_activedata import SmallActiveData
from loopback.small_treeherder import iso, make_job, make_push

TICK = timedelta(microseconds=1)  # of an act: far less than a real request takes
NOT_CLASSIFIED, FIXED, INTERMITTENT = 1, 2, 4
WORDS = {NOT_CLASSIFIED: "not classified", FIXED: "fixed by commit", INTERMITTENT: "intermittent"}
FIXES = ["9fa614d8310d", "b9222b391f89", "5294fe1c0ffe"]
RESULTS = ["testfailed", "success", "busted", "exception"]

Document = dict
Expected = tuple[str, tuple[str, ...]]  # classification, fixing revisions


@dataclass
class ExtractedCi:
    """A script that answers as ActiveData; what happens goes on between two requests."""

    now: datetime
    pushes: list[dict] = field(default_factory=list)
    jobs: list[dict] = field(default_factory=list)
    notes: list[dict] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    coming: list[tuple] = field(default_factory=list)  # acts between the next requests
    acts_each: int = 1
    extractions: int = 0
    extracted_to: tuple[str, int] = ("", 0)  # last change and id of the job extracted last
    random: Random = field(default_factory=lambda: Random(20181011))

    def __call__(self, request: Request) -> Reply:
        rows = self.random.sample(self.documents, len(self.documents))
        in_order, limits_first = self.random.choice(
            [(True, False), (True, False), (False, False), (True, True)])
        if json.loads(request.body)["limit"] == 1:  # the newest change: the one answer in order
            in_order, limits_first = True, False
        answer = SmallActiveData(rows, is_sorted=in_order, limits_first=limits_first)(request)
        self.go_on()
        return answer

    def go_on(self) -> None:
        """What happens between two requests."""
        for act in self.coming[:self.acts_each]:
            self.act(*act)
        del self.coming[:self.acts_each]

    def act(self, name: str, a: int, b: int) -> None:
        self.now += TICK
        ACTS[name](self, a, b)

    # What happens in CI

    def push(self, size: int, late: int) -> None:
        """A push of some jobs, seen some minutes late; half are done at once."""
        number = len(self.pushes) + 1
        pushed_at = int((self.now - timedelta(minutes=late % 10)).timestamp())
        while any(push["push_timestamp"] == pushed_at for push in self.pushes):
            pushed_at -= 1
        self.pushes.append(make_push(
            1000 + number, pushed_at, f"a{number:06x}".ljust(40, "e")))
        for index in range(1 + size):
            self.add_job(1000 + number, f"test-linux64/opt-mochitest-{index}", retry=0)
            if index % 2:
                self.finish(-1, index)

    def add_job(self, push_id: int, name: str, retry: int) -> None:
        number = len(self.jobs) + 1
        name = "Gecko Decision Task" if number % 17 == 0 else name
        self.jobs.append(make_job(
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
        fixes = FIXES + [push["revision"][:8] for push in self.pushes]
        self.classify(which, FIXED, f"https://hg.mozilla.org/rev/{fixes[how % len(fixes)]}")

    def call_intermittent(self, which: int, how: int) -> None:
        self.classify(which, INTERMITTENT, "Bug 1234567")

    def classify(self, which: int, said: int, text: str) -> None:
        job = self.chosen(lambda job: job["state"] == "completed", which)
        if job is not None:
            self.notes.append({
                "id": len(self.notes) + 1 + self.deleted, "job_id": job["id"],
                "failure_classification_id": said, "created": iso(self.now), "text": text})
            self.follow_notes(job)

    def delete_note(self, which: int, how: int) -> None:
        """One of the notes of a job with notes, mostly the newest, and so the older one holds."""
        if not self.notes:
            return
        job_id = self.notes[which % len(self.notes)]["job_id"]
        notes = self.notes_of(job_id)
        note = notes[-1] if how % 4 else notes[0]
        self.notes = [each for each in self.notes if each is not note]
        self.deleted += 1
        self.follow_notes(next(job for job in self.jobs if job["id"] == job_id))

    deleted: int = 0

    def clear_in_bulk(self, which: int, how: int) -> None:
        """Jobs lose their classification, but not their notes, and do not count as changed."""
        starred = [job for job in self.jobs
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
        return [note for note in self.notes if note["job_id"] == job_id]

    def chosen(self, fits: Callable[[dict], bool], which: int) -> dict | None:
        fitting = [job for job in self.jobs if fits(job)]
        return fitting[which % len(fitting)] if fitting else None

    # What the extraction does

    def extract(self, count: int, how: int) -> None:
        """Extract jobs that have changed, the one that changed first first."""
        changed = sorted((job["last_modified"], job["id"]) for job in self.jobs)
        for at, job_id in [each for each in changed if each > self.extracted_to][:1 + count]:
            self.write(self.job(job_id), keeps_old=how % 3 == 0)
            self.extracted_to = at, job_id

    def catch_up(self) -> None:
        self.extract(len(self.jobs), 1)

    def extract_again(self, which: int, how: int) -> None:
        """Extract a job that may not have changed, or not so that it shows."""
        if self.documents:
            document = self.documents[which % len(self.documents)]
            job = self.job(document["job.id"])
            if (job["last_modified"], job["id"]) <= self.extracted_to:
                self.write(job, keeps_old=how % 3 == 0)

    def write(self, job: dict, *, keeps_old: bool) -> None:
        if not keeps_old:
            self.documents = [each for each in self.documents if each["job.id"] != job["id"]]
        self.extractions += 1
        self.documents.append(self.document_of(job))

    def document_of(self, job: dict) -> Document:
        push = next(each for each in self.pushes if each["id"] == job["push_id"])
        notes = self.notes_of(job["id"])
        ended = job["state"] == "completed"
        return flat_row(
            job["id"], job["job_type_name"], build__date=push["push_timestamp"],
            repo__changeset__id=push["revision"], repo__push__id=push["id"],
            action__start_time=job["start_timestamp"] or None,
            action__duration=job["end_timestamp"] - job["start_timestamp"] if ended else None,
            run__result=job["result"] if ended else None, run__state=job["state"],
            failure__classification=WORDS[job["failure_classification_id"]],
            failure__notes__text=unwrapped(note["text"] for note in notes),
            failure__notes__created=unwrapped(epoch(note["created"]) for note in notes),
            failure__notes__failure_classification=unwrapped(
                WORDS[note["failure_classification_id"]] for note in notes),
            last_modified=epoch(job["last_modified"]), etl__timestamp=self.extractions)

    def job(self, job_id: int) -> dict:
        return next(job for job in self.jobs if job["id"] == job_id)

    # What must be stored

    @property
    def newest_documents(self) -> Iterator[Document]:
        """Of each job that ended, the document of its last change, extracted last."""
        newest = {each["job.id"]: each for each in sorted(
            self.documents, key=lambda each: (each["last_modified"], each["etl.timestamp"]))}
        return (each for each in newest.values() if each["run.state"] == "completed"
                and each["job.type.name"] != "Gecko Decision Task")

    def expected_results(self) -> set[tuple]:
        return {(str(each["job.id"]), each["repo.changeset.id"], each["job.type.name"],
                 each["run.result"], datetime.fromtimestamp(each["action.start_time"], UTC),
                 1000 * each["action.duration"]) for each in self.newest_documents}

    def expected_pushes(self) -> set[tuple]:
        return {(each["repo.changeset.id"], str(each["repo.push.id"]),
                 datetime.fromtimestamp(each["build.date"], UTC))
                for each in self.newest_documents}

    def expected_classifications(self) -> dict[str, Expected]:
        return {str(each["job.id"]): self.expected_of(each) for each in self.newest_documents
                if each["failure.classification"] != WORDS[NOT_CLASSIFIED]}

    def expected_of(self, document: Document) -> Expected:
        word = document["failure.classification"]
        if word != WORDS[FIXED]:
            return word, ()
        texts, names = (wrapped(document[f"failure.notes.{column}"])
                        for column in ("text", "failure_classification"))
        newest = [text for text, name in zip(texts, names) if name == WORDS[FIXED]][-1]
        return word, self.whole_revisions(newest)

    def whole_revisions(self, note: str) -> tuple[str, ...]:
        """What a note names, completed from the known pushes."""
        digits = re.search("[0-9a-f]+$", note)[0]
        known = [revision[:12] for revision, *_ in self.expected_pushes()]
        return (digits,) if len(digits) == 12 else tuple(
            revision for revision in known if revision.startswith(digits))


ACTS: dict[str, Callable[[ExtractedCi, int, int], None]] = {
    "push": ExtractedCi.push, "finish": ExtractedCi.finish, "restart": ExtractedCi.restart,
    "star": ExtractedCi.star, "call intermittent": ExtractedCi.call_intermittent,
    "delete a note": ExtractedCi.delete_note, "clear in bulk": ExtractedCi.clear_in_bulk,
    "extract": ExtractedCi.extract, "extract again": ExtractedCi.extract_again,
}


def epoch(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def unwrapped(values: Iterator) -> object:
    """A list of one is its value, as ActiveData has it, and an empty one is null."""
    found = list(values)
    return found[0] if len(found) == 1 else found or None


def wrapped(value) -> list:
    return value if isinstance(value, list) else [] if value is None else [value]
