"""A CI that moves, as ActiveData shows it: by documents that are extracted some time later.

The extraction goes through the jobs in order of their last change, as the real one does. It may
leave a job's old document where it was, extract a job again that has not changed, and be behind.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from loopback.documents import flat_row
from loopback.scripted import Reply, Request, Script
from loopback.small_activedata import SmallActiveData

from .moving_ci import ACTS as MOVES, FIXED, NOT_CLASSIFIED, WORDS, Expected, MovingCi

ACTS = (*MOVES, "extract", "extract_again")

Document = dict


@dataclass
class ExtractedCi(MovingCi):
    """A script that answers as ActiveData; what happens goes on between two requests."""

    documents: list[Document] = field(default_factory=list)
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

    # What the extraction does

    def extract(self, count: int, how: int) -> None:
        """Extract jobs that have changed, the one that changed first first."""
        changed = sorted((job["last_modified"], job["id"]) for job in self.server.jobs)
        for at, job_id in [each for each in changed if each > self.extracted_to][:1 + count]:
            self.write(self.job(job_id), keeps_old=how % 3 == 0)
            self.extracted_to = at, job_id

    def catch_up(self) -> None:
        self.extract(len(self.server.jobs), 1)

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
        self.documents.append(document_of(self, job, self.extractions))

    def job(self, job_id: int) -> dict:
        return next(job for job in self.server.jobs if job["id"] == job_id)

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


def as_activedata(ci: MovingCi) -> Script:
    """The same CI as ActiveData shows it; its own copy is up to date."""
    def answer(request: Request) -> Reply:
        rows = [document_of(ci, job) for job in ci.server.jobs]
        ci.server.random.shuffle(rows)
        reply = SmallActiveData(rows, limits_first=True)(request)
        ci.go_on()
        return reply
    return answer


def document_of(ci: MovingCi, job: dict, extraction: int | None = None) -> Document:
    push = next(each for each in ci.server.pushes if each["id"] == job["push_id"])
    notes = ci.notes_of(job["id"])
    ended = job["state"] == "completed"
    return flat_row(
        job["id"], job["job_type_name"], build__date=push["push_timestamp"],
        repo__changeset__id=push["revision"], repo__push__id=push["id"],
        action__start_time=job["start_timestamp"] or None,
        action__duration=job["end_timestamp"] - job["start_timestamp"] if ended else None,
        run__result=job["result"] if ended else None, run__state=job["state"],
        run__taskcluster__retry_id=job["retry_id"],
        failure__classification=WORDS[job["failure_classification_id"]],
        failure__notes__text=unwrapped(note["text"] for note in notes),
        failure__notes__created=unwrapped(epoch(note["created"]) for note in notes),
        failure__notes__failure_classification=unwrapped(
            WORDS[note["failure_classification_id"]] for note in notes),
        last_modified=epoch(job["last_modified"]), etl__timestamp=extraction)


def epoch(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def unwrapped(values: Iterator) -> object:
    """A list of one is its value, as ActiveData has it, and an empty one is null."""
    found = list(values)
    return found[0] if len(found) == 1 else found or None


def wrapped(value) -> list:
    return value if isinstance(value, list) else [] if value is None else [value]
