"""A large file needs no more memory than a small one."""

import json
import tracemalloc
from datetime import timedelta

import pytest
from ingest_world import NOON

from seta.ingest import import_files

pytestmark = pytest.mark.slow


def write(path, lines):
    with open(path, "w") as file:
        for number in range(lines):
            file.write(json.dumps({
                "kind": "result", "namespace": "my-ci", "job_id": f"{lines}-{number}",
                "project": "autoland", "build_system": "taskcluster",
                "name": f"test-linux64/opt-x-{number % 50}", "revision": f"{number % 40:040x}",
                "pushed_at": NOON.isoformat(), "result": "success", "duration": number % 900,
                "started_at": (NOON + timedelta(seconds=number)).isoformat()}) + "\n")
    return path


def peak_of(sessions, path) -> int:
    tracemalloc.start()
    try:
        import_files(sessions, [path], scope="trunk", now=NOON, batch=200)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_file(sessions, tmp_path):
    """R60: an earlier SETA ran out of memory on large days."""
    files = [write(tmp_path / f"{lines}.ndjson", lines) for lines in (600, 1_000, 8_000)]
    peak_of(sessions, files[0])  # what is made once is made
    small, large = (peak_of(sessions, path) for path in files[1:])
    assert large < 1.3 * small
