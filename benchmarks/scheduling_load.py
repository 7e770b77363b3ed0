"""Ask for schedules over and over from several processes; print each answer's milliseconds."""

import http.client
import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

LISTS = "/api/project/autoland/seta/job-priorities/?build_system_type=taskcluster&priority=5"
PUSHES = "/api/v1/projects/autoland/pushes"


def latencies(
    kind: str, url: str, token: str, *, clients: int, seconds: float
) -> tuple[float, list[float]]:
    """Return all clients' answers per second, and how long each took, in milliseconds."""
    workers = [subprocess.Popen(
        [sys.executable, __file__, kind, url, token, str(seconds), str(number)],
        stdout=subprocess.PIPE, text=True) for number in range(clients)]
    found = [json.loads(worker.communicate()[0]) for worker in workers]
    return sum(len(each) for each in found) / seconds, sorted(sum(found, []))


def ask_on(kind: str, url: str, token: str, seconds: float, number: int) -> list[float]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port)
    found, count, ends = [], 0, time.monotonic() + seconds
    while time.monotonic() < ends:
        count += 1
        request = REQUESTS[kind](parts, token, f"{time.time_ns()}-{number}-{count}")
        begun = time.perf_counter()
        connection.request(*request[:2], **request[2])
        answer = connection.getresponse()
        answer.read()
        found.append((time.perf_counter() - begun) * 1000)
        assert answer.status in (200, 201), f"{request[1]} answered {answer.status}"
    return found


def put(parts, token: str, push_id: str):
    body = {"revision": push_id, "pushed_at": datetime.now(UTC).isoformat()}
    return "PUT", f"{PUSHES}/{push_id}/schedule", {"body": json.dumps(body), "headers": {
        "Authorization": f"Bearer {token}", "Content-Type": "application/json",
        "Accept-Encoding": "gzip"}}


def get(parts, token: str, push_id: str):
    return "GET", f"{PUSHES}/known/schedule", {"headers": {"Accept-Encoding": "gzip"}}


def legacy(parts, token: str, push_id: str):
    return "GET", LISTS, {"headers": {"Accept-Encoding": "gzip"}}


REQUESTS = {"put": put, "get": get, "legacy": legacy}

if __name__ == "__main__":
    print(json.dumps(ask_on(*sys.argv[1:4], float(sys.argv[4]), int(sys.argv[5]))))
