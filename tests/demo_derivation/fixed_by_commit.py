"""From recorded "fixed by commit" rows to the records of the autoland scope."""

from collections.abc import Iterable
from datetime import UTC, datetime

from .records import Derived, counts_of, moment, with_lists

PROJECT = "autoland"  # the rows with a push time name no branch

Row = dict[str, str]


def derive_fixed_by_commit(rows: Iterable[Row], labels_of_pushes: Iterable[str]) -> Derived:
    """Return the scope's records: the rows that have a push time, and a list of test labels.

    The rows without a push time are listed only: nothing is known of when they ran.
    ``labels_of_pushes`` are the labels of whole pushes; of these the tests are listed.
    """
    rows, labels = list(rows), set(labels_of_pushes)
    timed = [row for row in rows if row["build_date"]]
    tests = {label for label in labels if label.startswith("test-")}
    names = {(PROJECT, label) for label in tests | {row["job_type_name"] for row in rows}}
    records = with_lists(map(_result, timed), names, build_system="taskcluster")
    counts = {
        "rows": len(rows),
        "left out: no push time": len(rows) - len(timed),
        "rows kept": len(timed),
        "rows kept without a fixing revision": sum(not row["fixed_by"] for row in timed),
        "labels of whole pushes": len(labels),
        "left out: not a test": len(labels - tests),
    }
    return Derived(records, counts | counts_of(records))


def _result(row: Row) -> dict:
    result = {
        "kind": "result",
        "namespace": "active_data_recipes",
        "job_id": f"{row['failing_rev']}.{row['request_time']}.{row['job_type_name']}",
        "project": PROJECT,
        "build_system": "taskcluster",
        "name": row["job_type_name"],
        "revision": row["failing_rev"],
        "pushed_at": moment(datetime.fromtimestamp(int(row["build_date"]), UTC)),
        "result": "testfailed",
        "classification": "fixed by commit",
    }
    if row["fixed_by"]:
        result["fixed_by"] = [row["fixed_by"][:12]]
    return result
