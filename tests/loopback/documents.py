"""Documents of ActiveData's `treeherder` table, made from real rows.

What the real rows lack is derived: project `autoland`, job ids from 200000001 on, a note two
hours after the job was asked for, which is also the document's last change.
"""

import csv
import json
from pathlib import Path

DATA = Path(__file__).parents[1] / "data" / "sources"
FIRST_ID = 200_000_001
REVISION = "3e5fe2fc2f17" + "0" * 28
PUSHED_AT = 1_571_000_000
BUILDER = "Ubuntu VM 12.04 x64 mozilla-inbound debug test mochitest-1"


def document(job_id: int, label: str | None, **fields) -> dict:
    """A document with dotted fields over the defaults of a job that passed; None leaves out."""
    return nested(flat_row(job_id, label, **fields))


def flat_row(job_id: int, label: str | None, **fields) -> dict:
    """The same with the dots in the names; `build__date` stands for `build.date`."""
    return {
        "job.id": job_id, "job.type.name": label, "job.type.symbol": "1",
        "job.type.group.symbol": "M", "build.platform": "linux64", "build.type": "opt",
        "build.date": PUSHED_AT, "repo.branch.name": "autoland", "repo.changeset.id": REVISION,
        "repo.push.id": 76618, "action.request_time": PUSHED_AT + 60,
        "action.start_time": PUSHED_AT + 120, "action.duration": 600.5,
        "run.result": "success", "run.state": "completed", "run.tier": 1,
        "run.taskcluster.id": f"task-{job_id}", "run.taskcluster.retry_id": 0,
        "failure.classification": "not classified", "last_modified": PUSHED_AT + 1000,
    } | {name.replace("__", "."): value for name, value in fields.items()}


def nested(flat: dict) -> dict:
    """Dotted names become inner objects."""
    whole: dict = {}
    for name, value in flat.items():
        if value is None:
            continue
        *outer, last = name.split(".")
        inner = whole
        for step in outer:
            inner = inner.setdefault(step, {})
        inner[last] = value
    return whole


def fixed_documents() -> list[dict]:
    """24 real jobs that sheriffs classified "fixed by commit", one of them without a fix."""
    with open(DATA / "fixed_by_commit_rows.csv", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [fixed_document(FIRST_ID + index, row) for index, row in enumerate(rows)]


def fixed_document(job_id: int, row: dict[str, str]) -> dict:
    asked = int(row["request_time"])
    return document(
        job_id, row["job_type_name"],
        build__platform=row["platform"], build__type=row["buildtype"],
        build__date=int(row["build_date"]), repo__changeset__id=row["failing_rev"],
        repo__push__id=int(row["failing_rev"][:6], 16),
        action__request_time=asked, action__start_time=asked + 60, run__result="testfailed",
        failure__classification="fixed by commit",
        # One note stands as an inner object: the engine knows no `exists` over nested arrays.
        failure__notes__text=row["fixed_by"] or None,
        failure__notes__created=asked + 7200,
        failure__notes__failure_classification="fixed by commit",
        last_modified=asked + 7200,
    )


def push_documents() -> list[dict]:
    """20 real jobs of one push of autoland: passed, intermittent, fixed without a note."""
    rows = json.loads((DATA / "push_3e5fe2fc2f17.json").read_text(encoding="utf-8"))
    return [
        document(
            FIRST_ID + 1000 + index, row["label"], action__duration=row["duration"],
            run__result=row["result"], failure__classification=row["classification"],
            last_modified=PUSHED_AT + 1000 + index)
        for index, row in enumerate(rows)
    ]


def buildbot_documents() -> list[dict]:
    """Two jobs of a Buildbot project: the builder's name stands in `run.key`."""
    shared = {
        "repo__branch__name": "mozilla-inbound", "repo__changeset__id": "ab" * 20,
        "run__taskcluster__id": None, "run__taskcluster__retry_id": None,
    }
    return [
        document(FIRST_ID + 2000 + index, "mochitest-1", run__key=BUILDER,
                 run__buildbot__id=40 + index, last_modified=PUSHED_AT + index, **shared)
        for index in range(2)
    ]


def no_job_types() -> list[dict]:
    """What runs on a push and is not a job type."""
    return [
        document(FIRST_ID + 3000, "Gecko Decision Task"),
        document(FIRST_ID + 3001, "Action: Backfill"),
    ]


def real_documents() -> list[dict]:
    return fixed_documents() + push_documents() + buildbot_documents() + no_job_types()
