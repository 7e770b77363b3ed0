"""The clients of the soak: each asks, all the time, and keeps what it was told."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from fault_world.ci import job_name, revision
from fault_world.service import LISTS, NO_ANSWER, STATUS, Answer, Service

PUSHES = "/api/v1/projects/autoland/pushes/"
OVERLAP = 1.0          # seconds around a fault in which it may still be felt
TO_RECOVER = 5.0       # seconds after the end of a database fault


@dataclass
class Faults:
    """When what was broken, for telling what a fault explains from what nothing explains."""

    spans: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def add(self, kind: str, start: float, end: float) -> None:
        self.spans.setdefault(kind, []).append((start, end))

    def explain(self, answer: Answer, at: float) -> str:
        """Name what an answer is: good, or which error, expected or not."""
        if answer.status < 400 and answer.status != NO_ANSWER:
            return "good"
        kinds = {503: "database", NO_ANSWER: "web process"}
        kind = kinds.get(answer.status)
        what = "no answer" if answer.status == NO_ANSWER else str(answer.status)
        if kind and any(start - OVERLAP <= at and at - answer.seconds <= end + TO_RECOVER
                        for start, end in self.spans.get(kind, ())):
            return f"{what}, {kind} was broken"
        return f"{what}, unexplained: {_reason(answer)}"


def _reason(answer: Answer) -> str:
    """What an error says."""
    try:
        return answer.json["detail"]
    except (ValueError, TypeError, KeyError):
        return answer.body.decode(errors="replace")[:200]


@dataclass
class Client:
    """One thread that asks; `kept` is what the server has acknowledged."""

    name: str
    ask: Callable[["Client"], Answer]
    every: float
    answers: list[tuple[float, Answer]] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)
    sent: int = 0

    def run(self, is_over: threading.Event) -> None:
        while not is_over.wait(self.every):
            self.note(self.ask(self))

    def note(self, answer: Answer) -> Answer:
        # The bodies of good answers are not kept: ten minutes of lists would be gigabytes.
        body = answer.body[:500] if answer.status >= 400 else b""
        self.answers.append((time.monotonic(), Answer(answer.status, body, answer.seconds)))
        return answer

    def retried(self, ask: Callable[[], Answer]) -> Answer:
        """Ask until the answer is good, as a scheduler does; the last one is returned."""
        limit = time.monotonic() + 60
        while True:
            answer = ask()
            if answer.status in (200, 201) or time.monotonic() > limit:
                return answer
            self.note(answer)
            time.sleep(.1)


def clients_of(service: Service, each: int) -> list[Client]:
    """Readers and writers: so many of every kind."""
    def get(path: str) -> Callable[[Client], Answer]:
        return lambda client: service.get(path)

    def put(client: Client) -> Answer:
        push_id = f"{client.name.split()[-1]}-{client.sent}"
        client.sent += 1
        body = {"revision": revision(push_id), "build_system": "taskcluster",
                "pushed_at": (datetime.now(UTC) - timedelta(minutes=1)).isoformat()}
        answer = client.retried(lambda: service.put(f"{PUSHES}{push_id}/schedule", body))
        if answer.status in (200, 201):
            client.kept[push_id] = answer.body
        return answer

    def post(client: Client) -> Answer:
        batch = [record(f"{client.name.split()[-1]}-{client.sent + number}", number)
                 for number in range(20)]
        client.sent += len(batch)
        answer = client.retried(lambda: service.post("/api/v1/results", batch))
        if answer.status == 200 and answer.json["accepted"] == len(batch):
            client.kept.update((each["job_id"], b"") for each in batch)
        return answer

    kinds = [("lists", get(LISTS), .02), ("status", get(STATUS), .1), ("pages", get("/"), .25),
             ("PUT of a push", put, .15), ("POST of 20 results", post, .4)]
    return [Client(f"{name} {number}", ask, every)
            for name, ask, every in kinds for number in range(each)]


def record(job_id: str, number: int) -> dict:
    return {"kind": "result", "namespace": "soak", "job_id": job_id, "project": "posted",
            "build_system": "taskcluster", "name": job_name(number),
            "revision": revision(job_id), "result": "success", "duration": 60,
            "pushed_at": datetime.now(UTC).isoformat()}
