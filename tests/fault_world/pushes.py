"""A scheduler that puts pushes until it has the answer, as the clients do."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from .ci import revision
from .service import Service

PUSHES = "/api/v1/projects/autoland/pushes/"


@dataclass
class Puts:
    """What was put so far: each push until it was answered well."""

    answered: dict[str, bytes] = field(default_factory=dict)  # by push id
    statuses: Counter = field(default_factory=Counter)
    sent: int = 0                                             # different pushes

    def wait_for(self, more: int, seconds: float = 60) -> None:
        """Wait until so many more have been answered."""
        wanted, limit = len(self.answered) + more, time.monotonic() + seconds
        while len(self.answered) < wanted:
            assert time.monotonic() < limit, f"no more answers: {self.statuses}"
            time.sleep(.01)


@contextmanager
def put_pushes(service: Service, name: str) -> Iterator[Puts]:
    """Schedule pushes one after the other while the block runs; the last one gets its answer."""
    puts, is_over = Puts(), threading.Event()

    def put_all() -> None:
        while not is_over.is_set():
            put_until_answered(service, f"{name}-{puts.sent}", puts)

    thread = threading.Thread(target=put_all)
    thread.start()
    try:
        yield puts
    finally:
        is_over.set()
        thread.join(60)


def put_until_answered(service: Service, push_id: str, puts: Puts) -> None:
    puts.sent += 1
    pushed_at = datetime.now(UTC) - timedelta(minutes=1)
    body = {"revision": revision(push_id), "pushed_at": pushed_at.isoformat(),
            "build_system": "taskcluster"}
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        answer = service.put(f"{PUSHES}{push_id}/schedule", body)
        puts.statuses[answer.status] += 1
        if answer.status in (200, 201):
            puts.answered[push_id] = answer.body
            return
        time.sleep(.05)


def schedules(service: Service, puts: Puts) -> dict[str, bytes]:
    """What the server has now for the pushes that were answered."""
    return {push_id: service.get(f"{PUSHES}{push_id}/schedule").body for push_id in puts.answered}
