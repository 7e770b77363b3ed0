"""A small Treeherder: pushes, jobs and notes by the parameters that its REST API knows.

The shapes are those of mozilla/treeherder's views: pushes newest first and at most 1000, jobs at
most 2000 a page and as objects or, with names apart, as arrays; times of jobs in epoch seconds,
`last_modified` and `created` in ISO 8601 without a zone.
"""

import json
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from .scripted import Reply, Request

MOST_PUSHES, MOST_JOBS = 1000, 2000


@dataclass
class SmallTreeherder:
    """A script for a scripted server."""

    pushes: list[dict] = field(default_factory=list)
    jobs: list[dict] = field(default_factory=list)
    notes: list[dict] = field(default_factory=list)
    as_arrays: bool = False

    def __call__(self, request: Request) -> Reply:
        address = urlsplit(request.path)
        asked = dict(parse_qsl(address.query))
        project, what = address.path.removeprefix("/api/project/").strip("/").split("/")
        if project != "autoland":
            return as_json({"detail": f"No project with name {project}"}, 404)
        return {"push": self.push, "jobs": self.job, "note": self.note}[what](asked)

    def push(self, asked: dict) -> Reply:
        count = int(asked.get("count", 10))
        if count > MOST_PUSHES:
            return as_json({"detail": "Specified count exceeds api limit: 1000"}, 400)
        found = [push for push in self.pushes if is_asked_push(push, asked)]
        found.sort(key=lambda push: -push["push_timestamp"])
        return as_json({"meta": {"count": count}, "results": found[:count]})

    def job(self, asked: dict) -> Reply:
        count, offset = int(asked.get("count", 10)), int(asked.get("offset", 0))
        if count > MOST_JOBS:
            return as_json(
                {"detail": "Specified count exceeds API MAX_JOBS_COUNT value: 2000"}, 400)
        found = [job for job in self.jobs if is_asked_job(job, asked)][offset:offset + count]
        if not self.as_arrays:
            return as_json({"results": found, "meta": {"offset": offset, "count": count}})
        names = sorted({name for job in found for name in job})
        return as_json({"job_property_names": names,
                        "results": [[job.get(name) for name in names] for job in found]})

    def note(self, asked: dict) -> Reply:
        return as_json([note for note in self.notes if note["job_id"] == int(asked["job_id"])])


def is_asked_push(push: dict, asked: dict) -> bool:
    at = push["push_timestamp"]
    if "id__in" in asked and str(push["id"]) not in asked["id__in"].split(","):
        return False
    return (float(asked.get("push_timestamp__gte", 0)) <= at
            < float(asked.get("push_timestamp__lt", "inf")))


def is_asked_job(job: dict, asked: dict) -> bool:
    if "push_id" in asked and job["push_id"] != int(asked["push_id"]):
        return False
    return (asked.get("last_modified__gte", "") <= job["last_modified"]
            < asked.get("last_modified__lt", "~"))


def as_json(value, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode())


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
