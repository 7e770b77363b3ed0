"""How the programs that query SETA ask and read, written anew from what they were seen to do.

They are strict on purpose: where a real client would crash, so do these.
"""

import json
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

EARLY = "User-Agent: TaskCluster\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n"
BARE = "Accept-Encoding: identity\r\n"  # no User-Agent, no Accept
MASTER = ("Accept-Encoding: identity\r\nUser-Agent: Python-urllib/2.7\r\nConnection: close\r\n")


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes


class Crash(Exception):
    """The client would have died of this answer."""


def ask(base: str, path: str, headers: str) -> Answer:
    """Send exactly these header lines and read one answer."""
    parts = urlsplit(base)
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as connection:
        connection.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{headers}\r\n".encode("ascii"))
        stream = connection.makefile("rb")
        status = int(stream.readline().split()[1])
        found = {}
        while line := stream.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            found[name.lower()] = value.strip()
        return Answer(status, found, stream.read(int(found["content-length"])))


def early_decision_task(base: str, project: str) -> list:
    """G1, G2: what is skipped."""
    answer = ask(base, f"/data/setadetails/?branch={project}", EARLY)
    return _first_list(_object(answer, unpack=True))


def plain_decision_task(base: str, project: str) -> list:
    """G3: what is skipped."""
    path = f"/api/project/{project}/seta/job-priorities/?build_system_type=taskcluster"
    return _first_list(_object(ask(base, path, BARE)))


def late_decision_task(base: str, project: str) -> set:
    """G4 to G8: what is skipped; the low list first, then the high one."""
    path = f"/api/project/{project}/seta/job-priorities/?build_system_type=taskcluster&priority="
    answer = _object(ask(base, path + "5", BARE))
    if answer is None:
        return set()
    low = _needed(answer)
    if not low:
        raise Crash("an empty low list stays a list, which has no update()")
    high = _needed(_object(ask(base, path + "1", BARE)) or {"jobtypes": {}})
    low = set(low) | {task for task in high if task.startswith("test-android") and "raptor" in task}
    return {task for task in low if "build" not in task or "fuzzing" in task}


def master(base: str, branch: str, date: str, known_platforms: set) -> dict:
    """A Buildbot master's reconfiguration: builder name -> (platform, build type, test)."""
    path = f"/data/setadetails/?date={date}&buildbot=1&branch={branch}&inactive=1"
    answer = ask(base, path, MASTER)
    if answer.status != 200:
        raise Crash(f"HTTP error {answer.status}, six times")
    try:
        names = json.loads(answer.body)["jobtypes"][date]
    except (ValueError, KeyError, TypeError) as error:
        raise Crash(error) from error
    return {name: _builder(name, branch, known_platforms) for name in names}


def first_page(base: str, date: str) -> list:
    """SETA's first page: what is shown as required."""
    answer = ask(base, f"/data/setadetails/?priority=1&date={date}",
                 "Origin: http://page.example\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\n")
    if answer.headers["access-control-allow-origin"] != "*":
        raise Crash("the browser keeps the answer to itself")
    return [tuple(triple) for triple in json.loads(answer.body)["jobtypes"][date]]


def _object(answer: Answer, unpack: bool = False) -> dict | None:
    """Read the body and nothing else: none of them looks at the status."""
    body = answer.body
    if answer.headers.get("content-encoding") == "gzip":
        if not unpack:
            raise Crash("it cannot read gzip")
        import gzip
        body = gzip.decompress(body)
    try:
        found = json.loads(body)
    except ValueError:
        return None  # everything runs
    if not isinstance(found, dict):
        raise Crash(f"{type(found).__name__} has no get()")
    return found


def _first_list(answer: dict | None) -> list:
    lists = (answer or {}).get("jobtypes", "")
    if len(lists) == 0:
        return []
    return list(lists.values())[0]


def _needed(answer: dict) -> list:
    if "jobtypes" not in answer:
        raise Crash("no jobtypes")
    lists = answer["jobtypes"]
    return list(lists.values())[0] if lists else []


def _builder(name: str, branch: str, known_platforms: set) -> tuple:
    platform, found, rest = name.partition(branch)
    words = rest.split()
    if not found or platform.rstrip() not in known_platforms or not words:
        raise Crash(f"the configuration breaks on {name!r}")
    return platform.rstrip(), words[0], words[-1]
