"""A small Treeherder: pushes, jobs and notes by the parameters that its REST API knows.

It behaves as the real one does: a list has no order and changes between two requests (`meanwhile`
is called after each answer); pushes are at most 1000 an answer and jobs 2000, and more is refused;
rows are objects or, with `return_type=list`, arrays with their names apart; the notes of a job
that does not exist are an error of the server; programs that do not say who they are get 403.
Times of jobs are epoch seconds, `last_modified` and `created` ISO 8601 without a zone.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from urllib.parse import parse_qsl, urlsplit

from .scripted import Reply, Request

MOST_PUSHES, MOST_JOBS = 1000, 2000
LONGEST_ADDRESS = 4094


@dataclass
class SmallTreeherder:
    """A script for a scripted server."""

    pushes: list[dict] = field(default_factory=list)
    jobs: list[dict] = field(default_factory=list)
    notes: list[dict] = field(default_factory=list)
    always_objects: bool = False               # as it was before there was `return_type`
    meanwhile: Callable[[], None] | None = None
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    random: Random = field(default_factory=lambda: Random(20260801))

    def __call__(self, request: Request) -> Reply:
        if request.headers.get("User-Agent", "").startswith("python-requests/"):
            return Reply(403, b"<html>Forbidden</html>", "text/html")
        if len(request.path) > LONGEST_ADDRESS:
            return Reply(400, b"<html>Request Line is too large</html>", "text/html")
        address = urlsplit(request.path)
        asked = dict(parse_qsl(address.query))
        project, what = address.path.removeprefix("/api/project/").strip("/").split("/")
        if project != "autoland":
            return as_json({"detail": f"No project with name {project}"}, 404)
        self.asked.append((what, asked))
        reply = {"push": self.push, "jobs": self.job, "note": self.note}[what](asked)
        if self.meanwhile is not None:
            self.meanwhile()
        return reply

    def requests_of(self, what: str) -> list[dict[str, str]]:
        return [asked for each, asked in self.asked if each == what]

    def push(self, asked: dict) -> Reply:
        count = int(asked.get("count", 10))
        if count > MOST_PUSHES:
            return as_json({"detail": "Specified count exceeds api limit: 1000"}, 400)
        found = [push for push in self.pushes if is_asked_push(push, asked)]
        return as_json({"meta": {"count": count}, "results": self.some(found, count)})

    def job(self, asked: dict) -> Reply:
        count, offset = int(asked.get("count", 10)), int(asked.get("offset", 0))
        if count > MOST_JOBS:
            return as_json(
                {"detail": "Specified count exceeds API MAX_JOBS_COUNT value: 2000"}, 400)
        found = self.some([job for job in self.jobs if is_asked_job(job, asked)], count, offset)
        if asked.get("return_type") != "list" or self.always_objects:
            return as_json({"results": found, "meta": {"offset": offset, "count": count}})
        names = sorted({name for job in found for name in job})
        return as_json({"job_property_names": names,
                        "results": [[job.get(name) for name in names] for job in found]})

    def note(self, asked: dict) -> Reply:
        job_id = int(asked["job_id"])
        if all(job["id"] != job_id for job in self.jobs):
            return Reply(500, b"<h1>Server Error (500)</h1>", "text/html")
        return as_json([note for note in self.notes if note["job_id"] == job_id])

    def some(self, rows: list[dict], count: int, offset: int = 0) -> list[dict]:
        """A page of a list in the order that the database just happens to find it."""
        return self.random.sample(rows, len(rows))[offset:offset + count]


def is_asked_push(push: dict, asked: dict) -> bool:
    at = push["push_timestamp"]
    if "id__in" in asked and str(push["id"]) not in asked["id__in"].split(","):
        return False
    return (float(asked.get("push_timestamp__gte", 0)) <= at
            < float(asked.get("push_timestamp__lt", "inf")))


def is_asked_job(job: dict, asked: dict) -> bool:
    if "id__in" in asked and str(job["id"]) not in asked["id__in"].split(","):
        return False
    if "id__gte" in asked and not int(asked["id__gte"]) <= job["id"] < int(asked["id__lt"]):
        return False
    return (
        job["push_id"] == int(asked.get("push_id", job["push_id"]))
        and job["state"] == asked.get("state", job["state"])
        and asked.get("last_modified__gte", "") <= job["last_modified"]
        < asked.get("last_modified__lt", "~"))


def as_json(value, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode())


def iso(moment: float | datetime) -> str:
    """A time as Treeherder writes it; such texts are in the order of their times."""
    if not isinstance(moment, datetime):
        moment = datetime.fromtimestamp(moment, UTC)
    return moment.replace(tzinfo=None).isoformat()


def make_push(push_id: int, at: int, revision: str | None = None) -> dict:
    return {"id": push_id, "revision": revision or f"{push_id:040x}", "author": "a@example.org",
            "revisions": [], "revision_count": 1, "push_timestamp": at, "repository_id": 77}


def make_job(job_id: int, push_id: int, **fields) -> dict:
    return {
        "build_system_type": "taskcluster", "end_timestamp": 2720, "failure_classification_id": 1,
        "id": job_id, "job_type_name": f"test-linux64/opt-xpcshell-{job_id}",
        "last_modified": "1970-01-01T01:00:00.250000", "option_collection_hash": "102210fe59",
        "platform": "linux64", "push_id": push_id, "ref_data_name": "e" * 40,
        "result": "success", "start_timestamp": 2100, "state": "completed",
        "submit_timestamp": 2000, "tier": 1, "task_id": f"task-{job_id}", "retry_id": 0,
        "platform_option": "opt",
    } | fields


def make_note(note_id: int, job_id: int, text: str, said: int = 2, minute: int = 0) -> dict:
    return {"id": note_id, "job_id": job_id, "failure_classification_id": said,
            "created": f"1970-01-01T02:{minute:02}:00", "who": "sheriff@example.org",
            "text": text}
